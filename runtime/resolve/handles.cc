#include "resolve/handles.h"

#include <uv.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace signpost {

namespace {

// libuv reports these only for a descriptor that cannot be watched or a handle that is closing;
// both are mistakes of the calling code.
void require(int status, const char* what) {
  if (status == 0) return;
  std::fprintf(stderr, "%s: %s\n", what, uv_strerror(status));
  std::abort();
}

}  // namespace

struct Timer::Handle {
  uv_timer_t uv;
  std::function<void()> expired;
};

Timer::Timer(uv_loop_s* loop, std::function<void()> expired)
    : handle_(new Handle{{}, std::move(expired)}) {
  require(uv_timer_init(loop, &handle_->uv), "uv_timer_init");
  handle_->uv.data = handle_;
}

Timer::~Timer() {
  uv_close(reinterpret_cast<uv_handle_t*>(&handle_->uv),
           [](uv_handle_t* closed) { delete static_cast<Handle*>(closed->data); });
}

void Timer::start(std::chrono::milliseconds delay) {
  uv_update_time(handle_->uv.loop);
  const auto expire = [](uv_timer_t* timer) { static_cast<Handle*>(timer->data)->expired(); };
  require(uv_timer_start(&handle_->uv, expire, uint64_t(delay.count()), 0), "uv_timer_start");
}

void Timer::stop() { uv_timer_stop(&handle_->uv); }

struct DescriptorWatch::Handle {
  uv_poll_t uv;
  std::function<void(int)> ready;
};

static_assert(int(DescriptorWatch::readable) == int(UV_READABLE) &&
              int(DescriptorWatch::writable) == int(UV_WRITABLE));

DescriptorWatch::DescriptorWatch(uv_loop_s* loop, int descriptor, std::function<void(int)> ready)
    : handle_(new Handle{{}, std::move(ready)}) {
  require(uv_poll_init(loop, &handle_->uv, descriptor), "uv_poll_init");
  handle_->uv.data = handle_;
}

DescriptorWatch::~DescriptorWatch() {
  uv_close(reinterpret_cast<uv_handle_t*>(&handle_->uv),
           [](uv_handle_t* closed) { delete static_cast<Handle*>(closed->data); });
}

void DescriptorWatch::want(int events) {
  if (events == 0) {
    uv_poll_stop(&handle_->uv);
    return;
  }
  const auto poll = [](uv_poll_t* watch, int status, int seen) {
    static_cast<Handle*>(watch->data)->ready(status < 0 ? readable | writable : seen);
  };
  require(uv_poll_start(&handle_->uv, events, poll), "uv_poll_start");
}

}  // namespace signpost
