// Where finished log text goes. Each implementation says which threads may write; the log writer
// calls its output from one thread at a time.
#pragma once

#include <memory>
#include <string_view>

namespace signpost::observe {

class LogOutput {
 public:
  virtual ~LogOutput() = default;
  // Writes `text`, whole lines each with its newline, and passes it on to the system before it
  // returns. May block as long as the other end does. What cannot be written is lost: there is
  // nowhere left to say so.
  virtual void write(std::string_view text) noexcept = 0;
};

// Standard output. Any thread may write; writes do not mix within a call.
std::unique_ptr<LogOutput> stdout_output();

}  // namespace signpost::observe
