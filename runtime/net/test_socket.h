// Sockets of the tests' clients, all on loopback. Reading waits for at most five seconds, so that
// a test that fails does not hang.
#pragma once

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <uv.h>

#include <functional>
#include <optional>
#include <string>

#include "net/file_descriptor.h"
#include "net/socket_address.h"

namespace signpost::net {

inline Endpoint at(const char* address, uint16_t port) { return {*Address::parse(address), port}; }

// Whether this machine has the address: some have no ::1.
inline bool is_here(const char* address) {
  sockaddr_storage own{};
  const socklen_t length = at(address, 0).to(own);
  const FileDescriptor fd(socket(own.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  return fd && bind(fd.get(), reinterpret_cast<sockaddr*>(&own), length) == 0;
}

class TestSocket {
 public:
  // Connected to `server`, so that an answer from another address is not seen.
  // `receive_buffer`, bytes: how much the kernel takes for a client that does not read; 0: its own.
  TestSocket(int type, const Endpoint& server, std::optional<Endpoint> own = std::nullopt,
             int receive_buffer = 0) {
    sockaddr_storage to{};
    const socklen_t length = server.to(to);
    fd_.reset(socket(to.ss_family, type | SOCK_CLOEXEC, 0));
    if (receive_buffer != 0)
      setsockopt(fd(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    if (own) {
      sockaddr_storage from{};
      const socklen_t own_length = own->to(from);
      EXPECT_EQ(bind(fd_.get(), reinterpret_cast<sockaddr*>(&from), own_length), 0);
    }
    EXPECT_EQ(connect(fd_.get(), reinterpret_cast<sockaddr*>(&to), length), 0) << strerror(errno);
  }

  int fd() const { return fd_.get(); }
  void close() { fd_.reset(); }

  bool send(std::string_view bytes) {
    return ::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == ssize_t(bytes.size());
  }

  bool readable(int milliseconds = 0) const {
    pollfd wait{fd(), POLLIN, 0};
    return poll(&wait, 1, milliseconds) == 1;
  }

  // What one recv() gives now; nothing if nothing is there, "" at the end of the stream.
  std::optional<std::string> receive(size_t most = 65536) {
    std::string bytes(most, '\0');
    const ssize_t n = recv(fd(), bytes.data(), most, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return std::nullopt;
    bytes.resize(n < 0 ? 0 : size_t(n));
    return bytes;
  }

  Endpoint own() const {
    const sockaddr_storage bound = bound_address(fd());
    return endpoint_of(reinterpret_cast<const sockaddr&>(bound));
  }

 private:
  FileDescriptor fd_;
};

// A loop to run services on. The destructor expects that everything on it has been closed.
class TestLoop {
 public:
  TestLoop() {
    uv_loop_init(&loop_);
    uv_timer_init(&loop_, &alarm_);
  }
  ~TestLoop() {
    uv_close(reinterpret_cast<uv_handle_t*>(&alarm_), nullptr);
    uv_run(&loop_, UV_RUN_DEFAULT);
    EXPECT_EQ(uv_loop_close(&loop_), 0) << "a handle was left on the loop";
  }

  uv_loop_t* get() { return &loop_; }

  // Turns the loop until `done` or for five seconds; false if it never was.
  bool run_until(const std::function<bool()>& done) {
    bool late = false;
    alarm_.data = &late;
    uv_timer_start(
        &alarm_, [](uv_timer_t* timer) { *static_cast<bool*>(timer->data) = true; }, 5000, 0);
    while (!late && !done()) uv_run(&loop_, UV_RUN_NOWAIT), wait_for_event(done);
    uv_timer_stop(&alarm_);
    return done();
  }

 private:
  void wait_for_event(const std::function<bool()>& done) {
    if (done()) return;
    pollfd wait{uv_backend_fd(&loop_), POLLIN, 0};
    const int timeout = uv_backend_timeout(&loop_);
    poll(&wait, 1, timeout < 0 || timeout > 2 ? 2 : timeout);  // a client's socket may be ready
  }

  uv_loop_t loop_;
  uv_timer_t alarm_;
};

}  // namespace signpost::net
