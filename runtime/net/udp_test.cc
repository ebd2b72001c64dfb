#include "net/udp.h"

#include <gtest/gtest.h>

#include "net/fake_responder.h"
#include "net/listener.h"
#include "net/test_socket.h"

namespace signpost::net {
namespace {

class UdpTest : public testing::Test {
 protected:
  // Listens on `address` ("" for every address), port picked by the kernel.
  void serve(const char* address) {
    Listener listener =
        open_listener({.address = Address::parse(address).value_or(Address{}), .port = 0}, 1);
    port_ = listener.bound.port;
    fd_ = listener.workers[0].udp.get();
    service_ = std::make_unique<UdpService>(loop_.get(), std::move(listener.workers[0].udp), 7,
                                            responder_, counters_);
  }

  void TearDown() override {
    if (!service_) return;  // skipped, or it could not listen
    bool closed = false;
    service_->close([&] { closed = true; });
    EXPECT_TRUE(loop_.run_until([&] { return closed; }));
  }

  std::string answer_to(TestSocket& client) {
    EXPECT_TRUE(loop_.run_until([&] { return client.readable(); }));
    return client.receive().value_or("nothing");
  }

  TestLoop loop_;
  FakeResponder responder_;
  UdpCounters counters_;
  uint16_t port_ = 0;
  int fd_ = -1;  // the service's
  std::unique_ptr<UdpService> service_;
};

TEST_F(UdpTest, AnswersFromTheAddressThatWasAsked) {
  struct Case {
    const char *listen, *ask;
  };
  // "" is one dual-stack socket; 127.0.0.2 and .3 prove that the reply does not leave from the
  // loopback interface's first address.
  for (const Case& c : {Case{"127.0.0.1", "127.0.0.1"}, Case{"::1", "::1"}, Case{"", "127.0.0.2"},
                        Case{"", "::1"}, Case{"0.0.0.0", "127.0.0.3"}, Case{"::", "::1"}}) {
    SCOPED_TRACE(std::string(c.listen) + " asked at " + c.ask);
    if (!is_here(c.ask)) continue;
    serve(c.listen);
    TestSocket client(SOCK_DGRAM, at(c.ask, port_));
    ASSERT_TRUE(client.send("query"));
    EXPECT_EQ(answer_to(client), "QUERY");
    const auto& seen = responder_.seen.back();
    EXPECT_EQ(seen.client, client.own());
    EXPECT_EQ(seen.local, at(c.ask, port_));
    EXPECT_EQ(seen.listener, 7u);
    EXPECT_EQ(seen.transport, Transport::udp);
    EXPECT_FALSE(seen.truncated);
    TearDown();
  }
  serve("127.0.0.1");
}

TEST_F(UdpTest, LateAnswersLeaveFromTheAddressThatWasAsked) {
  struct Case {
    const char *listen, *ask;
  };
  for (const Case& c : {Case{"127.0.0.1", "127.0.0.1"}, Case{"::1", "::1"}, Case{"", "127.0.0.2"},
                        Case{"", "::1"}, Case{"0.0.0.0", "127.0.0.3"}}) {
    SCOPED_TRACE(std::string(c.listen) + " asked at " + c.ask);
    if (!is_here(c.ask)) continue;
    serve(c.listen);
    TestSocket client(SOCK_DGRAM, at(c.ask, port_));
    ASSERT_TRUE(client.send("late"));
    ASSERT_TRUE(loop_.run_until([&] { return responder_.suspended.contains("late"); }));
    const ReturnPath path = responder_.suspended.at("late");
    EXPECT_EQ(path.listener(), 7u);
    EXPECT_EQ(path.transport(), Transport::udp);
    const std::string text = "later";
    service_->send(path, {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
    EXPECT_EQ(answer_to(client), "later");
    responder_.suspended.clear();
    TearDown();
    service_->send(path, {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  }
  serve("127.0.0.1");
}

TEST_F(UdpTest, TakesBatchesAndReadsTheClockOncePerBatch) {
  serve("127.0.0.1");
  std::vector<std::unique_ptr<TestSocket>> clients;
  for (int i = 0; i < 5; ++i) {
    clients.push_back(std::make_unique<TestSocket>(SOCK_DGRAM, at("127.0.0.1", port_)));
    for (int k = 0; k < 20; ++k)
      ASSERT_TRUE(clients[i]->send("q" + std::to_string(i) + "-" + std::to_string(k)));
  }
  for (int i = 0; i < 5; ++i) {
    for (int k = 0; k < 20; ++k)
      EXPECT_EQ(answer_to(*clients[i]), "Q" + std::to_string(i) + "-" + std::to_string(k));
  }
  EXPECT_EQ(responder_.batches, 4);  // 100 packets: 32 + 32 + 32 + 4
  EXPECT_TRUE(responder_.ordered);
  EXPECT_EQ(counters_.received.value(), 100u);
  EXPECT_EQ(counters_.sent.value(), 100u);
}

TEST_F(UdpTest, LetsTheLoopTurnAfterFourBatches) {
  serve("127.0.0.1");
  TestSocket client(SOCK_DGRAM, at("127.0.0.1", port_));
  for (int i = 0; i < 160; ++i) ASSERT_TRUE(client.send("drop"));
  uv_run(loop_.get(), UV_RUN_NOWAIT);
  EXPECT_EQ(responder_.seen.size(), 128u);
  uv_run(loop_.get(), UV_RUN_NOWAIT);
  EXPECT_EQ(responder_.seen.size(), 160u);
}

TEST_F(UdpTest, DroppedQueriesLeaveNoGapAmongTheAnswers) {
  serve("127.0.0.1");
  TestSocket client(SOCK_DGRAM, at("127.0.0.1", port_));
  for (const char* query : {"drop", "one", "drop", "late", "two", "drop"})
    ASSERT_TRUE(client.send(query));
  EXPECT_EQ(answer_to(client), "ONE");
  EXPECT_EQ(answer_to(client), "TWO");
  EXPECT_FALSE(client.readable());
}

TEST_F(UdpTest, FlagsDatagramsThatDidNotFit) {
  serve("127.0.0.1");
  TestSocket client(SOCK_DGRAM, at("127.0.0.1", port_));
  ASSERT_TRUE(client.send(std::string(kUdpPacket, 'a')));
  ASSERT_TRUE(client.send(std::string(kUdpPacket + 1, 'b')));
  ASSERT_TRUE(client.send("c"));
  ASSERT_TRUE(client.send(""));
  ASSERT_TRUE(loop_.run_until([&] { return responder_.seen.size() == 4; }));
  EXPECT_FALSE(responder_.seen[0].truncated);
  EXPECT_EQ(responder_.seen[0].packet.size(), kUdpPacket);
  EXPECT_TRUE(responder_.seen[1].truncated);
  EXPECT_EQ(responder_.seen[1].packet.size(), kUdpPacket);
  EXPECT_FALSE(responder_.seen[2].truncated);
  EXPECT_EQ(responder_.seen[3].packet, "");
  EXPECT_EQ(counters_.truncated.value(), 1u);
}

// An interface with the smallest MTU that IPv6 allows: the second answer is too long for it, stops
// sendmmsg, and must not take the third with it.
TEST_F(UdpTest, AMessageThatCannotBeSentCostsOnlyItself) {
  if (!is_here("::1")) GTEST_SKIP() << "no ::1";
  serve("::1");
  const int mtu = 1280;
  ASSERT_EQ(setsockopt(fd_, IPPROTO_IPV6, IPV6_MTU, &mtu, sizeof mtu), 0);
  responder_.long_answer = 1300;
  TestSocket client(SOCK_DGRAM, at("::1", port_));
  for (const char* query : {"one", "long", "two"}) ASSERT_TRUE(client.send(query));
  EXPECT_EQ(answer_to(client), "ONE");
  EXPECT_EQ(answer_to(client), "TWO");
  EXPECT_EQ(counters_.sent.value(), 2u);
  EXPECT_EQ(counters_.send_dropped.value(), 1u);
}

// A socket of this port, or none where it needs a privilege that the test does not have.
std::unique_ptr<TestSocket> client_at(uint16_t own_port, uint16_t server_port) {
  FileDescriptor probe(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_storage own{};
  const socklen_t size = at("127.0.0.1", own_port).to(own);
  if (bind(probe.get(), reinterpret_cast<const sockaddr*>(&own), size) != 0) return nullptr;
  probe.reset();
  return std::make_unique<TestSocket>(SOCK_DGRAM, at("127.0.0.1", server_port),
                                      at("127.0.0.1", own_port));
}

TEST_F(UdpTest, DoesNotTalkToServicesThatAnswerEverything) {
  serve("127.0.0.1");
  for (const uint16_t port : {7, 13, 17, 19, 37}) {
    const auto client = client_at(port, port_);
    if (!client) GTEST_SKIP() << "ports below 1024 need a privilege";
    const uint64_t before = counters_.unanswerable.value();
    ASSERT_TRUE(client->send("query"));
    ASSERT_TRUE(loop_.run_until([&] { return counters_.unanswerable.value() > before; })) << port;
    EXPECT_FALSE(client->readable()) << port;
  }
  EXPECT_TRUE(responder_.seen.empty());
  const auto low = client_at(38, port_);
  ASSERT_TRUE(low && low->send("query"));
  EXPECT_EQ(answer_to(*low), "QUERY");
}

// UDP by hand, because no socket sends from port 0.
TEST_F(UdpTest, DoesNotAnswerToPortZero) {
  const FileDescriptor raw(socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_UDP));
  if (!raw) GTEST_SKIP() << "raw sockets need a privilege";
  serve("127.0.0.1");
  const uint8_t datagram[] = {
      0, 0, uint8_t(port_ >> 8), uint8_t(port_), 0, 13, 0, 0, 'q', 'u', 'e', 'r', 'y'};
  sockaddr_storage to{};
  const socklen_t size = at("127.0.0.1", 0).to(to);
  ASSERT_EQ(sendto(raw.get(), datagram, sizeof datagram, 0, reinterpret_cast<sockaddr*>(&to), size),
            ssize_t(sizeof datagram));
  ASSERT_TRUE(loop_.run_until([&] { return counters_.unanswerable.value() == 1; }));
  EXPECT_TRUE(responder_.seen.empty());
  EXPECT_EQ(counters_.send_dropped.value(), 0u);
}

// A socket that is connected for a moment hears of an ICMP "port unreachable"; the error is taken
// off, nothing spins, and service goes on.
TEST_F(UdpTest, AnErrorOfTheSocketIsTakenOffOnce) {
  serve("127.0.0.1");
  const Endpoint nobody = TestSocket(SOCK_DGRAM, at("127.0.0.1", port_)).own();
  sockaddr_storage to{};
  const socklen_t size = nobody.to(to);
  ASSERT_EQ(connect(fd_, reinterpret_cast<sockaddr*>(&to), size), 0);
  ASSERT_EQ(send(fd_, "x", 1, 0), 1);
  for (int i = 0; i < 50; ++i) uv_run(loop_.get(), UV_RUN_NOWAIT);
  EXPECT_EQ(counters_.receive_failed.value(), 1u);
  sockaddr_storage none{};
  none.ss_family = AF_UNSPEC;
  ASSERT_EQ(connect(fd_, reinterpret_cast<sockaddr*>(&none), sizeof none), 0);
  const sockaddr_storage bound = bound_address(fd_);
  EXPECT_EQ(endpoint_of(reinterpret_cast<const sockaddr&>(bound)).port, port_);
  TestSocket client(SOCK_DGRAM, at("127.0.0.1", port_));
  ASSERT_TRUE(client.send("query"));
  EXPECT_EQ(answer_to(client), "QUERY");
}

TEST_F(UdpTest, StopAnswersWhatHasArrivedAndNothingElse) {
  serve("127.0.0.1");
  TestSocket client(SOCK_DGRAM, at("127.0.0.1", port_));
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(client.send(i == 0 ? "late" : "q"));
  service_->stop();
  EXPECT_EQ(responder_.seen.size(), 40u);
  EXPECT_EQ(client.receive(), "Q");
  ASSERT_TRUE(client.send("too late"));
  uv_run(loop_.get(), UV_RUN_NOWAIT);
  EXPECT_EQ(responder_.seen.size(), 40u);
  const uint8_t answer[] = {'l'};
  service_->send(responder_.suspended.at("late"), answer);
  EXPECT_EQ(counters_.sent.value(), 40u);
}

}  // namespace
}  // namespace signpost::net
