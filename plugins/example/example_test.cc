#include <gtest/gtest.h>

#include "kit/bench.h"

namespace signpost {
namespace {

using kit::Bench;

TEST(Example, answers_txt_for_its_names_and_leaves_the_rest_to_the_zone) {
  Bench bench(
      "example.com {\n zone db.example.com\n example hello \"good morning\"\n"
      " example hi.example.com. \"x\" {\n  ttl 5\n }\n}\n");
  EXPECT_EQ(bench.ask("hello TXT"), "hello.example.com. 3600 TXT \"good morning\"");
  EXPECT_EQ(bench.ask("hi TXT"), "hi.example.com. 5 TXT \"x\"");
  EXPECT_EQ(bench.ask("ns1 A"), "ns1.example.com. 172800 A 192.0.2.53");
  EXPECT_EQ(bench.ask("ns1 TXT"), "NOERROR");
  EXPECT_EQ(bench.ask("hello A"), "NXDOMAIN");
}

TEST(Example, lines_in_error) {
  const struct {
    std::string lines, problem;
  } cases[] = {
      {"example", "Corefile:2 - Wrong argument count or unexpected line ending after 'example'"},
      {"example a b c", "Corefile:2 - unexpected argument 'c' behind example"},
      {"example a..b text", "Corefile:2 - 'a..b' is no domain name: "},
      {"example a b {\n tll 5\n}", "Corefile:3 - unknown property 'tll'; did you mean 'ttl'?"},
      {"example a b {\n ttl x\n}", "Corefile:3 - 'x' is no whole number from 0 to 2147483647"},
      {"example a " + std::string(256, 'x'), "Corefile:2 - the text is longer than 255 characters"},
  };
  for (const auto& c : cases) {
    Bench bench("example.com {\n" + c.lines + "\n}\n");
    ASSERT_EQ(bench.problems().size(), 1u) << c.lines;
    EXPECT_EQ(bench.problems()[0].substr(0, c.problem.size()), c.problem);
  }
}

}  // namespace
}  // namespace signpost
