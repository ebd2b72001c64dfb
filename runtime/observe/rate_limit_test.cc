#include <gtest/gtest.h>

#include "signpost/log.h"

namespace signpost {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(RateLimit, follows_the_table) {
  struct Step {
    milliseconds at;
    std::optional<uint64_t> admitted;  // the number held back before, or empty: held back
  };
  const Step steps[] = {
      {milliseconds(500), 0},    {milliseconds(500), 0},     // two at once are allowed
      {milliseconds(501), {}},   {milliseconds(10499), {}},  // the rest of the interval
      {milliseconds(10500), 2},  {milliseconds(10501), 0},   // a new one
      {milliseconds(10502), {}}, {milliseconds(60000), 1},   // after a pause
      {milliseconds(69999), 0},  {milliseconds(69999), {}},  // no credit for the pause
      {milliseconds(70000), 1},
  };
  RateLimit limit(2, seconds(10));
  const RateLimit::Time start{seconds(1000)};
  for (const Step& step : steps) {
    EXPECT_EQ(limit.admit(start + step.at), step.admitted) << step.at.count() << " ms";
  }
}

TEST(RateLimit, keeps_counting_while_it_holds_back) {
  RateLimit limit(1, seconds(1));
  RateLimit::Time now{};
  EXPECT_EQ(limit.admit(now), 0u);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(limit.admit(now), std::nullopt);
  EXPECT_EQ(limit.admit(now + seconds(1)), 1000u);
  EXPECT_EQ(limit.admit(now + seconds(2)), 0u);
}

}  // namespace
}  // namespace signpost
