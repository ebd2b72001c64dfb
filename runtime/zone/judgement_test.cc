#include "zone/judgement.h"

#include <gtest/gtest.h>

#include "zone/testing_records.h"

namespace signpost::zone {
namespace {

// What is found in zone example., one finding a line.
std::string judge(const std::string& text) {
  const Name apex = Name::parse("example.").value();
  Problems problems;
  Findings findings(problems);
  judge_zone(records_of("$TTL 1\n" + text, apex), apex, findings);
  findings.tell_rest({"z", Location::behind}, "zone example.");
  problems.sort();
  std::string all;
  for (const Problem& p : problems.all()) all += p.text() + "\n";
  return all;
}

struct Case {
  const char *rule, *text, *findings;
};

void expect(std::span<const Case> cases) {
  for (const Case& c : cases) EXPECT_EQ(judge(c.text), c.findings) << c.rule;
}

TEST(Judgement, OfTargets) {
  const Case cases[] = {
      {"all there", "@ NS ns\n@ MX 1 ns\n@ SRV 1 2 3 ns\nns A 192.0.2.1\n", ""},
      {"outside the zone nothing is known", "@ NS ns.net.\n@ MX 1 mail.net.\n", ""},
      {"null MX (RFC 7505), no service (RFC 2782)", "@ MX 0 .\n@ SRV 0 0 0 .\n", ""},
      {"one kind of address is enough", "@ NS ns\nns AAAA ::1\n", ""},
      {"case does not matter", "@ NS NS\n@ SVCB 1 Ns\nnS A 192.0.2.1\n", ""},
      {"a wildcard has the address (RFC 4592)", "@ NS ns.w\n*.w A 192.0.2.1\n", ""},
      {"name server missing (RFC 1034, section 4.2.1)", "@ NS ns\n",
       "z:2 - example. NS: ns.example. does not exist in this zone\n"},
      {"name server without address", "@ NS ns\nns TXT x\n",
       "z:2 - example. NS: ns.example. has no address record\n"},
      {"name server that is an empty non-terminal", "@ NS ns\na.ns A 192.0.2.1\n",
       "z:2 - example. NS: ns.example. has no address record\n"},
      {"name server is an alias (RFC 2181, section 10.3)", "@ NS ns\nns CNAME a\na A 192.0.2.1\n",
       "z:2 - example. NS: ns.example. is an alias (CNAME at z:3) (RFC 2181, section 10.3)\n"},
      {"mail exchange missing", "@ MX 1 m\n",
       "z:2 - Warning: example. MX: m.example. does not exist in this zone\n"},
      {"mail exchange is an alias", "@ MX 1 m\nm CNAME a.net.\n",
       "z:2 - Warning: example. MX: m.example. is an alias (CNAME at z:3) (RFC 2181, section "
       "10.3)\n"},
      {"service is an alias", "_s._tcp SRV 1 2 3 m\n*.d CNAME a.net.\nm.d A 192.0.2.1\nm CNAME b\n",
       "z:2 - Warning: _s._tcp.example. SRV: m.example. is an alias (CNAME at z:5) (RFC 2782 wants "
       "none)\n"},
      {"an alias is good enough for HTTPS (RFC 9460, section 2.4.3)",
       "@ HTTPS 1 m\nm CNAME b.net.\n", ""},
      {"below a DNAME everything exists (RFC 6672)", "@ MX 1 m.d\nd DNAME net.\n", ""},
  };
  expect(cases);
}

TEST(Judgement, OfDelegations) {
  const Case cases[] = {
      {"glue", "sub NS ns.sub\nns.sub A 192.0.2.1\n", ""},
      {"glue at the cut itself", "sub NS sub\nsub A 192.0.2.1\n", ""},
      {"glue missing (RFC 9471)", "sub NS ns.sub\n",
       "z:2 - sub.example. NS: ns.sub.example. lies below the delegation of sub.example. and has "
       "no "
       "address here: glue is missing\n"},
      {"a wildcard is no glue", "sub NS ns.sub\n*.sub A 192.0.2.1\n",
       "z:2 - sub.example. NS: ns.sub.example. lies below the delegation of sub.example. and has "
       "no "
       "address here: glue is missing\n"
       "z:3 - Warning: *.sub.example. A lies below the delegation of sub.example. and is no glue: "
       "no "
       "NS record names it; it is never answered\n"},
      {"glue of a sibling", "sub NS ns.sib\nsib NS ns.sib\nns.sib A 192.0.2.1\n", ""},
      {"glue of a sibling missing", "sub NS ns.sib\nsib NS ns.net.\n",
       "z:2 - Warning: sub.example. NS: ns.sib.example. lies below the delegation of sib.example. "
       "and has no address here: no glue can be sent\n"},
      {"name server with authority", "sub NS ns\nns A 192.0.2.1\n", ""},
      {"mail behind a delegation is not ours to judge", "@ MX 1 m.sub\nsub NS ns.net.\n", ""},
      {"DS, NSEC and signatures stand at the cut (RFC 4035, section 2.4)",
       "sub NS ns.net.\nsub DS 1 8 9 00\nsub NSEC a NS DS\nsub RRSIG DS 5 1 9 2 1 1 . AQID\n", ""},
      {"other data at the cut", "sub NS ns.net.\nsub TXT x\nsub TXT y\nsub A 192.0.2.1\n",
       "z:3 - Warning: sub.example. TXT is never answered: NS records delegate this name (RFC "
       "1034, "
       "section 4.2.1)\n"
       "z:5 - Warning: sub.example. A is never answered: NS records delegate this name (RFC 1034, "
       "section 4.2.1)\n"},
      {"data below the cut, also deeper delegations",
       "sub NS ns.net.\na.sub TXT x\nb.sub NS c.b.sub\nc.b.sub A 192.0.2.1\n",
       "z:3 - Warning: a.sub.example. TXT lies below the delegation of sub.example. and is no "
       "glue; "
       "it is never answered\n"
       "z:4 - Warning: b.sub.example. NS lies below the delegation of sub.example. and is no glue; "
       "it is never answered\n"},
      {"what comes behind the cut is ours again", "sub NS ns.net.\nsub2 TXT x\nt MX 1 u\n",
       "z:4 - Warning: t.example. MX: u.example. does not exist in this zone\n"},
      {"DS without delegation", "a DS 1 8 9 00\n@ DS 1 8 9 00\n",
       "z:2 - Warning: a.example. DS stands at no delegation (RFC 4035, section 2.4)\n"
       "z:3 - Warning: example. DS stands at no delegation (RFC 4035, section 2.4)\n"},
  };
  expect(cases);
}

TEST(Judgement, OfSingleRecords) {
  const Case cases[] = {
      {"duplicate (RFC 2181, section 5)", "a MX 1 m.net.\nb TXT x\na MX 1 M.Net.\n",
       "z:4 - Warning: a.example. MX stands already at z:2 with the same data (RFC 2181, section "
       "5)\n"},
      {"a wildcard DNAME (RFC 6672, section 3.3)", "*.d DNAME net.\n",
       "z:2 - Warning: *.d.example. DNAME is a wildcard, which has no defined meaning (RFC 6672, "
       "section 3.3)\n"},
      {"an address prefix that is too long (RFC 3123, section 4.1)", "a APL \\# 4 00012100\n",
       "z:2 - Warning: a.example. APL: prefix is longer than an address of its family\n"},
      {"doubtful data", "a TLSA 3 1 1 00\n",
       "z:2 - Warning: a.example. TLSA: association data does not have the length of its type\n"},
  };
  expect(cases);
}

TEST(Judgement, CountsWhatItDoesNotReport) {
  std::string text;
  for (unsigned i = 0; i < kMaxFindings + 7; ++i) text += "a MX " + std::to_string(i) + " none\n";
  const std::string findings = judge(text);
  EXPECT_EQ(std::count(findings.begin(), findings.end(), '\n'), kMaxFindings + 1);
  EXPECT_TRUE(findings.ends_with("z - Warning: 7 more warnings of zone example. are not told\n"));
}

// Whatever warnings came before, a zone in error is found to be in error.
TEST(Judgement, LosesNoErrorBehindWarnings) {
  std::string text;
  for (unsigned i = 0; i < kMaxFindings + 1; ++i) text += "a MX " + std::to_string(i) + " none\n";
  const std::string one = judge(text + "sub NS ns.sub\n");
  EXPECT_NE(one.find("z:103 - sub.example. NS: ns.sub.example. lies below the delegation"),
            one.npos)
      << one;
  EXPECT_NE(one.find("z - Warning: 1 more warning of zone example. is not told\n"), one.npos);
  for (unsigned i = 0; i < kMaxFindings + 2; ++i)
    text += "s" + std::to_string(i) + " NS ns.s" + std::to_string(i) + "\n";
  EXPECT_NE(judge(text).find("z - 2 more errors of zone example. are not told\n"), one.npos);
}

}  // namespace
}  // namespace signpost::zone
