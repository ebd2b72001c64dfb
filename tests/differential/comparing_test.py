#!/usr/bin/env python3
"""Every kind of difference that is put into a reply must be found, and nothing else."""

import unittest

import known_differences
import wire
from comparing import COMPLETE, compare, sizes
from reply_kit import name, question, record, reply, soa
from report import Report
from truth import Truth

WWW = record("www.example", "A", 60, "192.0.2.1")
WILD = record("*.wild.example", "A", 60, "192.0.2.2")
SOA = soa("example", 3600, 300)
NEGATIVE = soa("example", 300, 300)
APEX_NS = record("example", "NS", 60, "ns.example")
NS_A = record("ns.example", "A", 60, "192.0.2.53")
CUT_NS = record("sub.example", "NS", 60, "ns.sub.example")
CUT_NS2 = record("sub.example", "NS", 60, "ns.other.example")
GLUE = record("ns.sub.example", "A", 60, "192.0.2.54")
OTHER_CUT = record("other.example", "NS", 60, "ns.other.example")
SIBLING = record("ns.other.example", "A", 60, "192.0.2.55")
MX = record("example", "MX", 60, [b"\0\x0a", "www.example"])
NSEC = record("example", "NSEC", 60, [name("www.example"), b"\0\1\x40"])
DNAME = record("old.example", "DNAME", 60, "new.example")
RENAMED = record("a.old.example", "CNAME", 60, "a.new.example")
FALSE = record("www.example", "A", 60, "198.51.100.1")

HELD = [WWW, WILD, SOA, APEX_NS, NS_A, CUT_NS, CUT_NS2, GLUE, OTHER_CUT, SIBLING, MX, NSEC, DNAME]
TRUTH = Truth({name("example"): HELD})

ASKED = question("www.example", "A")
CUT_ASKED = question("x.sub.example", "A")
ABSENT_ASKED = question("absent.example", "A")
GOOD = reply(ASKED, [WWW])
REFERRAL = reply(CUT_ASKED, [], [CUT_NS, CUT_NS2], [GLUE, SIBLING], flags=0x8000)
ABSENT = reply(ABSENT_ASKED, [], [NEGATIVE], rcode=3)
MX_ASKED = question("example", "MX")


def found(asked, mine, *others):
    """{(aspect, stand)} of the differences for Signpost's reply and those of the others."""
    _, differences = compare(None, asked, [mine, *others], TRUTH)
    return {(d.aspect, d.stand) for d in differences}


def against_all(asked, mine, others):
    return found(asked, mine, others, others, others)


class Seeded(unittest.TestCase):
    """One wrong reply among three right ones."""

    def expect(self, wanted, asked, mine, others, stand="against all"):
        self.assertIn((wanted, stand), against_all(asked, mine, others))

    def test_equal_replies_have_no_difference(self):
        for asked, good in ((ASKED, GOOD), (CUT_ASKED, REFERRAL), (ABSENT_ASKED, ABSENT)):
            self.assertEqual(against_all(asked, good, good), set())

    def test_case_and_order_mean_nothing(self):
        loud = record("WWW.EXAMPLE", "A", 60, "192.0.2.1")
        self.assertEqual(against_all(ASKED, reply(ASKED, [loud]), GOOD), set())
        turned = reply(CUT_ASKED, [], [CUT_NS2, CUT_NS], [SIBLING, GLUE], flags=0x8000)
        self.assertEqual(against_all(CUT_ASKED, turned, REFERRAL), set())

    def test_no_reply(self):
        self.expect("reply", ASKED, None, GOOD)

    def test_malformed_replies(self):
        for wrong in (GOOD[:-1], GOOD + b"\0", GOOD[:5], GOOD[:12] + b"\xc0\x0c" + GOOD[25:]):
            self.expect("reply", ASKED, wrong, GOOD)

    def test_question_with_other_case(self):
        self.expect("question", ASKED, GOOD.replace(b"\3www", b"\3Www", 1), GOOD)

    def test_rcode(self):
        self.expect("rcode", ABSENT_ASKED, reply(ABSENT_ASKED, [], [NEGATIVE]), ABSENT)

    def test_extended_rcode(self):
        good, bad = reply(ASKED, [WWW], edns=0), reply(ASKED, [WWW], edns=1 << 24)
        self.expect("rcode", ASKED, bad, good)

    def test_flags(self):
        bits = {"AA": 0x400, "RD": 0x100, "RA": 0x80, "AD": 0x20, "CD": 0x10, "TC": 0x200}
        for flag, bit in bits.items():
            self.expect(flag, ASKED, reply(ASKED, [WWW], flags=0x8400 ^ bit), GOOD)

    def test_opt_record(self):
        self.expect("edns", ASKED, reply(ASKED, [WWW], edns=0), GOOD)
        flagged = reply(ASKED, [WWW], edns=0x8000)
        self.expect("edns", ASKED, flagged, reply(ASKED, [WWW], edns=0))

    def test_answer(self):
        longer = WWW._replace(ttl=61)
        for wrong in ([], [FALSE], [WWW, FALSE], [longer]):
            self.expect("answer", ASKED, reply(ASKED, wrong), GOOD)

    def test_soa_with_its_own_ttl(self):
        self.expect("soa", ABSENT_ASKED, reply(ABSENT_ASKED, [], [SOA], rcode=3), ABSENT)

    def test_referral(self):
        for authority in ([CUT_NS], [], [CUT_NS, CUT_NS2, OTHER_CUT]):
            wrong = reply(CUT_ASKED, [], authority, [GLUE, SIBLING], flags=0x8000)
            self.expect("referral", CUT_ASKED, wrong, REFERRAL)

    def test_glue(self):
        wrong = reply(CUT_ASKED, [], [CUT_NS, CUT_NS2], [SIBLING], flags=0x8000)
        self.expect("glue", CUT_ASKED, wrong, REFERRAL)
        wrong = reply(CUT_ASKED, [], [CUT_NS, CUT_NS2], [GLUE], flags=0x8000)
        self.expect("sibling glue", CUT_ASKED, wrong, REFERRAL)

    def test_proof(self):
        proved = reply(ABSENT_ASKED, [], [NEGATIVE, NSEC], rcode=3)
        self.expect("proof", ABSENT_ASKED, ABSENT, proved)
        self.expect("proof", ABSENT_ASKED, proved, ABSENT)

    def test_other_authority(self):
        self.expect("authority", ASKED, reply(ASKED, [WWW], [MX]), GOOD)


class Optional(unittest.TestCase):
    """What may be present must be true and have a reason."""

    def test_servers_of_the_zone_and_their_addresses(self):
        full = reply(ASKED, [WWW], [APEX_NS], [NS_A])
        self.assertEqual(against_all(ASKED, full, GOOD), set())
        self.assertEqual(against_all(ASKED, GOOD, full), set())

    def test_untrue(self):
        wrong = reply(ASKED, [WWW], [APEX_NS], [NS_A._replace(ttl=1)])
        self.assertIn(("untrue", "by itself"), against_all(ASKED, wrong, GOOD))

    def test_uncalled_for(self):
        wrong = reply(ASKED, [WWW], [], [NS_A])
        self.assertEqual(against_all(ASKED, wrong, GOOD), {("uncalled for", "by itself")})

    def test_addresses_that_two_others_add(self):
        bare, full = reply(MX_ASKED, [MX]), reply(MX_ASKED, [MX], [], [WWW])
        self.assertEqual(found(MX_ASKED, bare, full, full, bare), {("additional", "divided")})
        self.assertEqual(found(MX_ASKED, bare, full, full, full), {("additional", "against all")})
        silent = (MX_ASKED, bare, full, full, None)
        self.assertIn(("additional", "against two"), found(*silent))
        self.assertEqual(found(MX_ASKED, bare, full, bare, bare), set())
        self.assertEqual(found(MX_ASKED, full, bare, bare, bare), set())

    def test_addresses_need_room_for_their_signatures(self):
        """Also where the zone that answers is signed and that of the question is not."""
        signature = record("example", "RRSIG", 60, [b"\0\x0f", bytes(360)])
        for dnssec_ok, seen in ((True, set()), (False, {("additional", "against all")})):
            asked = question("example", "MX", dnssec_ok=dnssec_ok)
            answer = [MX, signature]
            bare, full = reply(asked, answer), reply(asked, answer, [], [WWW])
            stands = {
                stand for stand in found(asked, bare, full, full, full) if stand[0] == "additional"
            }
            self.assertEqual(stands, seen)

    def test_synthesis_is_true(self):
        for true in (record("a.wild.example", "A", 60, "192.0.2.2"), RENAMED, DNAME, NEGATIVE):
            self.assertTrue(TRUTH.holds(true), true)
        other = record("a.old.example", "CNAME", 60, "b.new.example")
        for untrue in (other, FALSE, NEGATIVE._replace(ttl=7), WWW._replace(owner=name("w.x"))):
            self.assertFalse(TRUTH.holds(untrue), untrue)

    def test_duplicates(self):
        twice = reply(ASKED, [WWW, WWW])
        self.assertEqual(against_all(ASKED, twice, GOOD), {("duplicates", "by itself")})

    def test_size(self):
        large = reply(ASKED, [WWW], [APEX_NS], [NS_A] * 30)
        self.assertIn(("size", "by itself"), against_all(ASKED, large, GOOD))


class Standing(unittest.TestCase):
    """Who agrees with whom."""

    def setUp(self):
        self.a, self.b, self.c, self.d = (
            reply(ASKED, [WWW._replace(ttl=ttl)]) for ttl in (60, 61, 62, 63)
        )

    def stand(self, *replies):
        return {stand for aspect, stand in found(ASKED, *replies) if aspect == "answer"}

    def test_stands(self):
        a, b, c, d = self.a, self.b, self.c, self.d
        self.assertEqual(self.stand(a, b, b, b), {"against all"})
        self.assertEqual(self.stand(a, b, b, c), {"against two"})
        self.assertEqual(self.stand(a, b, c, c), {"against two"})
        self.assertEqual(self.stand(a, a, b, b), {"divided"})
        self.assertEqual(self.stand(a, b, c, d), {"split"})
        self.assertEqual(self.stand(a, a, b, c), set())
        self.assertEqual(self.stand(a, a, a, b), set())

    def test_truncated_replies_say_nothing_of_content(self):
        cut = reply(ASKED, [], flags=0x8600)
        self.assertEqual(found(ASKED, cut, cut, cut, self.b), set())
        self.assertEqual(
            found(ASKED, self.a, self.b, cut, cut), {("TC", "divided"), ("answer", "split")}
        )
        self.assertEqual(found(ASKED, self.a, self.b, self.b, cut), {("answer", "against two")})

    def test_replies_to_any_are_compared_where_they_tell_of_the_same_names(self):
        asked = question("www.example", "ANY")
        alias = record("www.example", "CNAME", 60, "there.example")
        end = record("there.example", "A", 60, "192.0.2.3")
        extra = record("there.example", "NSEC", 60, name("example"))
        mine, plain = reply(asked, [alias, end], [extra]), reply(asked, [alias, end])
        short = reply(asked, [alias])
        self.assertNotIn("proof", {aspect for aspect, _ in found(asked, mine, plain, mine, short)})
        self.assertIn(("proof", "against all"), found(asked, mine, plain, plain, plain))

    def test_truncated_replies_are_looked_at_again(self):
        cut = reply(ASKED, [], flags=0x8600)

        def found_again(received, over_tcp):
            _, differences = compare(None, ASKED, received, TRUTH, over_tcp)
            return {(d.aspect, d.stand, d.detail) for d in differences}

        a, b = self.a, self.b
        self.assertEqual(
            found_again([a, cut, cut, cut], [a, a, a, a]), {("TC", "against all", COMPLETE)}
        )
        self.assertEqual(
            found_again([a, cut, cut, cut], [a, b, b, b]),
            {("TC", "against all", ""), ("answer", "against all", "")},
        )
        self.assertEqual(
            found_again([cut, cut, cut, cut], [a, b, b, b]), {("answer", "against all", "")}
        )
        self.assertEqual(found_again([cut, a, a, a], [a, a, a, a]), {("TC", "against all", "")})


class Reporting(unittest.TestCase):
    """Sums, sizes, rules."""

    def test_sizes_are_compared_for_equal_content_alone(self):
        views, _ = compare(None, ASKED, [GOOD, GOOD, GOOD, GOOD], TRUTH)
        self.assertEqual(sizes(views), (len(GOOD), len(GOOD)))
        full = reply(ASKED, [WWW], [APEX_NS])
        views, _ = compare(None, ASKED, [full, GOOD, GOOD, GOOD], TRUTH)
        self.assertIsNone(sizes(views))

    def test_unexplained_differences_are_counted_and_rules_explain(self):
        _, differences = compare(None, ASKED, [None, GOOD, GOOD, GOOD], TRUTH)
        report = Report(lambda difference: None)
        self.assertEqual(len(differences), 1)
        report.add(differences[0])
        self.assertEqual(report.unexplained(), 1)
        explained = Report(lambda difference: "a rule")
        explained.add(differences[0])
        self.assertEqual(explained.unexplained(), 0)

    def test_no_rule_explains_a_wrong_answer(self):
        for asked, mine, good in (
            (ASKED, reply(ASKED, [FALSE]), GOOD),
            (ASKED, reply(ASKED, [], [NEGATIVE], rcode=3), GOOD),
            (CUT_ASKED, reply(CUT_ASKED, [], [CUT_NS], flags=0x8000), REFERRAL),
            (ABSENT_ASKED, reply(ABSENT_ASKED, [], [NEGATIVE]), ABSENT),
        ):
            _, differences = compare(None, asked, [mine, good, good, good], TRUTH)
            self.assertTrue(differences)
            for difference in differences:
                self.assertIsNone(known_differences.explain(difference), difference.aspect)

    def test_rules_have_names_of_their_own(self):
        rules = [rule.name for rule in known_differences.RULES]
        self.assertEqual(len(rules), len(set(rules)))


class Reading(unittest.TestCase):
    """Messages as servers write them."""

    def test_compressed_names_mean_what_plain_ones_do(self):
        packed = bytearray(GOOD.replace(WWW.owner + b"\0\1\0\1\0\0", b"\xc0\x0c\0\1\0\1\0\0"))
        self.assertLess(len(packed), len(GOOD))
        self.assertEqual(against_all(ASKED, bytes(packed), GOOD), set())

    def test_names_inside_data_are_folded(self):
        mx = record("example", "MX", 60, [b"\0\x0a", name("www.example").upper()])
        shouted = reply(MX_ASKED, [mx])
        self.assertEqual(against_all(MX_ASKED, shouted, reply(MX_ASKED, [MX])), set())

    def test_pointers_that_do_not_point_back(self):
        for target in (12, 40):
            with self.assertRaises(wire.Malformed):
                wire.Reply(GOOD[:12] + bytes([0xC0, target]) + GOOD[25:])


if __name__ == "__main__":
    unittest.main()
