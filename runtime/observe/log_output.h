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
  // returns. May block as long as the other end does. False: it could not be written, or not all of
  // it, for the reason that errno gives; what is missing is lost.
  virtual bool write(std::string_view text) noexcept = 0;
};

// Standard output. Any thread may write; writes do not mix within a call.
std::unique_ptr<LogOutput> stdout_output();

}  // namespace signpost::observe
