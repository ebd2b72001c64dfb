#include "signpost/tally.h"

#include <gtest/gtest.h>

#include <thread>

namespace signpost {
namespace {

TEST(Tally, sums_what_all_counted) {
  Tally<3> tally;
  EXPECT_EQ(tally.shares(), 0u);
  EXPECT_EQ(tally.sums(), (std::array<uint64_t, 3>{0, 0, 0}));
  Tally<3>::Share& one = tally.join();
  for (unsigned i = 0; i < 100; ++i) tally.join().add(2);
  one.add(0);
  one.add(0);
  EXPECT_EQ(tally.shares(), 101u);
  EXPECT_EQ(tally.sums(), (std::array<uint64_t, 3>{2, 0, 100}));
}

TEST(Tally, is_read_while_workers_count) {
  Tally<1> tally;
  std::vector<std::thread> workers;
  for (unsigned i = 0; i < 3; ++i)
    workers.emplace_back([&share = tally.join()] {
      for (unsigned n = 0; n < 10'000; ++n) share.add(0);
    });
  for (uint64_t before = 0; before < 30'000;) {
    const uint64_t now = tally.sums()[0];
    ASSERT_GE(now, before);
    before = now;
  }
  for (std::thread& worker : workers) worker.join();
  EXPECT_EQ(tally.sums()[0], 30'000u);
}

}  // namespace
}  // namespace signpost
