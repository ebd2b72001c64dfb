#include "chain/chain.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace signpost {
namespace {

std::vector<std::string>& journal() {
  static std::vector<std::string> lines;
  return lines;
}

struct Settings {
  explicit Settings(Setup&) {}
  explicit Settings(std::string text) : label(std::move(text)) {}
  std::string label;
};

struct Worker {
  explicit Worker(const Settings& s) : settings(s) { journal().push_back("make " + s.label); }
  ~Worker() { journal().push_back("unmake " + settings.label); }
  Down down(Query&) noexcept { return Down::next; }
  void refreshed() noexcept { journal().push_back("refreshed " + settings.label); }
  const Settings& settings;
};

struct Watcher : Worker {
  using Worker::Worker;
  void done(const Query&, const Outcome&) noexcept {}
};

PluginUse use(const PluginInfo& info, const char* label) {
  return {&info, std::make_shared<Settings>(label)};
}

constexpr PluginInfo kQuiet = describe<Settings, Worker>("quiet", Stage::source);
constexpr PluginInfo kWatcher = describe<Settings, Watcher>("watcher", Stage::observe);

TEST(Chain, InstancesLiveAsLongAsTheChain) {
  journal().clear();
  {
    Chain chain({use(kWatcher, "one"), use(kQuiet, "two")});
    EXPECT_EQ(chain.name_at(0), "watcher");
    EXPECT_EQ(chain.name_at(1), "quiet");
    EXPECT_EQ(chain.name_at(2), "signpost");
    chain.refreshed();
  }
  EXPECT_EQ(journal(), (std::vector<std::string>{"make one", "make two", "refreshed one",
                                                 "refreshed two", "unmake two", "unmake one"}));
}

TEST(Chain, OnePluginTwiceMeansTwoInstances) {
  journal().clear();
  { Chain chain({use(kQuiet, "one"), use(kQuiet, "two")}); }
  EXPECT_EQ(journal(),
            (std::vector<std::string>{"make one", "make two", "unmake two", "unmake one"}));
}

struct Broken : Worker {
  explicit Broken(const Settings& s) : Worker(s) { throw std::runtime_error("no luck"); }
};
constexpr PluginInfo kBroken = describe<Settings, Broken>("broken", Stage::source);

TEST(Chain, APluginThatCannotBeMadeLeavesNothingBehind) {
  journal().clear();
  EXPECT_THROW(Chain({use(kQuiet, "one"), use(kQuiet, "two"), use(kBroken, "three")}),
               std::runtime_error);
  EXPECT_EQ(journal(), (std::vector<std::string>{"make one", "make two", "make three",
                                                 "unmake three", "unmake two", "unmake one"}));
}

TEST(Chain, WatchesIfAPluginHasADoneHook) {
  EXPECT_FALSE(Chain({}).watches());
  EXPECT_FALSE(Chain({use(kQuiet, "one")}).watches());
  EXPECT_TRUE(Chain({use(kWatcher, "one")}).watches());
}

TEST(Describe, AbsentHooksAreNull) {
  EXPECT_NE(kQuiet.down, nullptr);
  EXPECT_EQ(kQuiet.up, nullptr);
  EXPECT_EQ(kQuiet.done, nullptr);
  EXPECT_EQ(kQuiet.make_agent, nullptr);
  EXPECT_NE(kWatcher.done, nullptr);
}

}  // namespace
}  // namespace signpost
