#include <gtest/gtest.h>

#include "signpost/log.h"

namespace signpost {
namespace {

using std::chrono::seconds;

TEST(RateLimit, follows_the_table) {
  struct Step {
    uint64_t at;                       // ms
    std::optional<uint64_t> admitted;  // the number held back before, or empty: held back
  };
  const Step steps[] = {
      {500, 0},    {500, 0},     // two at once are allowed
      {501, {}},   {10499, {}},  // the rest of the interval
      {10500, 2},  {10501, 0},   // a new one
      {10502, {}}, {60000, 1},   // after a pause
      {69999, 0},  {69999, {}},  // no credit for the pause
      {70000, 1},
  };
  RateLimit limit(2, seconds(10));
  const uint64_t start = 1'000'000;
  for (const Step& step : steps) {
    EXPECT_EQ(limit.admit(start + step.at), step.admitted) << step.at << " ms";
  }
}

TEST(RateLimit, keeps_counting_while_it_holds_back) {
  RateLimit limit(1, seconds(1));
  const uint64_t now = 0;
  EXPECT_EQ(limit.admit(now), 0u);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(limit.admit(now), std::nullopt);
  EXPECT_EQ(limit.admit(now + 1000), 1000u);
  EXPECT_EQ(limit.admit(now + 2000), 0u);
}

}  // namespace
}  // namespace signpost
