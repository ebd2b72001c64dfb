// What the tests of TcpService stand on: the service on a loop, clients on the same thread.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/fake_responder.h"
#include "net/listener.h"
#include "net/tcp.h"
#include "net/test_socket.h"

namespace signpost::net {

// Messages shorter than a DNS header are abuse, so the tests' queries are filled up with spaces.
inline std::string padded(std::string text) {
  text.resize(std::max<size_t>(text.size(), 12), ' ');
  return text;
}

inline std::string frame(std::string text) {
  text = padded(std::move(text));
  return std::string{char(text.size() >> 8), char(text.size())} + text;
}

class TcpTest : public testing::Test {
 protected:
  void serve(const TcpLimits& limits = {}, const char* address = "127.0.0.1") {
    Listener listener = open_listener({.address = *Address::parse(address), .port = 0}, 1);
    server_ = listener.bound;
    table_ = std::make_unique<TcpTable>(limits);
    if (!turn_) turn_ = std::make_unique<TcpTurn>(loop_.get());
    service_ = std::make_unique<TcpService>(loop_.get(), std::move(listener.workers[0].tcp), 3,
                                            responder_, counters_, *table_, *turn_);
  }

  void stop_serving() {
    bool closed = false;
    service_->close([&] {
      service_.reset();
      closed = true;
    });
    EXPECT_TRUE(loop_.run_until([&] { return closed; }));
  }

  void TearDown() override {
    if (service_) stop_serving();
    turn_->close();
    turn_.reset();
  }

  std::unique_ptr<TestSocket> connect(std::optional<Endpoint> own = std::nullopt,
                                      int receive_buffer = 0) {
    auto client = std::make_unique<TestSocket>(SOCK_STREAM, server_, own, receive_buffer);
    const uint64_t before = counters_.accepted.value();
    EXPECT_TRUE(loop_.run_until([&] { return counters_.accepted.value() > before; }));
    return client;
  }

  // The next `count` bytes of the stream; fewer if it ends before.
  std::string read(TestSocket& client, size_t count) {
    std::string bytes;
    EXPECT_TRUE(loop_.run_until([&] {
      while (bytes.size() < count) {
        const auto more = client.receive(count - bytes.size());
        if (!more) return false;
        if (more->empty()) return true;
        bytes += *more;
      }
      return true;
    }));
    return bytes;
  }

  std::string read_message(TestSocket& client) {
    const std::string prefix = read(client, 2);
    if (prefix.size() < 2) return "end";
    return read(client, size_t(uint8_t(prefix[0])) << 8 | uint8_t(prefix[1]));
  }

  // How the stream ends behind what is there now: 0 for its orderly end, else errno.
  static int last_error(TestSocket& client) {
    char bytes[4096];
    ssize_t count = 0;
    do {
      count = recv(client.fd(), bytes, sizeof bytes, MSG_DONTWAIT);
    } while (count > 0);
    return count == 0 ? 0 : errno;
  }

  // Turns the loop until it has seen what clients have sent before.
  void turn_loop() {
    for (int i = 0; i < 20; ++i) uv_run(loop_.get(), UV_RUN_NOWAIT);
  }

  bool ended(TestSocket& client) { return read(client, 1).empty(); }

  void send_late(const std::string& query, const std::string& answer) {
    ASSERT_TRUE(loop_.run_until([&] { return responder_.suspended.contains(padded(query)); }));
    service_->send(responder_.suspended.at(padded(query)),
                   {reinterpret_cast<const uint8_t*>(answer.data()), answer.size()});
  }

  bool wait_for(const Counter& counter, uint64_t value) {
    return loop_.run_until([&] { return counter.value() >= value; });
  }

  TestLoop loop_;
  FakeResponder responder_;
  TcpCounters counters_;
  Endpoint server_;
  std::unique_ptr<TcpTable> table_;
  std::unique_ptr<TcpTurn> turn_;
  std::unique_ptr<TcpService> service_;
};

}  // namespace signpost::net
