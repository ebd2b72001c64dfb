"""Signed zones, judged by validators: every kind of answer is found secure, or insecure where the
zone says so, and nothing is ever bogus."""

import pathlib
import random
import shutil
import tempfile

import message
import pytest
import server
import signing
import validator
from upstream import available

pytestmark = pytest.mark.skipif(
    not (available() and signing.available() and shutil.which("delv")),
    reason="needs the packages unbound, bind9, bind9-dnsutils and ldnsutils",
)

NUMBER = {**message.TYPES, "DNAME": 39, "RRSIG": 46, "NSEC": 47, "DNSKEY": 48, "NSEC3": 50}
NUMBER |= {"NSEC3PARAM": 51, "CDS": 59, "CDNSKEY": 60}
WHERE = ["nsec", "nsec3", "optout", "ldns"]

# Question, RCODE, and whether the answer is secure: always, only without opt-out (RFC 5155, section
# 6: what an opt-out span covers may exist), or never.
ALWAYS, SPANNED, NEVER = "always", "without opt-out", "never"
KINDS = [
    ("www A", "NOERROR", ALWAYS),
    ("@ SOA", "NOERROR", ALWAYS),
    ("@ NS", "NOERROR", ALWAYS),
    ("@ MX", "NOERROR", ALWAYS),
    ("@ DNSKEY", "NOERROR", ALWAYS),
    ("www AAAA", "NOERROR", ALWAYS),  # no data
    ("@ AAAA", "NOERROR", ALWAYS),
    ("b A", "NOERROR", ALWAYS),  # empty non-terminal
    ("nope A", "NXDOMAIN", SPANNED),
    ("nope.www A", "NXDOMAIN", SPANNED),
    ("a.b.c.nope A", "NXDOMAIN", SPANNED),
    ("q.w A", "NOERROR", SPANNED),  # from a wildcard
    ("p.q.r.w A", "NOERROR", SPANNED),
    ("q.w TXT", "NOERROR", SPANNED),
    ("*.w A", "NOERROR", ALWAYS),
    ("q.lit A", "NOERROR", SPANNED),  # the wildcard is an empty non-terminal
    ("x.one.w A", "NXDOMAIN", SPANNED),
    ("x A", "NOERROR", ALWAYS),  # CNAME
    ("x AAAA", "NOERROR", ALWAYS),
    ("y A", "NOERROR", SPANNED),  # CNAME to a wildcard
    ("gone A", "NXDOMAIN", SPANNED),
    ("a.cw A", "NOERROR", SPANNED),  # a wildcard CNAME to a wildcard
    ("a.cw TXT", "NOERROR", SPANNED),
    ("a.cn A", "NXDOMAIN", SPANNED),
    ("dn DNAME", "NOERROR", ALWAYS),
    ("dn A", "NOERROR", ALWAYS),
    ("host.dn A", "NOERROR", ALWAYS),  # DNAME
    ("q.v.dn A", "NOERROR", SPANNED),  # DNAME to a wildcard
    ("nope.dn A", "NXDOMAIN", SPANNED),
    ("sec DS", "NOERROR", ALWAYS),
    ("www.sec A", "NOERROR", ALWAYS),  # through a signed delegation
    ("nope.sec A", "NXDOMAIN", ALWAYS),
    ("sub DS", "NOERROR", SPANNED),
    ("www.sub A", "NOERROR", NEVER),  # through one that is not
    ("nope.sub A", "NXDOMAIN", NEVER),
    ("www DS", "NOERROR", ALWAYS),
    ("ent A", "NOERROR", SPANNED),
    ("@ CDS", "NOERROR", ALWAYS),
]


def name_in(relative, zone):
    return zone.origin if relative == "@" else f"{relative}.{zone.origin}"


def generated_zone(seed):
    """Text of a zone with names, empty names, wildcards, CNAMEs and delegations at random."""
    rng = random.Random(seed)
    text = "$TTL 300\n@ 900 IN SOA ns1 h 1 7200 900 1209600 60\n@ NS ns1\nns1 A 192.0.2.1\n"
    text += "sec NS ns.sec\nns.sec A 192.0.2.78\nsub NS ns.sec\n"
    text += "a.t A 192.0.2.2\n*.d.t A 192.0.2.3\n"  # CNAMEs lead here, and not in circles
    taken = {"sec", "sub", "ns1"}
    for number in range(60):
        labels = rng.choices("abcdefg", k=rng.randint(1, 4))
        if rng.random() < 0.25:
            labels[0] = "*"
        owner = ".".join(labels)
        if owner in taken:
            continue
        taken.add(owner)
        kind = rng.random()
        if kind < 0.2:
            target = rng.choice(["a.t", "b.t", "c.d.t", "nope.a.t", "d.t", "t"])
            text += f"{owner} CNAME {target}\n"
        else:
            text += f"{owner} A 192.0.2.{number}\n"
            if kind > 0.7:
                text += f"{owner} TXT text\n"
    return text, sorted(taken - {"sec", "sub"})


class Scene:
    """One server with every zone, and a validator that trusts their keys."""

    def __init__(self, folder):
        self.folder = folder
        self.zones = {label: signing.family(folder, label) for label in WHERE}
        self.names = {}
        for label in WHERE:
            made = f"any{label}"
            signing.WAYS[made] = signing.WAYS[label]
            text, self.names[made] = generated_zone(label)
            self.zones[made] = signing.family(folder, made, text)
        lines = []
        for zone in self.zones.values():
            lines.append(f"    zone {zone.path.name} {zone.origin}\n")
            lines.append(f"    zone sec.{zone.origin}.signed sec.{zone.origin}\n")
            lines.append(f"    zone sub.{zone.origin} sub.{zone.origin}\n")
        corefile = ".:0 {\n    bind 127.0.0.1\n" + "".join(lines) + "}\n"
        self.server = server.Server(folder, corefile)
        zones = [z.origin for z in self.zones.values()]
        zones += [f"{child}.{z}" for z in zones for child in ("sec", "sub")]
        anchors = [z.anchor for z in self.zones.values()]
        try:
            self.unbound = validator.Unbound(folder, self.server.port, zones, anchors)
        except BaseException:
            self.server.kill()
            raise

    def close(self):
        try:
            self.unbound.stop()
            self.server.stop()
        finally:
            self.server.kill()


@pytest.fixture(scope="module")
def scene():
    with tempfile.TemporaryDirectory(prefix="signpost-signed-") as folder:
        made = Scene(pathlib.Path(folder))
        try:
            yield made
        finally:
            made.close()


@pytest.mark.parametrize("label", WHERE)
def test_every_kind_of_answer_validates(scene, label):
    zone = scene.zones[label]
    for question, rcode, secure in KINDS:
        relative, rtype = question.split()
        got = scene.unbound.ask(name_in(relative, zone), NUMBER[rtype])
        wanted = secure == ALWAYS or (secure == SPANNED and label != "optout")
        assert got == (
            rcode,
            wanted,
        ), f"{question} in {zone.origin}\n{scene.unbound.words()[-2000:]}"


@pytest.mark.parametrize("label", WHERE)
def test_every_name_of_a_zone_validates(scene, label):
    zone, names = scene.zones[f"any{label}"], scene.names[f"any{label}"]
    around = set(names) | {"@"}
    for name in names:
        parents = name.split(".")
        around |= {".".join(parents[n:]) for n in range(1, len(parents))}
        around |= {f"zz.{name}", f"{name}0" if "*" not in name else "0", f"q.r.{name}"}
    for relative in sorted(around):
        for rtype in ("A", "TXT", "DS", "NSEC"):
            if (relative, rtype) == ("@", "DS"):
                continue  # for the zone above, which nobody serves here
            rcode, secure = scene.unbound.ask(name_in(relative, zone), NUMBER[rtype])
            assert rcode in (
                "NOERROR",
                "NXDOMAIN",
            ), f"{relative} {rtype} in {zone.origin}: {rcode}\n{scene.unbound.words()[-2000:]}"
            assert secure or label == "optout", f"{relative} {rtype} in {zone.origin}"


@pytest.mark.parametrize("label", WHERE)
def test_delv_validates(scene, label):
    zone = scene.zones[label]
    port = scene.server.port
    fully, negative = "fully validated", "negative response, fully validated"
    kinds = [
        ("www A", fully, ALWAYS),
        ("x A", fully, ALWAYS),
        ("q.w A", fully, SPANNED),
        ("a.cw A", fully, SPANNED),
        ("nope A", negative, SPANNED),
        ("www AAAA", negative, ALWAYS),
        ("b A", negative, ALWAYS),
        ("q.w TXT", negative, SPANNED),
        ("www.sec A", fully, ALWAYS),
        ("www.sub A", "unsigned answer", ALWAYS),
    ]
    for question, wanted, secure in kinds:
        relative, rtype = question.split()
        said = validator.delv(scene.folder, port, zone, name_in(relative, zone), rtype)
        if label == "optout" and secure == SPANNED:  # delv takes denials for secure there
            wanted = negative if wanted == negative else "unsigned answer"
        assert wanted in said, (question, said)


def test_nothing_of_it_shows_without_DO(scene):
    for label in WHERE:
        for question, rcode, _ in KINDS:
            relative, rtype = question.split()
            reply = scene.server.ask(name_in(relative, scene.zones[label]), NUMBER[rtype])
            assert reply.rcode == rcode
            shown = {r.type for r in reply.answer + reply.authority + reply.additional}
            assert not shown & {"RRSIG", "NSEC", "NSEC3", "TYPE46", "TYPE47", "TYPE50", 46, 47, 50}


def test_explain_names_the_proofs(scene):
    zone = scene.zones["nsec3"]
    said = server.run(
        "explain", f"nope.{zone.origin}", "A", "-do", "-conf", "Corefile", cwd=scene.folder
    )
    assert "proof of" in said.stdout, said.stdout + said.stderr


def test_a_signed_zone_takes_no_steered_sets(scene):
    zone = scene.zones["nsec"]
    corefile = scene.folder / "Steered"
    corefile.write_text(
        f"{zone.origin} {{\n    zone {zone.path.name}\n    weighted api A {{\n"
        "        192.0.2.1 weight 1\n        192.0.2.2 weight 1\n    }\n}\n",
        encoding="utf-8",
    )
    done = server.run("check", "-conf", corefile, cwd=scene.folder)
    assert done.returncode != 0
    assert f"Steered:3 - api.{zone.origin}. A is steered by weighted" in done.stdout + done.stderr
    assert "answers chosen per query cannot be signed ahead" in done.stdout + done.stderr


def test_names_that_fall_through_a_signed_zone_are_warned_of(scene):
    zone = scene.zones["nsec"]
    (scene.folder / "plain.zone").write_text(
        "@ 60 SOA ns h 1 2 3 4 5\n@ 60 NS ns\nns 60 A 192.0.2.1\n", encoding="utf-8"
    )
    block = "{0} {{\n    zone {1} {{\n        fallthrough\n    }}\n    whoami\n}}\n"
    (scene.folder / "Falling").write_text(
        block.format("plain.test", "plain.zone") + block.format(zone.origin, zone.path.name),
        encoding="utf-8",
    )
    done = server.run("check", "-conf", "Falling", cwd=scene.folder)
    said = (done.stdout + done.stderr).splitlines()
    (told,) = [line for line in said if "go on to the next source" in line]
    assert told.startswith(f"Falling:9 - Warning: names that do not exist in zone {zone.origin}.")
    assert done.returncode == 0, said
