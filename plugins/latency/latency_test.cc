// Rows 49 to 61 of the decision table (spec, section 10.5), the client rows of 10.9 that concern
// latency, tables and their reload.
#include <gtest/gtest.h>

#include "kit/agent.h"
#include "kit/bench.h"
#include "kit/log_capture.h"
#include "kit/steering.h"
#include "kit/temporary_folder.h"

extern "C" const signpost::PluginInfo* signpost_plugin_latency();

namespace signpost {
namespace {

using kit::Answer;
using kit::Ask;
using kit::Bench;
using kit::Files;

// The table of section 10.0 by client network, with the countries; c6 is absent.
constexpr const char* kTable =
    "prefix,region,milliseconds,country\n"
    "198.51.100.10/32,us-east-1,70,US\n198.51.100.10/32,us-west-2,25\n"
    "198.51.100.10/32,eu-west-1,140\n198.51.100.10/32,ap-northeast-1,110\n"
    "198.51.100.10/32,cn-north-1,180\n"
    "# c3 and e1\n"
    "203.0.113.10/32,us-east-1,95,DE\n203.0.113.10/32,us-west-2,150\n"
    "203.0.113.10/32,eu-west-1,30\n203.0.113.10/32,ap-northeast-1,240\n"
    "203.0.113.10/32,cn-north-1,260\n"
    "198.18.0.0/16,us-east-1,95,DE\n198.18.0.0/16,us-west-2,150\n198.18.0.0/16,eu-west-1,30\n"
    "203.0.113.20/32,us-east-1,220,CN\n203.0.113.20/32,us-west-2,160\n"
    "203.0.113.20/32,eu-west-1,250\n203.0.113.20/32,ap-northeast-1,60\n"
    "203.0.113.20/32,cn-north-1,90\n"
    "203.0.113.30/32,us-east-1,160,JP\n203.0.113.30/32,us-west-2,105\n"
    "203.0.113.30/32,eu-west-1,230\n203.0.113.30/32,ap-northeast-1,5\n"
    "203.0.113.30/32,cn-north-1,70\n"
    "# a client with a tie\n"
    "198.51.100.77/32,us-east-1,50\n198.51.100.77/32,us-west-2,50\n";

constexpr const char *c1 = "198.51.100.10", *c3 = "203.0.113.10", *c4 = "203.0.113.20",
                     *c5 = "203.0.113.30", *c6 = "192.0.2.200", *tie = "198.51.100.77";

const Files kFiles{{"db.example.com", std::string(kit::plain_zone)}, {"latency.csv", kTable}};

std::string latency(const std::string& members) {
  return "latency lat A {\n table latency.csv\n" + members + "\n}\n";
}

const std::string kLat =
    "us-east-1 192.0.2.31 check hc31\n us-west-2 192.0.2.32 check hc32\n"
    "eu-west-1 192.0.2.33 check hc33\n ap-northeast-1 192.0.2.34 check hc34";
const std::string kChina = kLat + "\n cn-north-1 192.0.2.35 check hc35";

TEST(Latency, decision_table) {
  kit::expect_rows(
      {
          {"49 L-01", latency(kLat), {}, {{"192.0.2.32", 1}}, "lat A", c1},
          {"50 L-01", latency(kLat), {}, {{"192.0.2.33", 1}}, "lat A", c3},
          {"51 L-03 E-04", latency(kLat), {"hc32"}, {{"192.0.2.31", 1}}, "lat A", c1},
          {"53 L-04 E-06",
           latency(kLat),
           {"hc31", "hc32", "hc33", "hc34"},
           {{"192.0.2.32", 1}},
           "lat A",
           c1},
          {"54 L-05", latency("eu-west-1 192.0.2.33"), {}, {{"192.0.2.33", 1}}, "lat A", c5},
          {"55 L-06", latency(kChina), {}, {{"192.0.2.35", 1}}, "lat A", c4},
          {"L-06, then L-03", latency(kChina), {"hc35"}, {{"192.0.2.34", 1}}, "lat A", c4},
          {"57 L-06", latency(kChina), {}, {{"192.0.2.34", 1}}, "lat A", c5},
          {"58 L-08",
           latency("us-east-1 192.0.2.31\n us-west-2 192.0.2.32"),
           {},
           {{"192.0.2.31", 0.5}, {"192.0.2.32", 0.5}},
           "lat A",
           tie},
          {"59 L-08",
           latency(kLat),
           {},
           {{"192.0.2.31", 0.25}, {"192.0.2.32", 0.25}, {"192.0.2.33", 0.25}, {"192.0.2.34", 0.25}},
           "lat A",
           c6},
          {"L-08, among the healthy",
           latency(kLat),
           {"hc31", "hc32"},
           {{"192.0.2.33", 0.5}, {"192.0.2.34", 0.5}},
           "lat A",
           c6},
          {"61 L-03 E-02",
           latency("us-west-2 192.0.2.32 check hc32\n us-east-1 192.0.2.31\n"
                   "eu-west-1 192.0.2.33 check hc33"),
           {"hc32"},
           {{"192.0.2.31", 1}},
           "lat A",
           c1},
          {"Regions the client's row lacks come last",
           latency("ap-northeast-1 192.0.2.34\n us-east-1 192.0.2.31 check hc31"),
           {},
           {{"192.0.2.31", 1}},
           "lat A",
           tie},
          {"and are taken when no other is healthy",
           latency("ap-northeast-1 192.0.2.34\n us-east-1 192.0.2.31 check hc31"),
           {"hc31"},
           {{"192.0.2.34", 1}},
           "lat A",
           tie},
          {"without a table all Regions are equal",
           "latency lat A {\n us-east-1 192.0.2.31\n us-west-2 192.0.2.32\n}\n",
           {},
           {{"192.0.2.31", 0.5}, {"192.0.2.32", 0.5}},
           "lat A",
           c1},
      },
      kFiles);
}

TEST(Latency, client_subnet_stands_for_the_client) {  // rows 117 to 121, for latency
  Bench bench(kit::example_block(latency(kLat)), kFiles);
  // C-01: the subnet, not the source; C-04: all of 198.18.0.0/16 gets the same.
  Answer answer = bench.query({.question = "lat A", .client = c6, .ecs = "198.18.7.0/24"});
  EXPECT_EQ(answer.text(), "lat.example.com. 60 A 192.0.2.33");
  EXPECT_EQ(answer.subnet, "198.18.7.0/24");
  EXPECT_EQ(answer.scope, 16);
  // C-01: without a subnet the source, and no option in the reply.
  answer = bench.query({.question = "lat A", .client = c3, .edns = true});
  EXPECT_EQ(answer.text(), "lat.example.com. 60 A 192.0.2.33");
  EXPECT_FALSE(answer.scope);
  // C-03: an opt-out names the resolver, for everybody.
  answer = bench.query({.question = "lat A", .client = c3, .ecs = "0.0.0.0/0"});
  EXPECT_EQ(answer.text(), "lat.example.com. 60 A 192.0.2.33");
  EXPECT_EQ(answer.scope, 0);
  // RFC 7871, 7.2.1: longer than what was sent where the answer depends on more.
  answer = bench.query({.question = "lat A", .ecs = "198.51.100.0/24"});
  EXPECT_EQ(answer.scope, 29);  // 198.51.100.0 to .7 are as unknown as .0
  // A single member: whoever asks, the same answer.
  Bench single(kit::example_block(latency("eu-west-1 192.0.2.33")), kFiles);
  EXPECT_EQ(single.query({.question = "lat A", .ecs = "198.18.7.0/24"}).scope, 0);
}

TEST(Latency, row_121_malformed_subnet) {  // C-05
  Bench bench(kit::example_block(latency(kLat)), kFiles);
  const std::vector<uint8_t> packet{0, 1,   1,   0,   0,   1,   0,   0,   0,   0,   0,   1,  //
                                    3, 'l', 'a', 't', 7,   'e', 'x', 'a', 'm', 'p', 'l', 'e',
                                    3, 'c', 'o', 'm', 0,   0,   1,   0,   1,  //
                                    0, 0,   41,  4,   208, 0,   0,   0,   0,   0,   12,  0,
                                    8, 0,   8,   0,   1,   24,  0,   203, 0,   113, 1};
  EXPECT_EQ(bench.query({.packet = packet}).rcode, "FORMERR");
}

TEST(Latency, one_table_for_all_groups_and_one_for_a_group) {
  Files files = kFiles;
  files["other.csv"] = "198.51.100.0/24,eu-west-1,10\n";
  Bench bench(kit::example_block("latency {\n table latency.csv\n}\n"
                                 "latency a A {\n us-west-2 192.0.2.32\n eu-west-1 192.0.2.33\n}\n"
                                 "latency b A {\n table other.csv\n us-west-2 192.0.2.32\n"
                                 "eu-west-1 192.0.2.33\n}\n"),
              files);
  ASSERT_TRUE(bench.good()) << bench.problems()[0];
  EXPECT_EQ(bench.ask("a A", c1), "a.example.com. 60 A 192.0.2.32");
  EXPECT_EQ(bench.ask("b A", c1), "b.example.com. 60 A 192.0.2.33");
}

TEST(Latency, groups_in_error) {
  const struct {
    const char* rule;
    std::string groups, problem;
  } refusals[] = {
      {"L-07", "latency {\n table latency.csv\n}\nlatency lat A {\n us-eats-1 192.0.2.31\n}\n",
       "Corefile:21 - 'us-eats-1' is no Region; did you mean 'us-east-1'? (L-07); table "
       "latency.csv "
       "does not name it either"},
      {"L-08, a group without a table", "latency lat A {\n us-east-1 192.0.2.31\n}\nzonne x\n",
       "Corefile:17 - Warning: there is no table, so all Regions are equally near to every client "
       "(L-08); add to the block: table FILE"},
      {"L-07 with a table", latency("frankfurt 192.0.2.31"),
       "Corefile:19 - 'frankfurt' is no Region (L-07); table latency.csv does not name it either"},
      {"V-24", latency("us-east-1 192.0.2.31\n us-east-1 192.0.2.32"),
       "Corefile:20 - RRSet with DNS name lat.example.com., SetIdentifier us-east-1, and Region "
       "Name=us-east-1 cannot be created because a latency RRSet with the same name, type and "
       "region "
       "already exists: Corefile:19 (V-24)"},
      {"no such table", "latency lat A {\n table nosuch.csv\n us-east-1 192.0.2.31\n}\n",
       "Corefile:18 - cannot read the latency table nosuch.csv: No such file or directory"},
      {"no table", "latency {\n}\n",
       "Corefile:17 - expected: latency NAME [TYPE...] { members }, or latency { table FILE }"},
      {"broken table", "latency {\n table broken.csv\n}\n",
       "broken.csv:1 - '198.51.100.0/33' is no prefix: expected for example 198.51.100.0/24"},
  };
  Files files = kFiles;
  files["broken.csv"] = "198.51.100.0/33,us-east-1,5\n";
  for (const auto& refusal : refusals) {
    Bench bench(kit::example_block(refusal.groups), files);
    EXPECT_FALSE(bench.good()) << refusal.rule;
    ASSERT_FALSE(bench.problems().empty()) << refusal.rule;
    EXPECT_EQ(bench.problems()[0], refusal.problem) << refusal.rule;
  }
}

TEST(Latency, a_region_of_the_table_is_a_region) {  // L-07
  Files files = kFiles;
  files["own.csv"] = "198.51.100.0/24,frankfurt,5\n198.51.100.0/24,us-east-1,90\n";
  Bench bench(kit::example_block("latency lat A {\n table own.csv\n frankfurt 192.0.2.31\n"
                                 "us-east-1 192.0.2.32\n}\n"),
              files);
  ASSERT_TRUE(bench.good()) << bench.problems()[0];
  EXPECT_EQ(bench.ask("lat A", c1), "lat.example.com. 60 A 192.0.2.31");
}

// What the agent makes of a table that changes under it.
class Reload : public testing::Test {
 protected:
  std::string lines() const { return "latency {\n table " + folder_.path() + "/t.csv\n}"; }
  void change(std::string_view text) {
    folder_.write("t.csv", text);
    control_.touch(folder_.path() + "/t.csv");
  }

  kit::LogCapture log_;
  kit::TemporaryFolder folder_;
  kit::FakeControl control_{"latency"};
};

TEST_F(Reload, a_table_that_changed_is_published) {
  folder_.write("t.csv", "198.51.100.0/24,us-east-1,5\n");
  kit::AgentUnderTest agent(*signpost_plugin_latency(), lines(), control_);
  EXPECT_EQ(control_.changes(), 0u);
  change("198.51.100.0/24,us-east-1,7\n");
  EXPECT_EQ(control_.changes(), 1u);
  EXPECT_NE(log_.take_lines().find("t.csv was read again"), std::string::npos);
}

TEST_F(Reload, a_table_in_error_is_not) {
  folder_.write("t.csv", "198.51.100.0/24,us-east-1,5\n");
  kit::AgentUnderTest agent(*signpost_plugin_latency(), lines(), control_);
  change("198.51.100.0/24,us-east-1,5\n198.51.100.0/24,us-east-1\n");
  EXPECT_EQ(control_.changes(), 0u);
  EXPECT_NE(log_.take_lines().find("t.csv:2 - "), std::string::npos);
}

TEST_F(Reload, watches_end_with_the_agent) {
  folder_.write("t.csv", "");
  { kit::AgentUnderTest agent(*signpost_plugin_latency(), lines(), control_); }
  EXPECT_EQ(control_.live_handles(), 0u);
}

}  // namespace
}  // namespace signpost
