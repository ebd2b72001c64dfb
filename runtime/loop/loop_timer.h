// A timer of the control loop that stops when its owner goes. Control loop only.
#pragma once

#include <uv.h>

#include <functional>

namespace signpost {

class LoopTimer {
 public:
  LoopTimer(uv_loop_t* loop, std::function<void()> fired)
      : timer_(new uv_timer_t), fired_(std::move(fired)) {
    uv_timer_init(loop, timer_);
    timer_->data = this;
  }
  // libuv needs the memory until the close callback.
  ~LoopTimer() {
    uv_close(reinterpret_cast<uv_handle_t*>(timer_),
             [](uv_handle_t* h) { delete reinterpret_cast<uv_timer_t*>(h); });
  }
  LoopTimer(const LoopTimer&) = delete;
  LoopTimer& operator=(const LoopTimer&) = delete;

  // Fires after `delay_ms`, and then every `repeat_ms` unless that is 0.
  void start(uint64_t delay_ms, uint64_t repeat_ms = 0) {
    uv_update_time(timer_->loop);
    uv_timer_start(
        timer_, [](uv_timer_t* t) { static_cast<LoopTimer*>(t->data)->fired_(); }, delay_ms,
        repeat_ms);
  }
  void stop() { uv_timer_stop(timer_); }
  bool active() const { return uv_is_active(reinterpret_cast<const uv_handle_t*>(timer_)) != 0; }

 private:
  uv_timer_t* timer_;
  std::function<void()> fired_;  // must not destroy the timer
};

}  // namespace signpost
