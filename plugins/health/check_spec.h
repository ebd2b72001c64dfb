// One check as the operator declared it, every default filled in. Values; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "signpost/control.h"
#include "verdict.h"

namespace signpost::health {

// When a target is probed, and how many results count.
struct Timing {
  std::chrono::milliseconds interval{30'000};  // 100 ms .. 1 h, end of a probe to the next (H-13)
  std::chrono::milliseconds timeout{0};        // of a whole probe; 0: the limits of H-01 to H-04
  Thresholds thresholds;
  bool operator==(const Timing&) const = default;
};

struct CheckSpec {
  std::string name;
  uint32_t row = 0;    // in the HealthTable
  std::string kind;    // "http", "https", "tcp", "any", "all", "at-least": as written
  std::string target;  // for people: "192.0.2.10:80/healthz", "2 of use1 euw1"
  bool inverted = false;
  bool disabled = false;

  bool calculated = false;
  // If probed:
  ProbeSpec probe;
  Timing timing;
  // If calculated:
  std::vector<size_t> children;  // positions in Settings::checks, never of calculated ones (H-32)
  uint32_t wanted = 0;           // healthy children that it takes (H-30)
};

// What a probe looks at, as text: two checks of equal text see the same results. Health state goes
// by it, so that it survives changes of name, place and timing.
std::string probed_thing(const ProbeSpec& probe);
// How it is timed, as text. Checks that agree in both share one monitor.
std::string timing_text(const Timing& timing);

}  // namespace signpost::health
