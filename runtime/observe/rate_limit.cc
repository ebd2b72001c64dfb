#include "signpost/log.h"

namespace signpost {

std::optional<uint64_t> RateLimit::admit(Time now) {
  if (!start_ || now - *start_ >= interval_) {
    start_ = now;
    admitted_ = 0;
  }
  if (admitted_ >= most_) {
    ++held_back_;
    return std::nullopt;
  }
  ++admitted_;
  return std::exchange(held_back_, 0);
}

}  // namespace signpost
