// What a worker counts about its sockets. One writer, the worker that owns them; any thread may
// read, and sees values that are at most a moment old.
#pragma once

#include <atomic>
#include <cstdint>

namespace signpost {

class Counter {
 public:
  // Owner only. A plain load and store, so that the query path holds no locked instruction.
  void add(uint64_t n) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

struct UdpCounters {
  Counter received;        // datagrams
  Counter truncated;       // of these, longer than kUdpPacket
  Counter unanswerable;    // of these, from a port that no client sends from: not looked at
  Counter receive_failed;  // reports of the kernel in place of a datagram
  Counter sent;            // answers the kernel took
  Counter send_dropped;    // answers it refused: no room, too long, forbidden, unreachable
};

struct TcpCounters {
  Counter accepted;           // connections
  Counter accept_failed;      // for want of descriptors or memory; the client waits in the kernel
  Counter closed_idle;        // for want of a query
  Counter closed_incomplete;  // with a message begun and not finished in time
  Counter closed_slow;        // for not reading
  Counter closed_limit;       // in favour of a newer connection
  Counter closed_memory;      // what waited for them longest, when all that waits took too much
  Counter closed_abuse;       // for breaking the protocol, or more late answers than are kept
  Counter received;           // queries handed to the responder
  Counter sent;               // answers
};

}  // namespace signpost
