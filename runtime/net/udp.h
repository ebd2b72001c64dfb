// DNS over UDP on one socket of one worker (RFC 1035, section 4.2.1): readable, one recvmmsg, one
// respond() per packet, one sendmmsg. All of it runs on the worker's loop; counters() alone may be
// read from any thread. Whatever goes wrong with a single packet is counted and costs that packet.
#pragma once

#include <uv.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "net/counter.h"
#include "net/file_descriptor.h"
#include "net/responder.h"

namespace signpost {

struct UdpCounters {
  Counter received;      // datagrams handed to the responder
  Counter sent;          // answers the kernel took
  Counter send_dropped;  // answers it refused: no room, too long, forbidden, unreachable
  Counter truncated;     // of the received, those longer than kUdpPacket
};

class UdpService {
 public:
  // Serves `socket`, a bound UDP socket (see listener.h), from now on. The responder and the loop
  // outlive the service. Throws std::system_error if the loop cannot watch the socket.
  UdpService(uv_loop_t* loop, FileDescriptor socket, uint32_t listener, Responder& responder);
  UdpService(const UdpService&) = delete;
  UdpService& operator=(const UdpService&) = delete;
  ~UdpService();  // only after close() has called back

  // Sends a late answer at once. At most kUdpPacket bytes.
  void send(const ReturnPath& path, std::span<const uint8_t> answer) noexcept;

  // Answers what already waits in the socket, without the loop, at most kDrainBatches batches: a
  // stopping server owes an answer to what came before the stop, not to an endless stream.
  void drain() noexcept;

  // Stops reading, closes the socket, and calls `closed` from the loop; `closed` may destroy this.
  void close(std::function<void()> closed);

  const UdpCounters& counters() const noexcept { return counters_; }

 private:
  struct Batch;

  void watch() noexcept;
  bool serve_batch() noexcept;
  void take(unsigned slot) noexcept;
  void flush(unsigned count) noexcept;

  static constexpr int kBatchesPerTurn = 4;  // then timers and TCP have their turn
  static constexpr int kDrainBatches = 256;

  uv_poll_t poll_;
  FileDescriptor socket_;
  Responder& responder_;
  std::unique_ptr<Batch> batch_;
  Received query_;  // reused: what does not change from packet to packet is set once
  UdpCounters counters_;
  std::function<void()> closed_;
};

}  // namespace signpost
