// What holds connections within bounds: limits, timeouts, back-pressure, want of descriptors.
#include <fcntl.h>
#include <sys/resource.h>

#include "net/tcp_test_kit.h"

namespace signpost::net {
namespace {

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

TEST_F(TcpTest, ClosesIdleConnectionsAlsoThoseThatDripBytes) {
  serve({.idle_ms = 40, .message_ms = 40});
  auto silent = connect(), dripping = connect();
  ASSERT_TRUE(loop_.run_until([&] {
    dripping->send("\x01");  // never completes a query; fails once the connection is closed
    return service_->connections() == 0;
  }));
  EXPECT_TRUE(ended(*silent));
  EXPECT_EQ(counters_.closed_idle.value(), 1u);
  EXPECT_EQ(counters_.closed_incomplete.value(), 1u);
}

TEST_F(TcpTest, AWaitingClientIsNotIdle) {
  serve({.idle_ms = 20});
  auto waiting = connect(), silent = connect();
  ASSERT_TRUE(waiting->send(frame("late")));
  EXPECT_TRUE(ended(*silent));
  send_late("late", "worth waiting");
  EXPECT_EQ(read_message(*waiting), "worth waiting");
  EXPECT_TRUE(ended(*waiting));
  EXPECT_EQ(counters_.closed_idle.value(), 2u);
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
  serve({.idle_ms = 40, .write_ms = 40});
  auto client = connect(std::nullopt, 4096), half_closed = connect(std::nullopt, 4096);
  responder_.long_answer = 60'000;
  for (auto* one : {&client, &half_closed})
    ASSERT_TRUE((*one)->send(frame("long") + frame("long")));
  shutdown(half_closed->fd(), SHUT_WR);
  ASSERT_TRUE(wait_for(counters_.closed_slow, 2));
  EXPECT_EQ(counters_.sent.value(), 4u);
  EXPECT_EQ(counters_.closed_idle.value(), 0u);
  for (auto* one : {&client, &half_closed}) EXPECT_EQ(last_error(**one), ECONNRESET);
}

TEST_F(TcpTest, AnIdleClientEndsInOrder) {
  serve({.idle_ms = 40, .write_ms = 40});
  auto client = connect();
  responder_.long_answer = 30'000;
  ASSERT_TRUE(client->send(frame("long")));
  ASSERT_TRUE(wait_for(counters_.closed_idle, 1));
  EXPECT_EQ(read_message(*client).size(), 30'000u);
  EXPECT_EQ(last_error(*client), 0);
}

// Half a megabyte, a few KiB at a time, in several times the time that a client has to move.
TEST_F(TcpTest, AClientThatReadsSlowlyIsServedAsLongAsItReads) {
  serve({.write_ms = 400});
  auto client = connect(std::nullopt, 16 << 10);
  responder_.long_answer = 50'000;
  std::string stream;
  for (int i = 0; i < 10; ++i) stream += frame("long");
  ASSERT_TRUE(client->send(stream));
  const uint64_t begin = uv_now(loop_.get());
  size_t bytes = 0;
  uv_timer_t tick;
  uv_timer_init(loop_.get(), &tick);
  bool due = false;
  tick.data = &due;
  uv_timer_start(
      &tick, [](uv_timer_t* timer) { *static_cast<bool*>(timer->data) = true; }, 10, 10);
  EXPECT_TRUE(loop_.run_until([&] {
    if (std::exchange(due, false)) bytes += client->receive(4'000).value_or("").size();
    return bytes == 10 * 50'002;
  })) << bytes;
  uv_close(reinterpret_cast<uv_handle_t*>(&tick), nullptr);
  uv_run(loop_.get(), UV_RUN_NOWAIT);
  EXPECT_GT(uv_now(loop_.get()) - begin, 2u * 400);
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

// The soft limit of this process, at the descriptor that would be next.
class NoDescriptors {
 public:
  NoDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const int next = fcntl(0, F_DUPFD_CLOEXEC, 0);
    ::close(next);
    const rlimit none{rlim_t(next), before_.rlim_max};
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

// What an idle connection costs in this process; the kernel's part comes on top (BOUNDS.md).
TEST(TcpConnectionSize, IsSmall) { EXPECT_LE(sizeof(TcpConnection), 640u); }

}  // namespace
}  // namespace signpost::net
