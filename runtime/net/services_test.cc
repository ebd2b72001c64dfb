#include "net/services.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include "net/fake_responder.h"
#include "net/test_socket.h"

namespace signpost::net {
namespace {

class ServicesTest : public testing::Test {
 protected:
  Endpoint add(uint32_t id) {
    Listener listener = open_listener({.address = *Address::parse("127.0.0.1"), .port = 0}, 1);
    services_->add(id, std::move(listener.workers[0]));
    return listener.bound;
  }

  void close() {
    bool closed = false;
    services_->close([&] {
      services_.reset();
      closed = true;
    });
    EXPECT_TRUE(loop_.run_until([&] { return closed; }));
  }

  // The answer to `query` on a connected socket of either type, with TCP's length where it is due.
  std::string ask(TestSocket& client, const std::string& query) {
    EXPECT_TRUE(client.send(query));
    EXPECT_TRUE(loop_.run_until([&] { return client.readable(); }));
    return client.receive().value_or("nothing");
  }

  TestLoop loop_;
  FakeResponder responder_;
  TcpTable table_{TcpLimits()};
  std::unique_ptr<Services> services_ = std::make_unique<Services>(loop_.get(), responder_, table_);
};

TEST_F(ServicesTest, ServesUdpAndTcpOfEveryListener) {
  const Endpoint zero = add(0), two = add(2);
  for (const auto& [id, server] : {std::pair{0u, zero}, std::pair{2u, two}}) {
    TestSocket udp(SOCK_DGRAM, server), tcp(SOCK_STREAM, server);
    EXPECT_EQ(ask(udp, "datagram"), "DATAGRAM");
    EXPECT_EQ(responder_.seen.back().listener, id);
    EXPECT_EQ(ask(tcp, std::string("\0\x0c", 2) + "stream-query"),
              std::string("\0\x0c", 2) + "STREAM-QUERY");
    EXPECT_EQ(responder_.seen.back().listener, id);
  }
  EXPECT_EQ(services_->counters().udp.received.value(), 2u);
  EXPECT_EQ(services_->counters().tcp.received.value(), 2u);
  close();
}

TEST_F(ServicesTest, LateAnswersFindTheirWayUntilTheListenerIsGone) {
  const Endpoint first = add(0), second = add(1);
  TestSocket udp(SOCK_DGRAM, first), tcp(SOCK_STREAM, second);
  ASSERT_TRUE(udp.send("late-datagram"));
  ASSERT_TRUE(tcp.send(std::string("\0\x0c", 2) + "late-stream!"));
  ASSERT_TRUE(loop_.run_until([&] { return responder_.suspended.size() == 2; }));
  services_->stop();
  EXPECT_EQ(services_->connections(), 1u);
  const uint8_t answer[] = {'o', 'k'};
  services_->send(responder_.suspended.at("late-datagram"), answer);
  services_->send(responder_.suspended.at("late-stream!"), answer);
  EXPECT_TRUE(loop_.run_until([&] { return udp.readable() && tcp.readable(); }));
  EXPECT_EQ(udp.receive(), "ok");
  EXPECT_EQ(tcp.receive(), std::string("\0\2", 2) + "ok");
  tcp.close();
  EXPECT_TRUE(loop_.run_until([&] { return services_->connections() == 0; }));

  services_->remove(0);
  services_->remove(1);
  services_->remove(9);
  for (const auto& [query, path] : responder_.suspended) services_->send(path, answer);
  uv_run(loop_.get(), UV_RUN_NOWAIT);
  for (const auto& [query, path] : responder_.suspended) services_->send(path, answer);
  EXPECT_EQ(services_->counters().udp.sent.value(), 1u);
  close();
}

TEST_F(ServicesTest, RemovingOneListenerLeavesTheOthers) {
  const Endpoint first = add(0), second = add(1);
  TestSocket gone(SOCK_DGRAM, first), stays(SOCK_DGRAM, second);
  ASSERT_TRUE(gone.send("query"));
  services_->remove(0);
  EXPECT_EQ(gone.receive(), "QUERY");  // it had arrived before
  EXPECT_EQ(ask(stays, "query"), "QUERY");
  EXPECT_NO_THROW(open_listener({.address = first.address, .port = first.port}, 1));
  close();
}

// More than one read holds, and the client reads it when the listener is long gone.
TEST_F(ServicesTest, RemovingAListenerDestroysNoAnswer) {
  const Endpoint server = add(0);
  TestSocket tcp(SOCK_STREAM, server);
  std::string stream, expected;
  for (int i = 0; i < 2000; ++i) {
    stream += std::string("\0\x0c", 2) + "stream-query";
    expected += std::string("\0\x0c", 2) + "STREAM-QUERY";
  }
  ASSERT_TRUE(tcp.send(stream));
  ASSERT_TRUE(loop_.run_until([&] { return services_->connections() == 1; }));
  services_->remove(0);
  EXPECT_EQ(services_->counters().tcp.received.value(), 2000u);
  EXPECT_TRUE(tcp.send(std::string("\0\x0c", 2) + "after it all"));
  std::string bytes;
  EXPECT_TRUE(loop_.run_until([&] {
    const auto more = tcp.receive();
    bytes += more.value_or("");
    return more && more->empty();
  }));
  EXPECT_EQ(bytes, expected);
  tcp.close();
  EXPECT_TRUE(loop_.run_until([&] { return services_->connections() == 0; }));
  close();
}

TEST_F(ServicesTest, ClosesWhatARemovedListenerStillWaitsFor) {
  const Endpoint server = add(0);
  TestSocket tcp(SOCK_STREAM, server);
  EXPECT_EQ(ask(tcp, std::string("\0\x0c", 2) + "stream-query").size(), 14u);
  ASSERT_TRUE(tcp.send(std::string("\0\x0c", 2) + "stream-query"));
  services_->remove(0);
  EXPECT_EQ(services_->connections(), 1u) << "it has not closed its side";
  close();
}

// A reload may take one listener away and bring another under the same id before the loop has let
// go of the first. What was asked on the first is not answered on the second.
TEST_F(ServicesTest, AnIdIsUsedAgainAtOnce) {
  const Endpoint before = add(0);
  TestSocket udp(SOCK_DGRAM, before), tcp(SOCK_STREAM, before);
  ASSERT_TRUE(udp.send("late-datagram"));
  ASSERT_TRUE(tcp.send(std::string("\0\x0c", 2) + "late-stream!"));
  ASSERT_TRUE(loop_.run_until([&] { return responder_.suspended.size() == 2; }));
  services_->remove(0);
  const Endpoint after = add(0);
  TestSocket fresh(SOCK_STREAM, after);
  EXPECT_EQ(ask(fresh, std::string("\0\x0c", 2) + "stream-query"),
            std::string("\0\x0c", 2) + "STREAM-QUERY");
  const uint8_t answer[] = {'n', 'o'};
  for (const auto& [query, path] : responder_.suspended) services_->send(path, answer);
  EXPECT_EQ(services_->counters().udp.sent.value(), 0u);
  EXPECT_EQ(services_->counters().tcp.sent.value(), 1u);
  EXPECT_FALSE(fresh.readable());
  close();
}

// No loop watches a regular file; the same comes of a kernel that has no room for one more.
TEST_F(ServicesTest, AListenerIsServedOnBothOrNotAtAll) {
  const ListenOn where{.address = *Address::parse("127.0.0.1"), .port = 0};
  for (const bool udp_fails : {false, true}) {
    Listener listener = open_listener(where, 1);
    FileDescriptor& broken = udp_fails ? listener.workers[0].udp : listener.workers[0].tcp;
    broken.reset(memfd_create("file", MFD_CLOEXEC));
    EXPECT_THROW(services_->add(0, std::move(listener.workers[0])), std::system_error);
    uv_run(loop_.get(), UV_RUN_NOWAIT);
    EXPECT_NO_THROW(open_listener({.address = where.address, .port = listener.bound.port}, 1))
        << "the other half is closed";
  }
  services_->remove(0);
  const Endpoint server = add(0);
  TestSocket udp(SOCK_DGRAM, server);
  EXPECT_EQ(ask(udp, "datagram"), "DATAGRAM");
  close();
}

TEST_F(ServicesTest, ClosesWithNothingOpen) { close(); }

}  // namespace
}  // namespace signpost::net
