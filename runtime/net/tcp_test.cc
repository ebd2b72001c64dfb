#include "net/tcp.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>

#include "net/fake_responder.h"
#include "net/listener.h"
#include "net/test_socket.h"

namespace signpost::net {
namespace {

// Messages shorter than a DNS header are abuse, so the tests' queries are filled up with spaces.
std::string padded(std::string text) {
  text.resize(std::max<size_t>(text.size(), 12), ' ');
  return text;
}

std::string frame(std::string text) {
  text = padded(std::move(text));
  return std::string{char(text.size() >> 8), char(text.size())} + text;
}

class TcpTest : public testing::Test {
 protected:
  void serve(const TcpLimits& limits = {}, const char* address = "127.0.0.1") {
    std::signal(SIGPIPE, SIG_IGN);
    Listener listener = open_listener({.address = *Address::parse(address), .port = 0}, 1);
    server_ = listener.bound;
    service_ = std::make_unique<TcpService>(loop_.get(), 3, responder_, counters_, limits);
    service_->start(std::move(listener.workers[0].tcp));
  }

  void TearDown() override {
    bool closed = false;
    service_->close([&] {
      service_.reset();
      closed = true;
    });
    EXPECT_TRUE(loop_.run_until([&] { return closed; }));
  }

  std::unique_ptr<TestSocket> connect(std::optional<Endpoint> own = std::nullopt) {
    auto client = std::make_unique<TestSocket>(SOCK_STREAM, server_, own);
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
  std::unique_ptr<TcpService> service_;
};

TEST_F(TcpTest, AnswersWithTheAddressesOfBothEnds) {
  for (const char* address : {"127.0.0.1", "::1"}) {
    serve({}, address);
    auto client = connect();
    ASSERT_TRUE(client->send(frame("query")));
    EXPECT_EQ(read_message(*client), padded("QUERY"));
    const auto& seen = responder_.seen.back();
    EXPECT_EQ(seen.client, client->own());
    EXPECT_EQ(seen.local, server_);
    EXPECT_EQ(seen.listener, 3u);
    EXPECT_EQ(seen.transport, Transport::tcp);
    TearDown();
  }
  serve();
}

TEST_F(TcpTest, AnswersPipelinedQueriesInOrder) {
  serve();
  auto client = connect();
  std::string stream;
  for (int i = 0; i < 1000; ++i) stream += frame("query" + std::to_string(i));
  ASSERT_TRUE(client->send(stream));
  for (int i = 0; i < 1000; ++i)
    ASSERT_EQ(read_message(*client), padded("QUERY" + std::to_string(i)));
  EXPECT_TRUE(responder_.ordered);
  EXPECT_EQ(counters_.received.value(), 1000u);
  EXPECT_EQ(counters_.sent.value(), 1000u);
}

TEST_F(TcpTest, AnswersAWriterThatSendsByteByByte) {
  serve();
  auto client = connect();
  for (char byte : frame("slowly") + frame("again")) {
    ASSERT_TRUE(client->send({&byte, 1}));
    uv_run(loop_.get(), UV_RUN_NOWAIT);
  }
  EXPECT_EQ(read_message(*client), padded("SLOWLY"));
  EXPECT_EQ(read_message(*client), padded("AGAIN"));
}

TEST_F(TcpTest, TakesAndGivesTheLongestMessage) {
  serve();
  auto client = connect();
  responder_.long_answer = kTcpMessage;
  const std::string longest = "long" + std::string(kTcpMessage - 4, 'q');
  ASSERT_TRUE(client->send(frame(longest)));
  EXPECT_EQ(read_message(*client), std::string(kTcpMessage, 'x'));
  EXPECT_EQ(responder_.seen.back().packet, longest);
}

TEST_F(TcpTest, SendsAnswersInTheOrderOfReadiness) {
  serve();
  auto client = connect();
  ASSERT_TRUE(client->send(frame("late1") + frame("late2") + frame("now")));
  EXPECT_EQ(read_message(*client), padded("NOW"));
  send_late("late2", "second");
  send_late("late1", "first");
  EXPECT_EQ(read_message(*client), "second");
  EXPECT_EQ(read_message(*client), "first");
}

TEST_F(TcpTest, ALateAnswerToAConnectionThatIsGoneReachesNobody) {
  serve();
  auto client = connect();
  ASSERT_TRUE(client->send(frame("late")));
  ASSERT_TRUE(wait_for(counters_.received, 1));
  const linger reset{1, 0};
  setsockopt(client->fd(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  client->close();
  ASSERT_TRUE(loop_.run_until([&] { return service_->connections() == 0; }));
  auto next = connect();  // takes the place of the first
  send_late("late", "for somebody else");
  ASSERT_TRUE(next->send(frame("mine")));
  EXPECT_EQ(read_message(*next), padded("MINE"));
  EXPECT_EQ(counters_.sent.value(), 1u);
}

TEST_F(TcpTest, AHalfClosedConnectionStillGetsItsAnswers) {
  serve();
  auto client = connect();
  ASSERT_TRUE(client->send(frame("now") + frame("late") + "\x01"));
  shutdown(client->fd(), SHUT_WR);
  EXPECT_EQ(read_message(*client), padded("NOW"));
  EXPECT_FALSE(client->readable());
  send_late("late", "later");
  EXPECT_EQ(read_message(*client), "later");
  EXPECT_TRUE(ended(*client));
  EXPECT_TRUE(loop_.run_until([&] { return service_->connections() == 0; }));
}

TEST_F(TcpTest, ClosesOnALengthThatNoMessageHas) {
  serve();
  for (const std::string& bad : {std::string(2, '\0'), std::string("\0\x0b", 2)}) {
    auto client = connect();
    ASSERT_TRUE(client->send(frame("good") + bad));
    EXPECT_EQ(read_message(*client), padded("GOOD"));
    EXPECT_TRUE(ended(*client));
  }
  EXPECT_EQ(counters_.closed_abuse.value(), 2u);
}

// 4,000 answers of 20,000 bytes are 80 MB, more than the kernel buffers for loopback.
TEST_F(TcpTest, DoesNotReadFromAClientThatDoesNot) {
  serve();
  auto client = connect();
  responder_.long_answer = 20'000;
  std::string stream;
  for (int i = 0; i < 4000; ++i) stream += frame("long");
  ASSERT_TRUE(client->send(stream));
  size_t taken = 0;
  do {
    taken = responder_.seen.size();
    for (int i = 0; i < 50; ++i) uv_run(loop_.get(), UV_RUN_NOWAIT);
  } while (responder_.seen.size() != taken);
  EXPECT_LT(taken, 3000u);
  EXPECT_EQ(service_->connections(), 1u);
  const std::string expected = "\x4e\x20" + std::string(20'000, 'x');
  for (int i = 0; i < 4000; ++i) ASSERT_EQ(read(*client, expected.size()), expected) << i;
  EXPECT_EQ(counters_.received.value(), 4000u);
}

TEST_F(TcpTest, GivesUpAClientThatLetsLateAnswersPileUp) {
  serve();
  auto client = connect();
  ASSERT_TRUE(client->send(frame("late")));
  ASSERT_TRUE(wait_for(counters_.received, 1));
  const std::string answer(kTcpMessage, 'x');
  for (int i = 0; i < 1000 && service_->connections() != 0; ++i) send_late("late", answer);
  EXPECT_EQ(service_->connections(), 0u);
  EXPECT_EQ(counters_.closed_abuse.value(), 1u);
}

TEST_F(TcpTest, OneConnectionDoesNotKeepTheLoop) {
  serve();
  auto busy = connect();
  std::string stream;
  for (int i = 0; i < 1000; ++i) stream += frame("drop");
  ASSERT_TRUE(busy->send(stream));
  uv_run(loop_.get(), UV_RUN_NOWAIT);
  EXPECT_EQ(responder_.seen.size(), 128u);
  EXPECT_TRUE(wait_for(counters_.received, 1000));
}

TEST_F(TcpTest, AtTheLimitTheIdlestMakesRoom) {
  serve({.connections = 3});
  auto first = connect(), second = connect(), third = connect();
  ASSERT_TRUE(first->send(frame("busy")));
  EXPECT_EQ(read_message(*first), padded("BUSY"));
  auto fourth = connect();
  EXPECT_TRUE(ended(*second));
  for (auto* client : {&first, &third, &fourth}) {
    ASSERT_TRUE((*client)->send(frame("query")));
    EXPECT_EQ(read_message(**client), padded("QUERY"));
  }
  EXPECT_EQ(counters_.closed_limit.value(), 1u);
}

TEST_F(TcpTest, AClientAtItsLimitMakesRoomItself) {
  serve({.connections = 10, .per_client = 2});
  auto other = connect(at("127.0.0.9", 0));  // the idlest of all
  auto first = connect(), second = connect(), third = connect();
  EXPECT_TRUE(ended(*first));
  for (auto* client : {&other, &second, &third}) {
    ASSERT_TRUE((*client)->send(frame("query")));
    EXPECT_EQ(read_message(**client), padded("QUERY"));
  }
}

TEST_F(TcpTest, ClosesIdleConnectionsAlsoThoseThatDripBytes) {
  serve({.idle_ms = 40});
  auto silent = connect(), dripping = connect();
  ASSERT_TRUE(loop_.run_until([&] {
    dripping->send("\x01");  // never completes a query; fails once the connection is closed
    return service_->connections() == 0;
  }));
  EXPECT_TRUE(ended(*silent));
  EXPECT_EQ(counters_.closed_idle.value(), 2u);
}

TEST_F(TcpTest, StopAnswersWhatHasArrivedAndClosesWhatIsDone) {
  serve();
  auto idle = connect(), waiting = connect(), asking = connect();
  ASSERT_TRUE(waiting->send(frame("late")));
  ASSERT_TRUE(wait_for(counters_.received, 1));
  ASSERT_TRUE(asking->send(frame("query")));
  service_->stop();
  EXPECT_EQ(service_->connections(), 1u);
  EXPECT_TRUE(ended(*idle));
  EXPECT_EQ(read_message(*asking), padded("QUERY"));
  EXPECT_TRUE(ended(*asking));
  send_late("late", "later");
  EXPECT_EQ(read_message(*waiting), "later");
  EXPECT_TRUE(ended(*waiting));
  EXPECT_EQ(service_->connections(), 0u);
}

TEST_F(TcpTest, StopTakesAllOfALongPipeline) {
  serve();
  auto client = connect();
  std::string stream;
  for (int i = 0; i < 1000; ++i) stream += frame("query");
  ASSERT_TRUE(client->send(stream));
  service_->stop();
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(read_message(*client), padded("QUERY")) << i;
  EXPECT_TRUE(ended(*client));
}

TEST_F(TcpTest, CloseEndsConnectionsInEveryState) {
  serve();
  auto idle = connect(), partial = connect(), waiting = connect(), slow = connect();
  ASSERT_TRUE(partial->send(frame("partial").substr(0, 9)));
  ASSERT_TRUE(waiting->send(frame("late")));
  responder_.long_answer = 60'000;
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(slow->send(frame("long")));
  ASSERT_TRUE(wait_for(counters_.received, 20));
}  // TearDown() closes

}  // namespace
}  // namespace signpost::net
