#include "loop/agent_control.h"

#include <chrono>
#include <utility>

namespace signpost {

namespace {

// A timer that belongs to its handle. libuv needs the memory until the close callback.
class HeldTimer final : public Handle::Held {
 public:
  HeldTimer(uv_loop_t* loop, uint64_t delay_ms, std::function<void()> then)
      : timer_(new uv_timer_t), then_(std::move(then)) {
    uv_timer_init(loop, timer_);
    uv_update_time(loop);
    timer_->data = this;
    uv_timer_start(
        timer_,
        [](uv_timer_t* t) {
          // The callback may drop the handle, and with it this object.
          const auto call = std::move(static_cast<HeldTimer*>(t->data)->then_);
          call();
        },
        delay_ms, 0);
  }
  ~HeldTimer() override {
    uv_close(reinterpret_cast<uv_handle_t*>(timer_),
             [](uv_handle_t* h) { delete reinterpret_cast<uv_timer_t*>(h); });
  }

 private:
  uv_timer_t* timer_;
  std::function<void()> then_;
};

class HeldWatch final : public Handle::Held {
 public:
  HeldWatch(uv_loop_t* loop, const std::string& path, unsigned interval_ms,
            std::function<void()> changed)
      : poll_(new uv_fs_poll_t),
        changed_(std::make_shared<std::function<void()>>(std::move(changed))) {
    uv_fs_poll_init(loop, poll_);
    poll_->data = this;
    uv_fs_poll_start(
        poll_,
        [](uv_fs_poll_t* p, int status, const uv_stat_t*, const uv_stat_t*) {
          // A file that vanishes for a moment is being replaced: wait for the new one.
          if (status != 0) return;
          const auto call = static_cast<HeldWatch*>(p->data)->changed_;
          (*call)();
        },
        path.c_str(), interval_ms);
  }
  ~HeldWatch() override {
    uv_fs_poll_stop(poll_);
    uv_close(reinterpret_cast<uv_handle_t*>(poll_),
             [](uv_handle_t* h) { delete reinterpret_cast<uv_fs_poll_t*>(h); });
  }

 private:
  uv_fs_poll_t* poll_;
  std::shared_ptr<std::function<void()>> changed_;
};

template <class T>
struct HeldValue final : Handle::Held {
  explicit HeldValue(T v) : value(std::move(v)) {}
  T value;
};

// Answers of a resolver come also when nobody waits any more.
struct HeldQuestion final : Handle::Held {
  std::shared_ptr<std::function<void(const Resolution&)>> done;
  ~HeldQuestion() override { *done = nullptr; }
};

}  // namespace

uint64_t AgentControl::now_ms() const { return uv_hrtime() / 1'000'000; }

int64_t AgentControl::wall_ms() const {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<Milliseconds>(now).count();
}

Handle AgentControl::after(Milliseconds delay, std::function<void()> then) {
  return Handle(
      std::make_unique<HeldTimer>(services_.loop(), uint64_t(delay.count()), std::move(then)));
}

Handle AgentControl::probe(ProbeSpec spec, std::function<void(const ProbeResult&)> done) {
  return Handle(std::make_unique<HeldValue<ProbeHandle>>(
      services_.prober().start(std::move(spec), std::move(done))));
}

Handle AgentControl::resolve(NameView name, uint16_t type, std::span<const Endpoint> servers,
                             std::function<void(const Resolution&)> done) {
  auto held = std::make_unique<HeldQuestion>();
  held->done = std::make_shared<std::function<void(const Resolution&)>>(std::move(done));
  services_.resolver(servers).resolve(name, type,
                                      [shared = held->done](const Resolution& resolution) {
                                        if (const auto call = *shared) call(resolution);
                                      });
  return Handle(std::move(held));
}

Handle AgentControl::http(std::string_view address, std::string path, HttpHandler handler) {
  return Handle(std::make_unique<HeldValue<HttpEndpoints::Route>>(
      services_.http().add(address, std::move(path), std::move(handler))));
}

Handle AgentControl::watch(std::string path, Milliseconds interval, std::function<void()> changed) {
  return Handle(std::make_unique<HeldWatch>(services_.loop(), path, unsigned(interval.count()),
                                            std::move(changed)));
}

}  // namespace signpost
