// Runs questions through the chain of one worker: reads the packet, finds the block, walks down and
// up, follows CNAMEs, encodes the reply, parks suspended queries. One per worker, used only on its
// loop; `explain` and tests use one on their own thread. See architecture, "Life of a query".
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "chain/snapshot.h"
#include "chain/suspended.h"
#include "signpost/query.h"

namespace signpost {

// A packet as it came in.
struct Arrival {
  std::span<const uint8_t> packet;
  Endpoint client, local;
  uint32_t listener = 0;
  Transport transport = Transport::udp;
  bool cut_short = false;  // the datagram was longer than the buffer
  std::span<const std::byte>
      path;  // a ReplyPath's bytes, at most; copied if the query is suspended
  uint64_t now_ns = 0;
  uint32_t wall_s = 0;  // seconds since 1970 UTC, modulo 2^32
};

// What a runner counted. Written by its worker, read by any thread.
struct RunnerCounters {
  using Count = std::atomic<uint64_t>;
  Count queries{0}, discarded{0}, refused{0}, dropped{0}, answered{0}, suspended{0}, expired{0},
      overflowed{0};
  Count malformed{0};    // FORMERR
  Count unsupported{0};  // NOTIMP, BADVERS, NOTAUTH: well-formed messages of a kind we do not serve
  static void add(Count& c) {
    c.store(c.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
};

struct RunnerOptions {
  unsigned worker = 0;
  uint64_t seed = 1;
  uint16_t udp_payload = 1232;  // largest UDP reply, and what we announce (RFC 9715)
  unsigned suspended_cap = 1024;
  uint64_t deadline_ns = 1'500'000'000;  // of a suspended query, from its arrival
  LateReplies* late = nullptr;
  QueryLog* log = nullptr;
  // How long the TCP service of this worker grants an idle connection at the moment, milliseconds:
  // what a client that asks is told (RFC 7828). Read while a reply is written, on the worker. Null:
  // there is no TCP.
  const uint32_t* tcp_idle_ms = nullptr;
};

class Runner {
 public:
  explicit Runner(const RunnerOptions& options);
  ~Runner();

  // Takes up a snapshot; between batches only. Null, before the end, makes the chains let go of
  // their tickets, which know this runner. The snapshot before is given to `released` as soon as no
  // suspended query reads it any more.
  void adopt(const Snapshot* snapshot);
  const Snapshot* current() const { return serving_ ? serving_->snapshot : nullptr; }
  // Snapshots no longer read, oldest first; the caller hands them back to the control loop.
  std::vector<const Snapshot*> take_released() { return std::exchange(released_, {}); }

  // Answers into `out`; 0: nothing to send now, or ever unless waits(). No more than 32 calls
  // between two end_batch().
  size_t respond(const Arrival& arrival, std::span<uint8_t> out,
                 Recorder* recorder = nullptr) noexcept;
  // The ECS scope of the query answered last (explain).
  unsigned last_scope() const { return queries_[used_ ? used_ - 1 : 0].client.scope; }
  // The query of the last respond() is suspended: its reply comes through LateReplies.
  bool waits() const { return parked_now_ != nullptr; }
  bool watching() const { return used_ != 0; }  // done hooks wait for end_batch()
  // Runs the done hooks of the batch.
  void end_batch(uint64_t now_ns) noexcept;
  // Answers what has waited too long, goes on with tickets that were used, sends late replies.
  void run_suspended(uint64_t now_ns) noexcept;
  size_t suspended() const { return parked_.size(); }

  const RunnerCounters& counters() const { return counters_; }

 private:
  friend class Query;
  static constexpr unsigned batch = 32;
  enum class Walk : uint8_t { reply, drop, suspended };
  struct Serving {  // a snapshot and how many suspended queries read it
    const Snapshot* snapshot;
    unsigned pins = 0;
  };
  struct Watched {
    Outcome outcome;
    bool used = false;
  };

  bool enter(Query& query, uint32_t listener) noexcept;
  uint32_t find_block(Query& query, const Dispatch& listener) noexcept;
  void begin_walk(Query& query) noexcept;
  static void nobody_answered(Query& query) noexcept;
  Walk walk(Query& query, uint16_t position, bool up) noexcept;
  bool go_down(Query& query, uint16_t& position, Walk& result) noexcept;
  enum class Climb : uint8_t { top, again, stop };
  Climb go_up(Query& query, uint16_t& position, Walk& result) noexcept;
  static bool stays_inside(const Query& query, NameView target) noexcept;
  bool follow_cname(Query& query) noexcept;
  static bool can_step(const Query& query, NameView target) noexcept;
  bool next_step(Query& query, NameView target, bool same_owner) noexcept;
  static void decide(Query& query) noexcept;
  void settle(Query& query) noexcept;
  void finish(Query& query) noexcept;
  void fail(Query& query, std::string_view why) noexcept;
  static Outcome outcome_of(const Query& query, std::span<const uint8_t> reply,
                            uint64_t took_ns) noexcept;
  Walk hold_to_promise(Query& query, Walk walked) noexcept;
  void take_back_parked() noexcept;
  size_t encode(Query& query, Walk walked, std::span<uint8_t> out) noexcept;
  Ticket suspend(Query& query) noexcept;
  void answer_late(SuspendedQueries::Slot& slot, Walk walked, uint64_t now_ns) noexcept;
  void unpin(Serving* serving) noexcept;

  RunnerOptions options_;
  std::array<uint32_t, 4> random_;
  std::unique_ptr<Serving> serving_;
  std::vector<std::unique_ptr<Serving>> retired_;
  std::vector<const Snapshot*> released_;
  std::unique_ptr<Query[]> queries_;
  std::array<Watched, batch> watched_;
  unsigned used_ = 0;
  const Arrival* arrival_ = nullptr;              // of the query under way, for suspend()
  SuspendedQueries::Slot* parked_now_ = nullptr;  // by the query under way, or the last one
  SuspendedQueries::Slot* resumed_ = nullptr;     // the slot that run_suspended() is at
  SuspendedQueries parked_;
  std::vector<uint8_t> late_;
  RunnerCounters counters_;
};

}  // namespace signpost
