// Everything a worker serves DNS on: the UDP and TCP service of each listener, as one. Worker loop
// only, except counters(), which any thread may read.
#pragma once

#include <uv.h>

#include <cstdint>
#include <functional>
#include <list>
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
  // The loop, the responder and the table, which is for these services alone, outlive them.
  Services(uv_loop_t* loop, Responder& responder, TcpTable& tcp);
  Services(const Services&) = delete;
  Services& operator=(const Services&) = delete;
  ~Services();  // only after close() has called back

  // Serves one listener from now on. Ids are small and dense (a table is indexed by them), below
  // 65,536; one that was removed may be used again at once. Throws std::system_error if the loop
  // cannot watch a socket; then neither of the two is served.
  void add(uint32_t listener, WorkerSockets sockets);

  // Closes one listener's sockets, after its last queries have been answered as far as they need no
  // waiting; its TCP connections stay until the clients have those answers, kGraceMs at most.
  // Harmless for one that is gone.
  void remove(uint32_t listener);

  // Sends the answer to a query for which respond() returned kLater, at most kUdpPacket or
  // kTcpMessage bytes; an empty one says that there is none. Nothing happens if its connection or
  // its listener is gone.
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
    uint8_t turn = 0;  // counts the listeners that have had the id
  };
  using Leaving = std::list<Pair>::iterator;

  static constexpr uint32_t kGraceMs = 5'000;

  Leaving take_out(Pair& pair);
  void close_udp(Leaving pair);
  std::function<void()> when_tcp_closed(Leaving pair);
  void let_go(Leaving pair);

  uv_loop_t* loop_;
  Responder& responder_;
  TcpTable& tcp_;
  TcpTurn turn_;
  ServiceCounters counters_;
  std::vector<Pair> pairs_;  // by listener id
  std::list<Pair> leaving_;  // closed, until the loop has let go of them
  std::function<void()> closed_;
};

}  // namespace signpost
