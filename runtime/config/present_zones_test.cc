// What a reload takes over of the configuration in force.
#include "config/present_zones.h"

#include "config/block_zones_kit.h"

namespace signpost {
namespace {

using TakenOver = BlockZones;

TEST_F(TakenOver, TakesOverWhatDidNotChange) {
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

TEST_F(TakenOver, WhatIsCurrent) {
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
TEST_F(TakenOver, ALineWithOtherOptionsSharesTheRecords) {
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

TEST_F(TakenOver, ABrokenFileInAnotherFolderChangesNothing) {
  folder_.write("a.test", kText);
  BlockConfiguration before = block({"a.test"});
  ASSERT_EQ(load(before), "--\n");
  const PresentZones zones = present(before);
  folder_.write("other/a.test", "broken\n");
  BlockConfiguration after = block_of(folder_.path() + "/other", {"a.test"});
  EXPECT_EQ(load(after, &zones).substr(0, 18), "--\nother/a.test:1 ");
  EXPECT_EQ(zone(after, 0), zone(before, 0));
}

// A file that broke while the configuration was in force is an error at the reload as well.
TEST_F(TakenOver, ABrokenFileIsToldOfAgain) {
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
  set_key(line, 5300);
  line.served.push_back({before.served[0].file});
  EXPECT_EQ(load(line, &zones).substr(0, 9), "a.test:1 ") << "the zone of a line must be good";
}

TEST_F(TakenOver, EachBlockKeepsItsOwn) {
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
  EXPECT_TRUE(zone(elsewhere, 0)->loaded()) << "of the same file";
}

// Split horizons: the same zone on other addresses is another zone.
TEST_F(TakenOver, NoBlockGetsTheZoneOfAnother) {
  folder_.write("in/a.test", kText);
  folder_.write("out/a.test", "broken\n");
  const auto inside = [&] { return block_of(folder_.path() + "/in", {"a.test"}); };
  const auto outside = [&] {
    BlockConfiguration block = block_of(folder_.path() + "/out", {"a.test"});
    block.bind = {{"127.0.0.3", {}}};
    return block;
  };
  BlockConfiguration in = inside(), out = outside();
  ASSERT_EQ(load(in), "--\n");
  load(out);
  ASSERT_FALSE(zone(out, 0)->loaded());
  PresentZones both, one;
  for (const auto* of : {&in, &out}) add_to(both, *of);
  add_to(one, in);
  for (const PresentZones* present : {&both, &one}) {
    BlockConfiguration after = outside();
    load(after, present);
    EXPECT_FALSE(zone(after, 0)->loaded());
    set_key(after = outside(), 5399);
    load(after, present);
    EXPECT_FALSE(zone(after, 0)->loaded());
  }

  folder_.write("out/a.test", "$TTL 60\n@ SOA ns1 h 6 1 2 3 4\n@ NS ns1\nns1 A 192.0.2.54\n");
  BlockConfiguration good = outside();
  ASSERT_EQ(load(good), "--\n");
  for (const bool first : {false, true}) {
    PresentZones present;
    for (const bool is_in : {first, !first}) add_to(present, is_in ? in : good);
    for (const char* file : {"in/a.test", "out/a.test"}) folder_.write(file, "broken\n");
    BlockConfiguration in_after = inside(), out_after = outside();
    load(in_after, &present);
    load(out_after, &present);
    EXPECT_EQ(zone(in_after, 0)->serial(), 5u);
    EXPECT_EQ(zone(out_after, 0)->serial(), 6u);
  }
}

// What a line of another block added to its zone concerns nobody else.
TEST_F(TakenOver, SetsOfAnotherBlockRefuseNoReload) {
  folder_.write("a.test", kText);
  BlockConfiguration with_sets = block({"a.test"});
  SetSpec set;
  set.owner = Name::parse("www.a.test").value();
  set.type = rr::a;
  set.members.emplace_back().values = {{192, 0, 2, 1}};
  with_sets.sets.emplace_back(Name::parse("a.test").value(), set);
  ASSERT_EQ(load(with_sets), "--\n");
  const PresentZones zones = present(with_sets);
  folder_.write("a.test", "broken\n");
  BlockConfiguration other = block({"a.test"});
  other.bind = {{"127.0.0.3", {}}};
  EXPECT_EQ(load(other, &zones).substr(0, 12), "--\na.test:1 ");
  EXPECT_FALSE(zone(other, 0)->loaded());
}

// What Corefile lines added cannot be taken out of it, so the reload is refused.
TEST_F(TakenOver, AZoneThatHadRecordSetsMustBeGood) {
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

}  // namespace
}  // namespace signpost
