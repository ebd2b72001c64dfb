// The option `consolidate` of `errors`: repeated errors are counted and written as one line. The
// log writer's thread matches and counts, the control loop reports; only the counts are shared.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "signpost/directive.h"

namespace signpost::errors {

enum class Level : uint8_t { warning, error, info, debug };
// "[ERROR] ".
std::string_view level_prefix(Level level);

// One `consolidate DURATION REGEXP [LEVEL] [show_first]`.
class Consolidation {
 public:
  explicit Consolidation(const Directive& line);  // throws ConfigError

  Level level() const { return level_; }
  // Log writer: does the pattern occur in `error`?
  bool matches(std::string_view error) const;
  // Log writer: counts one error; true if it is to be written as well.
  bool count();
  // Control loop: writes the sum if DURATION has passed since the first error was noticed.
  void report(uint64_t now_ms);
  void report_now();

 private:
  std::string period_, pattern_;  // as written
  std::chrono::milliseconds duration_;
  std::regex regex_;
  Level level_;
  bool show_first_ = false;
  std::atomic<uint64_t> count_{0};
  uint64_t due_ms_ = 0;  // 0: nothing was counted yet
};

class Consolidations {
 public:
  void add(const Directive& line) { all_.push_back(std::make_unique<Consolidation>(line)); }
  bool empty() const { return all_.empty(); }
  // The first that matches, in the order of the file; null if none does.
  Consolidation* match(std::string_view error) const;
  void report(uint64_t now_ms);
  void report_all();

 private:
  std::vector<std::unique_ptr<Consolidation>> all_;
};

}  // namespace signpost::errors
