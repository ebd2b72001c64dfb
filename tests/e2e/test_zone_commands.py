"""signpost zone dump, check and diff, without a server."""

import json
import os
import subprocess
import threading

import pytest
import server as kit

ZONE = """\
$TTL 1h
@        SOA  ns admin 7 2h 15m 14d 5m
         NS   NS
ns       A    192.0.2.1
b        TXT  "x"
a   60   MX   10 Mail
mail     A    192.0.2.2
"""
CANONICAL = """\
example.com.\t3600\tIN\tSOA\tns.example.com. admin.example.com. 7 7200 900 1209600 300
example.com.\t3600\tIN\tNS\tns.example.com.
a.example.com.\t60\tIN\tMX\t10 mail.example.com.
b.example.com.\t3600\tIN\tTXT\t"x"
mail.example.com.\t3600\tIN\tA\t192.0.2.2
ns.example.com.\t3600\tIN\tA\t192.0.2.1
"""


def run(folder, *words, stdin=None):
    done = kit.run("zone", *words, cwd=folder, stdin=stdin)
    return done.returncode, done.stdout, done.stderr


def write(folder, **files):
    for name, text in files.items():
        (folder / name).write_text(text)


# dump


def test_dump_is_canonical_and_reads_as_itself(folder):
    write(folder, zone=ZONE)
    assert run(folder, "dump", "zone", "example.com") == (0, CANONICAL, "")
    write(folder, again=CANONICAL)
    assert run(folder, "dump", "again") == (0, CANONICAL, "")


@pytest.mark.parametrize(
    "name, head, words",
    [
        ("db.example.com", "", ()),
        ("example.com.zone", "", ()),
        ("zone", "$ORIGIN example.com.\n", ()),
        ("example.org.zone", "$ORIGIN example.com.\n", ()),
        ("example.org.zone", "", ("EXAMPLE.com.",)),
    ],
)
def test_the_origin_comes_from_words_file_or_name(folder, name, head, words):
    (folder / name).write_text(head + ZONE)
    assert run(folder, "dump", name, *words) == (0, CANONICAL, "")


def test_a_file_that_tells_no_origin(folder):
    write(folder, zone=ZONE)
    assert run(folder, "dump", "zone") == (
        1,
        "",
        "zone - neither the file nor its name tells the zone: add ORIGIN\n",
    )
    assert run(folder, "dump", "zone", "a..b")[2].startswith("zone - ORIGIN 'a..b': empty label")


def test_dump_from_a_pipe(folder):
    assert run(folder, "dump", "-", "example.com", stdin=ZONE) == (0, CANONICAL, "")
    os.mkfifo(folder / "pipe")
    writer = threading.Thread(target=(folder / "pipe").write_text, args=(ZONE,))
    writer.start()
    assert run(folder, "dump", "pipe", "example.com") == (0, CANONICAL, "")
    writer.join()


@pytest.mark.slow
def test_what_never_ends_is_read_to_a_bound(folder):
    done = kit.run("zone", "check", "/dev/zero", "example.com", cwd=folder, timeout=240)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "/dev/zero - cannot read zone file '/dev/zero': more than 1 GiB comes out of it; name a "
        "regular file\n"
    )


def test_dump_of_a_broken_file_prints_only_what_is_wrong(folder):
    write(folder, zone=ZONE + "$INCLUDE more\nc A x\n", more="\nd AAAA 192.0.2.1\n")
    status, out, errors = run(folder, "dump", "zone", "example.com")
    assert (status, out) == (1, "")
    assert errors.splitlines() == [
        "more:2 - AAAA address: found '192.0.2.1', expected an IPv6 address",
        "zone:9 - A address: found 'x', expected an IPv4 address",
    ]
    status, out, errors = run(folder, "dump", "no-such.zone")
    assert (status, out) == (1, "")
    assert errors.startswith("no-such.zone - cannot read zone file 'no-such.zone': No such file")
    assert run(folder, "dump", ".", "example.com")[0] == 1


def test_data_outside_the_zone_is_left_out(folder):
    write(folder, zone=ZONE + "www.example.org. A 192.0.2.3\n")
    warning = "zone:8 - Warning: www.example.org. lies outside zone example.com. and is ignored\n"
    assert run(folder, "dump", "zone", "example.com") == (0, CANONICAL, warning)


def test_a_full_disk_is_no_success(folder):
    write(folder, zone=ZONE)
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [kit.binary(), "zone", "dump", "zone", "example.com"],
            cwd=folder,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=30,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == "cannot write: No space left on device\n"


# check


def test_check_of_a_good_zone(folder):
    write(folder, zone=ZONE)
    good = "zone is good: zone example.com., serial 7, 6 records\n"
    assert run(folder, "check", "zone", "example.com") == (0, good, "")
    assert run(folder, "check", "-quiet", "zone", "example.com") == (0, "", "")


@pytest.mark.parametrize(
    "text, status, finding",
    [
        ("@ 1 NS ns.net.\n", 1, "zone - zone example.com. has no SOA record"),
        ("@ 1 SOA a. b. 1 2 3 4 5\n", 1, "zone - zone example.com. has no NS record at its apex"),
        (ZONE + "@ SOA a b 8 2 3 4 5\n", 1, "zone:8 - zone example.com. has more than one SOA"),
        (ZONE + "www.net. A 192.0.2.1\n", 0, "zone:8 - Warning: www.net. A lies outside zone"),
        (ZONE + "b CNAME a\n", 1, "zone:5 - RRSet of type TXT with DNS name b.example.com. is not"),
        (ZONE + "c CNAME a\nc CNAME b\n", 1, "zone:9 - c.example.com. has more than one CNAME"),
        (ZONE + "ns 5 A 192.0.2.9\n", 0, "zone:8 - Warning: ns.example.com. A: TTL 5 differs from"),
        (ZONE + "*.c NS ns\n", 1, "zone:8 - NS records at the wildcard *.c.example.com. are not"),
        (ZONE + "@ NS no\n", 1, "zone:8 - example.com. NS: no.example.com. does not exist"),
        (ZONE + "c NS ns.c\n", 1, "zone:8 - c.example.com. NS: ns.c.example.com. lies below"),
        (ZONE + "c NS ns\nx.c TXT y\n", 0, "zone:9 - Warning: x.c.example.com. TXT lies below"),
        (
            ZONE + "c DNAME net.\nx.c TXT y\n",
            0,
            "zone:9 - Warning: x.c.example.com. TXT lies below",
        ),
        (ZONE + "c DNAME net.\nc DNAME org.\n", 1, "zone:9 - c.example.com. has more than one DN"),
        (ZONE + "c DNAME net.\nc NS ns\n", 1, "zone:8 - DNAME at c.example.com. stands beside NS"),
        (ZONE + "b TXT x\n", 0, "zone:8 - Warning: b.example.com. TXT stands already at zone:5"),
        (
            ZONE + "c CNAME ns\n@ MX 1 c\n",
            0,
            "zone:9 - Warning: example.com. MX: c.example.com. is",
        ),
        (ZONE + "c A 1\n", 1, "zone:8 - A address: found '1', expected an IPv4 address"),
    ],
)
def test_check_finds(folder, text, status, finding):
    write(folder, zone=text)
    returned, out, errors = run(folder, "check", "zone", "example.com")
    assert returned == status
    assert any(line.startswith(finding) for line in errors.splitlines()), errors
    assert out.startswith("zone is good") == (status == 0)


@pytest.mark.parametrize(
    "inception, expiration, finding",
    [
        ("20200101000000", "20200201000000", "has expired (the first of "),
        ("20700101000000", "20760101000000", "is not valid yet (the first of "),
    ],
)
def test_check_judges_the_times_of_signatures(folder, inception, expiration, finding):
    text = (kit.ROOT / "tests" / "zones" / "nsec.zone").read_text()
    assert " 20760101000000 20260101000000 " in text
    times = f" {expiration} {inception} "
    write(folder, zone=text.replace(" 20760101000000 20260101000000 ", times))
    status, _, errors = run(folder, "check", "zone", "example.com")
    assert status == 0
    assert len(errors.splitlines()) == 1
    assert "Warning: the signature over example.com. " in errors
    assert finding in errors


def test_no_error_is_lost_behind_warnings(folder):
    mx = "".join(f"m MX {i} none\n" for i in range(120))
    write(folder, zone=ZONE + mx + "sub NS ns.sub\n")
    status, out, errors = run(folder, "check", "zone", "example.com")
    assert (status, out) == (1, "")
    assert "zone:128 - sub.example.com. NS: ns.sub.example.com. lies below" in errors
    assert "zone - Warning: 20 more warnings of zone example.com. are not told" in errors


def test_what_lies_outside_is_told_a_hundred_times(folder):
    outside = "".join(f"x{i}.example.org. A 192.0.2.1\n" for i in range(130))
    write(folder, zone=ZONE + outside)
    status, out, errors = run(folder, "dump", "zone", "example.com")
    assert (status, out) == (0, CANONICAL)
    assert len(errors.splitlines()) == 101
    assert "zone - Warning: 30 more warnings of zone example.com. are not told" in errors


def test_what_is_not_told_is_counted_for_the_whole_zone(folder):
    outside = "".join(f"x{i}.example.org. A 192.0.2.1\n" for i in range(130))
    mx = "".join(f"m MX {i} none\n" for i in range(20))
    rest = "zone - Warning: {} more warnings of zone example.com. are not told"
    write(folder, zone=ZONE + outside + mx)
    status, _, errors = run(folder, "check", "zone", "example.com")
    assert status == 0
    assert errors.splitlines()[100:] == [rest.format(50)], "by reading and by judging"
    write(folder, zone=ZONE + outside + mx + "x A 1\n")
    status, _, errors = run(folder, "check", "zone", "example.com")
    assert status == 1
    assert errors.splitlines()[100].startswith("zone:158 - A address: found '1'")
    assert errors.splitlines()[101:] == [rest.format(30)], "also where nothing is judged"


def test_a_set_of_more_than_65535_records_is_refused(folder):
    write(folder, zone=ZONE + "$GENERATE 1-65540 big TXT t$\n")
    status, out, errors = run(folder, "check", "zone", "example.com")
    assert (status, out) == (1, "")
    assert errors.startswith(
        "zone:8 - big.example.com. TXT does not fit into a message: for 65540 records there are "
        "65267 bytes"
    )


# diff


def test_diff_of_the_same_zone_in_another_form(folder):
    write(folder, old=ZONE, new=CANONICAL)
    assert run(folder, "diff", "old", "new", "example.com") == (0, "", "")


def test_diff(folder):
    new = ZONE.replace(" 7 ", " 8 ").replace("192.0.2.2", "192.0.2.3") + "c A 192.0.2.4\n"
    write(folder, old=ZONE, new=new)
    status, out, errors = run(folder, "diff", "old", "new", "example.com")
    assert (status, errors) == (1, "")
    soa = "example.com.\t3600\tIN\tSOA\tns.example.com. admin.example.com. {} 7200 900 1209600 300"
    assert out.splitlines() == [
        "; zone example.com.: serial 7 -> 8; 2 removed, 3 added",
        "-" + soa.format(7),
        "+" + soa.format(8),
        "+c.example.com.\t3600\tIN\tA\t192.0.2.4",
        "-mail.example.com.\t3600\tIN\tA\t192.0.2.2",
        "+mail.example.com.\t3600\tIN\tA\t192.0.2.3",
    ]
    old = set(CANONICAL.splitlines())
    removed = {line[1:] for line in out.splitlines() if line[0] == "-"}
    added = {line[1:] for line in out.splitlines() if line[0] == "+"}
    dumped = run(folder, "dump", "new", "example.com")[1]
    assert old - removed | added == set(dumped.splitlines())


@pytest.mark.parametrize(
    "serial, told",
    [
        ("7", "serial 7 unchanged: secondary servers will not notice"),
        ("6", "serial 7 -> 6: a step back, secondary servers ignore it"),
        ("2147483655", "serial 7 -> 2147483655: neither is newer"),
    ],
)
def test_diff_tells_what_the_serial_does(folder, serial, told):
    write(folder, old=ZONE, new=ZONE.replace(" 7 ", f" {serial} ") + "c A 192.0.2.4\n")
    status, out, _ = run(folder, "diff", "old", "new", "example.com")
    assert status == 1
    assert out.startswith(f"; zone example.com.: {told}; ")


def test_diff_as_json(folder):
    new = ZONE.replace(" 7 ", " 8 ") + 'c TXT "a \\"b\\" \\255"\n'
    write(folder, old=ZONE, new=new)
    status, out, errors = run(folder, "diff", "-json", "old", "new", "example.com")
    assert (status, errors) == (1, "")
    soa = "ns.example.com. admin.example.com. {} 7200 900 1209600 300"
    head = {"name": "example.com.", "ttl": 3600, "type": "SOA"}
    assert json.loads(out) == {
        "zone": "example.com.",
        "serial": {"old": 7, "new": 8},
        "removed": 1,
        "added": 2,
        "changes": [
            {"change": "removed", **head, "data": soa.format(7)},
            {"change": "added", **head, "data": soa.format(8)},
            {
                "change": "added",
                "name": "c.example.com.",
                "ttl": 3600,
                "type": "TXT",
                "data": '"a \\"b\\" \\255"',
            },
        ],
    }


def test_diff_as_json_without_a_difference_or_a_serial(folder):
    write(folder, old=ZONE, new=CANONICAL, bare="a 60 A 192.0.2.1\n")
    status, out, errors = run(folder, "diff", "-json", "old", "new", "example.com")
    same = {"serial": {"old": 7, "new": 7}, "removed": 0, "added": 0, "changes": []}
    assert (status, json.loads(out), errors) == (0, {"zone": "example.com.", **same}, "")
    status, out, _ = run(folder, "diff", "-json", "bare", "old", "example.com")
    assert (status, json.loads(out)["serial"]) == (1, {"old": None, "new": 7})
    assert run(folder, "diff", "-json", "old", "none", "example.com")[:2] == (2, "")


def test_trouble_of_diff_is_status_2(folder):
    write(folder, old=ZONE, new=ZONE + "c A x\n")
    status, out, errors = run(folder, "diff", "old", "new", "example.com")
    assert (status, out) == (2, "")
    assert errors == "new:8 - A address: found 'x', expected an IPv4 address\n"
    assert run(folder, "diff", "old", "none", "example.com")[0] == 2
    assert run(folder, "diff", "old")[0] == 2
    write(folder, **{"a.zone": ZONE, "b.zone": ZONE})
    status, _, errors = run(folder, "diff", "a.zone", "b.zone")
    assert (status, errors) == (2, "b.zone - this is zone b., but a.zone is a.\n")


def test_a_new_file_that_is_no_whole_zone_is_trouble(folder):
    """Nothing but the rest of a file that was cut off: no difference to act upon."""
    write(folder, old=ZONE, empty="", rest="www 60 A 192.0.2.1\n")
    for new in ("empty", "rest"):
        status, out, errors = run(folder, "diff", "old", new, "example.com")
        assert (status, out) == (2, "")
        assert errors == (
            f"{new} - there is no SOA record of example.com., which old has: this is not the "
            "whole zone\n"
        )
    assert run(folder, "diff", "empty", "old", "example.com")[0] == 1
    assert run(folder, "diff", "empty", "rest", "example.com")[0] == 1


# words


@pytest.mark.parametrize(
    "words, error",
    [
        ((), "expected: signpost zone dump|check|diff FILE...\n"),
        (("dump",), "expected: signpost zone dump FILE [ORIGIN]\n"),
        (("check", "a", "b", "c"), "expected: signpost zone check FILE [ORIGIN] [-quiet]\n"),
        (
            ("diff", "-", "-", "x.test"),
            "'-' stands for both files, but standard input can be read only once\n",
        ),
        (("diff", "a"), "expected: signpost zone diff OLD NEW [ORIGIN] [-json]\n"),
        (
            ("dmup", "a"),
            "signpost zone: found 'dmup', expected dump, check or diff; did you mean 'dump'?\n",
        ),
    ],
)
def test_words(folder, words, error):
    status, out, errors = run(folder, *words)
    assert (status, out, errors) == (2 if words[:1] == ("diff",) else 1, "", error)
