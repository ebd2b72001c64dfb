#include "net/tcp_turn.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "net/test_socket.h"

namespace signpost::net {
namespace {

class TcpTurnTest : public testing::Test {
 protected:
  // Has so many queries, and takes 32 of them in a visit.
  struct Fake final : TcpTurn::Member {
    Fake(TcpTurnTest& of, std::string as, unsigned has)
        : test(of), name(std::move(as)), queries(has) {}
    unsigned take_turn() noexcept override {
      test.visits += name;
      const unsigned taken = std::min(queries, 32u);
      queries -= taken;
      if (queries != 0) test.turn->join(*this);
      if (auto then = std::exchange(at_visit, nullptr)) then();
      return taken;
    }
    TcpTurnTest& test;
    const std::string name;
    unsigned queries;
    std::function<void()> at_visit;
  };

  // Says so often that there is no room.
  struct FakeDoor final : TcpTurn::Door {
    FakeDoor(TcpTurnTest& of, std::string as, int refuses)
        : test(of), name(std::move(as)), refusals(refuses) {}
    bool accept() noexcept override {
      test.visits += name;
      return refusals-- <= 0;
    }
    TcpTurnTest& test;
    const std::string name;
    int refusals;
  };

  void TearDown() override { turn->close(); }

  // The visits of one turn of the loop.
  std::string next_turn() {
    visits.clear();
    uv_run(loop.get(), UV_RUN_NOWAIT);
    return visits;
  }

  TestLoop loop;
  std::unique_ptr<TcpTurn> turn = std::make_unique<TcpTurn>(loop.get());
  std::string visits;
};

TEST_F(TcpTurnTest, AloneOneHasAllOfATurnButNoMore) {
  Fake a(*this, "a", 32 * 12);
  turn->join(a);
  EXPECT_EQ(next_turn(), "aaaaaaaa");
  EXPECT_EQ(next_turn(), "aaaa");
  EXPECT_EQ(next_turn(), "");
}

TEST_F(TcpTurnTest, ManyShareOneBudgetAndGoOnWhereItEnded) {
  std::vector<std::unique_ptr<Fake>> many;
  for (const char* name : {"a", "b", "c", "d", "e"})
    turn->join(*many.emplace_back(std::make_unique<Fake>(*this, name, 32 * 4)));
  EXPECT_EQ(next_turn(), "abcdeabc");
  EXPECT_EQ(next_turn(), "deabcdea");
  EXPECT_EQ(next_turn(), "bcde");
}

TEST_F(TcpTurnTest, OneQueryDoesNotWaitBehindAllOfAnothers) {
  Fake busy(*this, "b", 32 * 100), one(*this, "1", 1);
  turn->join(busy);
  EXPECT_EQ(next_turn(), "bbbbbbbb");
  turn->join(one);
  EXPECT_EQ(next_turn().substr(0, 2), "b1");
  turn->leave(busy);
}

TEST_F(TcpTurnTest, VisitsWithoutAQueryCountToo) {
  std::vector<std::unique_ptr<Fake>> many;
  for (int i = 0; i < 300; ++i)
    turn->join(*many.emplace_back(std::make_unique<Fake>(*this, "x", 0)));
  EXPECT_EQ(next_turn().size(), TcpTurn::kQueries);
  EXPECT_EQ(next_turn().size(), 300 - TcpTurn::kQueries);
}

TEST_F(TcpTurnTest, OneStandsInLineOnceAndMayLeaveIt) {
  Fake a(*this, "a", 1), b(*this, "b", 1), c(*this, "c", 1);
  for (Fake* member : {&a, &b, &a, &c}) turn->join(*member);
  a.at_visit = [&] { turn->leave(b); };
  turn->leave(a);
  turn->leave(a);
  turn->join(a);
  b.at_visit = [&] { turn->leave(c); };
  EXPECT_EQ(next_turn(), "ba");
}

// New connections come behind the queries of a turn; a door without room comes first in the next.
TEST_F(TcpTurnTest, DoorsOpenBehindTheLine) {
  FakeDoor north(*this, "N", 0), south(*this, "S", 2);
  Fake busy(*this, "b", 32 * 10);
  for (FakeDoor* door : {&north, &south, &north}) turn->knock(*door);
  turn->join(busy);
  EXPECT_EQ(next_turn(), "bbbbbbbbNS");
  turn->knock(north);
  EXPECT_EQ(next_turn(), "bbSN");
  EXPECT_EQ(next_turn(), "S");
  EXPECT_EQ(next_turn(), "");
  turn->knock(north);
  turn->forget(north);
  turn->forget(north);
  EXPECT_EQ(next_turn(), "");
}

// Nothing turns when nobody waits: the loop sleeps until a socket wakes it.
TEST_F(TcpTurnTest, AnEmptyLineLetsTheLoopSleep) {
  Fake a(*this, "a", 1);
  turn->join(a);
  EXPECT_EQ(uv_backend_timeout(loop.get()), 0);
  next_turn();
  EXPECT_EQ(uv_loop_alive(loop.get()), 0);
}

}  // namespace
}  // namespace signpost::net
