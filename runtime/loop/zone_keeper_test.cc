// Zones that follow their files.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "loop/zone_keeper_kit.h"

namespace signpost {
namespace {

using namespace loop;

TEST_F(Keeper, ZonesComeChangeAndGo) {
  write("a.test", zone_text(1));
  write("b.test", zone_text(1));
  start();
  EXPECT_EQ(serial("a.test"), 1u);
  write("c.test", zone_text(1));
  EXPECT_TRUE(comes([&] { return serial("c.test") == 1; })) << log_;
  const unsigned position = zone("b.test")->position();
  write("a.test", zone_text(2));
  EXPECT_TRUE(comes([&] { return serial("a.test") == 2; })) << log_;
  EXPECT_TRUE(logged("zone a.test. reloaded from ")) << log_;
  remove("b.test");
  EXPECT_TRUE(comes([&] { return zone("b.test") == nullptr; })) << log_;
  EXPECT_TRUE(logged("zone b.test. removed: "));
  write("d.test", zone_text(1));
  EXPECT_TRUE(comes([&] { return serial("d.test") == 1; })) << log_;
  EXPECT_EQ(zone("d.test")->position(), position) << "places are used again";
  EXPECT_EQ(keeper_->table()->zones.size(), 3u);
  EXPECT_EQ(serial("a.test"), 2u);
  EXPECT_EQ(serial("c.test"), 1u);
}

TEST_F(Keeper, AnErrorStaysWithItsZone) {
  write("a.test", zone_text(1));
  start();
  const Zone* before = zone("a.test");
  write("a.test", zone_text(2, "x A 1\n"));
  write("b.test", zone_text(1, "x A 1\n"));
  write("c.test", zone_text(1));
  EXPECT_TRUE(comes([&] {
    return logged("zone a.test. is not reloaded") && logged("zone b.test. cannot be served") &&
           serial("c.test") == 1;
  })) << log_;
  EXPECT_TRUE(logged(path("zones/a.test") + ":5 - ")) << log_;
  EXPECT_EQ(zone("a.test"), before);
  ASSERT_NE(zone("b.test"), nullptr);
  EXPECT_FALSE(zone("b.test")->loaded());
  write("a.test", zone_text(3));
  write("b.test", zone_text(3));
  EXPECT_TRUE(comes([&] { return serial("a.test") == 3 && serial("b.test") == 3; })) << log_;
}

TEST_F(Keeper, AFolderThatCannotBeReadChangesNothing) {
  write("a.test", zone_text(1));
  start();
  fs::rename(path("zones"), path("away"));
  EXPECT_TRUE(comes([&] { return logged("Corefile:2 - no folder"); })) << log_;
  log_.clear();
  fs::rename(path("away"), path("zones"));
  EXPECT_TRUE(comes([&] { return logged("has been put right"); })) << log_;
  EXPECT_EQ(log_.find("no folder"), std::string::npos) << "said once";
  EXPECT_EQ(serial("a.test"), 1u);
}

TEST_F(Keeper, ASerialThatGoesBackIsWarnedOf) {  // RFC 1982
  write("a.test", zone_text(4294967295u));
  start();
  write("a.test", zone_text(3));
  EXPECT_TRUE(comes([&] { return serial("a.test") == 3; })) << log_;
  EXPECT_FALSE(logged("is lower than")) << "it went on past the highest number";
  write("a.test", zone_text(2));
  EXPECT_TRUE(comes([&] { return serial("a.test") == 2; })) << log_;
  EXPECT_TRUE(logged("serial 2 is lower than 3 before")) << log_;
}

// One of a folder, and line.test of a line of its own.
class KeeperOfALine : public Keeper {
 protected:
  void start_with_a_line() {
    write("x.test", zone_text(1));
    folder_.write("line.test", zone_text(1));
    start([&](BlockConfiguration& block) {
      ZoneFile file{name("line.test"), path("line.test"), {"Corefile", 3}};
      file.reload = std::chrono::milliseconds(1);
      block.served.push_back({file});
    });
  }
};

TEST_F(KeeperOfALine, StaysWhenItsFileGoes) {
  start_with_a_line();
  fs::remove(path("line.test"));
  EXPECT_TRUE(comes([&] { return logged("zone line.test. is served on as it was read last"); }))
      << log_;
  EXPECT_EQ(serial("line.test"), 1u);
  folder_.write("line.test", zone_text(2));
  EXPECT_TRUE(comes([&] { return serial("line.test") == 2; })) << log_;
}

// What could not be read for want of descriptors is read as soon as there are some, and the failure
// is told once however often it was tried.
TEST_F(KeeperOfALine, IsReadWhenTheWantOfDescriptorsEnds) {
  start_with_a_line();
  folder_.write("fresh", zone_text(2));
  rlimit before;
  getrlimit(RLIMIT_NOFILE, &before);
  const int free = dup(STDERR_FILENO);
  close(free);
  const rlimit none{rlim_t(free), before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  rename(path("fresh").c_str(), path("line.test").c_str());
  EXPECT_TRUE(comes([&] { return logged("zone line.test. is not reloaded"); })) << log_;
  for (int turns = 0; turns < 100; ++turns) uv_run(&loop_, UV_RUN_ONCE);
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_TRUE(comes([&] { return serial("line.test") == 2; })) << log_;
  const size_t first = log_.find("zone line.test. is not reloaded");
  EXPECT_EQ(log_.find("zone line.test. is not reloaded", first + 1), std::string::npos) << log_;
}

// One zone, whose file moves as soon as there is a file "moved", within one look.
struct Moving final : ZoneSource {
  explicit Moving(std::string of) : folder(std::move(of)) {}
  bool find(std::vector<ZoneFile>& zones, Problems&) const override {
    std::error_code none;
    fs::rename(folder + "/moved", folder + "/second", none);
    if (!none) fs::remove(folder + "/first");
    const bool moved = !fs::exists(folder + "/first");
    zones.push_back({name("a.test"), folder + (moved ? "/second" : "/first"), {"Corefile", 2}});
    return true;
  }
  const std::string folder;
};

TEST_F(Keeper, AZoneWhoseFileIsAnotherIsNotGone) {
  folder_.write("first", zone_text(1));
  start([&](BlockConfiguration& block) {
    block.sources[0].source = std::make_shared<Moving>(folder_.path());
  });
  folder_.write("fresh", zone_text(2));
  fs::rename(path("fresh"), path("moved"));
  EXPECT_TRUE(comes([&] { return serial("a.test") == 2; })) << log_;
  EXPECT_FALSE(logged("is gone")) << log_;
  EXPECT_TRUE(logged("zone a.test. reloaded from " + path("second"))) << log_;
  folder_.write("fresh", zone_text(3));
  fs::rename(path("fresh"), path("second"));
  EXPECT_TRUE(comes([&] { return serial("a.test") == 3; })) << log_;
  fs::remove(path("second"));
  EXPECT_TRUE(comes([&] { return logged("zone file " + path("second") + " is gone"); })) << log_;
}

TEST_F(Keeper, AZoneThatTheCorefileAddsToIsKept) {
  write("a.test", zone_text(1));
  start([](BlockConfiguration& block) {
    SetSpec set;
    set.owner = name("www.a.test");
    set.type = rr::a;
    set.where = {"Corefile", 4};
    MemberSpec& member = set.members.emplace_back();
    member.where = set.where;
    member.alias = AliasSpec{name("ns1.a.test")};
    block.sets.emplace_back(name("a.test"), set);
  });
  remove("a.test");
  EXPECT_TRUE(comes([&] { return logged("zone a.test. is gone from "); })) << log_;
  EXPECT_EQ(serial("a.test"), 1u);
  // A file without the alias' target is refused.
  write("a.test", "$TTL 60\n@ SOA ns1 h 2 1 2 3 4\n@ NS ns.example.net.\n");
  EXPECT_TRUE(comes([&] { return logged("Tried to create an alias that targets ns1.a.test."); }))
      << log_;
  EXPECT_EQ(serial("a.test"), 1u);
}

TEST_F(Keeper, ManyChangesMakeFewTables) {
  write("a0.test", zone_text(1));
  start();
  const auto all = [&](unsigned wanted) {
    return comes([&] {
      unsigned have = 0;
      for (const auto& zone : keeper_->table()->zones) have += zone && zone->serial() == wanted;
      return have == 200;
    });
  };
  for (unsigned wanted = 1; wanted < 3; ++wanted) {
    for (int i = 0; i < 200; ++i) write("a" + std::to_string(i) + ".test", zone_text(wanted));
    EXPECT_TRUE(all(wanted)) << log_;
  }
  EXPECT_GE(shortest_ms_, 100u);
}

TEST_F(Keeper, AZoneThatChangesAllTheTimeMakesTenTablesASecond) {
  write("a.test", zone_text(1));
  start();
  for (unsigned wanted = 2; wanted < 8; ++wanted) {  // nothing else is under way any more
    write("a.test", zone_text(wanted));
    const std::string line = ", serial " + std::to_string(wanted) + "\n";
    EXPECT_TRUE(comes([&] { return logged(line); })) << log_;
  }
  EXPECT_TRUE(comes([&] { return serial("a.test") == 7; })) << log_;
  EXPECT_GE(changes_, 2u);
  EXPECT_GE(shortest_ms_, 100u);
}

TEST_F(Keeper, LateResultsMeetNobody) {
  write("a.test", zone_text(1));
  start();
  write("a.test", zone_text(2));
  write("b.test", zone_text(2));
  uv_run(&loop_, UV_RUN_ONCE);  // a look is under way
  keeper_.reset();
  uv_run(&loop_, UV_RUN_DEFAULT);
  EXPECT_EQ(changes_, 0u);
}

TEST_F(Keeper, HandsItsZonesOn) {
  write("a.test", zone_text(1));
  start();
  PresentZones present;
  keeper_->add_to(present);
  BlockConfiguration next;
  next.keys = keys();
  const auto handed_on = present.served(next, {.origin = name("a.test")});
  ASSERT_NE(handed_on, nullptr);
  EXPECT_EQ(handed_on.get(), zone("a.test"));
  EXPECT_EQ(present.served(next, {.origin = name("b.test")}), nullptr);
}

// What a reload would find.
std::shared_ptr<const Zone> present_zone(const ZoneKeeper& keeper, const std::string& apex) {
  PresentZones present;
  keeper.add_to(present);
  BlockConfiguration next;
  next.keys = {{corefile::Transport::dns, Name(), 5301, {}}};
  return present.served(next, {.origin = name(apex)});
}

TEST_F(Keeper, NothingChangesWhileAReloadBuilds) {
  write("a.test", zone_text(1));
  start();
  keeper_->hold();
  write("a.test", zone_text(2));
  write("b.test", zone_text(2));
  for (unsigned i = 0; i < 50; ++i) uv_run(&loop_, UV_RUN_ONCE);
  EXPECT_EQ(changes_, 0u);
  EXPECT_EQ(serial("a.test"), 1u);
  EXPECT_EQ(zone("b.test"), nullptr);
  keeper_->go_on();
  EXPECT_TRUE(comes([&] { return serial("a.test") == 2 && serial("b.test") == 2; })) << log_;
}

TEST_F(Keeper, WhatIsUnderWayWhenAReloadBeginsDoesNotCount) {
  write("a.test", zone_text(1));
  start();
  // After so many turns the change is not yet seen, being read, or in the next table.
  for (unsigned turns = 0; turns < 20; ++turns) {
    write("a.test", zone_text(turns + 2));
    for (unsigned i = 0; i < turns; ++i) uv_run(&loop_, UV_RUN_ONCE);
    keeper_->hold();
    const auto before = present_zone(*keeper_, "a.test");
    for (unsigned i = 0; i < 20; ++i) uv_run(&loop_, UV_RUN_ONCE);
    EXPECT_EQ(present_zone(*keeper_, "a.test"), before);
    keeper_->go_on();
    EXPECT_TRUE(comes([&] { return serial("a.test") == turns + 2; })) << log_;
  }
}

}  // namespace
}  // namespace signpost
