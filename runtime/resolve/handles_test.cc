#include "resolve/handles.h"

#include <gtest/gtest.h>
#include <unistd.h>
#include <uv.h>

#include <memory>

namespace signpost {
namespace {

struct Handles : testing::Test {
  uv_loop_t loop;
  Handles() { uv_loop_init(&loop); }
  ~Handles() override {
    uv_run(&loop, UV_RUN_DEFAULT);
    EXPECT_EQ(uv_loop_close(&loop), 0) << "a handle is left on the loop";
  }
};

TEST_F(Handles, TimerExpiresOncePerStart) {
  int expired = 0;
  Timer timer(&loop, [&] { ++expired; });
  timer.start(std::chrono::milliseconds(0));
  EXPECT_EQ(expired, 0);
  uv_run(&loop, UV_RUN_DEFAULT);
  EXPECT_EQ(expired, 1);
  timer.start(std::chrono::milliseconds(0));
  timer.stop();
  uv_run(&loop, UV_RUN_DEFAULT);
  EXPECT_EQ(expired, 1);
}

TEST_F(Handles, TimerMayDieInItsOwnCallback) {
  std::unique_ptr<Timer> timer;
  int expired = 0;
  timer = std::make_unique<Timer>(&loop, [&] {
    timer.reset();
    ++expired;
  });
  timer->start(std::chrono::milliseconds(0));
  uv_run(&loop, UV_RUN_DEFAULT);
  EXPECT_EQ(expired, 1);
}

TEST_F(Handles, DescriptorWatchTellsAndMayDieInItsOwnCallback) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(write(ends[1], "x", 1), 1);
  int seen = 0;
  std::unique_ptr<DescriptorWatch> watch;
  watch = std::make_unique<DescriptorWatch>(&loop, ends[0], [&](int events) {
    seen = events;
    watch.reset();
  });
  watch->want(DescriptorWatch::readable);
  uv_run(&loop, UV_RUN_DEFAULT);
  EXPECT_EQ(seen, DescriptorWatch::readable);
  close(ends[0]);
  close(ends[1]);
}

TEST_F(Handles, PausedWatchIsSilent) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(write(ends[1], "x", 1), 1);
  int calls = 0;
  DescriptorWatch watch(&loop, ends[0], [&](int) { ++calls; });
  watch.want(DescriptorWatch::readable);
  watch.want(0);
  uv_run(&loop, UV_RUN_NOWAIT);
  EXPECT_EQ(calls, 0);
  close(ends[0]);
  close(ends[1]);
}

}  // namespace
}  // namespace signpost
