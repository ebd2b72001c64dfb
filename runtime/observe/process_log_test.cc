#include "observe/process_log.h"

#include <gtest/gtest.h>

#include "observe/log_output.h"
#include "signpost/log.h"

namespace signpost::observe {
namespace {

std::string line(LogLevel level, std::string_view plugin, std::string_view message) {
  std::string out;
  append_log_line(level, plugin, message, out);
  return out;
}

// spec/corefile.md, section 13: the prefixes and "plugin/NAME: ".
TEST(ProcessLog, writes_the_lines_operators_know) {
  struct Case {
    LogLevel level;
    std::string_view plugin, message, expected;
  };
  const Case cases[] = {
      {LogLevel::debug, "cache", "hit", "[DEBUG] plugin/cache: hit\n"},
      {LogLevel::info, "", "Reloading", "[INFO] Reloading\n"},
      {LogLevel::warning, "health", "slow", "[WARNING] plugin/health: slow\n"},
      {LogLevel::error, "errors", "2 a.example. A: x",
       "[ERROR] plugin/errors: 2 a.example. A: x\n"},
      {LogLevel::fatal, "", "no sockets", "[FATAL] no sockets\n"},
      {LogLevel::info, "a", "", "[INFO] plugin/a: \n"},
  };
  for (const Case& c : cases) EXPECT_EQ(line(c.level, c.plugin, c.message), c.expected);
}

TEST(ProcessLog, keeps_one_call_on_one_line) {
  EXPECT_EQ(line(LogLevel::info, "a\nb", "x\r\n[ERROR] forged"),
            "[INFO] plugin/a\\010b: x\\013\\010[ERROR] forged\n");
  EXPECT_EQ(line(LogLevel::info, "", std::string_view("\0\x1b[2J\x7f\xc3\xa9", 8)),
            "[INFO] \\000\\027[2J\\127\xc3\xa9\n");
}

class Target final : public ProcessLogTarget {
 public:
  void take(std::string_view text) noexcept override { text_ += text; }
  std::string text_;
};

TEST(ProcessLog, goes_to_the_target_until_redirected) {
  Target first, second;
  EXPECT_EQ(redirect_process_log(&first), nullptr);
  log_info("x", "one");
  EXPECT_EQ(redirect_process_log(&second), &first);
  log_warning("x", "two");
  log_error("", "three");
  EXPECT_EQ(redirect_process_log(nullptr), &second);
  EXPECT_EQ(first.text_, "[INFO] plugin/x: one\n");
  EXPECT_EQ(second.text_, "[WARNING] plugin/x: two\n[ERROR] three\n");
}

TEST(ProcessLog, is_silent_about_debug_unless_enabled) {
  Target target;
  redirect_process_log(&target);
  EXPECT_FALSE(debug_log_enabled());
  log_debug("x", "unseen");
  enable_debug_log(true);
  EXPECT_TRUE(debug_log_enabled());
  log_debug("x", "seen");
  enable_debug_log(false);
  log_debug("x", "unseen");
  redirect_process_log(nullptr);
  EXPECT_EQ(target.text_, "[DEBUG] plugin/x: seen\n");
}

TEST(ProcessLog, goes_to_standard_output_without_a_target) {
  testing::internal::CaptureStdout();
  log_info("", "plain {} %v text");
  stdout_output()->write("two\nlines\n");
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "[INFO] plain {} %v text\ntwo\nlines\n");
}

}  // namespace
}  // namespace signpost::observe
