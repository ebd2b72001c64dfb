#include "verdict.h"

namespace signpost::health {

bool Verdict::take(bool success, Thresholds thresholds) {
  if (success != last_success_) consecutive_ = 0;
  last_success_ = success;
  if (consecutive_ != UINT32_MAX) ++consecutive_;
  if (success == healthy_ || consecutive_ < (success ? thresholds.rise : thresholds.fall))
    return false;
  healthy_ = success;
  return true;
}

}  // namespace signpost::health
