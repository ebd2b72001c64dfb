#include "loop/agent_control.h"

#include <chrono>
#include <optional>
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

// What tells one state of a file from another.
struct Stamp {
  explicit Stamp(const uv_stat_t& s)
      : device(s.st_dev),
        inode(s.st_ino),
        size(s.st_size),
        modified(ms(s.st_mtim)),
        changed(ms(s.st_ctim)) {}
  static int64_t ms(const uv_timespec_t& t) {
    return int64_t(t.tv_sec) * 1000 + t.tv_nsec / 1'000'000;
  }
  bool operator==(const Stamp&) const = default;

  uint64_t device, inode, size;
  int64_t modified, changed;  // wall clock, milliseconds
};

// Looks at a file from time to time, on libuv's pool. uv_fs_poll_t would take the file's state at
// its own first look for the one that was read: a change between the two would go unnoticed. Here
// a file that has changed since `read_since_ms` counts as changed at the first look.
class HeldWatch final : public Handle::Held {
 public:
  HeldWatch(uv_loop_t* loop, std::string path, uint64_t interval_ms, int64_t read_since_ms,
            std::function<void()> changed)
      : path_(std::move(path)),
        changed_(std::make_shared<std::function<void()>>(std::move(changed))),
        timer_(new uv_timer_t) {
    constexpr int64_t kCoarseMs = 20;  // the kernel stamps files by a clock that lags behind
    uv_fs_t request;
    if (uv_fs_stat(loop, &request, path_.c_str(), nullptr) == 0) {
      const Stamp now(request.statbuf);
      if (now.changed + kCoarseMs < read_since_ms) last_ = now;
    }
    uv_fs_req_cleanup(&request);
    uv_timer_init(loop, timer_);
    uv_update_time(loop);
    timer_->data = this;
    uv_timer_start(
        timer_, [](uv_timer_t* t) { static_cast<HeldWatch*>(t->data)->look(); }, interval_ms,
        interval_ms);
  }
  ~HeldWatch() override {
    if (look_) look_->data = nullptr;
    uv_close(reinterpret_cast<uv_handle_t*>(timer_),
             [](uv_handle_t* h) { delete reinterpret_cast<uv_timer_t*>(h); });
  }

 private:
  void look() {
    if (look_) return;  // slow storage
    look_ = new uv_fs_t;
    look_->data = this;
    uv_fs_stat(timer_->loop, look_, path_.c_str(), [](uv_fs_t* request) {
      if (request->data) static_cast<HeldWatch*>(request->data)->looked();
      uv_fs_req_cleanup(request);
      delete request;
    });
  }

  void looked() {
    const uv_fs_t* request = std::exchange(look_, nullptr);
    if (request->result != 0) return;  // a file that vanishes for a moment is being replaced
    const Stamp now(request->statbuf);
    if (last_ == now) return;
    last_ = now;
    const auto call = changed_;  // which may let go of this
    (*call)();
  }

  const std::string path_;
  std::shared_ptr<std::function<void()>> changed_;
  uv_timer_t* timer_;
  uv_fs_t* look_ = nullptr;    // under way
  std::optional<Stamp> last_;  // none: what was read is not known to be what is there
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
  return Handle(std::make_unique<HeldWatch>(services_.loop(), std::move(path),
                                            uint64_t(interval.count()),
                                            configuration_.read_since_ms, std::move(changed)));
}

}  // namespace signpost
