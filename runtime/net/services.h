// Everything a worker serves DNS on: the UDP and TCP service of each listener, as one. Worker loop
// only, except counters(), which any thread may read.
#pragma once

#include <uv.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "net/counters.h"
#include "net/listener.h"
#include "net/responder.h"
#include "net/tcp.h"
#include "net/udp.h"

namespace signpost {

struct ServiceCounters {
  UdpCounters udp;
  TcpCounters tcp;
};

class Services {
 public:
  // The loop and the responder outlive the services. `limits` hold for each listener.
  Services(uv_loop_t* loop, Responder& responder, const TcpLimits& limits = {});
  Services(const Services&) = delete;
  Services& operator=(const Services&) = delete;
  ~Services();  // only after close() has called back

  // Serves one listener from now on. Ids are small and dense (a table is indexed by them), below
  // 65,536, and used once. Throws std::system_error if the loop cannot watch a socket.
  void add(uint32_t listener, WorkerSockets sockets);

  // Closes one listener's sockets, after its last queries have been answered as far as they need no
  // waiting. Harmless for one that is gone.
  void remove(uint32_t listener);

  // Sends the answer to a query for which respond() returned 0, at most kUdpPacket or kTcpMessage
  // bytes. Nothing happens if its connection or its listener is gone.
  void send(const ReturnPath& path, std::span<const uint8_t> answer) noexcept;

  // Takes the queries that have arrived and no more. Late answers can still be sent.
  void stop() noexcept;

  // TCP connections that are open. After stop(), those that wait for an answer or have one to read.
  size_t connections() const noexcept;

  // Closes everything at once and calls `closed` from the loop, or before it returns if nothing is
  // open; `closed` may destroy this. Once.
  void close(std::function<void()> closed);

  const ServiceCounters& counters() const noexcept { return counters_; }

 private:
  struct Pair {
    std::unique_ptr<UdpService> udp;
    std::unique_ptr<TcpService> tcp;
  };

  void close_pair(size_t listener);
  void one_closed() noexcept;

  uv_loop_t* loop_;
  Responder& responder_;
  const TcpLimits limits_;
  ServiceCounters counters_;
  std::vector<Pair> pairs_;   // by listener id
  size_t open_services_ = 0;  // UDP and TCP, until the loop has let go of them
  std::function<void()> closed_;
};

}  // namespace signpost
