// Zones that move from one folder to another.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "loop/zone_keeper_kit.h"

namespace signpost {
namespace {

using namespace loop;
using std::chrono::milliseconds;

class Moves : public Keeper {
 protected:
  // A block whose sources are the folders one, two and three, looked at as often as said.
  void start_folders(std::vector<milliseconds> every) {
    for (size_t i = 0; i < every.size(); ++i) fs::create_directories(path(kFolders[i]));
    start([&](BlockConfiguration& block) {
      block.sources.clear();
      for (size_t i = 0; i < every.size(); ++i)
        block.sources.push_back({std::make_shared<Files>(path(kFolders[i])), every[i]});
    });
  }
  // In one step.
  void put(const std::string& file, const std::string& text) {
    folder_.write("fresh", text);
    fs::create_directories(fs::path(path(file)).parent_path());
    fs::rename(path("fresh"), path(file));
  }
  void move(const std::string& from, const std::string& to) { fs::rename(path(from), path(to)); }
  // Like comes(), but a.test has to be served all the time.
  bool comes_without_gap(const std::function<bool()>& state) {
    return comes([&] { return zone("a.test") == nullptr || state(); }) && zone("a.test") != nullptr;
  }
  bool moved_to(const std::string& file) {
    return logged(path(file) + " takes its place") && logged("reloaded from " + path(file));
  }

  static constexpr const char* kFolders[] = {"one", "two", "three"};
};

TEST_F(Moves, AMovedZoneIsServedAllTheTime) {
  put("one/a.test", zone_text(1));
  start_folders({milliseconds(1), milliseconds(1)});
  move("one/a.test", "two/a.test");
  EXPECT_TRUE(comes_without_gap([&] { return moved_to("two/a.test"); })) << log_;
  log_.clear();
  put("two/a.test", zone_text(2));
  EXPECT_TRUE(comes_without_gap([&] { return serial("a.test") == 2; })) << log_;
  move("two/a.test", "one/a.test");
  EXPECT_TRUE(comes_without_gap([&] { return moved_to("one/a.test"); })) << log_;
  EXPECT_FALSE(logged("removed")) << log_;
}

TEST_F(Moves, TheOtherFolderIsLookedAtBeforeItsTime) {
  put("one/a.test", zone_text(1));
  put("one/b.test", zone_text(1));
  put("two/c.test", zone_text(1));
  start_folders({milliseconds(1), std::chrono::hours(24)});
  move("one/a.test", "two/a.test");
  EXPECT_TRUE(comes_without_gap([&] { return moved_to("two/a.test"); })) << log_;
  // What is missed in a look between the times of a folder is not counted.
  fs::remove(path("two/c.test"));
  for (const char* file : {"one/d.test", "one/e.test"}) {
    put(file, zone_text(1));
    const std::string apex = file + 4;
    EXPECT_TRUE(comes([&] { return serial(apex) == 1; })) << log_;
    fs::remove(path(file));
    EXPECT_TRUE(comes([&] { return zone(apex) == nullptr; })) << log_;
  }
  EXPECT_EQ(serial("c.test"), 1u);
}

TEST_F(Moves, AFolderThatIsNeverLookedAtIsNotAsked) {
  put("one/a.test", zone_text(1));
  start_folders({milliseconds(1), milliseconds(0)});
  move("one/a.test", "two/a.test");
  EXPECT_TRUE(comes([&] { return zone("a.test") == nullptr; })) << log_;
}

TEST_F(Moves, WhatNoOtherFolderHasAnyMoreGoes) {
  put("one/a.test", zone_text(1));
  put("two/a.test", zone_text(2));
  start_folders({milliseconds(1), milliseconds(1)});
  EXPECT_EQ(serial("a.test"), 1u) << "the first counts";
  fs::remove(path("two/a.test"));
  EXPECT_TRUE(comes([&] { return logged("has been put right"); })) << log_;
  fs::remove(path("one/a.test"));
  EXPECT_TRUE(comes([&] { return zone("a.test") == nullptr; })) << log_;
  EXPECT_FALSE(logged("takes its place")) << log_;
}

TEST_F(Moves, TheFirstOfTheOthersTakesTheZone) {
  put("one/a.test", zone_text(1));
  start_folders({milliseconds(1), std::chrono::hours(24), milliseconds(1)});
  put("three/a.test", zone_text(3));
  EXPECT_TRUE(comes([&] { return logged(path("three/a.test") + " is ignored"); })) << log_;
  move("one/a.test", "two/a.test");
  EXPECT_TRUE(comes_without_gap([&] { return moved_to("two/a.test"); })) << log_;
  EXPECT_EQ(serial("a.test"), 1u);
}

TEST_F(Moves, ABrokenFileInTheOtherFolderChangesNothing) {
  put("one/a.test", zone_text(1));
  start_folders({milliseconds(1), milliseconds(1)});
  put("two/a.test", zone_text(2, "x A 1\n"));
  fs::remove(path("one/a.test"));
  EXPECT_TRUE(comes_without_gap([&] { return logged("zone a.test. is not reloaded"); })) << log_;
  EXPECT_EQ(serial("a.test"), 1u);
  put("two/a.test", zone_text(3));
  EXPECT_TRUE(comes_without_gap([&] { return serial("a.test") == 3; })) << log_;
}

// Nothing of a line that is gone is left in a zone that is served on.
TEST_F(Moves, AReloadWhileTheOtherFolderIsBroken) {
  put("one/a.test", zone_text(1));
  start_folders({milliseconds(1), milliseconds(1)});
  put("two/a.test", zone_text(2, "x A 1\n"));
  fs::remove(path("one/a.test"));
  EXPECT_TRUE(comes_without_gap([&] { return logged("zone a.test. is not reloaded"); })) << log_;

  struct Tagged final : ZoneSource {
    explicit Tagged(const std::string& folder) : files(folder) {}
    bool find(std::vector<ZoneFile>& zones, Problems& problems) const override {
      const bool told = files.find(zones, problems);
      for (ZoneFile& file : zones) file.tag = 5;
      return told;
    }
    Files files;
  };
  PresentZones present;
  keeper_->hold();
  keeper_->add_to(present);
  BlockConfiguration next;
  next.keys = keys();
  next.sources.push_back({std::make_shared<Tagged>(path("two")), milliseconds(1)});
  Problems problems, broken;
  load_zones(next, &present, problems, broken);
  EXPECT_TRUE(broken.any_error());
  const auto table = std::static_pointer_cast<const ZoneTable>(next.tables.get(zones_slot));
  EXPECT_EQ(table->zones[0]->serial(), 1u);
  EXPECT_EQ(table->zones[0]->tag(), 5u);
  keeper_->go_on();
}

// Looks at the other folder take long, and zones are lost all the time meanwhile.
TEST_F(Moves, ZonesGoThoughOthersAreLostAllTheTime) {
  struct Slow final : ZoneSource {
    explicit Slow(const std::string& folder) : files(folder) {}
    bool find(std::vector<ZoneFile>& zones, Problems& problems) const override {
      while (lost < wanted) std::this_thread::yield();
      wanted = lost + 2;
      return files.find(zones, problems);
    }
    Files files;
    mutable std::atomic<unsigned> lost{0}, wanted{0};
  };
  fs::create_directories(path("two"));
  const auto slow = std::make_shared<Slow>(path("two"));
  constexpr unsigned kZones = 40;
  for (unsigned i = 0; i < kZones; ++i) put("one/z" + std::to_string(i), zone_text(1));
  start([&](BlockConfiguration& block) {
    block.sources = {{std::make_shared<Files>(path("one")), milliseconds(1)},
                     {slow, std::chrono::hours(24)}};
  });
  unsigned lost = 0;
  for (; lost < kZones && !logged("removed"); ++lost) {
    fs::remove(path("one/z" + std::to_string(lost)));
    ++slow->lost;
    for (int turns = 0; turns < 50; ++turns) comes([n = 0]() mutable { return n++ > 0; });
  }
  EXPECT_TRUE(logged("zone z0. removed")) << lost;
  EXPECT_LT(lost, kZones);
  slow->lost = 1'000'000;  // lets a look that waits go on
}

}  // namespace
}  // namespace signpost
