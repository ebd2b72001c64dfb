// A log that cannot be written: a full disk, a pipe that nobody reads. Service goes on, and the
// operator hears of it once.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "observe/log_writer.h"

namespace signpost::observe {
namespace {

// Full while `full` is.
class Disk final : public LogOutput {
 public:
  Disk(const bool& full, std::string& text) : full_(full), text_(text) {}
  bool write(std::string_view text) noexcept override {
    if (full_) {
      errno = ENOSPC;
      return false;
    }
    text_ += text;
    return true;
  }

 private:
  const bool& full_;
  std::string& text_;
};

TEST(LogFailure, IsSaidOnceOnStderrAndInTheLogWhenItIsOver) {
  bool full = false;
  std::string text;
  LogWriter writer(std::make_unique<Disk>(full, text));
  const auto log = [&](std::string_view line) {
    writer.take(line);
    writer.drain_once(0);
  };
  log("before\n");
  EXPECT_EQ(writer.failed_writes(), 0u);
  full = true;
  testing::internal::CaptureStderr();
  for (int i = 0; i < 3; ++i) log("lost\n");
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_EQ(said,
            "[ERROR] the log cannot be written, lines are lost until it can: No space left on "
            "device\n");
  EXPECT_EQ(writer.failed_writes(), 3u);
  full = false;
  log("after\n");
  EXPECT_EQ(text,
            "before\nafter\n[WARNING] the log could not be written 3 times before this line, and "
            "what was in those writes is lost\n");
  log("later\n");
  EXPECT_TRUE(text.ends_with("lost\nlater\n")) << "and not again: " << text;
}

TEST(LogFailure, StandardOutputTellsOfIt) {
  const auto output = stdout_output();
  std::fflush(stdout);
  const int before = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
  const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  dup2(full, STDOUT_FILENO);
  const bool written = output->write("into the void\n");
  const int error = errno;
  dup2(before, STDOUT_FILENO);
  close(full);
  close(before);
  EXPECT_FALSE(written);
  EXPECT_EQ(error, ENOSPC);
  EXPECT_TRUE(output->write("")) << "it works again";
}

}  // namespace
}  // namespace signpost::observe
