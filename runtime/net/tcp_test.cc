// DNS over TCP as RFC 7766 and RFC 9210 want it; limits and timeouts are in tcp_bounds_test.cc.
#include "net/tcp_test_kit.h"

namespace signpost::net {
namespace {

TEST_F(TcpTest, AnswersWithTheAddressesOfBothEnds) {
  for (const char* address : {"127.0.0.1", "::1"}) {
    if (!is_here(address)) continue;
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
  size_t most = 0;
  for (size_t before = 0; before < 1000; before = responder_.seen.size()) {
    uv_run(loop_.get(), UV_RUN_NOWAIT);
    most = std::max(most, responder_.seen.size() - before);
  }
  EXPECT_EQ(most, TcpTurn::kQueries);
}

// Nor do many together, and none of them waits for all of another's.
TEST_F(TcpTest, ConnectionsShareTheQueriesOfATurn) {
  serve();
  std::vector<std::unique_ptr<TestSocket>> busy;
  std::string stream;
  for (int i = 0; i < 1000; ++i) stream += frame("drop");
  for (int i = 0; i < 10; ++i) busy.push_back(connect());
  auto client = connect();
  for (const auto& one : busy) ASSERT_TRUE(one->send(stream));
  ASSERT_TRUE(client->send(frame("query")));
  size_t most = 0;
  for (size_t before = 0; before < 10'001; before = responder_.seen.size()) {
    uv_run(loop_.get(), UV_RUN_NOWAIT);
    most = std::max(most, responder_.seen.size() - before);
    EXPECT_TRUE(before < 2'000 || client->readable()) << "one query waits for all of another's";
  }
  EXPECT_LE(most, TcpTurn::kQueries + 32);
  EXPECT_EQ(read_message(*client), padded("QUERY"));
}

TEST_F(TcpTest, StopAnswersWhatHasArrivedAndClosesWhatIsDone) {
  serve();
  auto idle = connect(), waiting = connect(), asking = connect();
  ASSERT_TRUE(waiting->send(frame("late")));
  ASSERT_TRUE(wait_for(counters_.received, 1));
  ASSERT_TRUE(asking->send(frame("query")));
  service_->stop();
  EXPECT_EQ(service_->connections(), 2u) << "the idle one is closed at once";
  EXPECT_TRUE(ended(*idle));
  EXPECT_EQ(read_message(*asking), padded("QUERY"));
  EXPECT_TRUE(ended(*asking));
  send_late("late", "later");
  EXPECT_EQ(read_message(*waiting), "later");
  EXPECT_TRUE(ended(*waiting));
  asking->close();
  waiting->close();
  EXPECT_TRUE(loop_.run_until([&] { return service_->connections() == 0; }));
}

// Closing the listening socket would reset whoever waits behind it.
TEST_F(TcpTest, StopAndLeaveAnswerWhoIsNotAcceptedYet) {
  for (const bool leaves : {false, true}) {
    serve();
    std::vector<std::unique_ptr<TestSocket>> clients;
    for (int i = 0; i < 100; ++i) {
      const Endpoint own = at(i % 2 == 0 ? "127.0.0.9" : "127.0.0.8", 0);
      clients.push_back(std::make_unique<TestSocket>(SOCK_STREAM, server_, own));
      ASSERT_TRUE(clients.back()->send(frame("query")));
    }
    bool gone = false;
    leaves ? service_->leave(60'000, [&] { gone = true; }) : service_->stop();
    for (const auto& client : clients) {
      EXPECT_EQ(read_message(*client), padded("QUERY"));
      EXPECT_TRUE(ended(*client));
    }
    clients.clear();
    EXPECT_TRUE(loop_.run_until([&] { return service_->connections() == 0; }));
    EXPECT_TRUE(!leaves || loop_.run_until([&] { return gone; }));
    if (!leaves) stop_serving();
  }
  serve();
}

// More than one read has arrived, more comes, and the client reads late: a close with input unread
// would be a reset, which takes answers with it.
TEST_F(TcpTest, StopDestroysNoAnswer) {
  serve();
  auto client = connect();
  responder_.long_answer = 100;
  std::string stream;
  for (int i = 0; i < 4000; ++i) stream += frame("long");
  ASSERT_TRUE(client->send(stream));  // 56,000 bytes, and 408,000 of answers
  service_->stop();
  for (int i = 0; i < 100; ++i) {
    client->send(frame("more"));
    uv_run(loop_.get(), UV_RUN_NOWAIT);
  }
  EXPECT_EQ(read(*client, 4000 * 102).size(), 4000u * 102);
  EXPECT_TRUE(ended(*client));
  EXPECT_EQ(last_error(*client), 0);
  EXPECT_EQ(counters_.received.value(), 4000u);
  client->close();
  EXPECT_TRUE(loop_.run_until([&] { return service_->connections() == 0; }));
}

TEST_F(TcpTest, AStreamThatNeverEndsIsNotWaitedForAfterStop) {
  serve({.write_ms = 40});
  auto client = connect();
  ASSERT_TRUE(client->send(frame("query")));
  service_->stop();
  EXPECT_TRUE(loop_.run_until([&] {
    client->send(frame("more"));
    return service_->connections() == 0;
  }));
  EXPECT_EQ(counters_.received.value(), 1u);
}

TEST_F(TcpTest, LeaveAnswersWithinTheCallAndGoesWithTheLastClient) {
  serve();
  auto idle = connect(), waiting = connect(), asking = connect();
  ASSERT_TRUE(waiting->send(frame("late")));
  ASSERT_TRUE(wait_for(counters_.received, 1));
  std::string stream;
  for (int i = 0; i < 1000; ++i) stream += frame("query");
  ASSERT_TRUE(asking->send(stream));
  bool gone = false;
  service_->leave(60'000, [&] { gone = true; });
  EXPECT_EQ(counters_.received.value(), 1001u);
  send_late("late", "too late");
  EXPECT_TRUE(ended(*idle));
  EXPECT_TRUE(ended(*waiting));
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(read_message(*asking), padded("QUERY")) << i;
  EXPECT_TRUE(ended(*asking));
  EXPECT_FALSE(gone);
  asking->close();
  waiting->close();
  EXPECT_TRUE(loop_.run_until([&] { return gone; }));
  serve();
}

// 600 connections with 32 queries each: the bound holds within one round over them.
TEST_F(TcpTest, LeaveTakesSoManyQueriesAndNoMore) {
  serve({.per_client = 1000});
  std::vector<std::unique_ptr<TestSocket>> clients;
  std::string stream;
  for (int i = 0; i < 32; ++i) stream += frame("drop");
  for (int i = 0; i < 600; ++i) clients.push_back(connect());
  for (const auto& client : clients) ASSERT_TRUE(client->send(stream));
  bool gone = false;
  service_->leave(20, [&] { gone = true; });
  EXPECT_EQ(counters_.received.value(), TcpService::kLastQueries);
  EXPECT_TRUE(loop_.run_until([&] { return gone; }));
  serve();
}

// Of 60 connections with 100 queries each all are taken, however long the answers are.
TEST_F(TcpTest, LeaveCountsQueriesAndNotAnswers) {
  serve();
  responder_.long_answer = 4'000;
  std::vector<std::unique_ptr<TestSocket>> clients;
  std::string stream;
  for (int i = 0; i < 100; ++i) stream += frame("long");
  for (int i = 0; i < 60; ++i) clients.push_back(connect());
  for (const auto& client : clients) ASSERT_TRUE(client->send(stream));
  bool gone = false;
  service_->leave(60'000, [&] { gone = true; });
  EXPECT_EQ(counters_.received.value(), 6'000u);
  for (const auto& client : clients) EXPECT_EQ(read(*client, 100 * 4'002).size(), 100u * 4'002);
  clients.clear();
  EXPECT_TRUE(loop_.run_until([&] { return gone; }));
  serve();
}

TEST_F(TcpTest, LeaveWaitsNoLongerThanItsGrace) {
  serve();
  auto client = connect();
  ASSERT_TRUE(client->send(frame("query")));
  bool gone = false;
  service_->leave(20, [&] { gone = true; });
  EXPECT_TRUE(loop_.run_until([&] { return gone; }));
  EXPECT_EQ(read_message(*client), padded("QUERY"));
  serve();
}

// The runner sends late answers at the end of a batch, before the batch's own are written.
TEST_F(TcpTest, ALateAnswerWithinTheLastBatchDoesNotEndItTooEarly) {
  serve();
  auto client = connect();
  ASSERT_TRUE(client->send(frame("late")));
  ASSERT_TRUE(wait_for(counters_.received, 1));
  ASSERT_TRUE(client->send(frame("now")));
  responder_.at_end_of_batch = [this] { send_late("late", "later"); };
  service_->stop();
  EXPECT_EQ(read_message(*client), "later");
  EXPECT_EQ(read_message(*client), padded("NOW"));
  EXPECT_TRUE(ended(*client));
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
  ASSERT_TRUE(wait_for(counters_.received, 6));
}  // TearDown() closes

}  // namespace
}  // namespace signpost::net
