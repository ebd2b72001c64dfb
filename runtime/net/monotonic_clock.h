// The clock that batches are stamped with: nanoseconds of CLOCK_MONOTONIC, the same clock that
// uv_hrtime() reads. Any thread; never fails.
#pragma once

#include <time.h>

#include <cstdint>

namespace signpost::net {

inline uint64_t monotonic_ns() noexcept {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return uint64_t(now.tv_sec) * 1'000'000'000 + uint64_t(now.tv_nsec);
}

}  // namespace signpost::net
