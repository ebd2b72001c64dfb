// Limits and timeouts over connections that are none, with a clock that the test turns.
#include "net/tcp_table.h"

#include <gtest/gtest.h>

#include <string>

namespace signpost {
namespace {

class TcpTableTest : public testing::Test {
 protected:
  struct Fake final : TcpEntry {
    Fake(TcpTableTest& of, std::string as) : test(of), name(std::move(as)) {}
    void end(TcpEnd why) noexcept override {
      constexpr const char* kWhy[] = {"idle", "incomplete", "slow", "limit"};
      test.ended += (test.ended.empty() ? "" : " ") + name + ":" + kWhy[unsigned(why)];
      test.table->leave(*this);
      inside = false;
    }
    TcpTableTest& test;
    const std::string name;
    bool inside = true;
  };

  void limit(const TcpLimits& limits) { table.emplace(limits); }

  Fake& enter(const char* name, const char* client = "192.0.2.1", uint32_t listener = 0) {
    Fake& made = *entries.emplace_back(std::make_unique<Fake>(*this, name));
    table->enter(made, *Address::parse(client), listener, now);
    return made;
  }

  std::string take_ended() { return std::exchange(ended, {}); }

  std::string expired_at(uint64_t ms) {
    now = ms;
    table->expire(now);
    return take_ended();
  }

  void TearDown() override {
    for (const auto& e : entries)
      if (e->inside) table->leave(*e);
    EXPECT_EQ(table->size(), 0u);
  }

  std::optional<TcpTable> table;
  std::vector<std::unique_ptr<Fake>> entries;
  std::string ended;
  uint64_t now = 0;
};

TEST_F(TcpTableTest, TheIdlestOfAllGoesAtTheLimit) {
  limit({.connections = 3});
  Fake& a = enter("a", "192.0.2.1");
  enter("b", "192.0.2.2");
  enter("c", "192.0.2.3");
  table->active(a, 1);
  EXPECT_EQ(take_ended(), "");
  enter("d", "192.0.2.4");
  EXPECT_EQ(take_ended(), "b:limit");
  enter("e", "192.0.2.5");
  EXPECT_EQ(take_ended(), "c:limit");
  EXPECT_EQ(table->size(), 3u);
}

TEST_F(TcpTableTest, AClientPushesOutItsOwnConnectionsOnly) {
  limit({.connections = 4, .per_client = 2});
  enter("other", "192.0.2.9");
  Fake& a = enter("a");
  enter("b");
  table->active(a, 1);
  enter("c");
  EXPECT_EQ(take_ended(), "b:limit");
  enter("d");
  EXPECT_EQ(take_ended(), "a:limit");
  EXPECT_EQ(table->size(), 3u);
}

// RFC 9210, section 4.2 speaks of clients; in IPv6 one has a network, mostly of 56 or 64 bits.
TEST_F(TcpTableTest, AnIpv6ClientIsANetworkOf56Bits) {
  limit({.connections = 100, .per_client = 2});
  enter("a", "2001:db8:0:1100::1");
  enter("b", "2001:db8:0:11ff::2");
  enter("next door", "2001:db8:0:1200::1");
  enter("c", "2001:db8:0:1134:5678::3");
  EXPECT_EQ(take_ended(), "a:limit");
  EXPECT_EQ(TcpTable::network_of(*Address::parse("2001:db8:1:2345::1")).text(),
            "2001:db8:1:2300::");
  EXPECT_EQ(TcpTable::network_of(*Address::parse("192.0.2.200")).text(), "192.0.2.200");
}

TEST_F(TcpTableTest, OneListenerOfSeveralHasThreeQuarters) {
  limit({.connections = 8, .per_client = 8});
  table->add_listener();
  enter("a", "192.0.2.1", 1);
  for (int i = 0; i < 6; ++i) enter("b", "192.0.2.2", 0);
  EXPECT_EQ(take_ended(), "") << "alone it has all";
  table->add_listener();
  enter("c", "192.0.2.3", 0);
  EXPECT_EQ(take_ended(), "b:limit") << "not the idler one of the other listener";
  table->remove_listener();
  enter("d", "192.0.2.4", 0);
  EXPECT_EQ(take_ended(), "");
}

TEST_F(TcpTableTest, EachWaitHasItsOwnEnd) {
  limit({.idle_ms = 10'000, .message_ms = 5'000, .write_ms = 3'000});
  enter("idle");
  table->wait(enter("rest"), TcpWait::rest, true, 0);
  table->wait(enter("slow"), TcpWait::reader, true, 0);
  table->wait(enter("ours"), TcpWait::answer, true, 0);
  EXPECT_EQ(expired_at(2'999), "");
  EXPECT_EQ(expired_at(3'000), "slow:slow");
  EXPECT_EQ(expired_at(5'000), "rest:incomplete");
  EXPECT_EQ(expired_at(9'999), "");
  EXPECT_EQ(expired_at(10'000), "idle:idle");
  EXPECT_EQ(expired_at(1'000'000), "") << "what waits for us is not the client's fault";
}

TEST_F(TcpTableTest, TimeBeginsAnewWithProgressOnly) {
  limit({.idle_ms = 10'000, .message_ms = 5'000, .write_ms = 5'000});
  Fake& drip = enter("drip");
  Fake& moves = enter("moves");
  for (now = 0; now < 5'000; now += 1'000) {
    table->wait(drip, TcpWait::rest, false, now);  // one byte more
    table->wait(moves, TcpWait::rest, true, now);  // one message more, and part of the next
  }
  EXPECT_EQ(expired_at(5'000), "drip:incomplete");
  EXPECT_EQ(expired_at(8'999), "");
  EXPECT_EQ(expired_at(9'000), "moves:incomplete");
}

TEST_F(TcpTableTest, IdleTimeBeginsWithTheLastQuery) {
  limit({.idle_ms = 10'000});
  Fake& a = enter("a");
  table->active(a, 6'000);
  table->wait(a, TcpWait::query, false, 7'000);  // looked at, not used
  EXPECT_EQ(expired_at(15'999), "");
  EXPECT_EQ(expired_at(16'000), "a:idle");
}

TEST_F(TcpTableTest, WhatIsGrantedIsKeptAndShorterUnderPressure) {
  limit({.connections = 4, .idle_ms = 10'000});
  EXPECT_EQ(table->idle_ms(), 10'000u);
  Fake& a = enter("a");
  enter("b");
  EXPECT_EQ(table->idle_ms(), 10'000u) << "half is not more than half";
  Fake& c = enter("c");
  EXPECT_EQ(table->idle_ms(), 2'500u);
  table->active(a, 100);
  EXPECT_EQ(expired_at(2'499), "");
  EXPECT_EQ(expired_at(2'500), "c:idle");
  EXPECT_FALSE(c.inside);
  EXPECT_EQ(table->idle_ms(), 10'000u);
  EXPECT_EQ(expired_at(2'600), "a:idle") << "it asked while time was short";
  EXPECT_EQ(expired_at(10'000), "b:idle") << "it was granted ten seconds before";
}

TEST_F(TcpTableTest, ShortIdleTimeIsASecondUnlessLessWasAskedFor) {
  limit({.connections = 1, .idle_ms = 2'000});
  enter("a");
  EXPECT_EQ(table->idle_ms(), 1'000u);
  TearDown();
  entries.clear();
  limit({.connections = 1, .idle_ms = 400});
  enter("a");
  EXPECT_EQ(table->idle_ms(), 400u);
}

TEST_F(TcpTableTest, EndsTheIdlestForWantOfDescriptors) {
  limit({});
  EXPECT_FALSE(table->end_idlest());
  Fake& a = enter("a");
  enter("b");
  table->active(a, 1);
  EXPECT_TRUE(table->end_idlest());
  EXPECT_EQ(take_ended(), "b:limit");
}

}  // namespace
}  // namespace signpost
