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
      constexpr const char* kWhy[] = {"idle", "incomplete", "slow", "limit", "memory", "parted"};
      test.ended += (test.ended.empty() ? "" : " ") + name + ":" + kWhy[unsigned(why)];
      test.table->leave(*this);
      inside = false;
    }
    TcpProgress progress() const noexcept override {
      ++asked;
      return client;
    }
    TcpTableTest& test;
    const std::string name;
    TcpProgress client;
    mutable int asked = 0;
    bool inside = true;
  };

  void limit(const TcpLimits& limits) { table.emplace(limits); }

  Fake& enter(const char* name, const char* client = "192.0.2.1", uint32_t listener = 0) {
    Fake& made = *entries.emplace_back(std::make_unique<Fake>(*this, name));
    table->enter(made, *Address::parse(client), listener, now);
    table->heard(made);
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
  Fake& slow = enter("slow");
  slow.client.left = 1;
  table->wait(slow, TcpWait::reader, true, 0);
  table->wait(enter("left"), TcpWait::parting, true, 0);
  table->wait(enter("ours"), TcpWait::answer, true, 0);
  EXPECT_EQ(expired_at(2'625), "");
  EXPECT_EQ(expired_at(3'000), "slow:slow left:parted");
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

TEST_F(TcpTableTest, WhoseAnswersAreStillInTheKernelIsNotIdleButReads) {
  limit({.idle_ms = 10'000, .write_ms = 4'000});
  Fake& deaf = enter("deaf");
  Fake& slow = enter("slow");
  deaf.client.left = slow.client.left = 100'000;
  table->active(deaf, 0);
  for (uint64_t ms = 0; ms < 10'000; ms += 500) EXPECT_EQ(expired_at(ms), "");
  EXPECT_EQ(deaf.asked, 0) << "nobody is asked before his time is up";
  std::string who;
  for (uint64_t ms = 10'000; ms < 60'000; ms += 500) {
    slow.client.acknowledged += 2'000;
    slow.client.left -= 2'000;
    who += expired_at(ms);
    EXPECT_EQ(who, ms < 14'000 ? "" : "deaf:slow") << ms;
    if (slow.client.left == 0) break;
  }
  EXPECT_EQ(who, "deaf:slow");
  EXPECT_EQ(now, 34'500u);
  EXPECT_EQ(expired_at(44'000), "") << "its idle time begins when it has read all";
  EXPECT_EQ(expired_at(44'500), "slow:idle");
}

TEST_F(TcpTableTest, AReaderIsLookedAtAFewTimesHoweverOftenItWaits) {
  limit({.write_ms = 8'000});
  Fake& reader = enter("reader");
  reader.client.left = 100'000;
  for (uint64_t ms = 0; ms < 8'000; ++ms) {
    reader.client.acknowledged = ms;
    table->wait(reader, TcpWait::reader, true, ms);
    EXPECT_EQ(expired_at(ms), "");
  }
  EXPECT_EQ(reader.asked, 7);
  EXPECT_EQ(expired_at(15'000), "") << "it has just moved";
}

TEST_F(TcpTableTest, AClientThatHasLeftIsLetGoWhenItHasAll) {
  limit({.write_ms = 8'000});
  Fake& gone = enter("gone");
  gone.client = {.acknowledged = 10, .left = 5};
  table->wait(gone, TcpWait::parting, true, 0);
  EXPECT_EQ(expired_at(1'000), "");
  gone.client = {.acknowledged = 15, .left = 0};
  EXPECT_EQ(expired_at(2'000), "") << "it may still send, which would make a reset of the close";
  gone.client.finished = true;
  EXPECT_EQ(expired_at(3'000), "gone:parted");
}

// A flood would else destroy answers that have just been sent.
TEST_F(TcpTableTest, WhoseAnswerIsOnItsWayIsPassedOverAtTheLimit) {
  limit({.connections = 3});
  now = 10'000;
  Fake& a = enter("a", "192.0.2.1");
  enter("b", "192.0.2.2");
  enter("c", "192.0.2.3");
  a.client.left = 100;
  enter("d", "192.0.2.4");
  EXPECT_EQ(take_ended(), "b:limit");
  now = 12'000;
  enter("e", "192.0.2.5");
  EXPECT_EQ(take_ended(), "a:limit") << "it has had the time";
}

TEST_F(TcpTableTest, WhoseAnswerIsStillToComeHasNotGotHis) {
  limit({.connections = 3});
  Fake& a = enter("a", "192.0.2.1");
  enter("b", "192.0.2.2");
  enter("c", "192.0.2.3");
  a.client.owed = true;
  now = 1'600;  // a suspended query ends before
  enter("d", "192.0.2.4");
  EXPECT_EQ(take_ended(), "b:limit");
}

// What waits in line to be read from has asked something, perhaps.
TEST_F(TcpTableTest, WhoWaitsToBeHeardMakesNoRoomAndIsNotIdle) {
  limit({.connections = 3, .idle_ms = 10'000, .message_ms = 5'000});
  Fake& a = enter("a", "192.0.2.1");
  Fake& b = enter("b", "192.0.2.2");
  Fake& c = enter("c", "192.0.2.3");
  table->wait(b, TcpWait::rest, true, 0);
  for (Fake* each : {&a, &b, &c}) table->unheard(*each);
  EXPECT_FALSE(table->has_room(0));
  EXPECT_FALSE(table->end_idlest(now));
  EXPECT_EQ(expired_at(20'000), "");
  table->heard(c);
  EXPECT_TRUE(table->has_room(0));
  enter("d", "192.0.2.4");
  EXPECT_EQ(take_ended(), "c:limit") << "the only one that is not in line";
  table->heard(b);
  EXPECT_EQ(expired_at(20'001), "b:incomplete");
  table->heard(a);
  EXPECT_EQ(expired_at(20'002), "a:idle");
}

TEST_F(TcpTableTest, AClientAllOfWhoseOwnWaitToBeHeardPushesOutTheFirst) {
  limit({.connections = 10, .per_client = 2});
  table->unheard(enter("a"));
  table->unheard(enter("b"));
  EXPECT_TRUE(table->has_room(0));
  enter("c");
  EXPECT_EQ(take_ended(), "a:limit");
}

TEST_F(TcpTableTest, AListenerAllOfWhoseShareWaitsHasNoRoom) {
  limit({.connections = 4});
  table->add_listener();
  table->add_listener();
  for (const char* client : {"192.0.2.1", "192.0.2.2", "192.0.2.3"})
    table->unheard(enter("flood", client, 1));
  EXPECT_FALSE(table->has_room(1));
  EXPECT_TRUE(table->has_room(2));
}

// Clocks of tests and of the loop may differ.
TEST_F(TcpTableTest, AnEarlierTimeEndsNothing) {
  limit({.idle_ms = 10'000, .write_ms = 4'000});
  now = 100'000;
  enter("idle");
  Fake& slow = enter("slow");
  slow.client.left = 1;
  table->wait(slow, TcpWait::reader, true, now);
  EXPECT_EQ(expired_at(50'000), "");
}

TEST_F(TcpTableTest, IfAllAnswersAreOnTheirWayTheIdlestGoes) {
  limit({.connections = 20, .per_client = 20});
  for (int i = 0; i < 20; ++i) enter(i == 0 ? "first" : "other").client.left = 1;
  enter("new");
  EXPECT_EQ(take_ended(), "first:limit");
  int asked = 0;
  for (const auto& entry : entries) asked += entry->asked;
  EXPECT_EQ(asked, 8);
}

TEST_F(TcpTableTest, AboveTheMemoryTheOldestHolderGoes) {
  limit({.memory = 1'000});
  Fake& a = enter("a");
  Fake& b = enter("b");
  Fake& c = enter("c");
  table->hold(b, 300);
  table->hold(a, 200);
  EXPECT_FALSE(table->crowded());
  table->hold(c, 1);
  EXPECT_TRUE(table->crowded());
  table->hold(c, 500);
  table->hold(b, 300);
  EXPECT_EQ(take_ended(), "");
  table->hold(a, 201);
  EXPECT_EQ(take_ended(), "b:memory") << "it has held longest, though it did not grow";
  table->hold(a, 0);
  EXPECT_FALSE(table->crowded());
  table->hold(a, 400);
  table->hold(a, 600);
  EXPECT_EQ(take_ended(), "c:memory") << "it holds longer than what came back";
  table->hold(a, 1'001);
  EXPECT_EQ(take_ended(), "a:memory");
  enter("d");
  EXPECT_FALSE(table->crowded()) << "what left holds nothing";
}

TEST_F(TcpTableTest, EndsTheIdlestForWantOfDescriptors) {
  limit({});
  EXPECT_FALSE(table->end_idlest(now));
  Fake& a = enter("a");
  enter("b");
  table->active(a, 1);
  EXPECT_TRUE(table->end_idlest(now));
  EXPECT_EQ(take_ended(), "b:limit");
}

}  // namespace
}  // namespace signpost
