// An event counter with one writer: the worker that owns it. Any thread may read it; the value is
// at most a moment old. Not for counters with several writers.
#pragma once

#include <atomic>
#include <cstdint>

namespace signpost {

class Counter {
 public:
  // Owner only. A plain load and store, so that the query path holds no locked instruction.
  void add(uint64_t n) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

}  // namespace signpost
