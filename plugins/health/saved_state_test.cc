#include "saved_state.h"

#include <gtest/gtest.h>

namespace signpost::health {
namespace {

constexpr int64_t kNow = 1'767'225'600'000;

SavedCheck sample() {
  SavedCheck check{"tcp 192.0.2.1:1", "interval=30000 timeout=0 rise=3 fall=3", {}};
  check.seen.verdict = Verdict(false, false, 7);
  check.seen.reason = "connect: Connection refused";
  check.seen.last_error = "connect: Connection refused";
  check.seen.since_ms = kNow - 60'000;
  check.seen.checked_ms = kNow - 1'000;
  return check;
}

TEST(SavedState, ReadsWhatItWrote) {
  const SavedCheck written = sample();
  const ReadState read = read_state(write_state({written}));
  EXPECT_EQ(read.complaint, "");
  ASSERT_EQ(read.checks.size(), 1u);
  const SavedCheck& check = read.checks[0];
  EXPECT_EQ(check.target, written.target);
  EXPECT_EQ(check.timing, written.timing);
  EXPECT_EQ(check.seen.verdict, written.seen.verdict);
  EXPECT_EQ(check.seen.reason, written.seen.reason);
  EXPECT_EQ(check.seen.last_error, written.seen.last_error);
  EXPECT_EQ(check.seen.since_ms, written.seen.since_ms);
  EXPECT_EQ(check.seen.checked_ms, written.seen.checked_ms);
  EXPECT_TRUE(check.seen.from_saved);
}

TEST(SavedState, NothingSavedIsNoComplaint) {
  EXPECT_EQ(read_state("").complaint, "");
  EXPECT_TRUE(read_state("").checks.empty());
}

TEST(SavedState, BadTextIsIgnoredWithAReason) {
  const std::string good = write_state({sample()});
  struct {
    std::string text;
    const char* complaint;  // its beginning
  } const cases[] = {
      {"{", "line 1"},
      {good.substr(0, good.size() / 2), "line 1"},
      {std::string("\0\xff\x80", 3), "line 1"},
      {"[]", "it is no saved health state"},
      {"42", "it is no saved health state"},
      {R"({"checks":[]})", "it is no saved health state"},
      {R"({"version":"1","checks":[]})", "it is no saved health state"},
      {R"({"version":2,"checks":[]})", "it has version 2; expected 1"},
      {R"({"version":1})", "it has no list of checks"},
      {R"({"version":1,"checks":{}})", "it has no list of checks"},
      {R"({"version":1,"checks":[1,{},null]})", "3 of 3 entries are damaged"},
  };
  for (const auto& c : cases) {
    const ReadState read = read_state(c.text);
    EXPECT_TRUE(read.checks.empty()) << c.text;
    EXPECT_EQ(read.complaint.substr(0, std::string(c.complaint).size()), c.complaint) << c.text;
  }
}

TEST(SavedState, OneDamagedEntryDoesNotSpoilTheOthers) {
  const char* const damages[][2] = {
      {"\"consecutive\":7", "\"consecutive\":0"},
      {"\"consecutive\":7", "\"consecutive\":-1"},
      {"\"consecutive\":7", "\"consecutive\":4294967296"},
      {"\"consecutive\":7", "\"consecutive\":7.5"},
      {"\"healthy\":false", "\"healthy\":0"},
      {"\"since\":", "\"since\":-"},
      {"\"checked\":", "\"checked\":99999"},
      {"\"reason\":", "\"cause\":"},
  };
  for (const auto& damage : damages) {
    std::string text = write_state({sample(), sample()});
    text.replace(text.find(damage[0]), std::string(damage[0]).size(), damage[1]);
    const ReadState read = read_state(text);
    EXPECT_EQ(read.checks.size(), 1u) << damage[1];
    EXPECT_EQ(read.complaint, "1 of 2 entries are damaged") << damage[1];
  }
}

TEST(SavedState, FindsTheSameTimingFirst) {
  std::vector<SavedCheck> saved(3, sample());
  saved[0].target = "tcp 192.0.2.9:1";
  saved[1].timing = "slow";
  saved[2].timing = "quick";
  EXPECT_EQ(find_saved(saved, sample().target, "quick"), &saved[2]);
  EXPECT_EQ(find_saved(saved, sample().target, "other"), &saved[1]);
  EXPECT_EQ(find_saved(saved, "tcp 192.0.2.8:1", "quick"), nullptr);
}

TEST(SavedState, FreshForTenIntervals) {
  Timing timing;
  timing.interval = std::chrono::seconds(10);
  struct {
    const char* what;
    int64_t checked_ms;
    bool fresh;
  } const cases[] = {
      {"just now", kNow, true},
      {"ten intervals ago", kNow - 100'000, true},
      {"longer ago", kNow - 100'001, false},
      {"the clock was set back a little", kNow + 100'000, true},
      {"the clock was set back far", kNow + 100'001, false},
  };
  for (const auto& c : cases) {
    Observation seen = sample().seen;
    seen.checked_ms = c.checked_ms;
    EXPECT_EQ(is_fresh(seen, timing, kNow), c.fresh) << c.what;
  }
  EXPECT_FALSE(is_fresh(Observation{}, timing, 0)) << "nothing is known";
}

}  // namespace
}  // namespace signpost::health
