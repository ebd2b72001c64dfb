"""What other servers' tools read from a zone file, Signpost reads the same.

The corpus (zone_files) says in its first line who reads each file; more files are generated.
Differences in what is accepted stand in zone_verdicts.py with their reasons.
"""

import concurrent.futures
import pathlib
import random
import subprocess

import pytest
import server as kit
from zone_generator import zone_text
from zone_readers import READERS, read
from zone_verdicts import DIFFERENT, VERDICTS

ZONES = pathlib.Path(__file__).parent / "zone_files"
HEAD = """$ORIGIN example.
$TTL 3600
@ SOA ns admin 1 2 3 4 5
@ NS ns
ns A 192.0.2.1
"""


def readers_of(path):
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("; read by: "), path
    return first.removeprefix("; read by: ").split()


CORPUS = [(path, who) for path in sorted(ZONES.glob("*.zone")) for who in readers_of(path)]


def dump(path):
    done = subprocess.run(
        [kit.binary(), "zone", "dump", str(path), "example"],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b""), path
    return done.stdout


def assert_same(path, who, folder):
    ours = dump(path)
    canonical = folder / "canonical"
    canonical.write_bytes(ours)
    theirs = read(who, path)
    assert theirs is not None, f"{who} refuses {path}"
    seen = read(who, canonical)
    assert seen is not None, f"{who} refuses the canonical text of {path}"
    assert seen == theirs
    if who != "knot":
        assert len(theirs) == len(ours.splitlines())
    return ours


@pytest.mark.parametrize("path, who", CORPUS, ids=[f"{p.stem}-{w}" for p, w in CORPUS])
def test_corpus(path, who, tmp_path):
    ours = assert_same(path, who, tmp_path)
    assert dump(tmp_path / "canonical") == ours, "the dump of the dump is the dump"


def test_the_corpus_has_every_type():
    """All types of the IANA registry that one of the readers knows."""
    types = """A NS CNAME SOA PTR HINFO MINFO MX TXT RP AFSDB X25 ISDN RT SIG KEY PX AAAA LOC NXT
    SRV NAPTR KX CERT DNAME APL DS SSHFP IPSECKEY RRSIG NSEC DNSKEY DHCID NSEC3 NSEC3PARAM TLSA
    SMIMEA HIP CDS CDNSKEY OPENPGPKEY CSYNC ZONEMD SVCB HTTPS SPF NID L32 L64 LP EUI48 EUI64 URI
    CAA AVC AMTRELAY WKS NSAP NSAP-PTR A6 ATMA EID NIMLOC SINK DOA GPOS NINFO RKEY TALINK TA DLV
    MD MF MB MG MR NULL RESINFO WALLET DSYNC HHIT BRID TYPE65280""".split()
    found = set()
    for path in ZONES.glob("*.zone"):
        found |= {line.split(b"\t")[3].decode() for line in dump(path).splitlines()}
    assert set(types) <= found, set(types) - found


@pytest.mark.parametrize("seed", range(12))
def test_generated(seed, tmp_path):
    """Two hundred records of many types in random spelling."""
    path = tmp_path / "zone"
    # ldns knows no class in front of the TTL.
    class_first = seed % 3 == 2
    path.write_text(zone_text(random.Random(seed), 200, class_first), encoding="ascii")
    for who in READERS:
        if not (class_first and who == "ldns"):
            assert_same(path, who, tmp_path)


def test_verdicts(tmp_path):
    """Entry by entry: who accepts it. Where Signpost stands against two, the table says why."""

    def verdict(numbered):
        number, (entry, _) = numbered
        path = tmp_path / str(number)
        path.write_bytes(HEAD.encode() + entry.encode() + b"\n")
        done = kit.run("zone", "dump", path, "example")
        accepted = ["signpost"] if done.returncode == 0 else []
        return accepted + [who for who in READERS if read(who, path) is not None]

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        found = list(pool.map(verdict, enumerate(VERDICTS)))
    wrong = [(e, " ".join(f)) for (e, expected), f in zip(VERDICTS, found) if expected.split() != f]
    assert not wrong


def test_every_lonely_verdict_has_its_reason():
    for entry, accepted in VERDICTS:
        ours = "signpost" in accepted
        against = sum((who in accepted.split()) != ours for who in READERS)
        assert against < 2 or entry in DIFFERENT, entry
    assert set(DIFFERENT) <= {entry for entry, _ in VERDICTS}
