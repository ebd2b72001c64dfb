// Plugins that use suspend() against its contract, and what a second walk must not keep of the
// first (query.h, runner.h).
#include <gtest/gtest.h>

#include <optional>

#include "chain/serving_kit.h"

namespace signpost::chain {
namespace {

constexpr std::string_view kZone =
    "$TTL 60\n@ 900 SOA ns1 hostmaster 1 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\n"
    "www A 192.0.2.1\n";
constexpr int kServfail = 2, kNoerror = 0;

class SuspendContract : public testing::Test {
 protected:
  Serving& serve(RunnerOptions options = {}) {
    return serving_.emplace(std::vector<Fake*>{&waiter, zone.get()},
                            std::vector{zone_of("example.com.", kZone)}, options);
  }

  Fake early{"early", Stage::rewrite}, waiter{"cache", Stage::cache};
  std::unique_ptr<Fake> zone = zone_plugin();
  std::optional<Serving> serving_;
  Ticket ticket, unused;  // go before the runner
};

TEST_F(SuspendContract, SuspendedWithoutATicketIsServfail) {
  waiter.down = [](Query&) { return Down::suspended; };
  Serving& serving = serve();
  EXPECT_EQ(serving.ask("www A").rcode, kServfail);
  EXPECT_FALSE(serving.runner().waits());
}

TEST_F(SuspendContract, AnEmptyTicketAtTheCapIsServfail) {
  waiter.down = [this](Query& q) {
    ticket = q.suspend();
    return Down::suspended;  // without a look at the ticket
  };
  Serving& serving = serve({.suspended_cap = 0});
  EXPECT_EQ(serving.ask("www A").rcode, kServfail);
  EXPECT_EQ(serving.runner().counters().overflowed, 1u);
}

TEST_F(SuspendContract, AnAnswerAfterAllTakesTheCopyBack) {
  waiter.down = [this](Query& q) {
    ticket = q.suspend();
    EXPECT_TRUE(ticket.waiting());
    return Down::next;
  };
  Serving& serving = serve();
  EXPECT_EQ(serving.ask("www A").rcode, kNoerror);
  EXPECT_FALSE(ticket.waiting());
  EXPECT_EQ(serving.runner().suspended(), 0u);
  EXPECT_FALSE(serving.runner().waits());
  serving.publish({zone_of("example.com.", kZone)});
  EXPECT_EQ(serving.snapshots(), 1u) << "it pins nothing";
  serving.advance(5000);
  EXPECT_TRUE(serving.late().empty()) << "no second reply";
}

TEST_F(SuspendContract, TheSecondToSuspendIsTheOneThatCounts) {
  early.down = [this](Query& q) {
    unused = q.suspend();
    return Down::next;
  };
  waiter.down = [this](Query& q) {
    ticket = q.suspend();
    return Down::suspended;
  };
  Serving& serving = serving_.emplace(std::vector<Fake*>{&early, &waiter, zone.get()},
                                      std::vector{zone_of("example.com.", kZone)});
  EXPECT_TRUE(serving.send(kit::Ask{"www A"}).empty());
  EXPECT_FALSE(unused.waiting());
  EXPECT_EQ(serving.runner().suspended(), 1u);
  std::move(ticket).resume(Down::next);
  serving.advance(5000);
  const auto replies = serving.late();
  ASSERT_EQ(replies.size(), 1u) << "one query, one reply";
  EXPECT_EQ(replies[0].rcode, kNoerror);
}

TEST_F(SuspendContract, WaitsTellsASuspendedQueryFromADroppedOne) {
  Down verdict = Down::drop;
  waiter.down = [&](Query& q) {
    if (verdict == Down::suspended) ticket = q.suspend();
    return verdict;
  };
  Serving& serving = serve();
  EXPECT_TRUE(serving.send(kit::Ask{"www A"}).empty());
  EXPECT_FALSE(serving.runner().waits());
  verdict = Down::suspended;
  EXPECT_TRUE(serving.send(kit::Ask{"www A"}).empty());
  EXPECT_TRUE(serving.runner().waits());
}

// The scope tells what the answer that is sent depended on, so it begins anew with a retry.
TEST_F(SuspendContract, ARetryForgetsTheScopeOfTheFirstWalk) {
  bool first = true;
  waiter.down = [&](Query& q) {
    q.client.narrow(first ? 24 : 8);
    if (!std::exchange(first, false)) return Down::next;
    ticket = q.suspend();
    return Down::suspended;
  };
  Serving& serving = serve();
  kit::Ask ask{"www A"};
  ask.ecs = "198.51.100.0/24";
  EXPECT_TRUE(serving.send(ask).empty());
  std::move(ticket).retry();
  serving.advance(1);
  const auto replies = serving.late();
  ASSERT_EQ(replies.size(), 1u);
  ASSERT_TRUE(replies[0].subnet);
  EXPECT_EQ(replies[0].subnet->scope, 8);
}

}  // namespace
}  // namespace signpost::chain
