// DNS over UDP on one socket of one worker (RFC 1035, section 4.2.1): readable, one recvmmsg, one
// respond() per packet, one sendmmsg. All of it runs on the worker's loop. Whatever goes wrong with
// a single packet is counted and costs that packet.
#pragma once

#include <uv.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "net/counters.h"
#include "net/file_descriptor.h"
#include "net/responder.h"

namespace signpost {

class UdpService {
 public:
  // Serves `socket`, a bound UDP socket (see listener.h), from now on. The loop, the responder and
  // the counters outlive the service. Throws std::system_error if the loop cannot watch the socket.
  // `turn` tells listeners apart that have the same id one after the other.
  UdpService(uv_loop_t* loop, FileDescriptor socket, uint32_t listener, Responder& responder,
             UdpCounters& counters, uint8_t turn = 0);
  UdpService(const UdpService&) = delete;
  UdpService& operator=(const UdpService&) = delete;
  ~UdpService();  // only after close() has called back

  // Sends a late answer at once. At most kUdpPacket bytes; an empty one is none.
  void send(const ReturnPath& path, std::span<const uint8_t> answer) noexcept;

  // Answers what already waits in the socket, at most kDrainBatches batches, and reads no more: a
  // stopping server owes an answer to what came before the stop, not to an endless stream. Late
  // answers can still be sent.
  void stop() noexcept;

  // Closes the socket at once and calls `closed` from the loop; `closed` may destroy this.
  void close(std::function<void()> closed);

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
  UdpCounters& counters_;
  std::unique_ptr<Batch> batch_;
  Received query_;  // reused: what does not change from packet to packet is set once
  bool stopped_ = false;
  std::function<void()> closed_;
};

}  // namespace signpost
