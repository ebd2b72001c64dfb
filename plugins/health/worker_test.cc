// The judgement on the query path, in a chain with the policies.
#include "worker.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "kit/bench.h"

namespace signpost::health {
namespace {

using kit::Bench;

constexpr const char* kCorefile = R"(example.com {
    zone db.example.com
    health {
        check a tcp 192.0.2.1:80
        check b tcp 192.0.2.2:80
        check both all a b
    }
    failover www A {
        primary 192.0.2.1 check a
        secondary 192.0.2.2 check b
    }
    failover pair A {
        primary 192.0.2.3 check both
        secondary 192.0.2.4
    }
})";

// What the plugin tells an explaining walk.
class Notes final : public Recorder {
 public:
  void note(std::string_view plugin, std::string text) override {
    if (plugin == "health") notes.push_back(std::move(text));
  }
  void proposed(const Query&) override {}
  void judged(const Query& query, MemberMask healthy) override {
    notes.push_back(std::to_string((query.candidates & healthy).count()) + " of " +
                    std::to_string(query.candidates.count()) + " healthy");
  }
  void drawn(const Query&, std::span<const uint64_t>) override {}

  std::vector<std::string> notes;
};

TEST(HealthWorker, LeavesHealthyMembersToThePolicy) {
  Bench bench(kCorefile);
  ASSERT_TRUE(bench.good()) << testing::PrintToString(bench.problems());
  struct {
    const char* rule;
    std::vector<std::string> unhealthy;
    const char *question, *answer, *note;
  } const cases[] = {
      {"E-02", {}, "www A", "www.example.com. 60 A 192.0.2.1", "2 of 2 healthy"},
      {"E-04", {"a"}, "www A", "www.example.com. 60 A 192.0.2.2", "1 of 2 healthy"},
      {"E-06", {"a", "b"}, "www A", "www.example.com. 60 A 192.0.2.1", "0 of 2 healthy"},
      {"H-30", {"both"}, "pair A", "pair.example.com. 60 A 192.0.2.4", "1 of 2 healthy"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.rule);
    bench.health(c.unhealthy);
    Notes notes;
    EXPECT_EQ(bench.query({.question = c.question}, &notes).text(), c.answer);
    EXPECT_EQ(notes.notes, std::vector<std::string>{c.note});
  }
}

TEST(HealthWorker, PlainRecordsAreNotJudged) {
  Bench bench(kCorefile);
  Notes notes;
  EXPECT_EQ(bench.query({.question = "ns1 A"}, &notes).text(),
            "ns1.example.com. 172800 A 192.0.2.53");
  EXPECT_TRUE(notes.notes.empty());
}

TEST(HealthWorker, AMemberOfAnUnknownCheckIsRefused) {
  const Bench bench(R"(example.com {
    zone db.example.com
    health {
        check use1 tcp 192.0.2.1:80
    }
    failover www A {
        primary 192.0.2.1 check use2
        secondary 192.0.2.2
    }
})");
  EXPECT_FALSE(bench.good());
}

}  // namespace
}  // namespace signpost::health
