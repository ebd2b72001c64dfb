// Rows 6 to 23 of the decision table (spec, section 10.2) and the checks on a group.
#include <gtest/gtest.h>

#include "kit/bench.h"
#include "kit/steering.h"

namespace signpost {
namespace {

using kit::Bench;
using kit::example_block;
using kit::Row;
using kit::Shares;

std::string weighted(const std::string& members) {
  return "weighted www A {\n" + members + "\n}\n";
}

const std::string kThree = weighted(
    "192.0.2.1 check hc1 weight 10\n 192.0.2.2 check hc2 weight 20\n 192.0.2.3 check hc3 weight "
    "20");
const std::string kStandby =
    weighted("192.0.2.1 check hc1 weight 1\n 192.0.2.2 check hc2 weight 0");
const Shares kThreeShares{{"192.0.2.1", 0.2}, {"192.0.2.2", 0.4}, {"192.0.2.3", 0.4}};

TEST(Weighted, decision_table) {
  kit::expect_rows({
      {"6 W-01 W-02", kThree, {}, kThreeShares},
      {"7 W-03", kThree, {"hc3"}, {{"192.0.2.1", 0.333}, {"192.0.2.2", 0.667}}},
      {"9 W-07 E-06", kThree, {"hc1", "hc2", "hc3"}, kThreeShares},
      {"10 W-05",
       weighted("192.0.2.1 weight 0\n 192.0.2.2 weight 0\n 192.0.2.3 weight 0"),
       {},
       {{"192.0.2.1", 0.333}, {"192.0.2.2", 0.333}, {"192.0.2.3", 0.333}}},
      {"11 W-05 W-03",
       weighted("192.0.2.1 weight 0 check hc1\n 192.0.2.2 weight 0 check hc2\n"
                "192.0.2.3 weight 0 check hc3"),
       {"hc2"},
       {{"192.0.2.1", 0.5}, {"192.0.2.3", 0.5}}},
      {"13 W-04", kStandby, {}, {{"192.0.2.1", 1}}},
      {"14 W-06 AP-03", kStandby, {"hc1"}, {{"192.0.2.2", 1}}},
      {"15 W-06",
       weighted("192.0.2.1 weight 1 check hc1\n 192.0.2.2 weight 0 check hc2\n"
                "192.0.2.3 weight 0 check hc3"),
       {"hc1"},
       {{"192.0.2.2", 0.5}, {"192.0.2.3", 0.5}}},
      {"17 W-07", kStandby, {"hc1", "hc2"}, {{"192.0.2.1", 1}}},
      {"18 W-08",
       weighted("192.0.2.1 weight 1 check hc1\n 192.0.2.2 weight 1\n 192.0.2.3 weight 0 check hc3"),
       {"hc1"},
       {{"192.0.2.2", 1}}},
      {"21 W-01 V-30",
       weighted("192.0.2.1 192.0.2.2 weight 1\n 192.0.2.3 weight 1"),
       {},
       {{"192.0.2.1 192.0.2.2", 0.5}, {"192.0.2.3", 0.5}}},
      {"22 C-02, c1", kThree, {}, kThreeShares, "www A", "198.51.100.10"},
      {"22 C-02, c3", kThree, {}, kThreeShares, "www A", "203.0.113.10"},
      {"23 W-02", weighted("192.0.2.1 weight 5"), {}, {{"192.0.2.1", 1}}},
  });
}

TEST(Weighted, without_a_weight_a_member_weighs_1) {
  kit::expect_rows({{"default weight",
                     weighted("192.0.2.1\n 192.0.2.2 weight 3"),
                     {},
                     {{"192.0.2.1", 0.25}, {"192.0.2.2", 0.75}}}});
}

TEST(Weighted, does_not_depend_on_the_client_subnet) {  // C-02, C-04
  Bench bench(example_block(kThree));
  const kit::Answer answer = bench.query({.question = "www A", .ecs = "198.18.7.0/24"});
  EXPECT_EQ(answer.scope, 0);
  EXPECT_EQ(answer.subnet, "198.18.7.0/24");
}

TEST(Weighted, members_may_be_of_any_type_and_many) {
  std::string members;
  for (int i = 1; i <= 100; ++i) members += "\"v" + std::to_string(i) + "\" weight 1\n";
  Bench bench(example_block("weighted txt TXT {\n" + members + "}\n"));
  ASSERT_TRUE(bench.good());
  const Shares shares = bench.shares("txt TXT", 20000);
  EXPECT_EQ(shares.size(), 100u);
  for (const auto& [text, share] : shares) EXPECT_NEAR(share, 0.01, 0.005) << text;
}

struct Refusal {
  const char* rule;
  std::string groups, problem;
};

TEST(Weighted, groups_in_error) {
  const Refusal refusals[] = {
      {"V-23", weighted("192.0.2.1 ttl 60\n 192.0.2.2 ttl 30"),
       "Corefile:19 - RRSet with DNS name www.example.com., SetIdentifier 192.0.2.2 cannot be "
       "created "
       "as weighted sets must contain the same TTL: 30 here, 60 at Corefile:18 (V-23)"},
      {"weight above 255", weighted("192.0.2.1 weight 256"),
       "Corefile:18 - '256' is no whole number from 0 to 255"},
      {"no weight", weighted("192.0.2.1 weight"), "Corefile:18 - 'weight' needs a value"},
      {"V-28", weighted([] {
         std::string members;
         for (int i = 1; i <= 101; ++i) members += "192.0.2." + std::to_string(i) + "\n";
         return members;
       }()),
       "Corefile:118 - a group has at most 100 members (V-28); this is the 101st"},
  };
  for (const Refusal& refusal : refusals) {
    Bench bench(example_block(refusal.groups));
    EXPECT_FALSE(bench.good()) << refusal.rule;
    ASSERT_FALSE(bench.problems().empty()) << refusal.rule;
    EXPECT_EQ(bench.problems()[0], refusal.problem) << refusal.rule;
  }
}

TEST(Weighted, a_ttl_of_the_group_or_of_all_members_is_answered) {
  Bench group(example_block(weighted("ttl 5m\n 192.0.2.1")));
  EXPECT_EQ(group.ask("www A"), "www.example.com. 300 A 192.0.2.1");
  Bench member(example_block(weighted("192.0.2.1 ttl 30")));
  EXPECT_EQ(member.ask("www A"), "www.example.com. 30 A 192.0.2.1");
  EXPECT_EQ(member.ask("www AAAA"), "NOERROR");
  EXPECT_EQ(member.ask("nosuch A"), "NXDOMAIN");
}

}  // namespace
}  // namespace signpost
