// One TCP connection of a DNS client (RFC 7766): messages in, answers out in the order in which
// they are ready, each with its length in front. Worker loop only. TcpService owns it, decides how
// long it may live, and is told through Owner. A client that breaks the protocol, does not read
// its answers or goes away costs its own connection.
#pragma once

#include <uv.h>

#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <vector>

#include "net/counters.h"
#include "net/responder.h"
#include "net/tcp_frames.h"

namespace signpost {

namespace net {

class TcpConnection {
 public:
  class Owner {
   public:
    virtual void active(TcpConnection&) noexcept = 0;   // took a query or gave an answer
    virtual void yielded(TcpConnection&) noexcept = 0;  // has more queries; call resume() next turn
    virtual void closing(TcpConnection&) noexcept = 0;  // from now on of no use to anybody
    virtual void closed(TcpConnection&) noexcept = 0;   // may be destroyed now

   protected:
    ~Owner() = default;
  };

  // What the connections of a worker use together, one at a time.
  struct Shared {
    Shared(Responder& to, TcpCounters& count) : responder(to), counters(count) {}
    Responder& responder;
    TcpCounters& counters;
    static constexpr size_t kInput = 16 << 10, kOutput = 2 * (kTcpMessage + 2);
    std::unique_ptr<uint8_t[]> input{new uint8_t[kInput]}, output{new uint8_t[kOutput]};
  };

  TcpConnection(uv_loop_t* loop, Owner& owner, Shared& shared, uint32_t slot);
  TcpConnection(const TcpConnection&) = delete;
  TcpConnection& operator=(const TcpConnection&) = delete;

  // Accepts from `listener` and starts reading. Late answers to its queries come along `path`,
  // which is opaque here. False: it is closing already.
  bool accept(uv_stream_t* listener, const ReturnPath& path);

  void send(std::span<const uint8_t> answer) noexcept;  // a late one, at most kTcpMessage bytes
  void resume() noexcept;                               // goes on after yielded()
  void stop() noexcept;   // takes what has arrived, no more, and closes when all is answered
  void close() noexcept;  // at once; harmless when closing

  uint32_t slot() const noexcept { return slot_; }
  const Address& client() const noexcept { return query_.client.address; }

  // The owner's bookkeeping: its place among the connections by activity, and since when (uv_now).
  std::list<TcpConnection*>::iterator place;
  uint64_t active_ms = 0;

 private:
  void on_read(ssize_t count) noexcept;
  void serve() noexcept;
  bool serve_batch() noexcept;
  size_t answer(std::span<const uint8_t> message, size_t used) noexcept;
  void write(std::span<const uint8_t> bytes) noexcept;
  void write_queue() noexcept;
  void on_written(int status) noexcept;
  void settle() noexcept;
  void abuse() noexcept;
  size_t queued() const noexcept;

  uv_tcp_t handle_;
  uv_write_t request_;
  Owner& owner_;
  Shared& shared_;
  const uint32_t slot_;
  TcpFrames frames_;
  Received query_;                        // what does not change is set once
  std::vector<uint8_t> queue_, writing_;  // waiting; in the kernel's hands when in_flight_
  size_t unanswered_ = 0;                 // queries that got no answer so far
  bool reading_ = false, in_flight_ = false, closing_ = false;
  bool ended_ = false;    // no more queries come: the client said so, or stop()
  bool full_ = false;     // too much waits to be read by the client
  bool yielded_ = false;  // complete queries wait for the next turn of the loop
};

}  // namespace net
}  // namespace signpost
