// Takes the process log for as long as it lives, so that a test can look at the lines. One at a
// time, one thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "observe/process_log.h"

namespace signpost::kit {

class LogCapture final : private observe::ProcessLogTarget {
 public:
  LogCapture() : before_(observe::redirect_process_log(this)) {}
  ~LogCapture() { observe::redirect_process_log(before_); }
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;

  // The lines since the last call, each with its newline.
  std::string take_lines() { return std::exchange(lines_, {}); }

 private:
  void take(std::string_view line) noexcept override { lines_ += line; }

  std::string lines_;
  observe::ProcessLogTarget* before_;
};

}  // namespace signpost::kit
