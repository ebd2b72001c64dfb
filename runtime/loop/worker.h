// One serving thread: a libuv loop, the DNS services on its sockets, and the runner of its chains.
// The control loop makes it, hands it snapshots and sockets through a latest-wins mailbox, and
// takes back the snapshots it has let go of. Functions are marked with the thread that may call
// them.
#pragma once

#include <uv.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "chain/runner.h"
#include "net/services.h"

namespace signpost {

class Worker final : public Responder, private LateReplies {
 public:
  // `released` is called on the worker's thread when collect() has something, or the worker ended.
  // `limits` hold for this worker; the process has as many times that as workers.
  Worker(RunnerOptions options, const TcpLimits& limits, std::function<void()> released);
  ~Worker();  // control; after join()
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // --- control thread
  // At most so many TCP connections, at least 1. Before start().
  void allow_connections(uint32_t connections) noexcept { tcp_.allow(connections); }
  void start();
  // The next snapshot with the listeners that come and go with it. Of several not yet taken up,
  // only the newest counts; the others come back through collect().
  void hand_over(const Snapshot* snapshot, std::vector<std::pair<uint32_t, WorkerSockets>> added,
                 std::vector<uint32_t> removed);
  // Answers what has arrived and what waits, `grace_ms` at most, then ends the thread.
  void stop(uint64_t grace_ms);
  void join();
  std::vector<const Snapshot*> collect();
  bool ended() const;
  const RunnerCounters& counters() const { return runner_.counters(); }
  // Any thread; see ServiceCounters.
  const ServiceCounters& service_counters() const { return services_->counters(); }

 private:
  struct Mail {
    bool has_snapshot = false, stop = false;
    const Snapshot* snapshot = nullptr;
    std::vector<std::pair<uint32_t, WorkerSockets>> added;
    std::vector<uint32_t> removed;
    uint64_t grace_ms = 0;
  };

  void begin_batch(uint64_t now_ns) noexcept override;
  size_t respond(const Received& query, std::span<uint8_t> out) noexcept override;
  void end_batch() noexcept override;
  void send(const ReplyPath& path, Transport transport,
            std::span<const uint8_t> reply) noexcept override;

  void run();
  void open_mail();
  void on_timer();
  void watch_suspended();
  void give_back();
  void end();
  void close_everything();

  std::function<void()> released_signal_;
  uv_loop_t loop_;
  uv_async_t wake_;
  uv_timer_t timer_;
  TcpTable tcp_;
  Runner runner_;
  std::unique_ptr<Services> services_;
  std::thread thread_;
  uint64_t now_ns_ = 0;
  uint32_t wall_s_ = 0;
  uint64_t stop_by_ns_ = 0;  // 0: not stopping
  bool closing_ = false;

  mutable std::mutex mutex_;  // hand-over only, never on the way of a query
  Mail mail_;
  std::vector<const Snapshot*> released_;
  bool ended_ = false;
};

}  // namespace signpost
