// Probes one target for all checks, of all blocks, that watch the same thing in the same way.
// Control loop only. Source: spec sections 3.3 and 3.4 (H-13, H-20, H-23).
//
// A monitor needs a Control to wait and probe by, and outlives the one it began with when a
// configuration is replaced; it is then handed the next one with move_to().
#pragma once

#include <functional>
#include <string>

#include "check_spec.h"
#include "observation.h"
#include "signpost/control.h"

namespace signpost::health {

class Monitor {
 public:
  // Called at the end of every probe; `flipped` if the state changed by it.
  using Ended = std::function<void(const Monitor&, bool flipped)>;

  // Starts at once: the first probe begins within the shorter of a second and the interval. `known`
  // is what is remembered about the target, or empty.
  Monitor(ProbeSpec probe, const Timing& timing, Observation known, Control& control, Ended ended);
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  // Goes on by another Control. A wait goes on where it was; a probe under way starts again.
  void move_to(Control& control);

  const Observation& seen() const { return seen_; }
  const Timing& timing() const { return timing_; }
  const ProbeSpec& probe() const { return probe_; }

 private:
  void wait();
  void start();
  void end(const ProbeResult& result);
  uint64_t gap();

  const ProbeSpec probe_;
  const Timing timing_;
  Observation seen_;
  const Ended ended_;
  Control* control_;
  uint64_t due_ms_;  // start of the next probe, monotonic
  bool probing_ = false;
  bool spread_;  // the one gap that spreads starts over the interval is behind us
  Handle timer_, running_;
};

}  // namespace signpost::health
