// Zones of sources, and what is noticed of files.
#include "config/block_zones_kit.h"

namespace signpost {
namespace {

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
