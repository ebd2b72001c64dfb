"""Signs zones with the signers of BIND (dnssec-signzone) and NLnet Labs (ldns-signzone).

Keys are made anew in each run. Zones with steered sets stay unsigned, and so does a share of the
others, since parents with signed and unsigned children differ.
"""

import pathlib
import random
import shutil
import subprocess

import names
from servers import Trouble

BIND = ["dnssec-signzone", "-S", "-z", "-P", "-q", "-n", "1", "-O", "full"]
LDNS = ["ldns-signzone"]

# What a zone is signed with, and how often each is drawn.
WAYS = {
    "nsec": (BIND, 4),
    "nsec3": ([*BIND, "-3", "-", "-H", "0"], 2),
    "nsec3 salted": ([*BIND, "-3", "AABBCCDD", "-H", "5"], 1),
    "nsec3 opt-out": ([*BIND, "-3", "-", "-H", "0", "-A"], 2),
    "ldns nsec": (LDNS, 1),
    "ldns nsec3": ([*LDNS, "-n", "-t", "1", "-s", "beef"], 1),
    "ldns nsec3 opt-out": ([*LDNS, "-n", "-t", "1", "-s", "beef", "-p"], 1),
    None: (None, 2),
}


def sign(folder, zones, seed):
    """Signs most of the zones; `signer` and `signed` of each tell how and what came of it."""
    folder = pathlib.Path(folder)
    for number, zone in enumerate(zones):
        rng = random.Random(f"{seed}/signing/{zone.label}")
        way = rng.choices(list(WAYS), [weight for _, weight in WAYS.values()])[0]
        if way and "odd_names" in zone.features:
            way = way.removeprefix("ldns ")  # which writes "@" in names without its backslash
        if way and {"long_names", "dname_overflow"} & {*zone.features}:
            way = "nsec"  # the others cannot hash the wildcards below names that are full
        if way is not None:
            zone.steered = []
            drop_stray_ds(zone)
            sign_as(folder / str(number), zone, way)


def drop_stray_ds(zone):
    """Takes out DS records that are neither at a zone cut nor below one: nobody signs those."""
    cuts = set(zone.cuts())
    for owner, rtype in list(zone.sets):
        if rtype == "DS" and cuts.isdisjoint([owner, *names.ancestors(owner)]):
            del zone.sets[owner, rtype]
            zone.types_at[owner].discard(rtype)


def sign_as(folder, zone, way):
    """Signs a zone in one of WAYS."""
    folder.mkdir(parents=True)
    zone.signed = _signed(folder, zone, WAYS[way][0])
    zone.signer = way
    zone.hashed_owners = _hashed_owners(zone)


def _signed(work, zone, command):
    (work / "zone").write_text(zone.text(), encoding="utf-8")
    with_ldns = command[0] == LDNS[0]
    if with_ldns:
        make = ["ldns-keygen", "-k", "-a", "ECDSAP256SHA256", zone.label]
    else:
        make = ["dnssec-keygen", "-q", "-f", "KSK", "-a", "ECDSAP256SHA256", zone.label]
    key = _run(make, work).strip()
    if with_ldns:
        arguments = ["-o", zone.label, "-f", "signed", "zone", key]
    else:
        arguments = ["-o", zone.label, "-f", "signed", "zone"]
    _run([*command, *arguments], work)
    return (work / "signed").read_text(encoding="utf-8")


def _run(command, work):
    path = shutil.which(command[0], path="/usr/bin:/usr/sbin:/usr/local/bin:/usr/local/sbin")
    if path is None:
        raise Trouble(f"{command[0]} is not installed")
    done = subprocess.run(
        [path, *command[1:]], cwd=work, capture_output=True, text=True, timeout=60, check=False
    )
    if done.returncode:
        raise Trouble(f"{' '.join(command)} in {work}: {done.stderr[-2000:]}")
    return done.stdout


def _hashed_owners(zone):
    """Owners of NSEC3 records, which do not exist for those who ask (RFC 5155, section 7.2.8)."""
    found = set()
    for line in zone.signed.splitlines():
        words = line.split(None, 4)
        if len(words) == 5 and words[3] == "NSEC3":
            found.add((words[0].split(".")[0].encode(),) + zone.origin)
    return sorted(found)
