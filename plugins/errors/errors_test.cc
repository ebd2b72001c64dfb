#include <gtest/gtest.h>

#include "kit/agent.h"
#include "kit/bench.h"
#include "kit/log_capture.h"

extern "C" const signpost::PluginInfo* signpost_plugin_errors();

namespace signpost {
namespace {

using kit::Bench;
using Lines = std::vector<std::string>;

// A source that fails, with a reason for queries of type TXT.
struct Broken {
  explicit Broken(const NoSettings&) {}
  Down down(Query& query) noexcept {
    query.rcode = Rcode::servfail;
    if (query.type == rr::txt) query.error = "the disk is on fire";
    if (query.type == rr::mx) query.rcode = Rcode::nxdomain;
    return Down::answered;
  }
};
constexpr PluginInfo kBroken = describe<NoSettings, Broken>("broken", Stage::source);

std::unique_ptr<Bench> bench(const std::string& errors) {
  return std::make_unique<Bench>(". {\n" + errors + "\nbroken\n}\n", kit::Files{},
                                 std::vector<const PluginInfo*>{&kBroken});
}

TEST(Errors, a_line_for_each_failed_query) {
  const auto b = bench("errors");
  EXPECT_EQ(b->ask("WWW.example.org. TXT"), "SERVFAIL");
  EXPECT_EQ(b->ask("example.org. A"), "SERVFAIL");
  EXPECT_EQ(b->ask("example.org. TYPE65280"), "SERVFAIL");
  EXPECT_EQ(b->log(),
            (Lines{"[ERROR] plugin/errors: 2 www.example.org. TXT: the disk is on fire",
                   "[ERROR] plugin/errors: 2 example.org. A: the answer failed",
                   "[ERROR] plugin/errors: 2 example.org. TYPE65280: the answer failed"}));
}

TEST(Errors, answers_that_are_no_failures_are_not_logged) {
  const auto b = bench("errors");
  EXPECT_EQ(b->ask("example.org. MX"), "NXDOMAIN");
  EXPECT_EQ(b->log(), Lines{});
}

TEST(Errors, without_the_plugin_nothing_is_logged) {
  const auto b = bench("");
  EXPECT_EQ(b->ask("example.org. TXT"), "SERVFAIL");
  EXPECT_EQ(b->log(), Lines{});
}

TEST(Errors, consolidated_ones_are_not_written_singly) {
  const auto b = bench(
      "errors {\n consolidate 30s \"^the disk\" warning show_first\n"
      " consolidate 5m \"failed$\"\n}");
  for (int i = 0; i < 3; ++i) b->ask("a.example.org. TXT");
  for (int i = 0; i < 3; ++i) b->ask("b.example.org. A");
  EXPECT_EQ(b->log(), Lines{"[WARNING] plugin/errors: 2 a.example.org. TXT: the disk is on fire"});
}

TEST(Errors, sums_are_looked_after_only_where_there_are_any) {
  kit::FakeControl control("errors");
  {
    const kit::AgentUnderTest agent(*signpost_plugin_errors(), "errors", control);
    EXPECT_EQ(control.live_handles(), 0u);
  }
  const kit::LogCapture log;
  {
    const kit::AgentUnderTest agent(*signpost_plugin_errors(), "errors {\n consolidate 1s \"x\"\n}",
                                    control);
    EXPECT_EQ(control.live_handles(), 1u);
    control.advance(std::chrono::seconds(10));
    EXPECT_EQ(control.live_handles(), 1u);
  }
  EXPECT_EQ(control.live_handles(), 0u);
}

TEST(Errors, lines_in_error) {
  const struct {
    std::string lines, problem;
  } cases[] = {
      {"errors stdout", ""},
      {"errors {\n stacktrace\n}", ""},
      {"errors {\n consolidate 5m \".* timeout$\" info\n}", ""},
      {"errors {\n consolidate 5m \".* timeout$\" show_first\n}", ""},
      {"errors stderr", "Corefile:2 - invalid log file: stderr; errors go to standard output"},
      {"errors a b", "Corefile:2 - unexpected argument 'b' behind errors"},
      {"errors {\n consolidate 5m\n}",
       "Corefile:3 - Wrong argument count or unexpected line ending after '5m'"},
      {"errors {\n consolidate 0 x\n}", "Corefile:3 - consolidate needs a time above 0"},
      {"errors {\n consolidate 5m \"(\"\n}", "Corefile:3 - '(' is no regular expression: "},
      {"errors {\n consolidate 5m x eror\n}",
       "Corefile:3 - 'eror' is no log level; did you mean 'error'? (warning, error, info, debug)"},
      {"errors {\n consolidate 5m x error first\n}",
       "Corefile:3 - expected: consolidate DURATION REGEXP [LEVEL] [show_first]"},
      {"errors {\n consolidate 5m " + std::string(10001, 'x') + "\n}",
       "Corefile:3 - the regular expression is longer than 10000 characters"},
      {"errors {\n colsolidate 5m x\n}",
       "Corefile:3 - unknown property 'colsolidate'; did you mean 'consolidate'?"},
      {"errors\nerrors", "Corefile:3 - this plugin can only be used once per Server Block"},
  };
  for (const auto& c : cases) {
    const auto b = bench(c.lines);
    ASSERT_EQ(b->problems().size(), c.problem.empty() ? 0u : 1u) << c.lines;
    if (!c.problem.empty()) {
      EXPECT_EQ(b->problems()[0].substr(0, c.problem.size()), c.problem);
    }
  }
}

TEST(Errors, every_mistake_is_told_at_once) {
  const auto b = bench("errors stderr {\n consolidate 5m\n nonsense\n consolidate 5m (\n}");
  std::string lines;
  for (const std::string& problem : b->problems()) lines += problem.substr(0, 11) + " ";
  EXPECT_EQ(lines, "Corefile:2  Corefile:3  Corefile:4  Corefile:5  ");
}

}  // namespace
}  // namespace signpost
