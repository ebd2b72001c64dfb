#include "chain/suspended.h"

#include <gtest/gtest.h>

#include <optional>

#include "chain/serving_kit.h"

namespace signpost::chain {
namespace {

constexpr std::string_view kZone =
    "$TTL 60\n@ 900 SOA ns1 hostmaster 1 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\n"
    "www A 192.0.2.1\n";

// A plugin that suspends what it is asked and keeps the tickets, above a zone.
class Suspended : public testing::Test {
 protected:
  Suspended() : waiter("cache", Stage::cache), zone(zone_plugin()) {
    waiter.down = [this](Query& q) {
      ++asked;
      Ticket ticket = q.suspend();
      if (!ticket.waiting()) {
        q.rcode = Rcode::servfail;
        return Down::answered;
      }
      tickets.push_back(std::move(ticket));
      return Down::suspended;
    };
    log.up = [this](Query& q) {
      seen_up.push_back(q.name().text());
      return Up::next;
    };
    log.done = [this](const Query& q, const Outcome& o) {
      done.push_back(q.name().text() + " " + std::to_string(unsigned(o.rcode)));
    };
  }

  Serving& serve(RunnerOptions options = {}) {
    tickets.clear();
    return serving_.emplace(std::vector<Fake*>{&log, &waiter, zone.get()},
                            std::vector{zone_of("example.com.", kZone)}, options);
  }

  Fake log{"log", Stage::observe}, waiter;
  std::unique_ptr<Fake> zone;
  std::optional<Serving> serving_;
  std::vector<Ticket> tickets;  // gone before their runner
  unsigned asked = 0;
  std::vector<std::string> seen_up, done;
};

TEST_F(Suspended, GoesOnBelowWhenResumed) {
  Serving& serving = serve();
  EXPECT_TRUE(serving.send(kit::Ask{"www A"}).empty());
  EXPECT_TRUE(done.empty());
  EXPECT_EQ(serving.runner().suspended(), 1u);
  EXPECT_TRUE(tickets.at(0).waiting());
  std::move(tickets[0]).resume(Down::next);
  serving.advance(1);
  const auto replies = serving.late();
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(texts(replies[0].answer), std::vector<std::string>{"www.example.com. 60 A 192.0.2.1"});
  EXPECT_EQ(replies[0].questions.at(0).name, "www.example.com.");
  EXPECT_EQ(serving.runner().suspended(), 0u);
  EXPECT_EQ(seen_up.size(), 1u);
  EXPECT_EQ(done, std::vector<std::string>{"www.example.com. 0"});
}

TEST_F(Suspended, VerdictsOfResume) {
  const struct {
    Down verdict;
    size_t replies, answers;
  } rows[] = {{Down::next, 1, 1}, {Down::answered, 1, 0}, {Down::drop, 0, 0}};
  for (const auto& row : rows) {
    Serving& serving = serve();
    serving.send(kit::Ask{"www A"});
    std::move(tickets.back()).resume(row.verdict);
    serving.advance(1);
    const auto replies = serving.late();
    ASSERT_EQ(replies.size(), row.replies);
    if (row.replies) {
      EXPECT_EQ(replies[0].answer.size(), row.answers);
    }
    EXPECT_EQ(serving.runner().suspended(), 0u);
  }
  EXPECT_EQ(done.size(), 3u) << "the done hooks see a drop as well";
}

TEST_F(Suspended, OnTheWayUpGoesOnAboveTheHook) {
  std::optional<Ticket> ticket;
  waiter.down = nullptr;
  waiter.up = [&](Query& q) {
    ++asked;
    ticket = q.suspend();
    return Up::suspended;
  };
  Serving& serving = serve();
  EXPECT_TRUE(serving.send(kit::Ask{"www A"}).empty());
  std::move(*ticket).resume(Down::next);
  serving.advance(1);
  const auto replies = serving.late();
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0].answer.size(), 1u);
  EXPECT_EQ(asked, 1u);
  EXPECT_EQ(seen_up.size(), 1u);
}

TEST_F(Suspended, CapLeavesAnEmptyTicket) {
  RunnerOptions options;
  options.suspended_cap = 2;
  Serving& serving = serve(options);
  EXPECT_TRUE(serving.send(kit::Ask{"a A"}).empty());
  EXPECT_TRUE(serving.send(kit::Ask{"b A"}).empty());
  EXPECT_EQ(serving.ask("c A").rcode, 2);
  EXPECT_EQ(serving.runner().counters().overflowed.load(), 1u);
  std::move(tickets[0]).resume(Down::next);
  serving.advance(1);
  EXPECT_TRUE(serving.send(kit::Ask{"d A"}).empty()) << "a slot is free again";
}

TEST_F(Suspended, DeadlineIsServfail) {
  RunnerOptions options;
  options.deadline_ns = 1'500'000'000;
  Serving& serving = serve(options);
  serving.send(kit::Ask{"www A"});
  serving.advance(1499);
  EXPECT_TRUE(serving.late().empty());
  EXPECT_TRUE(tickets.at(0).waiting());
  serving.advance(1);
  const auto replies = serving.late();
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0].rcode, 2);
  EXPECT_EQ(replies[0].questions.at(0).name, "www.example.com.");
  EXPECT_FALSE(tickets.at(0).waiting());
  EXPECT_EQ(serving.runner().counters().expired.load(), 1u);
  EXPECT_EQ(done, std::vector<std::string>{"www.example.com. 2"});
}

TEST_F(Suspended, DroppedTicketIsServfail) {
  Serving& serving = serve();
  serving.send(kit::Ask{"www A"});
  tickets.clear();
  serving.advance(1);
  const auto replies = serving.late();
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0].rcode, 2);
}

TEST_F(Suspended, MoreUsesOfATicketAreHarmless) {
  Serving& serving = serve();
  serving.send(kit::Ask{"www A"});
  Ticket moved = std::move(tickets[0]);
  EXPECT_FALSE(tickets[0].waiting());
  std::move(tickets[0]).resume(Down::drop);        // moved from: nothing
  moved = std::move(static_cast<Ticket&>(moved));  // onto itself: nothing
  EXPECT_TRUE(moved.waiting());
  std::move(moved).resume(Down::next);
  std::move(moved).resume(Down::drop);  // twice
  std::move(moved).retry();
  serving.advance(1);
  EXPECT_EQ(serving.late().size(), 1u);
  serving.advance(1);
  EXPECT_TRUE(serving.late().empty());
}

TEST_F(Suspended, ALateTicketDoesNotTouchTheNextQueryInItsPlace) {
  Serving& serving = serve();
  serving.send(kit::Ask{"a A"});
  serving.advance(2000);
  EXPECT_EQ(serving.late().size(), 1u);
  serving.send(kit::Ask{"www A"});
  std::move(tickets[0]).resume(Down::drop);  // of the query that has gone
  serving.advance(1);
  EXPECT_EQ(serving.runner().suspended(), 1u);
  std::move(tickets[1]).resume(Down::next);
  serving.advance(1);
  const auto replies = serving.late();
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0].questions.at(0).name, "www.example.com.");
}

TEST_F(Suspended, AssigningOverATicketDropsTheOldOne) {
  Serving& serving = serve();
  serving.send(kit::Ask{"a A"});
  serving.send(kit::Ask{"www A"});
  tickets[0] = std::move(tickets[1]);
  serving.advance(1);
  const auto replies = serving.late();
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0].questions.at(0).name, "a.example.com.");
  EXPECT_EQ(replies[0].rcode, 2);
  EXPECT_TRUE(tickets[0].waiting());
}

// style.md 2.3, 6: a ticket may be used before the hook returns. The reply is sent all the same, at
// the end of the batch.
TEST_F(Suspended, ResumedInsideTheHook) {
  waiter.down = [this](Query& q) {
    ++asked;
    q.suspend().resume(Down::next);
    return Down::suspended;
  };
  Serving& serving = serve();
  EXPECT_TRUE(serving.send(kit::Ask{"www A"}).empty());
  const auto replies = serving.late();
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0].answer.size(), 1u);
  EXPECT_EQ(asked, 1u);
}

TEST_F(Suspended, DroppedInsideTheHook) {
  waiter.down = [](Query& q) {
    static_cast<void>(q.suspend());
    return Down::suspended;
  };
  Serving& serving = serve();
  serving.send(kit::Ask{"www A"});
  const auto replies = serving.late();
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0].rcode, 2);
}

// The second walk meets a hook that suspends again and is done before it returns.
TEST_F(Suspended, ResumedInsideTheHookOfASecondWalk) {
  const auto first = waiter.down;
  waiter.down = [&, first](Query& q) {
    if (asked == 0) return first(q);
    ++asked;
    q.suspend().resume(Down::next);
    return Down::suspended;
  };
  Serving& serving = serve();
  serving.send(kit::Ask{"www A"});
  std::move(tickets[0]).retry();
  serving.advance(1);
  serving.advance(1);
  const auto replies = serving.late();
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(texts(replies[0].answer), std::vector<std::string>{"www.example.com. 60 A 192.0.2.1"});
  EXPECT_EQ(asked, 2u);
}

TEST_F(Suspended, DroppedInsideTheHookOfASecondWalk) {
  const auto first = waiter.down;
  waiter.down = [&, first](Query& q) {
    if (asked == 0) return first(q);
    static_cast<void>(q.suspend());
    return Down::suspended;
  };
  Serving& serving = serve();
  serving.send(kit::Ask{"www A"});
  std::move(tickets[0]).retry();
  serving.advance(1);
  serving.advance(1);
  const auto replies = serving.late();
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0].rcode, 2);
}

// A hook that says it suspended and did not must not keep the query for ever.
TEST_F(Suspended, ASecondWalkWithoutATicketIsServfail) {
  const auto first = waiter.down;
  waiter.down = [&, first](Query& q) { return asked == 0 ? first(q) : Down::suspended; };
  Serving& serving = serve();
  serving.send(kit::Ask{"www A"});
  std::move(tickets[0]).retry();
  serving.advance(1);
  serving.advance(1);
  const auto replies = serving.late();
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0].rcode, 2);
  EXPECT_EQ(serving.runner().suspended(), 0u);
}

TEST_F(Suspended, SuspendedAgainWaitsForTheSecondTicket) {
  Serving& serving = serve();
  serving.send(kit::Ask{"www A"});
  std::move(tickets[0]).retry();
  serving.advance(1);
  EXPECT_TRUE(serving.late().empty());
  ASSERT_EQ(tickets.size(), 2u);
  EXPECT_FALSE(tickets[0].waiting());
  EXPECT_TRUE(tickets[1].waiting());
  std::move(tickets[1]).resume(Down::next);
  serving.advance(1);
  EXPECT_EQ(serving.late().size(), 1u);
}

TEST_F(Suspended, TheDeadlineCountsFromTheArrivalWhateverHappens) {
  Serving& serving = serve();
  serving.send(kit::Ask{"www A"});
  for (int i = 0; i < 3; ++i) {
    serving.advance(400);
    ASSERT_EQ(tickets.size(), size_t(i) + 1);
    std::move(tickets.back()).retry();
    serving.advance(1);
  }
  serving.advance(300);
  const auto replies = serving.late();
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0].rcode, 2);
}

TEST_F(Suspended, RetryAsksTheNewestSnapshotAndResumeTheFirst) {
  for (const bool retry : {false, true}) {
    asked = 0;
    Serving& serving = serve();
    serving.send(kit::Ask{"www A"});
    serving.publish({zone_of("example.com.", std::string(kZone) + "www A 192.0.2.2\n")});
    EXPECT_EQ(serving.snapshots(), 2u) << "the first stays while the query waits";
    if (retry)
      std::move(tickets[0]).retry();
    else
      std::move(tickets[0]).resume(Down::next);
    serving.advance(1);
    if (retry) {
      std::move(tickets.at(1)).resume(Down::next);
      EXPECT_EQ(serving.snapshots(), 1u) << "nothing of the first walk remains";
      serving.advance(1);
    }
    const auto replies = serving.late();
    ASSERT_EQ(replies.size(), 1u);
    EXPECT_EQ(replies[0].answer.size(), retry ? 2u : 1u);
    EXPECT_EQ(serving.snapshots(), 1u);
  }
}

TEST_F(Suspended, SnapshotIsPinnedUntilTheLastQueryHasGone) {
  Serving& serving = serve();
  serving.send(kit::Ask{"a A"});
  serving.send(kit::Ask{"b A"});
  serving.publish({zone_of("example.com.", kZone)});
  serving.publish({zone_of("example.com.", kZone)});
  EXPECT_EQ(serving.snapshots(), 2u) << "the one in between has no reader";
  std::move(tickets[0]).resume(Down::next);
  serving.advance(1);
  EXPECT_EQ(serving.snapshots(), 2u);
  serving.advance(2000);
  EXPECT_EQ(serving.snapshots(), 1u);
}

// What a hook added before it suspended is in the late reply, though other queries have used its
// place in the batch since.
TEST_F(Suspended, AddedRecordsMoveAlong) {
  waiter.down = [this](Query& q) {
    const uint8_t address[] = {192, 0, 2, 77};
    q.authoritative = true;
    q.add_record(Section::answer, ReplyEntry::step_owner, {}, rr::a, 5, address);
    q.add_record(Section::additional, ReplyEntry::name, q.name(), rr::a, 6, address);
    tickets.push_back(q.suspend());
    return Down::suspended;
  };
  Serving& serving = serve();
  serving.send(kit::Ask{"one A"});
  serving.send(kit::Ask{"another A"});
  for (Ticket& ticket : tickets) std::move(ticket).resume(Down::answered);
  serving.advance(1);
  const auto replies = serving.late();
  ASSERT_EQ(replies.size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    const std::string owner = i == 0 ? "one.example.com." : "another.example.com.";
    EXPECT_EQ(texts(replies[i].answer), std::vector<std::string>{owner + " 5 A 192.0.2.77"});
    EXPECT_EQ(texts(replies[i].additional), std::vector<std::string>{owner + " 6 A 192.0.2.77"});
  }
}

TEST_F(Suspended, RetryWithoutASnapshotIsRefused) {
  Serving& serving = serve();
  serving.send(kit::Ask{"www A"});
  std::move(tickets[0]).retry();
  serving.runner().adopt(nullptr);
  serving.advance(1);
  const auto replies = serving.late();
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0].rcode, 5);
}

TEST_F(Suspended, AReloadAsksTheOldChainsToLetGo) {
  unsigned refreshed = 0;
  waiter.refreshed = [&] {
    ++refreshed;
    for (Ticket& ticket : std::exchange(tickets, {})) std::move(ticket).retry();
  };
  Serving& serving = serve();
  refreshed = 0;
  serving.send(kit::Ask{"www A"});
  serving.publish({zone_of("example.com.", kZone)}, true);
  EXPECT_EQ(refreshed, 2u) << "the chain that goes and the one that comes";
  serving.advance(1);
  EXPECT_EQ(serving.snapshots(), 1u);
  ASSERT_EQ(tickets.size(), 1u);
  std::move(tickets[0]).resume(Down::next);
  serving.advance(1);
  EXPECT_EQ(serving.late().size(), 1u);
  waiter.refreshed = [] {};  // the one above counts in this test's own frame
}

}  // namespace
}  // namespace signpost::chain
