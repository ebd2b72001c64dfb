#include <gtest/gtest.h>

#include "kit/bench.h"

namespace signpost {
namespace {

using kit::Answer;
using kit::Bench;
using Lines = std::vector<std::string>;

constexpr uint16_t kNsid = 3;

std::string block(const std::string& line) {
  return "example.com {\n zone db.example.com\n " + line + "\n}\n";
}

TEST(Nsid, tells_who_answers) {
  const struct {
    const char* line;
    std::string data;
  } cases[] = {
      {"nsid", host_name()},
      {"nsid edge-1", "edge-1"},
      {"nsid edge 1 in   the west", "edge 1 in the west"},
      {"nsid 0x00ffAb", std::string("\0\xff\xab", 3)},
      {"nsid \"0x00\"", "0x00"},
      {"nsid 0x00 east", "0x00 east"},
  };
  for (const auto& c : cases) {
    Bench bench(block(c.line));
    ASSERT_TRUE(bench.good()) << bench.problems()[0];
    for (const char* question : {"@ SOA", "nowhere A"}) {
      const Answer answer = bench.query({.question = question, .options = {{kNsid, ""}}});
      ASSERT_EQ(answer.options.count(kNsid), 1u) << c.line;
      EXPECT_EQ(answer.options.find(kNsid)->second, c.data) << c.line;
    }
  }
}

TEST(Nsid, is_told_on_request_alone) {  // RFC 5001, section 2.2
  Bench bench(block("nsid edge-1"));
  EXPECT_TRUE(bench.query({.question = "@ SOA"}).options.empty());
  EXPECT_TRUE(bench.query({.question = "@ SOA", .edns = true}).options.empty());
}

// The longest identifier with the longest of the others, on the longest name: nothing is left out
// and the reply stays within 512 bytes.
TEST(Nsid, has_room_beside_the_other_options) {
  Bench bench(block("nsid " + std::string(100, 'n') + "\n cookies"));
  ASSERT_TRUE(bench.good()) << bench.problems()[0];
  std::string name = "a";
  while (name.size() < 240) name += ".a";
  const Answer answer = bench.query({.question = name + " A",
                                     .ecs = "2001:db8::1/128",
                                     .payload = 512,
                                     .options = {{kNsid, ""}, {10, "client12"}}});
  EXPECT_EQ(answer.options.count(kNsid), 1u);
  EXPECT_EQ(answer.options.count(10), 1u);
  EXPECT_EQ(answer.subnet, "2001:db8::1/128");
  EXPECT_LE(answer.size, 512u);
}

TEST(Nsid, reports_bad_lines) {
  const struct {
    std::string lines, problem;
  } cases[] = {
      {"nsid a\n nsid b", "Corefile:4 - this plugin can only be used once per Server Block"},
      {"nsid 0x0",
       "Corefile:3 - '0x0' is no even number of hexadecimal digits behind 0x; quote it "
       "if it is meant as text"},
      {"nsid 0x" + std::string(100, 'z'), "Corefile:3 - '0x" + std::string(78, 'z') +
                                              "...' is no even number of hexadecimal digits behind "
                                              "0x; quote it if it is meant as text"},
      {"nsid 0xzz",
       "Corefile:3 - '0xzz' is no even number of hexadecimal digits behind 0x; quote "
       "it if it is meant as text"},
      {"nsid " + std::string(101, 'n'),
       "Corefile:3 - an identifier of 101 bytes is too long; expected 100 at most"},
  };
  for (const auto& c : cases) EXPECT_EQ(Bench(block(c.lines)).problems(), Lines{c.problem});
}

}  // namespace
}  // namespace signpost
