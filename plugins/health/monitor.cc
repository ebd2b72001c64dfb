#include "monitor.h"

#include <algorithm>

namespace signpost::health {
namespace {

// Within this time every target is looked at once, so that a cold start is soon over.
constexpr std::chrono::milliseconds kFirstRound{1000};

}  // namespace

Monitor::Monitor(ProbeSpec probe, const Timing& timing, Observation known, Control& control,
                 Ended ended)
    : probe_(std::move(probe)),
      timing_(timing),
      seen_(std::move(known)),
      ended_(std::move(ended)),
      control_(&control),
      due_ms_(control.now_ms() +
              control.random_below(uint32_t(std::min(timing.interval, kFirstRound).count()))),
      spread_(timing.interval <= kFirstRound) {
  wait();
}

void Monitor::move_to(Control& control) {
  control_ = &control;
  if (probing_) {
    timer_.drop();
    return start();
  }
  running_.drop();
  wait();
}

// Each handle is replaced from the callback of the other, never from its own.
void Monitor::wait() {
  const uint64_t now = control_->now_ms();
  const std::chrono::milliseconds left(due_ms_ > now ? due_ms_ - now : 0);
  timer_ = control_->after(left, [this] { start(); });
}

void Monitor::start() {
  probing_ = true;
  running_ = control_->probe(probe_, [this](const ProbeResult& result) { end(result); });
}

void Monitor::end(const ProbeResult& result) {
  probing_ = false;
  const bool first = !seen_.verdict.known();
  const bool flipped = seen_.verdict.take(result.success, timing_.thresholds);
  seen_.checked_ms = control_->wall_ms();
  if (first || flipped) seen_.since_ms = seen_.checked_ms;
  seen_.reason = result.reason;
  if (!result.success) seen_.last_error = result.reason;
  seen_.latency = result.total_time;
  seen_.from_saved = false;
  due_ms_ = control_->now_ms() + gap();
  wait();
  ended_(*this, flipped);
}

// H-13 counts the interval from the end of a probe. Only the first gap is a random part of it:
// after the first round, which is crowded into a second, starts are spread over the interval.
uint64_t Monitor::gap() {
  const auto interval = uint32_t(timing_.interval.count());
  if (spread_) return interval;
  spread_ = true;
  return 1 + control_->random_below(interval);
}

}  // namespace signpost::health
