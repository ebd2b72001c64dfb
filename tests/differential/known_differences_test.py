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
C1 = record("c1.a.example", "CNAME", 60, "c2.a.example")
C2 = record("c2.a.example", "CNAME", 60, "www.a.example")
TO_CHILD = record("to.a.example", "CNAME", 60, "b.example")
RRSIG = record("www.a.example", "RRSIG", 60, [b"\0\1", bytes(16), name("a.example"), b"sig"])

MX = record("a.example", "MX", 60, [b"\0\1", "mail.w.a.example"])
MX2 = record("mx.a.example", "MX", 60, [b"\0\1", "www.a.example"])
WILD = record("*.w.a.example", "A", 60, "192.0.2.57")
MADE = record("mail.w.a.example", "A", 60, "192.0.2.57")
WILD_RRSIG = record("*.w.a.example", "RRSIG", 60, RRSIG.data)
MADE_RRSIG = record("mail.w.a.example", "RRSIG", 60, RRSIG.data)

TRUTH = Truth(
    {
        name("a.example"): [A, TXT, SOA_A, CUT, CUT2, GLUE, GLUE2, WILD_CUT, WILD_GLUE, ACROSS]
        + [C1, C2, TO_CHILD, RRSIG, MX, MX2, WILD, WILD_RRSIG],
        name("b.example"): [SOA_B],
    }
)


MORE_TRUTH = Truth({name("a.example"): [SOA_A, CUT, GLUE, WILD_CUT, MADE_GLUE]})


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

    def test_glue_that_does_not_fit(self):
        asked = question("x.sub.a.example", "A")
        cut = reply(asked, [], [CUT, CUT2], [GLUE], flags=0x8200)
        short = reply(asked, [], [CUT, CUT2], [GLUE], flags=0x8000)
        full = reply(asked, [], [CUT, CUT2], [GLUE, GLUE2], flags=0x8000)
        self.assertEqual(rules(asked, cut, cut, short, short), {"TC": "glue that does not fit"})
        self.assertEqual(rules(asked, cut, short, short, full), {"TC": None})
        self.assertEqual(rules(asked, short, cut, cut, cut), {"TC": None})

    def test_sibling_glue_left_out(self):
        asked = question("x.sub.a.example", "A")
        sibling_cut = record("sub.a.example", "NS", 60, "ns.wild.a.example")
        bare = reply(asked, [], [CUT, sibling_cut], [GLUE], flags=0x8000)
        full = reply(asked, [], [CUT, sibling_cut], [GLUE, MADE_GLUE], flags=0x8000)
        none = reply(asked, [], [CUT, sibling_cut], [MADE_GLUE], flags=0x8000)
        wanted = {"sibling glue": "sibling glue left out"}
        self.assertLessEqual(
            wanted.items(), rules(asked, bare, full, full, bare, truth=MORE_TRUTH).items()
        )
        found = rules(asked, none, full, full, full, truth=MORE_TRUTH)
        self.assertIsNone(found["glue"])

    def test_no_glue_from_wildcards(self):
        asked = question("x.wild.a.example", "A")
        bare = reply(asked, [], [WILD_CUT], flags=0x8000)
        made = reply(asked, [], [WILD_CUT], [MADE_GLUE], flags=0x8000)
        self.assertEqual(rules(asked, bare, made, made, bare), {"glue": "no glue from wildcards"})
        asked = question("x.sub.a.example", "A")
        bare = reply(asked, [], [CUT], flags=0x8000)
        full = reply(asked, [], [CUT], [GLUE], flags=0x8000)
        self.assertIsNone(rules(asked, bare, full, full, bare)["glue"])

    def test_length_of_chains(self):
        asked = question("c1.a.example", "A")
        full, short = reply(asked, [C1, C2, A]), reply(asked, [C1])
        self.assertEqual(rules(asked, full, short, short, full), {"answer": "length of chains"})
        self.assertEqual(rules(asked, short, full, full, full), {"answer": None})
        self.assertEqual(rules(asked, reply(asked, [C1, C2]), full, full, full), {"answer": None})

    def test_ttl_of_signatures(self):
        asked = question("www.a.example", "A", payload=1232, dnssec_ok=True)
        good = reply(asked, [A, RRSIG], edns=0x8000)
        capped = reply(asked, [A, RRSIG._replace(ttl=7)], edns=0x8000)
        self.assertEqual(rules(asked, good, capped, capped, good), {"answer": "TTL of signatures"})
        bare = reply(asked, [A], edns=0x8000)
        self.assertEqual(rules(asked, bare, good, good, good), {"answer": None})

    def test_no_unproved_additions(self):
        asked = question("a.example", "MX", payload=1232, dnssec_ok=True)
        bare = reply(asked, [MX], edns=0x8000)
        made = reply(asked, [MX], [], [MADE, MADE_RRSIG], edns=0x8000)
        self.assertEqual(
            rules(asked, bare, made, made, bare), {"additional": "no unproved additions"}
        )
        unsigned = reply(asked, [MX], [], [MADE], edns=0x8000)
        self.assertEqual(rules(asked, bare, unsigned, unsigned, bare), {"additional": None})
        asked = question("mx.a.example", "MX", payload=1232, dnssec_ok=True)
        bare = reply(asked, [MX2], edns=0x8000)
        stated = reply(asked, [MX2], [], [A, RRSIG], edns=0x8000)
        self.assertEqual(rules(asked, bare, stated, stated, bare), {"additional": None})

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
        asked = question("c2.a.example", "NSEC")
        followed, empty = reply(asked, [C2], [SOA_A]), reply(asked, [], [SOA_A])
        self.assertEqual(
            rules(asked, followed, empty, followed, empty), {"answer": "NSEC at an alias"}
        )
        self.assertEqual(rules(asked, empty, followed, followed, followed), {"answer": None})


if __name__ == "__main__":
    unittest.main()
