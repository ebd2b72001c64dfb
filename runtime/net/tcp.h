// DNS over TCP on one listening socket of one worker (RFC 7766): accepts, keeps connections within
// their limits, and finds the one that a late answer belongs to. All of it runs on the worker's
// loop. The process must ignore SIGPIPE, since libuv writes to streams with write(2).
#pragma once

#include <uv.h>

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "net/file_descriptor.h"
#include "net/responder.h"
#include "net/tcp_connection.h"

namespace signpost {

struct TcpLimits {
  // At a limit the connection that has been idle longest makes room for the new one (RFC 7766,
  // section 6.2.2: of this client, or of all).
  uint32_t connections = 1024;  // per worker and listener
  uint32_t per_client = 64;     // of these, from one address
  // Since the last complete query or late answer (RFC 7766, section 6.2.3). Bytes that do not make
  // a query count for nothing, so a client that drips them gains no time. Measured to a quarter
  // of it, a second at most.
  uint32_t idle_ms = 10'000;
};

class TcpService final : private net::TcpConnection::Owner {
 public:
  // The loop, the responder and the counters outlive the service.
  TcpService(uv_loop_t* loop, uint32_t listener, Responder& responder, TcpCounters& counters,
             const TcpLimits& limits = {});
  TcpService(const TcpService&) = delete;
  TcpService& operator=(const TcpService&) = delete;
  ~TcpService();  // only after close() has called back

  // Accepts from `socket`, bound and not blocking (see listener.h). Once. Throws
  // std::system_error; the service must be closed then as well.
  void start(FileDescriptor socket);

  // Sends a late answer, at most kTcpMessage bytes. Nothing happens if the connection is gone.
  void send(const ReturnPath& path, std::span<const uint8_t> answer) noexcept;

  // Accepts no more, takes the queries that have arrived, and closes each connection as soon as
  // all of its answers are with the kernel; connections() tells how many still wait.
  void stop() noexcept;

  // Closes everything at once and calls `closed` from the loop; `closed` may destroy this. Once.
  void close(std::function<void()> closed);
  bool closing() const noexcept { return closing_; }

  size_t connections() const noexcept { return order_.size(); }

 private:
  using Connection = net::TcpConnection;
  struct Slot {
    std::unique_ptr<Connection> connection;
    uint32_t generation = 0;  // counts the connections that have been here
  };
  struct AddressHash {
    size_t operator()(const Address& address) const noexcept;
  };

  void active(Connection&) noexcept override;
  void yielded(Connection&) noexcept override;
  void closing(Connection&) noexcept override;
  void closed(Connection&) noexcept override;

  void accept();
  Connection& new_connection();
  Connection* find(const ReturnPath& path) const noexcept;
  void make_room(const Connection& newcomer);
  void close_idle() noexcept;
  void close_listener() noexcept;
  void watch_idle() noexcept;
  void resume_yielded() noexcept;
  void close_handle(uv_handle_t* handle) noexcept;
  void handle_closed() noexcept;

  uv_loop_t* loop_;
  const uint32_t listener_;
  const TcpLimits limits_;
  Connection::Shared shared_;
  uv_tcp_t socket_;
  uv_timer_t idle_timer_;
  uv_idle_t next_turn_;  // runs only while a connection has yielded
  std::vector<Slot> slots_;
  std::vector<uint32_t> free_slots_;
  std::list<Connection*> order_;  // open ones, the longest idle in front
  std::unordered_map<Address, uint32_t, AddressHash> per_client_;
  std::vector<ReturnPath> yielded_;
  size_t open_handles_ = 3;  // of the loop: those above and one per connection
  bool listening_ = true, closing_ = false;
  std::function<void()> closed_;
};

}  // namespace signpost
