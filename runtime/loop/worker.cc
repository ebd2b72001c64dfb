#include "loop/worker.h"

#include <signal.h>

#include <algorithm>
#include <cstring>
#include <ctime>

#include "net/monotonic_clock.h"
#include "signpost/log.h"

namespace signpost {

namespace {

constexpr uint64_t kTickMs = 20;  // how often suspended queries are looked at

static_assert(sizeof(ReturnPath) <= sizeof(ReplyPath) && std::is_trivially_copyable_v<ReturnPath>);

}  // namespace

Worker::Worker(RunnerOptions options, const TcpLimits& limits, std::function<void()> released)
    : released_signal_(std::move(released)), tcp_(limits), runner_([&] {
        options.late = this;
        options.tcp_idle_ms = &tcp_.idle_ms();
        return options;
      }()) {
  uv_loop_init(&loop_);
  wake_.data = timer_.data = this;
  uv_async_init(&loop_, &wake_, [](uv_async_t* a) { static_cast<Worker*>(a->data)->open_mail(); });
  uv_timer_init(&loop_, &timer_);
  services_ = std::make_unique<Services>(&loop_, *this, tcp_);
}

Worker::~Worker() {
  if (!closing_) {  // never started
    close_everything();
    uv_run(&loop_, UV_RUN_DEFAULT);
  }
  uv_loop_close(&loop_);
}

void Worker::start() {
  thread_ = std::thread([this] { run(); });
}

void Worker::join() {
  if (thread_.joinable()) thread_.join();
}

void Worker::run() {
  sigset_t all;
  sigfillset(&all);  // signals are the control loop's
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  uv_run(&loop_, UV_RUN_DEFAULT);
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  released_signal_();
}

void Worker::hand_over(const Snapshot* snapshot,
                       std::vector<std::pair<uint32_t, WorkerSockets>> added,
                       std::vector<uint32_t> removed) {
  {
    const std::lock_guard lock(mutex_);
    if (mail_.has_snapshot) released_.push_back(mail_.snapshot);
    mail_.has_snapshot = true;
    mail_.snapshot = snapshot;
    // A listener that goes before the worker took it up never comes.
    for (uint32_t listener : removed)
      if (std::erase_if(mail_.added, [&](const auto& a) { return a.first == listener; }) == 0)
        mail_.removed.push_back(listener);
    std::move(added.begin(), added.end(), std::back_inserter(mail_.added));
  }
  uv_async_send(&wake_);
}

void Worker::stop(uint64_t grace_ms) {
  {
    const std::lock_guard lock(mutex_);
    mail_.stop = true;
    mail_.grace_ms = grace_ms;
  }
  uv_async_send(&wake_);
}

std::vector<const Snapshot*> Worker::collect() {
  const std::lock_guard lock(mutex_);
  return std::exchange(released_, {});
}

bool Worker::ended() const {
  const std::lock_guard lock(mutex_);
  return ended_;
}

void Worker::open_mail() {
  Mail mail;
  {
    const std::lock_guard lock(mutex_);
    mail = std::exchange(mail_, Mail());
  }
  if (closing_) {
    if (mail.has_snapshot) {
      const std::lock_guard lock(mutex_);
      released_.push_back(mail.snapshot);
    }
    return;
  }
  // A listener that goes answers its last queries by the snapshot that knows it; one that comes has
  // to find itself in the new one.
  for (uint32_t listener : mail.removed) services_->remove(listener);
  if (mail.has_snapshot) runner_.adopt(mail.snapshot);
  for (auto& [listener, sockets] : mail.added) {
    try {
      services_->add(listener, std::move(sockets));
    } catch (const std::exception& e) {  // this worker goes without; the others serve
      log_error("", "a worker cannot serve a listener: " + std::string(e.what()));
    }
  }
  if (runner_.suspended() != 0) runner_.run_suspended(net::monotonic_ns());
  give_back();
  watch_suspended();
  if (mail.stop) {
    stop_by_ns_ = net::monotonic_ns() + mail.grace_ms * 1'000'000;
    services_->stop();
    uv_timer_start(
        &timer_, [](uv_timer_t* t) { static_cast<Worker*>(t->data)->on_timer(); }, 0, kTickMs);
  }
}

void Worker::give_back() {
  const std::vector<const Snapshot*> free = runner_.take_released();
  if (free.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    released_.insert(released_.end(), free.begin(), free.end());
  }
  released_signal_();
}

void Worker::watch_suspended() {
  if (runner_.suspended() != 0 && !uv_is_active(reinterpret_cast<uv_handle_t*>(&timer_)))
    uv_timer_start(
        &timer_, [](uv_timer_t* t) { static_cast<Worker*>(t->data)->on_timer(); }, kTickMs,
        kTickMs);
}

void Worker::on_timer() {
  const uint64_t now = net::monotonic_ns();
  runner_.run_suspended(now);
  give_back();
  const bool idle = runner_.suspended() == 0;
  if (stop_by_ns_ == 0) {
    if (idle) uv_timer_stop(&timer_);
  } else if (now >= stop_by_ns_ || (idle && services_->connections() == 0)) {
    end();
  }
}

void Worker::end() {
  close_everything();
  runner_.adopt(nullptr);
  give_back();
}

void Worker::close_everything() {
  closing_ = true;
  services_->close([] {});
  uv_close(reinterpret_cast<uv_handle_t*>(&wake_), nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&timer_), nullptr);
}

void Worker::begin_batch(uint64_t now_ns) noexcept {
  now_ns_ = now_ns;
  wall_s_ = uint32_t(std::time(nullptr));
}

size_t Worker::respond(const Received& query, std::span<uint8_t> out) noexcept {
  const Arrival arrival{query.packet,
                        query.client,
                        query.local,
                        query.listener,
                        query.transport,
                        query.truncated,
                        std::as_bytes(std::span(&query.path, 1)),
                        query.now_ns,
                        wall_s_};
  const size_t size = runner_.respond(arrival, out);
  return size == 0 && runner_.waits() ? kLater : size;
}

void Worker::end_batch() noexcept {
  runner_.end_batch(runner_.watching() ? net::monotonic_ns() : now_ns_);
  watch_suspended();
}

void Worker::send(const ReplyPath& path, Transport, std::span<const uint8_t> reply) noexcept {
  ReturnPath to;
  std::memcpy(static_cast<void*>(&to), path.bytes.data(), sizeof to);
  services_->send(to, reply);
}

}  // namespace signpost
