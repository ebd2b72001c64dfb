#include <gtest/gtest.h>

#include "kit/bench.h"

namespace signpost {
namespace {

using kit::Answer;
using kit::Bench;
using Lines = std::vector<std::string>;

std::string block(const std::string& line) {
  return "example.com {\n zone db.example.com\n " + line + "\n}\n";
}

Answer ask(Bench& bench, const std::string& question, uint16_t klass = rr::class_ch) {
  return bench.query({.question = question, .klass = klass});
}

TEST(Chaos, tells_about_the_server) {  // RFC 4892
  Bench bench(block("chaos \"Signpost 1.0\" ann@example.org ben@example.org"));
  ASSERT_TRUE(bench.good()) << bench.problems()[0];
  const struct {
    const char* name;
    Lines data;
  } cases[] = {
      {"version.bind.", {"\"Signpost 1.0\""}},
      {"version.server.", {"\"Signpost 1.0\""}},
      {"hostname.bind.", {'"' + host_name() + '"'}},
      {"id.server.", {'"' + host_name() + '"'}},
      {"authors.bind.", {"\"ann@example.org\"", "\"ben@example.org\""}},
  };
  for (const auto& c : cases) {
    Answer answer = ask(bench, std::string(c.name) + " TXT");
    EXPECT_EQ(answer.rcode, "NOERROR") << c.name;
    EXPECT_FALSE(answer.aa) << "nobody delegated this name";
    std::sort(answer.answers.begin(), answer.answers.end());
    Lines expected;
    for (const std::string& data : c.data) expected.push_back(c.name + (" 0 TXT " + data));
    EXPECT_EQ(answer.answers, expected);
    EXPECT_TRUE(answer.authority.empty() && answer.additional.empty());
  }
}

TEST(Chaos, has_defaults) {
  Bench bench(block("chaos"));
  EXPECT_EQ(ask(bench, "version.bind. TXT").answers,
            Lines{"version.bind. 0 TXT \"Signpost-" SIGNPOST_VERSION "\""});
  EXPECT_EQ(ask(bench, "authors.bind. TXT").rcode, "REFUSED") << "nobody is named";
}

TEST(Chaos, tells_the_identity_of_the_operators_choice) {
  const struct {
    const char *line, *told;  // empty: refused
  } cases[] = {{"chaos {\n identity edge-1\n }", "edge-1"},
               {"chaos one {\n identity \"edge 1\"\n }", "edge 1"},
               {"chaos {\n identity \"off\"\n }", "off"},
               {"chaos {\n identity off\n }", ""}};
  for (const auto& c : cases) {
    Bench bench(block(c.line));
    ASSERT_TRUE(bench.good()) << bench.problems()[0];
    for (const std::string name : {"id.server.", "hostname.bind."}) {
      const Answer answer = ask(bench, name + " TXT");
      if (*c.told)
        EXPECT_EQ(answer.answers, Lines{name + " 0 TXT \"" + c.told + '"'}) << c.line;
      else
        EXPECT_EQ(answer.rcode, "REFUSED") << c.line;
    }
    EXPECT_EQ(ask(bench, "version.bind. TXT").rcode, "NOERROR") << c.line;
  }
}

TEST(Chaos, leaves_the_rest_refused) {
  Bench bench(block("chaos"));
  const struct {
    const char* question;
    uint16_t klass;
  } cases[] = {{"version.bind. A", rr::class_ch},    {"version.bind. ANY", rr::class_ch},
               {"other.bind. TXT", rr::class_ch},    {"x.version.bind. TXT", rr::class_ch},
               {"version.bind. TXT", rr::class_in},  {"version.bind. TXT", 4},
               {"version.bind. TXT", rr::class_any}, {"example.com. SOA", rr::class_ch}};
  for (const auto& c : cases) EXPECT_EQ(ask(bench, c.question, c.klass).rcode, "REFUSED");
  EXPECT_EQ(ask(bench, "@ SOA", rr::class_in).rcode, "NOERROR");
}

TEST(Chaos, is_refused_without_the_line) {
  Bench bench(block(""));
  EXPECT_EQ(ask(bench, "version.bind. TXT").rcode, "REFUSED");
}

// No zone tells the block: the first one with the line answers.
TEST(Chaos, is_answered_by_the_first_block_that_has_it) {
  Bench bench("example.org {\n whoami\n}\n" + block("chaos one") + ". {\n whoami\n chaos two\n}\n");
  ASSERT_TRUE(bench.good()) << bench.problems()[0];
  EXPECT_EQ(ask(bench, "version.bind. TXT").answers, Lines{"version.bind. 0 TXT \"one\""});
  EXPECT_EQ(ask(bench, "who.bind. A").rcode, "REFUSED") << "whoami is for class IN";
}

TEST(Chaos, is_logged) {
  Bench bench(block("chaos one\n log"));
  ask(bench, "version.bind. TXT");
  const Lines log = bench.log();
  ASSERT_EQ(log.size(), 1u);
  EXPECT_NE(log[0].find("\"TXT CH version.bind. udp"), std::string::npos) << log[0];
}

TEST(Chaos, reports_bad_lines) {
  EXPECT_EQ(Bench(block("chaos a\n chaos b")).problems(),
            Lines{"Corefile:4 - this plugin can only be used once per Server Block"});
  EXPECT_EQ(Bench(block("chaos " + std::string(256, 'v'))).problems(),
            Lines{"Corefile:3 - a text of 256 bytes is too long; expected 255 at most"});
  EXPECT_EQ(Bench(block("chaos {\n identiti x\n }")).problems(),
            Lines{"Corefile:4 - unknown property 'identiti'; did you mean 'identity'?"});
  EXPECT_EQ(Bench(block("chaos {\n identity\n }")).problems(),
            Lines{"Corefile:4 - Wrong argument count or unexpected line ending after 'identity'"});
  EXPECT_EQ(Bench(block("chaos {\n identity " + std::string(256, 'v') + "\n }")).problems(),
            Lines{"Corefile:4 - a text of 256 bytes is too long; expected 255 at most"});
}

}  // namespace
}  // namespace signpost
