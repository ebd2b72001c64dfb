#include "zone/zone.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "zone/builder.h"

namespace signpost {
namespace {

Name name(std::string_view text) { return Name::parse(text).value(); }

// A zone of A records (NS where said) at `owners`.
std::shared_ptr<const Zone> zone(const std::string& apex,
                                 const std::map<std::string, uint16_t>& owners) {
  Problems problems;
  const Name origin = name(apex);
  Findings findings(problems);
  ZoneBuilder builder(origin, {0, true, false, {"db", 1}, std::span(&origin, 1), {}, {}}, findings);
  std::vector<uint8_t> soa(22, 0);
  builder.add_record(origin, rr::soa, 60, soa, {"db", 1});
  const uint8_t address[] = {192, 0, 2, 1}, root[] = {0};
  for (const auto& [owner, type] : owners)
    builder.add_record(name(owner), type, 60,
                       type == rr::ns ? std::span<const uint8_t>(root) : address, {"db", 2});
  auto built = builder.build();
  if (!built) {
    ADD_FAILURE() << (problems.all().empty() ? "" : problems.all()[0].text());
  }
  return built;
}

TEST(Zone, FindAndClosestEncloser) {
  const auto z = zone("example.com.", {{"a.b.example.com.", rr::a}, {"*.w.example.com.", rr::a}});
  const struct {
    const char *name, *encloser;  // "": the name exists
  } rows[] = {
      {"example.com.", ""},
      {"b.example.com.", ""},
      {"a.b.example.com.", ""},
      {"*.w.example.com.", ""},
      {"x.example.com.", "example.com."},
      {"x.b.example.com.", "b.example.com."},
      {"x.y.a.b.example.com.", "a.b.example.com."},
      {"x.w.example.com.", "w.example.com."},
      {"x.*.w.example.com.", "*.w.example.com."},
  };
  for (const auto& row : rows) {
    const Name asked = name(row.name);
    const Node* node = z->find(asked);
    EXPECT_EQ(node ? "" : z->closest_encloser(asked)->name.text(), row.encloser) << row.name;
  }
}

TEST(Zone, NamesOfTheMostLabels) {
  const auto z = zone("example.com.", {{"www.example.com.", rr::a}});
  std::string deep;
  for (int i = 0; i < 115; ++i) deep += "a.";
  EXPECT_EQ(z->find(name(deep + "www.example.com.")), nullptr);
  EXPECT_EQ(z->closest_encloser(name(deep + "www.example.com."))->name.text(), "www.example.com.");
  EXPECT_EQ(z->closest_encloser(name(deep + "example.com."))->name.text(), "example.com.");
  const auto bare = zone("example.com.", {});
  EXPECT_EQ(bare->closest_encloser(name(deep + "example.com."))->name.text(), "example.com.");
}

TEST(Zone, TheRoot) {
  const auto z = zone(".", {{"com.", rr::ns}, {"www.com.", rr::a}});
  EXPECT_EQ(z->closest_encloser(name("a.b.net."))->name.text(), ".");
  EXPECT_EQ(z->match(name("www.com.")), nullptr) << "below the cut";
  EXPECT_NE(z->match(name(".")), nullptr);
}

TEST(ZoneTable, LongestApex) {
  ZoneTable table;
  for (const char* apex : {"example.com.", "a.b.example.com.", "b.example.com.", "example.net."})
    table.zones.push_back(zone(apex, {{std::string("www.") + apex, rr::a}}));
  table.zones.push_back(nullptr);  // could not be read
  const struct {
    const char *name, *apex;
  } rows[] = {
      {"www.example.com.", "example.com."},
      {"b.example.com.", "b.example.com."},
      {"x.b.example.com.", "b.example.com."},
      {"x.a.b.example.com.", "a.b.example.com."},
      {"example.net.", "example.net."},
      {"com.", ""},
      {".", ""},
      {"xexample.com.", ""},
  };
  for (const auto& row : rows) {
    const Zone* found = table.find(name(row.name));
    EXPECT_EQ(found ? found->apex().text() : "", row.apex) << row.name;
  }
  EXPECT_NE(table.find_set(name("www.b.example.com."), rr::a), nullptr);
  EXPECT_EQ(table.find_set(name("www.b.example.com."), rr::aaaa), nullptr);
  EXPECT_EQ(table.find_set(name("nowhere.b.example.com."), rr::a), nullptr)
      << "of the child, which hides the parent";
  EXPECT_EQ(table.find_set(name("example.org."), rr::a), nullptr);
}

TEST(ZoneTable, ManyZonesAreFoundAsByTryingAll) {
  std::mt19937 random(7);
  const auto below = [&](unsigned most) {
    std::string text;
    for (unsigned n = random() % (most + 1); n > 0; --n)
      text += std::string(1, char('a' + random() % 3)) + ".";
    return text;
  };
  for (int round = 0; round < 20; ++round) {
    ZoneTable tried, indexed;
    for (int i = 0; i < 40; ++i) {
      const Name apex = name(round == 0 && i == 0 ? "." : below(4) + "test.");
      const bool known = std::any_of(tried.zones.begin(), tried.zones.end(),
                                     [&](const auto& z) { return z && z->apex() == apex.view(); });
      tried.zones.push_back(known ? nullptr : Zone::unloaded(apex, unsigned(i), 0));
    }
    indexed.zones = tried.zones;
    indexed.index();
    for (int i = 0; i < 200; ++i) {
      const Name asked = name(below(7) + (i % 10 == 0 ? "org." : "test."));
      EXPECT_EQ(indexed.find(asked), tried.find(asked)) << asked.text();
    }
    // Changed and indexed again.
    std::shuffle(indexed.zones.begin(), indexed.zones.end(), random);
    indexed.zones.resize(20);
    tried.zones = indexed.zones;
    indexed.index();
    for (int i = 0; i < 100; ++i) {
      const Name asked = name(below(7) + "test.");
      EXPECT_EQ(indexed.find(asked), tried.find(asked)) << asked.text();
    }
  }
}

TEST(Zone, ThatIsNotLoaded) {
  const auto z = Zone::unloaded(name("example.com."), 7, 3);
  EXPECT_FALSE(z->loaded());
  EXPECT_EQ(z->position(), 7u);
  EXPECT_EQ(z->tag(), 3u);
  EXPECT_EQ(z->find(name("example.com.")), &z->apex_node());
  EXPECT_EQ(z->closest_encloser(name("a.b.example.com.")), &z->apex_node());
}

TEST(Arena, AlignsAndKeepsWhatIsLarge) {
  Arena arena;
  arena.allocate(1, 1);
  for (const size_t alignment : {2, 8, 16})
    EXPECT_EQ(reinterpret_cast<uintptr_t>(arena.allocate(3, alignment)) % alignment, 0u);
  auto* large = arena.array<uint64_t>(200'000);
  large[199'999] = 7;
  EXPECT_EQ(arena.copy(std::string_view("text")), "text");
  EXPECT_EQ(arena.copy(std::string_view()), "");
  EXPECT_EQ(large[199'999], 7u);
}

// --- against a slow reference, over random zones

// The zone as a map from text names, searched by the words of RFC 1034 and RFC 4592.
class Reference {
 public:
  explicit Reference(const std::map<std::string, uint16_t>& owners) {
    exist_.insert(kApex);
    for (const auto& [owner, type] : owners) {
      for (std::string at = owner; at != kApex; at = parent(at)) exist_.insert(at);
      if (type == rr::ns) cuts_.insert(owner);
    }
  }

  bool exists(const std::string& asked) const { return exist_.contains(asked); }
  std::string encloser(std::string asked) const {
    do asked = parent(asked);
    while (!exists(asked));
    return asked;
  }
  // The highest cut at or above the name; "" if there is none.
  std::string cut(std::string asked) const {
    std::string found;
    for (; asked != kApex; asked = parent(asked))
      if (cuts_.contains(asked)) found = asked;
    return found;
  }
  // The name whose node answers; "" if there is none.
  std::string match(const std::string& asked) const {
    std::string at = asked;
    if (!exists(asked)) {
      at = "*." + encloser(asked);
      if (!exists(at)) return "";
    }
    return cut(at).empty() ? at : "";
  }

 private:
  static constexpr const char* kApex = "z.";
  static std::string parent(const std::string& text) { return text.substr(text.find('.') + 1); }
  std::set<std::string> exist_, cuts_;
};

TEST(Zone, AgreesWithASlowSearch) {
  std::vector<std::string> names{"z."};  // all of up to four labels over a, b and *
  for (size_t from = 0, depth = 0; depth < 4; ++depth)
    for (size_t end = names.size(); from < end; ++from)
      for (const char* label : {"a.", "b.", "*."}) names.push_back(label + names[from]);
  std::mt19937 random(11);
  for (int round = 0; round < 150; ++round) {
    std::map<std::string, uint16_t> owners;
    const unsigned many = 1 + random() % 14;
    for (unsigned i = 0; i < many; ++i) {
      const std::string& owner = names[1 + random() % (names.size() - 1)];
      owners[owner] = random() % 4 == 0 && owner[0] != '*' ? rr::ns : rr::a;
    }
    const auto z = zone("z.", owners);
    const Reference reference(owners);
    for (const std::string& asked : names) {
      const Name wire = name(asked);
      const Node* node = z->find(wire);
      ASSERT_EQ(node != nullptr, reference.exists(asked)) << asked;
      if (node) {
        ASSERT_EQ(node->cut ? node->cut->name.text() : "", reference.cut(asked)) << asked;
        ASSERT_EQ(node->wildcard != nullptr, reference.exists("*." + asked)) << asked;
      } else {
        ASSERT_EQ(z->closest_encloser(wire)->name.text(), reference.encloser(asked)) << asked;
      }
      const Node* match = z->match(wire);
      ASSERT_EQ(match ? match->name.text() : "", reference.match(asked)) << asked;
    }
  }
}

}  // namespace
}  // namespace signpost
