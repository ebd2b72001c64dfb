// What is known about one monitored target: the verdict and what led to it. A value. Wall clock
// times are milliseconds since 1970-01-01 UTC and may lie ahead of the clock if that was set back.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "verdict.h"

namespace signpost::health {

struct Observation {
  Verdict verdict;
  std::string reason;                    // of the last result: "HTTP Status Code 200, OK"
  std::string last_error;                // of the last failure; empty if there was none
  int64_t since_ms = 0;                  // wall clock; the present state's first result
  int64_t checked_ms = 0;                // wall clock; end of the last probe
  std::chrono::microseconds latency{0};  // of the last probe
  bool from_saved = false;               // no probe of this process has ended yet
};

// "Success: REASON" or "Failure: REASON" (H-65).
std::string result_text(const Observation& seen);
// The same with what it means: how many results in a row, and since when the state holds.
std::string state_text(const Observation& seen, Thresholds thresholds);
// RFC 3339, UTC, in seconds: "2026-01-02T03:04:05Z".
std::string utc_text(int64_t wall_ms);

}  // namespace signpost::health
