#include "loop/state_directory.h"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <future>

#include "kit/temporary_folder.h"

namespace signpost {
namespace {

class StateDirectoryTest : public testing::Test {
 protected:
  StateDirectoryTest() { uv_loop_init(&loop); }
  ~StateDirectoryTest() override {
    run();
    EXPECT_EQ(uv_loop_close(&loop), 0);
  }
  void run() { uv_run(&loop, UV_RUN_DEFAULT); }  // until every write has finished
  size_t files() const {
    size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
      count += entry.is_regular_file();
    return count;
  }

  uv_loop_t loop;
  kit::TemporaryFolder folder;
};

TEST_F(StateDirectoryTest, WritesAndReadsBack) {
  StateDirectory state(&loop, folder.path());
  EXPECT_EQ(state.load("health.json"), "");
  state.save("health.json", "{\"a\":1}\n");
  run();
  EXPECT_EQ(state.load("health.json"), "{\"a\":1}\n");
  EXPECT_EQ(StateDirectory(&loop, folder.path()).load("health.json"), "{\"a\":1}\n");
  EXPECT_EQ(files(), 1u) << "no temporary file stays";
}

TEST_F(StateDirectoryTest, TheNewestTextWins) {
  StateDirectory state(&loop, folder.path());
  for (int i = 0; i < 100; ++i) state.save("one", std::to_string(i));
  state.save("two", std::string("\0bytes", 6));
  run();
  EXPECT_EQ(state.load("one"), "99");
  EXPECT_EQ(state.load("two"), std::string("\0bytes", 6));
  state.save("one", "");
  run();
  EXPECT_EQ(state.load("one"), "");
}

TEST_F(StateDirectoryTest, MakesTheDirectory) {
  const std::string path = folder.path() + "/a/b";
  StateDirectory state(&loop, path);
  state.save("one", "text");
  run();
  EXPECT_EQ(state.load("one"), "text");
}

TEST_F(StateDirectoryTest, FlushWritesWhatWaits) {
  StateDirectory state(&loop, folder.path());
  state.save("one", "first");
  state.save("one", "second");  // waits behind the first
  state.flush();
  run();
  EXPECT_EQ(state.load("one"), "second");
}

TEST_F(StateDirectoryTest, FlushDoesNotWaitForThePool) {
  std::promise<void> end;
  const std::shared_future<void> ended = end.get_future().share();
  std::array<uv_work_t, 4> busy;  // all threads of the pool
  for (uv_work_t& work : busy) {
    work.data = const_cast<void*>(static_cast<const void*>(&ended));
    uv_queue_work(
        &loop, &work,
        [](uv_work_t* w) { static_cast<const std::shared_future<void>*>(w->data)->wait(); },
        [](uv_work_t*, int) {});
  }
  StateDirectory state(&loop, folder.path());
  state.save("one", "1");
  state.flush();
  EXPECT_EQ(state.load("one"), "1");
  end.set_value();
  run();
  EXPECT_EQ(state.load("one"), "1");
}

TEST_F(StateDirectoryTest, WithoutDirectoryNothingIsKept) {
  StateDirectory state(&loop, "");
  state.save("one", "text");
  state.flush();
  EXPECT_EQ(state.load("one"), "");
}

// A directory that cannot be written (here: because it is a file) costs nothing but the state.
TEST_F(StateDirectoryTest, UnwritableDirectory) {
  folder.write("file", "");
  StateDirectory state(&loop, folder.path() + "/file");
  state.save("one", "text");
  run();
  state.save("one", "again");
  state.save("one", "and again");
  state.flush();
  run();
  EXPECT_EQ(state.load("one"), "");
}

TEST_F(StateDirectoryTest, AFailedWriteLeavesTheOldText) {
  StateDirectory state(&loop, folder.path());
  state.save("one", "old");
  run();
  std::filesystem::create_directory(folder.path() + "/one.new");  // where the new text would go
  state.save("one", "new");
  run();
  EXPECT_EQ(state.load("one"), "old");
}

TEST_F(StateDirectoryTest, WhatIsNoTextFileIsNotRead) {
  std::filesystem::create_directory(folder.path() + "/folder");
  StateDirectory state(&loop, folder.path());
  EXPECT_EQ(state.load("folder"), "");
  { std::ofstream(folder.path() + "/huge") << "x"; }
  std::filesystem::resize_file(folder.path() + "/huge", (16u << 20) + 1);
  EXPECT_EQ(state.load("huge"), "") << "beyond 16 MiB";
}

}  // namespace
}  // namespace signpost
