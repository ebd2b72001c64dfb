// Rows 25 to 35 of the decision table (spec, section 10.3) that need no other policy, and the
// checks on a group.
#include <gtest/gtest.h>

#include "kit/bench.h"
#include "kit/steering.h"

namespace signpost {
namespace {

using kit::Bench;
using kit::example_block;

std::string failover(const std::string& members) {
  return "failover www A {\n" + members + "\n}\n";
}

const std::string kPair = failover("primary 192.0.2.1 check hc1\n secondary 192.0.2.2 check hc2");

TEST(Failover, decision_table) {
  kit::expect_rows({
      {"F-01, all healthy", kPair, {}, {{"192.0.2.1", 1}}},
      {"25 F-02", kPair, {"hc1"}, {{"192.0.2.2", 1}}},
      {"26 F-01", kPair, {"hc2"}, {{"192.0.2.1", 1}}},
      {"27 F-03 E-06", kPair, {"hc1", "hc2"}, {{"192.0.2.1", 1}}},
      {"F-04, secondary without check",
       failover("primary 192.0.2.1 check hc1\n secondary 192.0.2.2"),
       {"hc1"},
       {{"192.0.2.2", 1}}},
      {"29 F-05", failover("primary 192.0.2.1 check hc1"), {"hc1"}, {{"192.0.2.1", 1}}},
      {"30 F-06", failover("secondary 192.0.2.2 check hc2"), {"hc2"}, {{"192.0.2.2", 1}}},
      {"the order of the lines does not matter, all healthy",
       failover("secondary 192.0.2.2 check hc2\n primary 192.0.2.1 check hc1"),
       {},
       {{"192.0.2.1", 1}}},
      {"the order of the lines does not matter, F-03",
       failover("secondary 192.0.2.2 check hc2\n primary 192.0.2.1 check hc1"),
       {"hc1", "hc2"},
       {{"192.0.2.1", 1}}},
      {"several values on one side",
       failover("primary 192.0.2.1 192.0.2.3 check hc1\n secondary 192.0.2.2"),
       {},
       {{"192.0.2.1 192.0.2.3", 1}}},
  });
}

TEST(Failover, row_33_is_not_sticky) {  // F-10
  Bench bench(example_block(kPair));
  bench.health("hc1", false);
  EXPECT_EQ(bench.ask("www A"), "www.example.com. 60 A 192.0.2.2");
  bench.health("hc1", true);
  EXPECT_EQ(bench.ask("www A"), "www.example.com. 60 A 192.0.2.1");
}

TEST(Failover, addresses_of_both_families_in_one_block) {  // V-29, E-18
  Bench bench(
      example_block("failover www {\n primary 192.0.2.1 2001:db8::1 check hc1\n"
                    "secondary 192.0.2.2\n}\n"));
  bench.health("hc1", false);
  EXPECT_EQ(bench.ask("www A"), "www.example.com. 60 A 192.0.2.2");
  EXPECT_EQ(bench.ask("www AAAA"), "www.example.com. 60 AAAA 2001:db8::1");
}

TEST(Failover, groups_in_error) {
  const struct {
    const char* rule;
    std::string groups, problem;
  } refusals[] = {
      {"V-15", failover("primary 192.0.2.1\n secondary 192.0.2.2"),
       "Corefile:18 - A non-alias primary ResourceRecordSet must have an associated health check. "
       "(V-15) Name one: check NAME"},
      {"V-26", failover("primary 192.0.2.1 check hc1\n primary 192.0.2.2 check hc2"),
       "Corefile:19 - a second primary member; the first stands at Corefile:18. A failover has one "
       "of "
       "each (V-26): for several addresses write them on one line, or alias a group"},
      {"V-26", failover("secondary 192.0.2.1\n secondary 192.0.2.2"),
       "Corefile:19 - a second secondary member; the first stands at Corefile:18. A failover has "
       "one "
       "of each (V-26): for several addresses write them on one line, or alias a group"},
      {"no role", failover("192.0.2.1 check hc1"),
       "Corefile:18 - a failover member begins with primary or secondary, found '192.0.2.1'"},
      {"misspelt role", failover("primery 192.0.2.1 check hc1"),
       "Corefile:18 - a failover member begins with primary or secondary, found 'primery'; did you "
       "mean 'primary'?"},
      {"both families, one problem",
       "failover www {\n primary 192.0.2.1 2001:db8::1\n secondary 192.0.2.2\n}\n",
       "Corefile:18 - A non-alias primary ResourceRecordSet must have an associated health check. "
       "(V-15) Name one: check NAME"},
  };
  for (const auto& refusal : refusals) {
    Bench bench(example_block(refusal.groups));
    EXPECT_FALSE(bench.good()) << refusal.rule;
    ASSERT_EQ(bench.problems().size(), 1u) << refusal.rule;
    EXPECT_EQ(bench.problems()[0], refusal.problem) << refusal.rule;
  }
}

}  // namespace
}  // namespace signpost
