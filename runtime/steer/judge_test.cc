#include "steer/judge.h"

#include <gtest/gtest.h>

#include "steer/block_kit.h"

namespace signpost::steer {
namespace {

using Down = std::initializer_list<const char*>;

struct Row {
  const char* rule;
  Down down;
  const char* set;
  const char* healthy;  // by member
};

void judge(Block& block, std::initializer_list<Row> rows) {
  ASSERT_EQ(block.problem_text(), "");
  for (const Row& row : rows) {
    block.down(row.down);
    EXPECT_EQ(block.healthy(row.set), row.healthy) << row.rule << " at " << row.set;
  }
}

TEST(Judge, ChecksOfValues) {  // E-01, E-02, E-10
  Block block(
      "weighted www A {\n 192.0.2.1 check hc1\n 192.0.2.2 check hc2\n 192.0.2.3\n"
      " 192.0.2.4 check hc1\n}\n");
  judge(block, {{"E-02", {}, "www", "1111"},
                {"E-01", {"hc1"}, "www", "0110"},
                {"E-02", {"hc1", "hc2"}, "www", "0010"}});
}

TEST(Judge, AllDownIsToldAsItIs) {  // the last resort (E-06) is the choice's, not the judge's
  Block block("weighted www A {\n 192.0.2.1 check hc1\n 192.0.2.2 check hc2\n}\n");
  judge(block, {{"E-06", {"hc1", "hc2"}, "www", "00"}});
}

constexpr const char* kTree =
    "failover www A {\n primary alias p evaluate check own\n secondary alias s\n}\n"
    "weighted p A {\n 192.0.2.1 check hc1\n 192.0.2.2 check hc2\n}\n"
    "weighted s A {\n 192.0.2.11 check hc11\n}\n";

TEST(Judge, AliasesThatEvaluate) {
  Block block(kTree);
  judge(block, {{"E-03", {}, "www", "11"},
                {"E-03: one healthy record is enough", {"hc1"}, "www", "11"},
                {"E-05: nothing healthy in the branch", {"hc1", "hc2"}, "www", "01"},
                {"E-07: without evaluate", {"hc11"}, "www", "11"},
                {"E-08: its own check takes the branch out", {"own"}, "www", "01"},
                {"E-01: both must pass", {"own", "hc1", "hc2"}, "www", "01"}});
}

TEST(Judge, ALeafWithoutCheckKeepsItsBranch) {  // E-09, E-14
  Block block(
      "failover www A {\n primary alias p evaluate\n}\n"
      "weighted p A {\n 192.0.2.1 check hc1\n 192.0.2.2 weight 0\n}\n");
  judge(block, {{"E-09, E-14", {"hc1"}, "www", "1"}});
}

TEST(Judge, SimpleSetsCountAsTargets) {  // E-11
  Block block(
      "failover www A {\n primary alias one evaluate\n secondary alias plain evaluate\n}\n"
      "alias one A p evaluate\n"
      "weighted p A {\n 192.0.2.1 check hc1\n}\n");
  judge(block, {{"E-11", {}, "www", "11"}, {"E-11", {"hc1"}, "www", "01"}});
}

TEST(Judge, ThreeLevels) {  // E-05, E-12, E-17
  Block block(
      "weighted a A {\n alias b evaluate\n 192.0.2.1\n}\n"
      "weighted b A {\n alias c evaluate\n}\n"
      "weighted c A {\n alias d evaluate\n 192.0.2.2 check hc2\n}\n"
      "weighted d A {\n 192.0.2.3 check hc3\n}\n");
  judge(block, {{"E-03", {"hc2"}, "a", "11"},
                {"E-03", {"hc3"}, "a", "11"},
                {"E-05", {"hc2", "hc3"}, "a", "01"},
                {"E-05", {"hc2", "hc3"}, "b", "0"},
                {"E-05", {"hc3"}, "c", "01"}});
}

TEST(Judge, FamiliesAreApart) {  // E-18
  Block block(
      "failover www {\n primary alias p evaluate\n secondary 192.0.2.9 2001:db8::9\n}\n"
      "weighted p A {\n 192.0.2.1 check hc4\n}\n"
      "weighted p AAAA {\n 2001:db8::1 check hc6\n}\n");
  block.down({"hc4"});
  EXPECT_EQ(block.healthy("www", "", rr::a), "01");
  EXPECT_EQ(block.healthy("www", "", rr::aaaa), "11");
}

TEST(Judge, TargetThroughAWildcard) {
  Block block("failover www A {\n primary alias x.wild.example.com. evaluate\n}\n");
  judge(block, {{"A-33", {}, "www", "1"}});
}

TEST(Judge, BranchWithoutSuchARecordIsNotUnhealthy) {  // E-16
  Block block("failover www {\n primary alias p evaluate\n}\nweighted p A {\n 192.0.2.1\n}\n");
  EXPECT_EQ(block.healthy("www", "", rr::aaaa), "1");
}

// Section 4.4: outside our zones, healthy means that the name resolves to an address.
TEST(Judge, TargetsOutside) {
  Block block("failover www {\n primary alias lb.example.net. evaluate\n}\n");
  const auto both = [&] {
    return block.healthy("www", "", rr::a) + block.healthy("www", "", rr::aaaa);
  };
  EXPECT_EQ(both(), "11") << "nothing known yet: as a new check (H-23)";
  block.outside_is("lb.example.net.", {"192.0.2.70"});
  EXPECT_EQ(both(), "10") << "no AAAA (E-18)";
  block.outside_is("lb.example.net.", {});
  EXPECT_EQ(both(), "00") << "resolves to nothing";
  block.outside_is("lb.example.net.", {}, false, true);
  EXPECT_EQ(both(), "00") << "the first attempts failed";
  block.outside_is("lb.example.net.", {"192.0.2.70", "2001:db8::70"}, true, true);
  EXPECT_EQ(both(), "11") << "a kept answer counts through failures";
  block.addresses.names.clear();
  EXPECT_EQ(both(), "11") << "no table yet";
}

TEST(Judge, NoHealthTableYet) {
  Block block("weighted www A {\n 192.0.2.1 check hc1\n}\n");
  block.health.checks.clear();
  EXPECT_EQ(block.healthy("www"), "1");
}

// Tree T5: a target group that looks at the client.
class ByClient : public testing::Test {
 protected:
  Block block{
      "failover www A {\n primary alias geo5 evaluate\n secondary 192.0.2.99\n}\n"
      "place geo5 A {\n 64 192.0.2.64 check hc64\n 62 192.0.2.62 check hc62\n}\n"};
};

TEST_F(ByClient, OnlyApplicableRecordsCount) {  // E-15, rows 209 and 210
  const struct {
    const char* row;
    Down down;
    const char *client, *healthy;
  } rows[] = {
      {"209", {"hc64"}, "198.51.100.62", "11"},
      {"E-15", {"hc62"}, "198.51.100.62", "01"},
      {"E-15", {"hc62"}, "198.51.100.64", "11"},
      {"210: no answer is not unhealthy (E-16)", {}, "198.51.100.5", "11"},
      {"E-16", {"hc62", "hc64"}, "198.51.100.5", "11"},
  };
  for (const auto& row : rows) {
    block.down(row.down);
    EXPECT_EQ(block.healthy("www", row.client), row.healthy) << row.row;
  }
}

TEST_F(ByClient, VerdictIsLeftToTheQuery) {
  EXPECT_EQ(block.healthy("www"), "?");
  EXPECT_EQ(block.healthy("geo5"), "11") << "the group's own members do not depend on the client";
}

TEST_F(ByClient, VerdictsOfABlock) {
  block.down({"hc64"});
  const VerdictTable table = verdicts(block.zones, block.health, block.addresses);
  ASSERT_EQ(table.rows.size(), 1u);
  const auto& rows = table.rows[0];
  ASSERT_EQ(rows.size(), 2u);
  const RecordSet &www = block.set("www"), &geo = block.set("geo5");
  EXPECT_TRUE(rows.at(www.steered_row).by_client);
  EXPECT_FALSE(rows.at(geo.steered_row).by_client);
  EXPECT_FALSE(rows.at(geo.steered_row).healthy.has(0));
  EXPECT_TRUE(rows.at(geo.steered_row).healthy.has(1));
}

TEST(Verdicts, RowForEveryZoneAlsoOneThatIsMissing) {
  Block block("weighted www A {\n 192.0.2.1 check hc1\n}\n", {"example.com.", "example.net."});
  block.zones.zones[0] = nullptr;
  block.down({"hc1"});
  const VerdictTable table = verdicts(block.zones, block.health, block.addresses);
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_TRUE(table.rows[0].empty());
  ASSERT_EQ(table.rows[1].size(), 1u);
  EXPECT_TRUE(table.rows[1][0].healthy.empty());
}

TEST(JudgeWhy, InWords) {
  Block block(
      "weighted www A {\n 192.0.2.1 check hc1\n 192.0.2.2\n alias p evaluate\n alias p\n"
      " alias lb.example.net. evaluate\n alias p evaluate check hc1\n}\n"
      "weighted p A {\n 192.0.2.3 check hc2\n}\n");
  block.down({"hc1", "hc2"});
  block.health.checks[0].why = "connection refused";
  Judge judge(block.zones, block.health, block.addresses);
  const char* const reasons[] = {
      "check hc1 is unhealthy (connection refused)",
      "no check, so always healthy (E-02)",
      "no record of the target is healthy (E-05)",
      "alias without evaluate, so always healthy (E-02)",
      "the target resolves",
      "check hc1 is unhealthy (connection refused)",
  };
  const RecordSet& set = block.set("www");
  for (unsigned i = 0; i < set.member_count; ++i)
    EXPECT_EQ(judge.why(set.members[i], rr::a), reasons[i]);
}

}  // namespace
}  // namespace signpost::steer
