// Queries that wait: copied out of the batch into a pool with a cap, each with a deadline and the
// snapshot it started with pinned. One pool per runner, on its worker.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "signpost/query.h"

namespace signpost {

// Where a late reply goes: a value that the network layer understands.
struct alignas(8) ReplyPath {
  std::array<std::byte, 48> bytes{};
};

// Sends replies of queries that were suspended. Implemented by the worker.
class LateReplies {
 public:
  // Once for each suspended query; an empty `reply` says that none will come.
  virtual void send(const ReplyPath& path, Transport transport,
                    std::span<const uint8_t> reply) noexcept = 0;

 protected:
  ~LateReplies() = default;
};

class SuspendedQueries {
 public:
  struct Slot {
    enum State : uint8_t { free, waiting, resume, retry, abandoned };
    Query query;
    std::array<uint8_t, 12 + 255 + 4> packet;  // header and question, for the reply
    ReplyPath path;
    bool has_path = false;
    uint32_t index = 0;  // in the pool, for good
    uint32_t listener = 0, turn = 0;
    uint64_t deadline_ns = 0;
    State state = free;
    Down verdict = Down::next;
    void* serving = nullptr;  // the pinned snapshot, for the runner
  };

  explicit SuspendedQueries(unsigned cap) : cap_(cap) {}

  // A slot with a copy of `query`; null at the cap.
  Slot* park(const Query& query);
  Ticket ticket(const Slot& slot);
  void release(Slot& slot);  // makes every ticket of it stale
  size_t size() const { return used_; }
  std::vector<std::unique_ptr<Slot>>& slots() { return slots_; }
  // True if a ticket was used or dropped since the last call.
  bool take_signal() { return std::exchange(signal_, false); }

 private:
  friend class Ticket;
  Slot* find(uint32_t slot, uint32_t turn);

  unsigned cap_;
  size_t used_ = 0;
  bool signal_ = false;
  std::vector<std::unique_ptr<Slot>> slots_;
  std::vector<uint32_t> free_;
};

}  // namespace signpost
