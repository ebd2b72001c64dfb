#include "verdict.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace signpost::health {
namespace {

struct ResultsCase {
  const char* rule;
  Thresholds thresholds;
  std::string_view results;  // S and F, oldest first
  std::string_view states;   // H and U after each result
};

TEST(Verdict, FlipsAfterConsecutiveOppositeResults) {
  const ResultsCase cases[] = {
      {"row 126, H-20", {3, 3}, "SFF", "HHH"},
      {"row 127, H-20", {3, 3}, "SFFF", "HHHU"},
      {"row 129, H-20", {3, 3}, "SFFFSSS", "HHHUUUH"},
      {"row 130, H-20", {3, 3}, "FFSFF", "HHHHH"},
      {"row 131, H-20", {1, 1}, "FS", "UH"},
      {"H-20: no result is enough before the threshold", {3, 3}, "FFF", "HHU"},
      {"H-20: the way back is broken as well", {3, 3}, "FFFSSFSSS", "HHUUUUUUH"},
      {"rise below fall", {1, 3}, "FFFS", "HHUH"},
      {"rise above fall", {3, 1}, "FSSS", "UUUH"},
  };
  for (const ResultsCase& c : cases) {
    SCOPED_TRACE(c.rule);
    Verdict verdict;
    std::string states;
    for (char result : c.results) {
      const bool before = verdict.healthy();
      const bool flipped = verdict.take(result == 'S', c.thresholds);
      EXPECT_EQ(flipped, before != verdict.healthy());
      states += verdict.healthy() ? 'H' : 'U';
    }
    EXPECT_EQ(states, c.states);
  }
}

TEST(Verdict, CountsResultsInARow) {
  Verdict verdict;
  EXPECT_FALSE(verdict.known());
  EXPECT_TRUE(verdict.healthy()) << "row 137, H-23";
  verdict.take(true, {});
  verdict.take(true, {});
  EXPECT_TRUE(verdict.known());
  EXPECT_EQ(verdict.consecutive(), 2u);
  verdict.take(false, {});
  EXPECT_EQ(verdict.consecutive(), 1u);
  EXPECT_FALSE(verdict.last_success());
}

TEST(Verdict, ALowerThresholdAppliesToRunsThatWereSaved) {
  Verdict verdict(true, false, 4);
  EXPECT_TRUE(verdict.take(false, {3, 3}));
  EXPECT_FALSE(verdict.healthy());
}

TEST(Verdict, TheCountDoesNotOverflow) {
  Verdict verdict(false, false, UINT32_MAX);
  verdict.take(false, {3, 3});
  EXPECT_EQ(verdict.consecutive(), UINT32_MAX);
}

TEST(Verdict, EighteenPerCentOfTheCheckers) {
  struct {
    const char* row;
    uint64_t healthy, total;
    bool expected;
  } const cases[] = {
      {"row 133, H-21", 1, 6, false},     {"row 133, H-21", 2, 6, true},
      {"row 134, H-21", 9, 50, false},    {"row 134, H-21", 10, 50, true},
      {"row 135, H-21", 18, 100, false},  {"row 135, H-21", 19, 100, true},
      {"H-21, one checker", 0, 1, false}, {"H-21, one checker", 1, 1, true},
  };
  for (const auto& c : cases)
    EXPECT_EQ(enough_checkers(c.healthy, c.total), c.expected) << c.row << ", " << c.healthy;
}

TEST(Verdict, FinalStatus) {
  struct {
    const char* row;
    bool disabled, measured, inverted, expected;
  } const cases[] = {
      {"row 137, H-23", false, Verdict().healthy(), false, true},
      {"row 138, H-23, H-24", false, Verdict().healthy(), true, false},
      {"row 139, H-24", false, false, true, true},
      {"H-24, measured healthy", false, true, true, false},
      {"H-25, measured unhealthy", true, false, false, true},
      {"row 141, H-25, H-26", true, true, true, false},
      {"H-26, measured unhealthy", true, false, true, false},
  };
  for (const auto& c : cases)
    EXPECT_EQ(final_status(c.disabled, c.measured, c.inverted), c.expected) << c.row;
}

TEST(Verdict, EnoughChildren) {
  struct {
    const char* row;
    std::string_view children;  // H and U
    uint32_t wanted;
    bool expected;
  } const cases[] = {
      {"row 163, H-30", "HHU", 2, true},     {"row 163, H-30", "HUU", 2, false},
      {"row 165, H-31", "HHH", 4, false},    {"row 166, H-31: and", "HHU", 3, false},
      {"row 166, H-31: or", "HUU", 1, true}, {"H-31: threshold 0", "UU", 0, true},
  };
  for (const auto& c : cases) {
    size_t healthy = 0;
    for (char child : c.children) healthy += child == 'H';
    EXPECT_EQ(enough_children(healthy, c.wanted), c.expected) << c.row;
  }
}

}  // namespace
}  // namespace signpost::health
