// Zones of sources, what is taken over from a configuration in force, and what is noticed of files.
#include "config/block_zones.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "kit/temporary_folder.h"

namespace signpost {
namespace {

constexpr const char* kText = "$TTL 60\n@ SOA ns1 h 5 1 2 3 4\n@ NS ns1\nns1 A 192.0.2.53\n";

// One zone for each name, from a file called like it.
struct Names final : ZoneSource {
  Names(std::string of, std::vector<std::string> all) : folder(std::move(of)), names(all) {}
  bool find(std::vector<ZoneFile>& zones, Problems& problems) const override {
    for (const std::string& name : names)
      zones.push_back({Name::parse(name).value(), folder + "/" + name, {"Corefile", 2}});
    if (names.empty()) problems.error({"Corefile", 2}, "no folder");
    return !names.empty();
  }
  std::string folder;
  std::vector<std::string> names;
};

class BlockZones : public testing::Test {
 protected:
  BlockConfiguration block(std::vector<std::string> names) {
    BlockConfiguration block;
    block.sources.push_back({std::make_shared<Names>(folder_.path(), std::move(names)), {}});
    return block;
  }
  // Reads the zones of `block`; what was said, fatal problems first.
  std::string load(BlockConfiguration& block, const PresentZones* present = nullptr) {
    Problems problems, broken;
    load_zones(block, present, problems, broken);
    std::string text = text_of(problems) + "--\n" + text_of(broken);
    for (size_t at; (at = text.find(folder_.path() + "/")) != std::string::npos;)
      text.erase(at, folder_.path().size() + 1);
    return text;
  }
  static std::shared_ptr<const Zone> zone(const BlockConfiguration& block, size_t position) {
    return std::static_pointer_cast<const ZoneTable>(block.tables.get(zones_slot))->zones[position];
  }
  static PresentZones present(const BlockConfiguration& block) {
    PresentZones present;
    add_to(present, block);
    return present;
  }
  static void add_to(PresentZones& present, const BlockConfiguration& block) {
    present.begin(block);
    for (size_t i = 0; i < block.served.size(); ++i) {
      ServedZone served = block.served[i];
      served.read = settled(*served.read);
      present.add(served, zone(block, i));
    }
  }
  static void set_key(BlockConfiguration& block, uint16_t port) {
    block.keys = {{corefile::Transport::dns, Name::parse("a.test").value(), port, {}}};
  }
  // Its line in a Corefile where other lines stand above it, and with other options.
  static void move_line(BlockConfiguration& block, uint32_t tag) {
    struct Moved final : ZoneSource {
      std::shared_ptr<const ZoneSource> from;
      uint32_t tag;
      bool find(std::vector<ZoneFile>& zones, Problems& problems) const override {
        const bool told = from->find(zones, problems);
        for (ZoneFile& file : zones) {
          file.tag = tag;
          file.minimal = true;
        }
        return told;
      }
    };
    auto moved = std::make_shared<Moved>();
    moved->from = block.sources[0].source;
    moved->tag = tag;
    block.sources[0].source = moved;
  }
  // As when some time went by since the files were written.
  static std::shared_ptr<const FilesRead> settled(FilesRead files) {
    settle(files, FilesRead(files));
    return std::make_shared<const FilesRead>(std::move(files));
  }

  kit::TemporaryFolder folder_;
};

// What could not be read is not missed as well.
TEST_F(BlockZones, OneErrorIsToldOnce) {
  folder_.write("a.test", "$TTL 60\n@ SOA ns1 h x 1 2 3 4\nns1 A 192.0.2.53\n");
  BlockConfiguration of = block({"a.test"});
  const std::string said = load(of);
  EXPECT_TRUE(said.starts_with("--\na.test:2 - SOA serial: found 'x'")) << said;
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 2) << said;
}

TEST_F(BlockZones, KeepEachFileOnce) {
  folder_.write("more", "x A 192.0.2.1\n");
  folder_.write("a.test", std::string(kText) + "$INCLUDE more a\n$INCLUDE more b\n$INCLUDE no\n");
  BlockConfiguration of = block({"a.test"});
  load(of);
  std::vector<std::string> paths;
  for (const FileRead& file : *of.served[0].read)
    paths.push_back(file.path.substr(folder_.path().size() + 1));
  EXPECT_EQ(paths, (std::vector<std::string>{"a.test", "more", "no"}));
  FilesRead files{{"a", {true, 1, 2, 3, 4, 5}, false}, {"b", {true, 1, 2, 3, 4, 5}, false}};
  settle(files, {{"b", {true, 1, 2, 3, 4, 5}, false}, {"a", {true, 1, 2, 3, 4, 6}, false}});
  EXPECT_FALSE(files[0].settled);
  EXPECT_TRUE(files[1].settled);
}

TEST_F(BlockZones, OneFailsAlone) {
  folder_.write("a.test", kText);
  folder_.write("b.test", std::string(kText) + "x A 1\n");
  BlockConfiguration of = block({"a.test", "b.test", "c.test"});
  const std::string said = load(of);
  EXPECT_EQ(said.substr(0, 12), "--\nb.test:5 ") << said;
  EXPECT_NE(said.find("zone file c.test does not exist"), std::string::npos) << said;
  ASSERT_EQ(of.served.size(), 3u);
  EXPECT_TRUE(zone(of, 0)->loaded());
  EXPECT_EQ(zone(of, 0)->position(), 0u);
  EXPECT_FALSE(zone(of, 1)->loaded());
  EXPECT_EQ(zone(of, 1)->apex().text(), "b.test.");
  EXPECT_EQ(zone(of, 1)->find(Name::parse("x.b.test").value()), nullptr);
  EXPECT_EQ(zone(of, 1)->closest_encloser(Name::parse("x.y.b.test").value()),
            &zone(of, 1)->apex_node());
  EXPECT_EQ(zone(of, 1)->match(Name::parse("x.b.test").value()), nullptr);
}

TEST_F(BlockZones, WhatCannotBeToldIsAnError) {
  BlockConfiguration of = block({});
  EXPECT_EQ(load(of), "Corefile:2 - no folder\n--\n");
}

TEST_F(BlockZones, TheFirstOfTwoCounts) {
  folder_.write("a.test", kText);
  BlockConfiguration of = block({"a.test", "a.test"});
  EXPECT_NE(load(of).find("zone a.test. is already served"), std::string::npos);
  EXPECT_EQ(of.served.size(), 1u);
  EXPECT_NE(of.sources[0].said.find("already served"), std::string::npos);
}

TEST_F(BlockZones, AHundredOfManyRepeatedZonesAreTold) {
  folder_.write("a.test", kText);
  BlockConfiguration of = block(std::vector<std::string>(131, "a.test"));
  const std::string said = load(of);
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 102) << said;
  EXPECT_NE(said.find("Corefile - Warning: 30 more warnings of zones that are already served"),
            std::string::npos)
      << said;
}

TEST_F(BlockZones, AZoneWithRecordSetsMustBeGood) {
  folder_.write("a.test", "@ A 1\n");
  BlockConfiguration of = block({"a.test"});
  SetSpec set;
  set.owner = Name::parse("www.a.test").value();
  set.type = rr::a;
  set.members.emplace_back().values = {{192, 0, 2, 1}};
  of.sets.emplace_back(Name::parse("a.test").value(), set);
  EXPECT_EQ(load(of).substr(0, 9), "a.test:1 ");
}

TEST_F(BlockZones, TakesOverWhatDidNotChange) {
  folder_.write("a.test", kText);
  folder_.write("b.test", kText);
  folder_.write("c.test", kText);
  BlockConfiguration before = block({"c.test", "b.test", "a.test"});
  ASSERT_EQ(load(before), "--\n");
  const PresentZones zones = present(before);

  folder_.write("b.test", std::string(kText) + "www A 192.0.2.1\n");
  folder_.write("c.test", std::string(kText) + "broken\n");
  BlockConfiguration after = block({"a.test", "b.test", "c.test"});
  const std::string said = load(after, &zones);
  EXPECT_EQ(said.substr(0, 12), "--\nc.test:5 ") << said;
  EXPECT_EQ(zone(after, 0), zone(before, 2)) << "the same object";
  EXPECT_NE(zone(after, 1), zone(before, 1));
  EXPECT_EQ(zone(after, 1)->record_count(), 4u);
  EXPECT_EQ(zone(after, 2), zone(before, 0)) << "the last good one";
}

TEST_F(BlockZones, WhatIsCurrent) {
  folder_.write("a.test", kText);
  BlockConfiguration before = block({"a.test"});
  ASSERT_EQ(load(before), "--\n");
  const PresentZones zones = present(before);
  const ZoneFile file = before.served[0].file;
  for (auto change : {+[](ZoneFile&) {}, +[](ZoneFile& f) { f.where.line = 99; },
                      +[](ZoneFile& f) { f.chase = false; }, +[](ZoneFile& f) { f.minimal = true; },
                      +[](ZoneFile& f) { f.tag = 3; }}) {
    ZoneFile same = file;
    change(same);
    EXPECT_NE(zones.current(same), nullptr);
  }
  for (auto change : {+[](ZoneFile& f) { f.path += "x"; },
                      +[](ZoneFile& f) {
                        f.passes_on = {"Corefile", 3};
                      },
                      +[](ZoneFile& f) { f.origin = Name::parse("b.test").value(); }}) {
    ZoneFile other = file;
    change(other);
    EXPECT_EQ(zones.current(other), nullptr);
  }
  folder_.write("a.test", std::string(kText) + "www A 192.0.2.1\n");
  EXPECT_EQ(zones.current(file), nullptr);
}

// Whatever else a reload brings, each zone is served as its line says, and from the same memory.
TEST_F(BlockZones, ALineWithOtherOptionsSharesTheRecords) {
  folder_.write("a.test", kText);
  folder_.write("b.test", kText);
  BlockConfiguration before = block({"a.test", "b.test"});
  ASSERT_EQ(load(before), "--\n");
  const PresentZones zones = present(before);
  folder_.write("b.test", std::string(kText) + "broken\n");
  BlockConfiguration after = block({"a.test", "b.test"});
  move_line(after, 7);
  EXPECT_EQ(load(after, &zones).substr(0, 12), "--\nb.test:5 ");
  for (size_t i = 0; i < 2; ++i) {
    const auto was = zone(before, i), is = zone(after, i);
    ASSERT_TRUE(is->loaded());
    EXPECT_EQ(is->tag(), 7u);
    EXPECT_TRUE(is->minimal());
    EXPECT_EQ(was->tag(), 0u);
    EXPECT_FALSE(was->minimal());
    EXPECT_EQ(&is->apex_node(), &was->apex_node());
    EXPECT_EQ(is->find(Name::parse(i == 0 ? "ns1.a.test" : "ns1.b.test").value())->set_count, 1u);
  }
  before = {};
  EXPECT_EQ(zone(after, 0)->soa().owner.text(), "a.test.") << "the records outlive the zone before";
}

TEST_F(BlockZones, ABrokenFileInAnotherFolderChangesNothing) {
  folder_.write("a.test", kText);
  BlockConfiguration before = block({"a.test"});
  ASSERT_EQ(load(before), "--\n");
  const PresentZones zones = present(before);
  folder_.write("other/a.test", "broken\n");
  BlockConfiguration after;
  after.sources.push_back(
      {std::make_shared<Names>(folder_.path() + "/other", std::vector<std::string>{"a.test"}), {}});
  EXPECT_EQ(load(after, &zones).substr(0, 18), "--\nother/a.test:1 ");
  EXPECT_EQ(zone(after, 0), zone(before, 0));
}

// A file that broke while the configuration was in force is an error at the reload as well.
TEST_F(BlockZones, ABrokenFileIsToldOfAgain) {
  folder_.write("a.test", kText);
  BlockConfiguration before = block({"a.test"});
  ASSERT_EQ(load(before), "--\n");
  const auto good = zone(before, 0);
  folder_.write("a.test", "broken\n");
  Problems problems;
  before.served[0].read = read_zone(before, before.served[0].file, 0, problems).files;
  before.served[0].broken = true;
  const PresentZones zones = present(before);

  BlockConfiguration after = block({"a.test"});
  EXPECT_EQ(load(after, &zones).substr(0, 12), "--\na.test:1 ");
  EXPECT_EQ(zone(after, 0), good);
  EXPECT_TRUE(after.served[0].broken);

  BlockConfiguration line;
  line.served.push_back({before.served[0].file});
  EXPECT_EQ(load(line, &zones).substr(0, 9), "a.test:1 ") << "the zone of a line must be good";
}

TEST_F(BlockZones, EachBlockKeepsItsOwn) {
  folder_.write("a.test", kText);
  BlockConfiguration old = block({"a.test"}), young = block({"a.test"});
  set_key(old, 5301);
  set_key(young, 5302);
  ASSERT_EQ(load(old), "--\n");
  folder_.write("a.test", "$TTL 60\n@ SOA ns1 h 6 1 2 3 4\n@ NS ns1\nns1 A 192.0.2.54\n");
  ASSERT_EQ(load(young), "--\n");
  folder_.write("a.test", "broken\n");
  PresentZones zones;
  for (const auto* of : {&old, &young}) add_to(zones, *of);
  for (const uint16_t port : {5301, 5302}) {
    BlockConfiguration after = block({"a.test"});
    set_key(after, port);
    load(after, &zones);
    EXPECT_EQ(zone(after, 0)->serial(), port == 5301 ? 5u : 6u);
  }
  BlockConfiguration elsewhere = block({"a.test"});
  set_key(elsewhere, 5303);
  load(elsewhere, &zones);
  EXPECT_TRUE(zone(elsewhere, 0)->loaded());
}

// What Corefile lines added cannot be taken out of it, so the reload is refused.
TEST_F(BlockZones, AZoneThatHadRecordSetsMustBeGood) {
  folder_.write("a.test", kText);
  BlockConfiguration before = block({"a.test"});
  SetSpec set;
  set.owner = Name::parse("www.a.test").value();
  set.type = rr::a;
  set.members.emplace_back().values = {{192, 0, 2, 1}};
  before.sets.emplace_back(Name::parse("a.test").value(), set);
  ASSERT_EQ(load(before), "--\n");
  const PresentZones zones = present(before);
  folder_.write("a.test", "broken\n");
  BlockConfiguration after = block({"a.test"});
  EXPECT_EQ(load(after, &zones).substr(0, 9), "a.test:1 ");
}

TEST_F(BlockZones, FilesAreCompared) {
  folder_.write("a.test", std::string(kText) + "$INCLUDE inc\n");
  folder_.write("inc", "www A 192.0.2.1\n");
  BlockConfiguration of = block({"a.test"});
  ASSERT_EQ(load(of), "--\n");
  ASSERT_EQ(of.served[0].read->size(), 2u);
  EXPECT_TRUE(differs(*of.served[0].read)) << "written a moment ago: one more change may hide";
  const auto files = settled(*of.served[0].read);
  EXPECT_FALSE(differs(*files));
  folder_.write("inc", "www A 192.0.2.10\n");
  EXPECT_TRUE(differs(*files));
  std::filesystem::remove(folder_.path() + "/inc");
  EXPECT_TRUE(differs(*files));
}

TEST_F(BlockZones, AMissingIncludeIsWaitedFor) {
  folder_.write("a.test", std::string(kText) + "$INCLUDE inc\n");
  BlockConfiguration of = block({"a.test"});
  EXPECT_EQ(load(of).substr(0, 12), "--\na.test:5 ");
  const auto files = settled(*of.served[0].read);
  ASSERT_EQ(files->size(), 2u);
  EXPECT_FALSE(differs(*files));
  folder_.write("inc", "www A 192.0.2.1\n");
  EXPECT_TRUE(differs(*files));
}

TEST_F(BlockZones, ReadsAZoneFromItsChangedFile) {
  folder_.write("a.test", kText);
  BlockConfiguration of = block({"a.test"});
  ASSERT_EQ(load(of), "--\n");
  folder_.write("a.test", "$TTL 60\n@ SOA ns1 h 6 1 2 3 4\n@ NS ns1\nns1 A 192.0.2.54\n");
  Problems problems;
  EXPECT_EQ(read_zone(of, of.served[0].file, 0, problems).zone->serial(), 6u);
  folder_.write("a.test", "$TTL 60\n@ SOA ns1 h 7 1 2 3 4\nbroken\n");
  EXPECT_EQ(read_zone(of, of.served[0].file, 0, problems).zone, nullptr);
  EXPECT_TRUE(problems.any_error());
}

}  // namespace
}  // namespace signpost
