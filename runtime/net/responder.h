// What stands between the sockets of a worker and whoever answers: packets in, answers out. Both
// sides live on one worker loop and are never called from another thread; nothing here throws.
#pragma once

#include <netinet/in.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "signpost/address.h"
#include "signpost/transport.h"

namespace signpost {

// Where a later answer goes. A plain value to keep as long as one likes: if its TCP connection or
// its listener is gone by then, sending along it does nothing. Listener ids are below 65,536.
class ReturnPath {
 public:
  ReturnPath() = default;
  uint32_t listener() const noexcept { return listener_; }
  Transport transport() const noexcept { return transport_; }

 private:
  friend class Services;
  friend class UdpService;
  friend class TcpService;
  struct Datagram {
    sockaddr_in6 peer;  // or a sockaddr_in, on an IPv4 socket
    in6_addr local;     // that the answer leaves from; an in_addr on an IPv4 socket
  };
  struct Stream {
    uint32_t slot, generation;
  };
  ReturnPath(Transport transport, uint32_t listener, uint8_t turn) noexcept
      : listener_(uint16_t(listener)), transport_(transport), turn_(turn) {}

  union {
    Datagram datagram_;
    Stream stream_;
  };
  uint16_t listener_ = 0;
  Transport transport_ = Transport::udp;
  uint8_t turn_ = 0;  // counts the listeners that have had the id
};
static_assert(sizeof(ReturnPath) <= 48 && std::is_trivially_copyable_v<ReturnPath>);

// One query as it came in. Valid during respond() only; `packet` without the TCP length prefix.
struct Received {
  std::span<const uint8_t> packet;
  Endpoint client, local;  // IPv4 in its own form on dual-stack sockets too
  uint32_t listener = 0;
  Transport transport = Transport::udp;
  bool truncated = false;  // the datagram was longer than kUdpPacket: `packet` is its beginning
  ReturnPath path;
  uint64_t now_ns = 0;  // CLOCK_MONOTONIC, read once per batch
};

inline constexpr size_t kUdpPacket = 4096;    // longest datagram taken in or sent, bytes
inline constexpr size_t kTcpMessage = 65535;  // RFC 1035, section 4.2.2: two-byte length

// Returned by respond() where the answer comes through Services::send().
inline constexpr size_t kLater = SIZE_MAX;

// Answers queries. A batch is what one system call brought in: begin_batch(), respond() for each
// query in the order of arrival, end_batch(), then the answers leave. Batches do not nest.
class Responder {
 public:
  virtual void begin_batch(uint64_t /*now_ns*/) noexcept {}

  // Writes the response to `out` and returns its length; 0 = there is none (dropped); kLater =
  // Services::send() will be called once for it, with an empty answer if it is dropped after all.
  // `out` is kUdpPacket bytes for UDP, kTcpMessage for TCP, and is not cleared.
  virtual size_t respond(const Received& query, std::span<uint8_t> out) noexcept = 0;

  virtual void end_batch() noexcept {}

  virtual ~Responder() = default;
};

}  // namespace signpost
