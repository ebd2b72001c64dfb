#!/usr/bin/env python3
"""Each rule explains what it is for, and not its neighbours."""

import unittest

import known_differences
from comparing import compare
from reply_kit import name, question, record, reply, soa
from truth import Truth

A = record("www.a.example", "A", 60, "192.0.2.1")
TXT = record("www.a.example", "TXT", 60, b"\1x")
SOA_A, SOA_B = soa("a.example", 300, 300), soa("b.example", 300, 300)
CUT = record("sub.a.example", "NS", 60, "ns.sub.a.example")
CUT2 = record("sub.a.example", "NS", 60, "ns2.sub.a.example")
GLUE = record("ns.sub.a.example", "A", 60, "192.0.2.54")
GLUE2 = record("ns2.sub.a.example", "A", 60, "192.0.2.55")
WILD_CUT = record("wild.a.example", "NS", 60, "ns.wild.a.example")
WILD_GLUE = record("*.wild.a.example", "A", 60, "192.0.2.56")
MADE_GLUE = record("ns.wild.a.example", "A", 60, "192.0.2.56")
ACROSS = record("across.a.example", "CNAME", 60, "gone.b.example")
CHAIN = [record(f"c{i}.a.example", "CNAME", 60, f"c{i + 1}.a.example") for i in range(14)]
END = record("c14.a.example", "A", 60, "192.0.2.9")
LONG = [record(f"l{i}.a.example", "CNAME", 60, f"l{i + 1}.a.example") for i in range(18)]
RENAME = record("d.a.example", "DNAME", 60, "e.d.a.example")
TO_CHILD = record("to.a.example", "CNAME", 60, "b.example")
RRSIG = record("www.a.example", "RRSIG", 60, [b"\0\1", bytes(16), name("a.example"), b"sig"])

NAMES = ["x." + "e." * i + "d.a.example" for i in range(10)]
RENAMED = [record(here, "CNAME", 60, there) for here, there in zip(NAMES, NAMES[1:])]
HASHED = record("0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.a.example", "NSEC3", 60, b"hashed")

DEEP = record("deep.*.www.a.example", "A", 60, "192.0.2.58")
LAST = record("z.a.example", "A", 60, "192.0.2.59")


def nsec(owner, following):
    """An NSEC record with its signature."""
    link = record(owner, "NSEC", 60, [name(following), b"\0\1\x40"])
    signature = record(owner, "RRSIG", 60, [b"\0\x2f", bytes(16), name("a.example"), b"sig"])
    return [link, signature]


SHOWS = nsec("www.a.example", "deep.*.www.a.example")
COVERS = nsec("deep.*.www.a.example", "z.a.example")
NO_PROOF = nsec("z.a.example", "a.example")

TRUTH = Truth(
    {
        name("a.example"): [A, TXT, SOA_A, CUT, CUT2, GLUE, GLUE2, WILD_CUT, WILD_GLUE, ACROSS]
        + [*CHAIN, END, *LONG, RENAME, TO_CHILD, RRSIG, HASHED, DEEP, LAST]
        + [*SHOWS, *COVERS, *NO_PROOF],
        name("b.example"): [SOA_B],
    }
)


SIBLING_CUT = record("sub.a.example", "NS", 60, "ns.wild.a.example")
# Fills a referral, so that no set of addresses more fits into 512 bytes.
FILLING = [record("sub.a.example", "NS", 60, f"{'n' * 54}{i}.test") for i in range(4)]
MORE_TRUTH = Truth(
    {name("a.example"): [SOA_A, CUT, GLUE, WILD_CUT, SIBLING_CUT, MADE_GLUE, *FILLING]}
)


def rules(asked, *replies, truth=TRUTH):
    """{aspect: rule} for Signpost's reply and those of the others."""
    _, differences = compare(None, asked, list(replies), truth)
    return {d.aspect: known_differences.explain(d) for d in differences}


class Rules(unittest.TestCase):
    def test_one_set_for_any(self):
        asked = question("www.a.example", "ANY")
        one, all_of_them = reply(asked, [A]), reply(asked, [A, TXT])
        self.assertEqual(
            rules(asked, one, one, all_of_them, all_of_them), {"answer": "one set for ANY"}
        )
        self.assertEqual(rules(asked, all_of_them, one, one, one), {"answer": None})
        nothing = reply(asked, [])
        self.assertEqual(rules(asked, nothing, one, one, one), {"answer": None})

    def test_the_set_for_any_is_whole(self):
        asked = question("www.a.example", "ANY")
        more = [A._replace(data=bytes([192, 0, 2, last])) for last in (2, 3)]
        truth = Truth({name("a.example"): [SOA_A, A, TXT, *more]})
        full, part = reply(asked, [A, *more]), reply(asked, [A])
        everything = reply(asked, [A, *more, TXT])
        rule = {"answer": "one set for ANY"}
        self.assertEqual(rules(asked, full, *[everything] * 3, truth=truth), rule)
        self.assertEqual(rules(asked, part, *[everything] * 3, truth=truth), {"answer": None})
        self.assertEqual(rules(asked, part, full, full, full, truth=truth), {"answer": None})
        made = question("x.w.a.example", "ANY")
        wild = [record("*.w.a.example", "A", 60, f"192.0.2.{i}") for i in (1, 2)]
        other = record("*.w.a.example", "TXT", 60, b"\1x")
        truth = Truth({name("a.example"): [SOA_A, *wild, other]})
        own = [r._replace(owner=name("x.w.a.example")) for r in (*wild, other)]
        full, part, everything = (reply(made, own[:n]) for n in (2, 1, 3))
        self.assertEqual(rules(made, full, *[everything] * 3, truth=truth), rule)
        self.assertEqual(rules(made, part, *[everything] * 3, truth=truth), {"answer": None})

    def test_the_set_for_any_is_signed(self):
        of_txt = RRSIG._replace(data=b"\0\x10" + RRSIG.data[2:])
        second = RRSIG._replace(data=RRSIG.data[:-1] + b"G")
        truth = Truth({name("a.example"): [SOA_A, A, TXT, RRSIG, second, of_txt]})
        for dnssec_ok, flags in ((True, 0x8000), (False, 0)):
            asked = question("www.a.example", "ANY", payload=1232, dnssec_ok=dnssec_ok)

            def found(*mine):
                everything = reply(asked, [A, RRSIG, second, TXT, of_txt], edns=flags)
                others = [everything] * 3
                return rules(asked, reply(asked, mine, edns=flags), *others, truth=truth)["answer"]

            rule = "one set for ANY"
            self.assertEqual(found(A, RRSIG, second), rule)
            for incomplete in ([A], [A, RRSIG], [A, of_txt]):
                self.assertEqual(found(*incomplete), None if dnssec_ok else rule)

    def test_one_set_for_rrsig(self):
        below = "x.0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.a.example"
        covering = [b"\0" + bytes([kind]) + RRSIG.data[2:] for kind in (1, 16)]
        for owner, rule in ((below, "one set for RRSIG"), ("www.a.example", None)):
            asked = question(owner, "RRSIG")
            both = [RRSIG._replace(owner=name(owner), data=data) for data in covering]
            cut, one = reply(asked, both, flags=0x8600), reply(asked, both[:1])
            none = reply(asked, [], rcode=3)
            self.assertEqual(rules(asked, cut, one, none, cut)["TC"], rule)
            fewer = reply(asked, both[:1], flags=0x8600)
            self.assertIsNone(rules(asked, fewer, reply(asked, both), none, fewer)["TC"])

    def test_glue_that_does_not_fit(self):
        asked = question("x.sub.a.example", "A")
        cut = reply(asked, [], [CUT, CUT2], [GLUE], flags=0x8200)
        short = reply(asked, [], [CUT, CUT2], [GLUE], flags=0x8000)
        full = reply(asked, [], [CUT, CUT2], [GLUE, GLUE2], flags=0x8000)
        self.assertEqual(rules(asked, cut, cut, short, short), {"TC": "glue that does not fit"})
        self.assertEqual(rules(asked, cut, short, short, full), {"TC": None})
        self.assertEqual(rules(asked, short, cut, cut, cut), {"TC": None})

        # One that knows of no cut is judged by its answer, not by what it does not cut.
        wanted = {"TC": "glue that does not fit"}
        other = reply(asked, [], [SOA_A], flags=0x8000)
        self.assertLessEqual(wanted.items(), rules(asked, cut, cut, short, other).items())
        self.assertIsNone(rules(asked, cut, cut, other, other)["TC"])

        # So is the glue of two beside one that ends a chain before the referral; not of one.
        wanted = {"glue": "glue that does not fit"}
        found = rules(asked, full, other, short, short)
        self.assertLessEqual(wanted.items(), found.items())
        self.assertIsNone(rules(asked, full, other, other, short)["glue"])
        self.assertIsNone(rules(asked, short, other, full, full)["glue"])

    def test_sibling_glue_left_out(self):
        asked = question("x.sub.a.example", "A")
        servers = [CUT, SIBLING_CUT, *FILLING]
        bare = reply(asked, [], servers, [GLUE], flags=0x8000)
        full = reply(asked, [], servers, [GLUE, MADE_GLUE], flags=0x8000)
        in_place = reply(asked, [], servers, [MADE_GLUE], flags=0x8000)
        cut = reply(asked, [], servers, [], flags=0x8200)
        self.assertTrue(512 - 16 < len(bare) <= 512)
        wanted = {"sibling glue": "sibling glue left out"}
        for others in ([full, full, bare], [in_place, in_place, bare]):
            found = rules(asked, bare, *others, truth=MORE_TRUTH)
            self.assertLessEqual(wanted.items(), found.items())
        self.assertEqual(
            rules(asked, bare, bare, cut, cut, truth=MORE_TRUTH), {"TC": "sibling glue left out"}
        )
        found = rules(asked, in_place, full, full, full, truth=MORE_TRUTH)
        self.assertIsNone(found["glue"])
        # A reply that would hold the owner once more, where it could point at it, has less room.
        for length, rule in ((48, "sibling glue left out"), (40, None)):
            labels = ["n" * length + end for end in ("0", "1", "2", "last")]
            filling = [record("sub.a.example", "NS", 60, f"{label}.test") for label in labels]
            servers = [CUT, SIBLING_CUT, *filling]
            zone = [SOA_A, CUT, GLUE, WILD_CUT, SIBLING_CUT, MADE_GLUE, *filling]
            less = reply(asked, [], servers, [GLUE], flags=0x8000)
            more = reply(asked, [], servers, [GLUE, MADE_GLUE], flags=0x8000)
            self.assertLessEqual(len(more), 512)
            found = rules(asked, more, less, less, less, truth=Truth({name("a.example"): zone}))
            self.assertEqual(found["sibling glue"], rule)
        roomy = reply(asked, [], [CUT, SIBLING_CUT], [GLUE], flags=0x8000)
        found = rules(asked, roomy, full, full, full, truth=MORE_TRUTH)
        self.assertIsNone(found["sibling glue"])

    def test_no_glue_from_wildcards(self):
        asked = question("x.wild.a.example", "A")
        bare = reply(asked, [], [WILD_CUT], flags=0x8000)
        made = reply(asked, [], [WILD_CUT], [MADE_GLUE], flags=0x8000)
        self.assertEqual(rules(asked, bare, made, made, bare), {"glue": "no glue from wildcards"})
        asked = question("x.sub.a.example", "A")
        bare = reply(asked, [], [CUT], flags=0x8000)
        full = reply(asked, [], [CUT], [GLUE], flags=0x8000)
        self.assertIsNone(rules(asked, bare, full, full, bare)["glue"])

    def test_no_glue_from_wildcards_beside_others_lack(self):
        asked = question("x.wild.a.example", "A")
        deep = record("wild.a.example", "NS", 60, "ns.x.wild.a.example")
        real = record("ns.x.wild.a.example", "A", 60, "192.0.2.57")
        truth = Truth({name("a.example"): [SOA_A, WILD_CUT, WILD_GLUE, deep, real]})
        mine = reply(asked, [], [WILD_CUT, deep], [real], flags=0x8000)
        made = reply(asked, [], [WILD_CUT, deep], [real, MADE_GLUE], flags=0x8000)
        less = reply(asked, [], [WILD_CUT, deep], flags=0x8000)
        wanted = {"glue": "no glue from wildcards"}
        self.assertEqual(rules(asked, mine, made, made, less, truth=truth), wanted)
        self.assertIsNone(rules(asked, less, made, made, mine, truth=truth)["glue"])
        asked = question("x.wild.a.example", "A", tcp=True)
        self.assertIsNone(rules(asked, mine, made, made, less, truth=truth)["glue"])

    def test_no_glue_from_wildcards_beside_a_lack(self):
        asked = question("x.wild.a.example", "A")
        truth = Truth({name("a.example"): [SOA_A, WILD_CUT, WILD_GLUE, MADE_GLUE]})
        bare = reply(asked, [], [WILD_CUT], flags=0x8000)
        full = reply(asked, [], [WILD_CUT], [MADE_GLUE], flags=0x8000)
        self.assertIsNone(rules(asked, bare, full, full, bare, truth=truth)["glue"])

    def test_length_of_chains(self):
        asked = question("c0.a.example", "A", tcp=True)
        full, knot = reply(asked, [*CHAIN, END]), reply(asked, CHAIN[:5])
        bind = reply(asked, CHAIN[:12], rcode=2)
        shorter = reply(asked, CHAIN[:4])
        rule = {"answer": "length of chains"}
        self.assertEqual(rules(asked, full, knot, knot, bind)["answer"], None)
        renamed = question("x.d.a.example", "A", tcp=True)
        gave_up, nsd = reply(renamed, [RENAME, *RENAMED]), reply(renamed, [RENAME, *RENAMED[:1]])
        five, twelve = reply(renamed, [RENAME, *RENAMED[:5]]), reply(renamed, CHAIN[:12], rcode=2)
        self.assertLessEqual(rule.items(), rules(renamed, gave_up, five, nsd, twelve).items())
        self.assertIsNone(rules(renamed, nsd, five, gave_up, twelve)["answer"])
        for wrong in (shorter, reply(asked, CHAIN)):
            self.assertEqual(rules(asked, wrong, full, full, full), {"answer": None})
        self.assertIsNone(rules(asked, full, shorter, shorter, bind)["answer"])
        asked = question("l0.a.example", "A", tcp=True)
        mine, knot, nsd = (reply(asked, LONG[:n]) for n in (17, 5, 18))
        bind = reply(asked, LONG[:12], rcode=2)
        self.assertLessEqual(rule.items(), rules(asked, mine, knot, nsd, bind).items())
        self.assertIsNone(rules(asked, reply(asked, LONG[:16]), knot, nsd, bind)["answer"])

    def test_empty_wildcards(self):
        asked = question("q.www.a.example", "A", payload=1232, dnssec_ok=True)

        def proof(*records):
            return reply(asked, [], [SOA_A, *records], edns=0x8000)

        both, less = proof(*SHOWS, *COVERS), proof(*COVERS)
        self.assertEqual(rules(asked, both, less, both, less), {"proof": "empty wildcards"})
        self.assertEqual(rules(asked, less, both, both, both), {"proof": None})
        more = proof(*NO_PROOF, *COVERS)
        self.assertEqual(rules(asked, more, less, less, less), {"proof": None})
        asked = question("z.a.example", "TXT", payload=1232, dnssec_ok=True)
        both, less = proof(*SHOWS, *COVERS), proof(*COVERS)
        self.assertEqual(rules(asked, both, less, less, less), {"proof": None})

    def test_no_glue_beside_answers(self):
        asked = question("a.example", "MX")
        below = record("a.example", "MX", 60, [b"\0\1", "ns.sub.a.example"])
        beside = record("a.example", "MX", 60, [b"\0\1", "www.a.example"])
        for mx, address, rule in ((below, GLUE, "no glue beside answers"), (beside, A, None)):
            bare, full = reply(asked, [mx]), reply(asked, [mx], [], [address])
            truth = Truth({name("a.example"): [SOA_A, mx, CUT, GLUE, A]})
            self.assertEqual(
                rules(asked, bare, full, full, bare, truth=truth), {"additional": rule}
            )

    def test_nsec_at_an_alias(self):
        asked = question("c13.a.example", "NSEC")
        followed, none = reply(asked, CHAIN[13:], [SOA_A]), reply(asked, [], [SOA_A])
        rule = {"answer": "NSEC at an alias"}
        self.assertEqual(rules(asked, followed, none, followed, none), rule)
        self.assertEqual(rules(asked, none, followed, followed, followed), {"answer": None})
        denied = reply(asked, [], [SOA_A], rcode=3)
        self.assertIsNone(rules(asked, followed, none, denied, none)["answer"])
        asked = question("across.a.example", "NSEC")
        edge, none = reply(asked, [ACROSS]), reply(asked, [], [SOA_A])
        beyond = reply(asked, [ACROSS], [SOA_B], rcode=3)
        found = rules(asked, edge, none, beyond, none)
        self.assertEqual(found, {**rule, "soa": "NSEC at an alias"})
        self.assertIsNone(rules(asked, edge, none, none, beyond)["soa"])
        asked = question("c13.a.example", "A")
        followed, none = reply(asked, CHAIN[13:], [SOA_A]), reply(asked, [], [SOA_A])
        self.assertEqual(rules(asked, followed, none, followed, none), {"answer": None})


if __name__ == "__main__":
    unittest.main()
