// The words that time checks, where they may stand both in the directive (for all its checks) and
// in the block of one check: interval, timeout, threshold, rise, fall. Set-up only. Ranges: spec
// section 3.2, the interval widened to 100 ms .. 1 h.
#pragma once

#include <chrono>
#include <optional>

#include "check_spec.h"
#include "signpost/directive.h"

namespace signpost::health {

class TimingWords {
 public:
  // True if `property` is one of these words; takes its value. Throws ConfigError on a bad one.
  bool take(const Directive& property);
  // What is not written here comes from `defaults`, and then from Route 53's. `rise` and `fall`
  // weigh more than a `threshold` of the same place.
  Timing over(const TimingWords& defaults) const;
  bool any_time() const { return interval_ || timeout_; }

 private:
  std::optional<std::chrono::milliseconds> interval_, timeout_;
  std::optional<uint32_t> threshold_, rise_, fall_;
};

}  // namespace signpost::health
