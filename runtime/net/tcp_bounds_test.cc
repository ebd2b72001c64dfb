// What holds connections within bounds: limits, timeouts, back-pressure, want of descriptors.
#include <fcntl.h>
#include <sys/resource.h>

#include "net/tcp_test_kit.h"

namespace signpost::net {
namespace {

// Milliseconds in which no test ends, however slow the machine is: where it is the limit, the test
// says itself what time it is.
constexpr uint32_t kLong = 80'000;

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

// Its query has arrived when the loop sees a whole flood at once.
TEST_F(TcpTest, AFloodDoesNotPushOutAWaitingQuery) {
  for (const uint32_t connections : {3, 10, 40, 100}) {
    serve({.connections = connections, .per_client = connections});
    auto kept = connect();
    ASSERT_TRUE(kept->send(frame("query")));
    const uint64_t before = counters_.accepted.value();
    std::vector<std::unique_ptr<TestSocket>> flood;
    for (uint32_t i = 0; i < 100; ++i)
      flood.push_back(std::make_unique<TestSocket>(SOCK_STREAM, server_));
    EXPECT_EQ(read_message(*kept), padded("QUERY")) << connections;
    EXPECT_TRUE(wait_for(counters_.accepted, before + 100));
    EXPECT_EQ(service_->connections(), connections);
    stop_serving();
  }
}

// A visit costs a turn 32 queries, so that few of them are made in a turn, and many more could be
// accepted. None of those whose queries have arrived goes before it has been answered.
TEST_F(TcpTest, AFloodOfManyQueriesEachDoesNotPushOutAWaitingQuery) {
  for (const uint32_t connections : {3, 20, 80}) {
    serve({.connections = connections, .per_client = 1000});
    std::string stream;
    for (int i = 0; i < 32; ++i) stream += frame("flood" + std::to_string(i));
    std::vector<std::unique_ptr<TestSocket>> flood;
    const auto add = [&] {
      for (int i = 0; i < 100; ++i) {
        flood.push_back(std::make_unique<TestSocket>(SOCK_STREAM, server_));
        EXPECT_TRUE(flood.back()->send(stream));
      }
    };
    auto kept = connect();
    const uint64_t before = counters_.accepted.value(), asked = counters_.received.value();
    add();
    ASSERT_TRUE(kept->send(frame("query")));
    TestSocket fresh(SOCK_STREAM, server_);
    ASSERT_TRUE(fresh.send(frame("first")));
    add();
    EXPECT_EQ(read_message(*kept), padded("QUERY")) << connections;
    EXPECT_EQ(read_message(fresh), padded("FIRST")) << connections;
    EXPECT_TRUE(wait_for(counters_.accepted, before + 201));
    EXPECT_TRUE(wait_for(counters_.received, asked + 200 * 32 + 2)) << "all are answered";
    EXPECT_EQ(service_->connections(), connections);
    stop_serving();
  }
}

// The idlest asks again, as all do, and waits in line behind them when the flood comes.
TEST_F(TcpTest, AFloodDoesNotPushOutAConnectionThatAsksAgain) {
  serve({.connections = 40, .per_client = 1000});
  auto kept = connect();
  std::vector<std::unique_ptr<TestSocket>> others, flood;
  for (int i = 0; i < 39; ++i) others.push_back(connect());
  turn_loop();
  std::string stream;
  for (int i = 0; i < 32; ++i) stream += frame("query");
  for (const auto& other : others) ASSERT_TRUE(other->send(stream));
  ASSERT_TRUE(kept->send(frame("again")));
  for (int i = 0; i < 100; ++i) flood.push_back(std::make_unique<TestSocket>(SOCK_STREAM, server_));
  EXPECT_EQ(read_message(*kept), padded("AGAIN"));
  for (const auto& other : others) EXPECT_EQ(read_message(*other), padded("QUERY"));
}

TEST_F(TcpTest, AtTheLimitNobodyGoesWhoseAnswerIsStillToCome) {
  serve({.connections = 3});
  auto first = connect(), second = connect(), third = connect();
  ASSERT_TRUE(first->send(frame("late")));
  ASSERT_TRUE(wait_for(counters_.received, 1));
  for (auto* client : {&second, &third}) {
    ASSERT_TRUE((*client)->send(frame("query")));
    EXPECT_EQ(read_message(**client), padded("QUERY"));
  }
  auto fourth = connect();
  EXPECT_TRUE(ended(*second));
  send_late("late", "at last");
  EXPECT_EQ(read_message(*first), "at last");
}

// Busy clients fill all places, so each turn has one that has just been answered make room.
TEST_F(TcpTest, ClientsThatNeverPauseDoNotKeepOthersOut) {
  serve({.connections = 4, .per_client = 1000});
  std::string stream;
  for (int i = 0; i < 1000; ++i) stream += frame("drop");
  std::vector<std::unique_ptr<TestSocket>> busy;
  for (int i = 0; i < 4; ++i) {
    busy.push_back(connect());
    ASSERT_TRUE(busy.back()->send(stream));
  }
  TestSocket client(SOCK_STREAM, server_);
  ASSERT_TRUE(client.send(frame("query")));
  EXPECT_TRUE(loop_.run_until([&] {
    for (const auto& one : busy) one->send(stream.substr(0, 14 * 64));
    return client.readable();
  }));
  EXPECT_EQ(read_message(client), padded("QUERY"));
}

TEST_F(TcpTest, ClosesIdleConnectionsAlsoThoseThatDripBytes) {
  serve({.idle_ms = kLong, .message_ms = kLong / 2});
  const uint64_t before = uv_now(loop_.get());
  auto silent = connect(), dripping = connect();
  for (int i = 0; i < 3; ++i) {  // never completes a query
    ASSERT_TRUE(dripping->send("\x01"));
    turn_loop();
  }
  table_->expire(uv_now(loop_.get()) + kLong / 2);
  EXPECT_EQ(counters_.closed_incomplete.value(), 1u);
  EXPECT_EQ(counters_.closed_idle.value(), 0u);
  EXPECT_TRUE(ended(*dripping));
  table_->expire(before + kLong - 1);
  EXPECT_EQ(service_->connections(), 1u);
  table_->expire(uv_now(loop_.get()) + kLong);
  EXPECT_EQ(counters_.closed_idle.value(), 1u);
  EXPECT_TRUE(ended(*silent));
}

// The service itself looks at the time, as long as there are connections.
TEST_F(TcpTest, TimeEndsWhatIsIdle) {
  serve({.idle_ms = 20});
  auto silent = connect();
  EXPECT_TRUE(ended(*silent));
  EXPECT_EQ(counters_.closed_idle.value(), 1u);
}

// The query arrives while the process stands still for much longer than an idle client may.
TEST_F(TcpTest, WhatArrivedWhileTheProcessStoodStillIsAnswered) {
  serve({.idle_ms = 40});
  auto client = std::make_unique<TestSocket>(SOCK_STREAM, server_);
  ASSERT_TRUE(client->send(frame("first")));
  EXPECT_EQ(read_message(*client), padded("FIRST"));
  uv_update_time(loop_.get());
  ASSERT_TRUE(client->send(frame("second")));
  const uint64_t stood_still = uv_now(loop_.get()) + 200;
  while (uv_now(loop_.get()) < stood_still) uv_update_time(loop_.get());
  EXPECT_EQ(read_message(*client), padded("SECOND"));
}

TEST_F(TcpTest, AWaitingClientIsNotIdle) {
  serve({.idle_ms = kLong});
  auto waiting = connect(), silent = connect();
  ASSERT_TRUE(waiting->send(frame("late")));
  ASSERT_TRUE(wait_for(counters_.received, 1));
  table_->expire(uv_now(loop_.get()) + kLong);
  EXPECT_TRUE(ended(*silent));
  EXPECT_EQ(counters_.closed_idle.value(), 1u);
  send_late("late", "worth waiting");
  EXPECT_EQ(read_message(*waiting), "worth waiting");
}

// The client neither reads nor goes away. It is reset, so that the kernel keeps nothing either.
TEST_F(TcpTest, ResetsAClientThatDoesNotRead) {
  serve({.write_ms = 40});
  auto client = connect();
  responder_.long_answer = 60'000;
  for (int i = 0; i < 300; ++i) client->send(frame("long"));
  ASSERT_TRUE(wait_for(counters_.closed_slow, 1));
  EXPECT_EQ(service_->connections(), 0u);
  EXPECT_EQ(last_error(*client), ECONNRESET);
}

// What waits for it fits into the kernel, which would keep it for minutes after an orderly close.
TEST_F(TcpTest, ResetsAClientThatDoesNotReadTheLittleThereIs) {
  serve({.idle_ms = kLong, .write_ms = kLong});
  auto client = connect(std::nullopt, 4096), half_closed = connect(std::nullopt, 4096);
  responder_.long_answer = 60'000;
  for (auto* one : {&client, &half_closed})
    ASSERT_TRUE((*one)->send(frame("long") + frame("long")));
  shutdown(half_closed->fd(), SHUT_WR);
  ASSERT_TRUE(wait_for(counters_.sent, 4));
  turn_loop();
  const uint64_t now = uv_now(loop_.get());
  for (uint64_t ms = 0; ms < 4 * kLong; ms += kLong / 16) table_->expire(now + ms);
  EXPECT_EQ(counters_.closed_slow.value(), 2u);
  EXPECT_EQ(counters_.closed_idle.value(), 0u);
  for (auto* one : {&client, &half_closed}) EXPECT_EQ(last_error(**one), ECONNRESET);
}

TEST_F(TcpTest, AnIdleClientEndsInOrder) {
  serve({.idle_ms = 40});
  TestSocket client(SOCK_STREAM, server_);  // it asks before its time can begin
  responder_.long_answer = 30'000;
  ASSERT_TRUE(client.send(frame("long")));
  ASSERT_TRUE(wait_for(counters_.closed_idle, 1));
  EXPECT_EQ(read_message(client).size(), 30'000u);
  EXPECT_EQ(last_error(client), 0);
}

// Half a megabyte, a part of it in almost all of the time that a client has to move, again and
// again.
TEST_F(TcpTest, AClientThatReadsSlowlyIsServedAsLongAsItReads) {
  serve({.idle_ms = 1000 * kLong, .write_ms = kLong});
  auto client = connect(std::nullopt, 16 << 10);
  responder_.long_answer = 50'000;
  std::string stream;
  for (int i = 0; i < 10; ++i) stream += frame("long");
  ASSERT_TRUE(client->send(stream));
  ASSERT_TRUE(wait_for(counters_.sent, 10));
  uint64_t now = uv_now(loop_.get());
  for (size_t bytes = 0; bytes < 10 * 50'002; now += kLong - kLong / 8) {
    const size_t part = std::min<size_t>(50'002, 10 * 50'002 - bytes);
    ASSERT_EQ(read(*client, part).size(), part) << bytes;
    bytes += part;
    table_->expire(now);
  }
  EXPECT_EQ(counters_.closed_slow.value(), 0u);
  EXPECT_EQ(service_->connections(), 1u);
}

// Together they may not hold what each of them may.
TEST_F(TcpTest, AboveTheMemoryTheOldestQueueIsReset) {
  serve({.memory = 400'000});
  responder_.long_answer = 60'000;
  std::vector<std::unique_ptr<TestSocket>> deaf;
  for (int i = 0; i < 4; ++i) {
    deaf.push_back(connect());
    for (int k = 0; k < 40; ++k) deaf.back()->send(frame("long"));
    for (int k = 0; k < 200; ++k) uv_run(loop_.get(), UV_RUN_NOWAIT);
  }
  EXPECT_GE(counters_.closed_memory.value(), 1u);
  EXPECT_EQ(last_error(*deaf.front()), ECONNRESET);
  EXPECT_GE(service_->connections(), 1u);
  auto client = connect();
  ASSERT_TRUE(client->send(frame("query")));
  EXPECT_EQ(read_message(*client), padded("QUERY"));
}

// Else they could never end, and all would wait for the time of their senders to be up.
TEST_F(TcpTest, UnfinishedMessagesGrowOnWhereMemoryIsShort) {
  serve({.memory = 400'000});
  const std::string message = frame(std::string(60'000, 'q'));
  std::vector<std::unique_ptr<TestSocket>> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(connect());
    ASSERT_TRUE(clients.back()->send(message.substr(0, 30'000)));
  }
  ASSERT_TRUE(loop_.run_until([&] { return table_->crowded(); }));
  for (const auto& client : clients) {
    ASSERT_TRUE(client->send(message.substr(30'000)));
    EXPECT_EQ(read_message(*client).size(), 60'000u);
  }
}

TEST_F(TcpTest, TakesNoMoreThanSoManyUnansweredQueries) {
  serve({.outstanding = 3});
  auto client = connect();
  std::string stream;
  for (int i = 1; i < 6; ++i) stream += frame("late" + std::to_string(i));
  ASSERT_TRUE(client->send(stream + frame("now")));
  ASSERT_TRUE(wait_for(counters_.received, 3));
  for (int i = 0; i < 20; ++i) uv_run(loop_.get(), UV_RUN_NOWAIT);
  EXPECT_EQ(responder_.seen.size(), 3u);
  send_late("late2", "second");
  EXPECT_EQ(read_message(*client), "second");
  ASSERT_TRUE(wait_for(counters_.received, 4));
  EXPECT_EQ(responder_.seen.back().packet, padded("late4"));
  service_->send(responder_.suspended.at(padded("late1")), {});  // dropped after all
  for (int i : {3, 4}) send_late("late" + std::to_string(i), "later");
  for (int i : {3, 4}) EXPECT_EQ(read_message(*client), "later") << i;
  EXPECT_EQ(read_message(*client), padded("NOW"));
  EXPECT_EQ(responder_.seen.size(), 6u);
}

TEST_F(TcpTest, AQueryThatIsDroppedLateHoldsNothingUp) {
  serve();
  auto client = connect();
  ASSERT_TRUE(client->send(frame("late") + frame("drop")));
  shutdown(client->fd(), SHUT_WR);
  ASSERT_TRUE(wait_for(counters_.received, 2));
  EXPECT_FALSE(client->readable());
  service_->send(responder_.suspended.at(padded("late")), {});
  EXPECT_TRUE(ended(*client));
}

TEST_F(TcpTest, UnderPressureTheIdleTimeIsShorter) {
  serve({.connections = 3, .idle_ms = 60'000});
  auto first = connect();
  EXPECT_EQ(table_->idle_ms(), 60'000u);
  auto second = connect();
  EXPECT_EQ(table_->idle_ms(), 15'000u);
  second->close();
  EXPECT_TRUE(loop_.run_until([&] { return table_->idle_ms() == 60'000; }));
}

// The soft limit of this process, at the descriptor that would be next, or at `most`.
class NoDescriptors {
 public:
  explicit NoDescriptors(int most = -1) {
    getrlimit(RLIMIT_NOFILE, &before_);
    const int next = fcntl(0, F_DUPFD_CLOEXEC, 0);
    ::close(next);
    const rlimit none{rlim_t(most < 0 ? next : most), before_.rlim_max};
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  }
  ~NoDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(TcpTest, WithoutDescriptorsTheIdlestMakesRoom) {
  serve();
  auto first = connect(), second = connect();
  ASSERT_TRUE(first->send(frame("busy")));
  EXPECT_EQ(read_message(*first), padded("BUSY"));
  TestSocket third(SOCK_STREAM, server_);
  const NoDescriptors none;
  EXPECT_TRUE(ended(*second));
  for (TestSocket* client : {first.get(), &third}) {
    ASSERT_TRUE(client->send(frame("query")));
    EXPECT_EQ(read_message(*client), padded("QUERY"));
  }
  EXPECT_EQ(counters_.accept_failed.value(), 1u);
  EXPECT_EQ(counters_.closed_limit.value(), 1u);
}

TEST_F(TcpTest, WithoutDescriptorsAndConnectionsItPausesAndDoesNotSpin) {
  serve();
  TestSocket client(SOCK_STREAM, server_);
  ASSERT_TRUE(client.send(frame("query")));
  {
    const NoDescriptors none;
    ASSERT_TRUE(wait_for(counters_.accept_failed, 1));
    for (int i = 0; i < 100; ++i) uv_run(loop_.get(), UV_RUN_NOWAIT);
    EXPECT_LE(counters_.accept_failed.value(), 2u) << "once in a tenth of a second";
    EXPECT_GT(uv_backend_timeout(loop_.get()), 0);
  }
  EXPECT_EQ(read_message(client), padded("QUERY"));
}

// What one gives up helps nobody if all is taken elsewhere: then no more of them go.
TEST_F(TcpTest, WantOfDescriptorsEndsNotMoreThanOneConnectionAtATime) {
  for (const uint32_t connections : {2, 100}) {
    serve({.connections = connections});
    auto first = connect(), second = connect();
    TestSocket third(SOCK_STREAM, server_);
    const uint64_t ended_before = counters_.closed_limit.value();
    const uint64_t failed_before = counters_.accept_failed.value();
    {
      const NoDescriptors none(3);
      turn_loop();
    }
    EXPECT_EQ(counters_.closed_limit.value(), ended_before + 1);
    EXPECT_EQ(counters_.accept_failed.value(), failed_before + 2);
    ASSERT_TRUE(second->send(frame("query")));
    EXPECT_EQ(read_message(*second), padded("QUERY"));
    ASSERT_TRUE(third.send(frame("third")));
    EXPECT_EQ(read_message(third), padded("THIRD"));
    stop_serving();
  }
}

// What an idle connection costs in this process, as BOUNDS.md says; the kernel's part comes on top.
TEST(TcpConnectionSize, IsSmall) { EXPECT_LE(sizeof(TcpConnection), 640u); }

}  // namespace
}  // namespace signpost::net
