// The runtime's side of the process log (signpost/log.h): levels, the debug switch, and the
// hand-over of lines to the log writer, so that a blocked stdout does not block the control loop.
// Any thread but a worker. Source: spec/corefile.md, sections 12 and 13.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace signpost::observe {

enum class LogLevel : uint8_t { debug, info, warning, error, fatal };

// Appends "[LEVEL] plugin/NAME: message\n" to `out`, control characters as \DDD.
void append_log_line(LogLevel level, std::string_view plugin, std::string_view message,
                     std::string& out);

// Writes one line; debug only if enabled. `fatal` changes the prefix and nothing else: to end the
// process is the caller's business.
void log_line(LogLevel level, std::string_view plugin, std::string_view message);

void enable_debug_log(bool on);  // off at start

// Takes finished lines in place of stdout.
class ProcessLogTarget {
 public:
  // `line` ends in a newline. Must not block for long and must not log.
  virtual void take(std::string_view line) noexcept = 0;

 protected:
  ~ProcessLogTarget() = default;
};

// From now on lines go to `target` (nullptr: straight to stdout). Returns the target so far. When
// it returns, no call into that one is under way or will follow.
ProcessLogTarget* redirect_process_log(ProcessLogTarget* target);

}  // namespace signpost::observe
