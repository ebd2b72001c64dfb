// DNS over TCP on one listening socket of one worker (RFC 7766): accepts, closes what its time has
// come for, and finds the connection that a late answer belongs to. All of it runs on the worker's
// loop. Whatever accept(2) reports costs one connection, or a pause; never the service.
#pragma once

#include <uv.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "net/file_descriptor.h"
#include "net/responder.h"
#include "net/tcp_connection.h"
#include "net/tcp_table.h"

namespace signpost {

class TcpService final : private net::TcpConnection::Owner, private TcpTurn::Door {
 public:
  // Accepts from `socket`, listening and not blocking (see listener.h), from now on. What is handed
  // over by reference outlives the service. `nth` tells listeners apart that have the same id one
  // after the other. Throws std::system_error if the loop cannot watch the socket.
  TcpService(uv_loop_t* loop, FileDescriptor socket, uint32_t listener, Responder& responder,
             TcpCounters& counters, TcpTable& table, TcpTurn& turn, uint8_t nth = 0);
  TcpService(const TcpService&) = delete;
  TcpService& operator=(const TcpService&) = delete;
  ~TcpService();  // only after close() has called back

  // Sends a late answer, at most kTcpMessage bytes; empty: none will come. Nothing happens if the
  // connection is gone.
  void send(const ReturnPath& path, std::span<const uint8_t> answer) noexcept;

  // Accepts who has connected and nobody else, takes the queries that have arrived, and closes each
  // connection as soon as the client has all of its answers; connections() tells how many still
  // wait.
  void stop() noexcept;

  // Like stop(), but answers within the call, kLastQueries at most and the rest of a batch, and
  // waits for no late answers.
  // When the clients have what was answered, or after `grace_ms`, it calls `closed` from the loop;
  // `closed` may destroy this. In place of close().
  void leave(uint32_t grace_ms, std::function<void()> closed);

  // Closes everything at once and calls `closed` from the loop; `closed` may destroy this. Once.
  void close(std::function<void()> closed);
  void close_at_once() noexcept;  // after leave()

  static constexpr unsigned kLastQueries = 16'384;

  size_t connections() const noexcept { return open_; }

 private:
  using Connection = net::TcpConnection;
  struct Slot {
    std::unique_ptr<Connection> connection;
    uint32_t generation = 0;  // counts the connections that have been here
  };

  void closing(Connection&) noexcept override;
  void closed(Connection&) noexcept override;

  void watch_listener() noexcept;
  bool accept() noexcept override;
  int accept_one();
  void accept_the_last() noexcept;
  void pause() noexcept;
  void admit(FileDescriptor socket, const Endpoint& client);
  ReturnPath path_of(uint32_t slot) const noexcept;
  Connection* find(const ReturnPath& path) const noexcept;
  void close_listener() noexcept;
  void watch_time() noexcept;
  void tick() noexcept;
  void start_ticking(uint64_t first_ms) noexcept;
  void close_handle(uv_handle_t* handle) noexcept;
  void handle_closed() noexcept;

  uv_loop_t* loop_;
  const uint32_t listener_;
  const uint8_t nth_;
  Connection::Shared shared_;
  FileDescriptor socket_;
  uv_poll_t poll_;    // on socket_
  uv_timer_t time_;   // runs only while there are connections
  uv_timer_t pause_;  // while nothing is accepted for want of descriptors; the grace of leave()
  uint64_t ticked_ms_ = 0;  // the tick before, or when time_ was started
  bool put_off_ = false;    // the tick before was
  std::vector<Slot> slots_;
  std::vector<uint32_t> free_slots_;
  size_t open_ = 0;          // connections that are not closing
  size_t open_handles_ = 3;  // of the loop: those above and one per connection
  bool leaving_ = false;     // ends with the last connection
  bool closing_ = false;
  std::function<void()> closed_;
};

}  // namespace signpost
