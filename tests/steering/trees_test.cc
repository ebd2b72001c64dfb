// Rows 181 to 203 and 211 of the decision table (spec, section 10.11): policies behind aliases that
// evaluate their targets; and the rows of 10.2 and 10.3 that have an alias in the group.
#include <gtest/gtest.h>

#include "kit/bench.h"
#include "kit/steering.h"

namespace signpost {
namespace {

using kit::Bench;
using kit::Files;
using kit::Shares;

const Files kTable{
    {"latency.csv", "198.51.100.10/32,us-east-1,70\n198.51.100.10/32,eu-west-1,140\n"}};

std::string group(const std::string& head, const std::string& members) {
  return head + " {\n" + members + "\n}\n";
}

std::string leaves(const std::string& name, const std::string& one, const std::string& two) {
  return group("weighted " + name + " A", one + "\n" + two);
}

const std::string kUe = leaves("ue", "192.0.2.1 check hc1", "192.0.2.2 check hc2");
const std::string kEw = leaves("ew", "192.0.2.11 check hc11", "192.0.2.12 check hc12");

std::string by_latency(const std::string& name, const std::string& east = "alias ue evaluate") {
  return group("latency " + name + " A",
               "table latency.csv\n us-east-1 " + east + "\n eu-west-1 alias ew evaluate");
}

const std::string kT1 = by_latency("www") + kUe + kEw;
const Shares kEast{{"192.0.2.1", 0.5}, {"192.0.2.2", 0.5}};
const Shares kWest{{"192.0.2.11", 0.5}, {"192.0.2.12", 0.5}};

TEST(Trees, latency_over_weighted) {  // T1
  const std::string unchecked =
      by_latency("www") + kEw + leaves("ue", "192.0.2.1 check hc1", "192.0.2.2");
  kit::expect_rows(
      {
          {"T1, all healthy", kT1, {}, kEast},
          {"181 E-04", kT1, {"hc1"}, {{"192.0.2.2", 1}}},
          {"182 E-05", kT1, {"hc1", "hc2"}, kWest},
          {"183 E-05 E-04", kT1, {"hc1", "hc2", "hc11"}, {{"192.0.2.12", 1}}},
          {"185, 186 E-09", unchecked, {"hc1"}, {{"192.0.2.2", 1}}},
          {"187 E-07", by_latency("www", "alias ue") + kUe + kEw, {"hc1", "hc2"}, kEast},
          {"189 E-08 E-01",
           by_latency("www", "alias ue evaluate check hc9") + kUe + kEw,
           {"hc9"},
           kWest},
          {"190 E-01",
           by_latency("www", "alias ue evaluate check hc9") + kUe + kEw,
           {"hc1", "hc2"},
           kWest},
          {"191 E-01 E-07",
           by_latency("www", "alias ue check hc9") + kUe + kEw,
           {"hc1", "hc2"},
           kEast},
          {"193 E-03", "alias www A ue evaluate\n" + kUe, {"hc1", "hc2"}, kEast},
          {"194 E-14",
           by_latency("www") + kEw +
               leaves("ue", "192.0.2.1 check hc1 weight 1", "192.0.2.2 check hc2 weight 0"),
           {"hc1"},
           {{"192.0.2.2", 1}}},
      },
      kTable);
}

TEST(Trees, row_195_address_families_are_judged_apart) {  // E-18
  const std::string tree =
      group("latency www",
            "table latency.csv\n us-east-1 alias ue evaluate\n eu-west-1 alias ew evaluate") +
      kUe + kEw + group("weighted ue AAAA", "2001:db8::1") +
      group("weighted ew AAAA", "2001:db8::11");
  kit::expect_rows({{"195, A", tree, {"hc1", "hc2"}, kWest},
                    {"195, AAAA", tree, {"hc1", "hc2"}, {{"2001:db8::1", 1}}, "www AAAA"}},
                   kTable);
}

TEST(Trees, failover_over_latency_over_weighted) {  // T2
  const auto tree = [](const std::string& sorry, const std::string& west) {
    return group("failover www A", "primary alias lat2 evaluate\n secondary alias sorry evaluate") +
           by_latency("lat2") + kUe + west + sorry;
  };
  const std::string sorry = group("weighted sorry A", "192.0.2.99");
  const std::string checked = group("weighted sorry A", "192.0.2.99 check hc99");
  kit::expect_rows(
      {
          {"197 E-13 AP-02", tree(sorry, kEw), {"hc1", "hc2", "hc11", "hc12"}, {{"192.0.2.99", 1}}},
          {"198 E-12 F-03", tree(checked, kEw), {"hc1", "hc2", "hc11", "hc12", "hc99"}, kEast},
          {"199 E-09",
           tree(sorry, leaves("ew", "192.0.2.11 check hc11", "192.0.2.12")),
           {"hc1", "hc2", "hc11"},
           {{"192.0.2.12", 1}}},
      },
      kTable);
}

TEST(Trees, weighted_over_failover) {  // T3
  const std::string tree =
      group("weighted www A", "alias p evaluate weight 3\n alias q evaluate weight 1") +
      group("failover p A", "primary 192.0.2.1 check hc1\n secondary 192.0.2.2 check hc2") +
      group("weighted q A", "192.0.2.3 check hc3");
  kit::expect_rows({
      {"201 F-02 W-02", tree, {"hc1"}, {{"192.0.2.2", 0.75}, {"192.0.2.3", 0.25}}},
      {"202 E-05 W-03", tree, {"hc1", "hc2"}, {{"192.0.2.3", 1}}},
      {"203 E-12", tree, {"hc1", "hc2", "hc3"}, {{"192.0.2.1", 0.75}, {"192.0.2.3", 0.25}}},
  });
}

TEST(Trees, aliases_in_a_group) {
  const std::string t1 = group("weighted t A", "192.0.2.1 check hc1");
  kit::expect_rows({
      {"19 W-09",
       group("weighted www A", "alias t weight 0\n 192.0.2.1 check hc1 weight 1") +
           group("weighted t A", "192.0.2.5"),
       {"hc1"},
       {{"192.0.2.5", 1}}},
      {"31 F-09",
       group("failover www A", "primary alias t\n secondary 192.0.2.2") + t1,
       {"hc1"},
       {{"192.0.2.1", 1}}},
      {"34 F-08 E-01",
       group("failover www A", "primary alias t check hc9\n secondary 192.0.2.2") + t1,
       {"hc9"},
       {{"192.0.2.2", 1}}},
      {"35 F-04",
       group("failover www A", "primary 192.0.2.1 check hc1\n secondary alias t") +
           group("weighted t A", "192.0.2.2 check hc2"),
       {"hc1", "hc2"},
       {{"192.0.2.2", 1}}},
  });
}

TEST(Trees, row_211_cycles_and_a_fourth_level_are_refused) {  // E-17
  Bench cycle(kit::example_block("alias a A b\nalias b A a\n"));
  ASSERT_FALSE(cycle.good());
  EXPECT_NE(
      cycle.problems()[0].find("alias cycle: a.example.com. -> b.example.com. -> a.example.com."),
      std::string::npos)
      << cycle.problems()[0];
  Bench deep(kit::example_block("alias a A b\nalias b A c\nalias c A d\nalias d A e\n" +
                                group("weighted e A", "192.0.2.1")));
  ASSERT_FALSE(deep.good());
  EXPECT_NE(deep.problems()[0].find("deeper than three levels"), std::string::npos)
      << deep.problems()[0];
}

}  // namespace
}  // namespace signpost
