#include "chain/dispatch.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace signpost {
namespace {

Name name(std::string_view text) { return Name::parse(text).value(); }

uint32_t find(const Dispatch& served, std::string_view asked, uint16_t type) {
  const Name owned = name(asked);
  const LabelStarts labels(owned);
  return served.find(SplitName(owned, labels), type);
}

Dispatch dispatch(const std::vector<std::string>& zones) {
  Dispatch made;
  for (uint32_t i = 0; i < zones.size(); ++i) made.add(name(zones[i]), i);
  return made;
}

TEST(Dispatch, NothingServed) {
  EXPECT_EQ(find(Dispatch(), "example.com.", rr::a), Dispatch::none);
}

// spec/corefile.md, section 9: the longest zone wins; DS goes to the parent's side (rule 7).
TEST(Dispatch, LongestZone) {
  const std::vector<std::string> zones{"example.com.", "sub.example.com.", "example.net.",
                                       "a.b.c.sub.example.com."};
  const Dispatch served = dispatch(zones);
  const struct {
    const char* name;
    uint16_t type;
    const char* zone;  // null: none
  } rows[] = {
      {"example.com.", rr::a, "example.com."},
      {"www.example.com.", rr::a, "example.com."},
      {"sub.example.com.", rr::a, "sub.example.com."},
      {"x.y.sub.example.com.", rr::a, "sub.example.com."},
      {"b.c.sub.example.com.", rr::a, "sub.example.com."},
      {"a.b.c.sub.example.com.", rr::a, "a.b.c.sub.example.com."},
      {"z.a.b.c.sub.example.com.", rr::ds, "a.b.c.sub.example.com."},
      {"xsub.example.com.", rr::a, "example.com."},
      {"notexample.com.", rr::a, nullptr},
      {"com.", rr::a, nullptr},
      {".", rr::a, nullptr},
      {".", rr::ds, nullptr},
      {"sub.example.com.", rr::ds, "example.com."},
      {"a.b.c.sub.example.com.", rr::ds, "sub.example.com."},
      {"example.com.", rr::ds, "example.com."},  // no parent here: the child answers
      {"www.example.net.", rr::ds, "example.net."},
  };
  for (const auto& row : rows) {
    const uint32_t block = find(served, row.name, row.type);
    EXPECT_EQ(block == Dispatch::none ? "" : zones[block], row.zone ? row.zone : "") << row.name;
  }
}

TEST(Dispatch, RootServesTheRest) {
  const Dispatch served = dispatch({".", "example.com."});
  EXPECT_EQ(find(served, "example.com.", rr::a), 1u);
  EXPECT_EQ(find(served, "example.com.", rr::ds), 0u);
  EXPECT_EQ(find(served, "com.", rr::a), 0u);
  EXPECT_EQ(find(served, ".", rr::a), 0u);
  EXPECT_EQ(find(served, ".", rr::ds), 0u);
}

TEST(Dispatch, NamesOfTheMostLabels) {
  std::string deep;
  for (unsigned i = 0; i < 127; ++i) deep += "a.";
  EXPECT_EQ(find(dispatch({"."}), deep, rr::a), 0u);
  EXPECT_EQ(find(dispatch({deep}), deep, rr::a), 0u);
  EXPECT_EQ(find(dispatch({deep.substr(2)}), deep, rr::ds), 0u);
  EXPECT_EQ(find(dispatch({deep}), deep.substr(2), rr::a), Dispatch::none);
}

// Against a walk over a map, for all names of up to four labels over two letters.
TEST(Dispatch, AgreesWithASlowSearch) {
  std::vector<std::string> all{""};
  for (size_t from = 0, depth = 0; depth < 4; ++depth)
    for (size_t end = all.size(); from < end; ++from)
      for (const char* label : {"a.", "b."}) all.push_back(label + all[from]);
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    std::map<std::string, uint32_t> zones;
    Dispatch served;
    for (const std::string& zone : all)
      if (random() % 4 == 0) {
        const auto block = uint32_t(zones.size());
        zones[zone] = block;
        served.add(name(zone.empty() ? "." : zone), block);
      }
    for (const std::string& asked : all)
      for (uint16_t type : {rr::a, rr::ds}) {
        uint32_t expected = Dispatch::none;
        std::string at = asked;
        if (type == rr::ds && !at.empty()) at = at.substr(2);
        while (!zones.contains(at) && !at.empty()) at = at.substr(2);
        if (zones.contains(at))
          expected = zones[at];
        else if (zones.contains(asked))
          expected = zones[asked];
        EXPECT_EQ(find(served, asked.empty() ? "." : asked, type), expected) << asked << type;
      }
  }
}

TEST(Dispatch, WhatHasNoZoneGoesToTheFirstBlockForIt) {
  Dispatch dispatch;
  EXPECT_EQ(dispatch.find_beyond(1), Dispatch::none);
  dispatch.add_beyond(0, 4);
  dispatch.add_beyond(2, 5);
  dispatch.add_beyond(3, 6);
  dispatch.add_beyond(3, 7);
  EXPECT_EQ(dispatch.find_beyond(1), 6u);
  EXPECT_EQ(dispatch.find_beyond(2), 5u);
}

}  // namespace
}  // namespace signpost
