#include "signpost/log.h"

namespace signpost {

std::optional<uint64_t> RateLimit::admit(uint64_t now_ms) {
  if (!start_ || now_ms - *start_ >= interval_) {
    start_ = now_ms;
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
