#include "signpost/name.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "dns/name_text.h"

namespace signpost {
namespace {

using namespace std::string_literals;

Name name(std::string_view text) { return Name::parse(text).value(); }
std::string wire(NameView n) { return {reinterpret_cast<const char*>(n.data()), n.size()}; }

struct Parsed {
  std::string text, origin, wire, back;
};

TEST(Name, ParsesPresentationForm) {
  const Parsed cases[] = {
      {".", ".", "\0"s, "."},
      {"@", "example.com.", "\7example\3com\0"s, "example.com."},
      {"www", "example.com.", "\3www\7example\3com\0"s, "www.example.com."},
      {"www.", "example.com.", "\3www\0"s, "www."},
      {"WwW.ExAmple.", ".", "\3www\7example\0"s, "www.example."},
      {"*.a.", ".", "\1*\1a\0"s, "*.a."},
      {"a\\.b.", ".", "\3a.b\0"s, "a\\.b."},
      {"\\@", "a.", "\1@\1a\0"s, "\\@.a."},
      {"\\000\\255\\065.", ".", "\3\0\xff"s + "a\0"s, "\\000\\255a."},
      {"a\\ b.", ".", "\3a b\0"s, "a\\032b."},
      {"\\(\\)\\;\\\"\\\\\\$.", ".", "\6();\"\\$\0"s, "\\(\\)\\;\\\"\\\\\\$."},
      {"\xc3\xa9.", ".", "\2\xc3\xa9\0"s, "\\195\\169."},
      {"_sip._tcp", "e.", "\4_sip\4_tcp\1e\0"s, "_sip._tcp.e."},
  };
  for (const Parsed& c : cases) {
    auto n = Name::parse(c.text, name(c.origin));
    ASSERT_TRUE(n) << c.text;
    EXPECT_EQ(wire(*n), c.wire) << c.text;
    EXPECT_EQ(n->text(), c.back) << c.text;
    EXPECT_EQ(Name::parse(c.back), n) << c.text;
  }
}

TEST(Name, RefusesWithReason) {
  const std::string l63(63, 'a'), l64(64, 'a');
  const std::string near = l63 + "." + l63 + "." + l63 + ".";  // 192 octets of labels
  const std::pair<std::string, std::string> cases[] = {
      {"", "empty name"},
      {"a..b", "empty label"},
      {"..", "empty label"},
      {".a", "empty label"},
      {l64 + ".", "label longer than 63 octets"},
      {near + l63 + ".", "name longer than 255 octets"},
      {near + std::string(62, 'b') + ".", "name longer than 255 octets"},
      {near + std::string(60, 'b') + ".c.", "name longer than 255 octets"},
      {"a\\", "bad escape"},
      {"a\\256", "bad escape"},
      {"a\\1", "bad escape"},
      {"a\\12x", "bad escape"},
  };
  for (const auto& [text, reason] : cases) {
    std::string why;
    EXPECT_FALSE(Name::parse(text, NameView(), &why)) << text;
    EXPECT_TRUE(why.starts_with(reason)) << text << ": " << why;
    EXPECT_FALSE(Name::parse(text)) << "without asking why";
  }
}

TEST(Name, TakesExactlyTheLimits) {
  const std::string l63(63, 'a');
  const std::string near = l63 + "." + l63 + "." + l63 + ".";
  EXPECT_EQ(name(l63 + ".").size(), 65u);
  EXPECT_EQ(name(near + std::string(61, 'b') + ".").size(), 255u);
  EXPECT_EQ(Name::parse(near + std::string(59, 'b'), name("c."))->size(), 255u);
  std::string why;
  EXPECT_FALSE(Name::parse(near + std::string(60, 'b'), name("c."), &why));
  EXPECT_EQ(why, "name longer than 255 octets once the origin is appended");
  std::string most;
  for (int i = 0; i < 127; ++i) most += "a.";
  EXPECT_EQ(name(most).view().labels(), 127u);
  EXPECT_FALSE(Name::parse(most + "a."));
}

TEST(Name, KnowsItsPlaceInTheTree) {
  Name n = name("a.b.example.com.");
  EXPECT_EQ(n.view().labels(), 4u);
  EXPECT_EQ(n.view().parent().text(), "b.example.com.");
  EXPECT_EQ(n.view().suffix(2).text(), "example.com.");
  EXPECT_TRUE(n.view().suffix(0).is_root());
  EXPECT_TRUE(NameView().parent().is_root());
  struct {
    const char *name, *apex;
    bool within;
  } const cases[] = {
      {"a.example.com.", "example.com.", true},
      {"example.com.", "example.com.", true},
      {"example.com.", "a.example.com.", false},
      {"aexample.com.", "example.com.", false},
      {"example.com.", ".", true},
      {".", ".", true},
      {".", "com.", false},
      {"a.example.org.", "example.com.", false},
      // The same octets, but the apex starts in the middle of a label.
      {"x\\003com.", "com.", false},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(name(c.name).view().within(name(c.apex)), c.within) << c.name << " in " << c.apex;
  }
}

TEST(Name, MakesWildcards) {
  EXPECT_EQ(Name::wildcard_of(name("example."))->text(), "*.example.");
  EXPECT_EQ(Name::wildcard_of(NameView())->text(), "*.");
  EXPECT_TRUE(name("*.example.").view().is_wildcard());
  EXPECT_FALSE(name("*a.example.").view().is_wildcard());
  EXPECT_FALSE(name("a.*.example.").view().is_wildcard());
  EXPECT_FALSE(NameView().is_wildcard());
  const std::string l63(63, 'a');
  const std::string near = l63 + "." + l63 + "." + l63 + ".";
  EXPECT_EQ(Name::wildcard_of(name(near + std::string(59, 'b') + "."))->size(), 255u);
  EXPECT_FALSE(Name::wildcard_of(name(near + std::string(60, 'b') + ".")));
}

// The example of RFC 4034, section 6.1.
TEST(Name, SortsInCanonicalOrder) {
  const std::vector<Name> sorted = {
      name("example."),         name("a.example."),      name("yljkjljk.a.example."),
      name("Z.a.example."),     name("zABC.a.EXAMPLE."), name("z.example."),
      name("\\001.z.example."), name("*.z.example."),    name("\\200.z.example.")};
  std::vector<Name> shuffled = sorted;
  std::shuffle(shuffled.begin(), shuffled.end(), std::mt19937(7));
  std::sort(shuffled.begin(), shuffled.end());
  EXPECT_EQ(shuffled, sorted);
  EXPECT_TRUE(Name() < name("a."));
  EXPECT_FALSE(name("a.") < name("a."));
  EXPECT_TRUE(name("a.") < name("ab."));
}

TEST(Name, HashesByValue) {
  EXPECT_EQ(NameHash()(name("www.example.com.")), name("WWW.EXAMPLE.com.").view().hash());
  EXPECT_NE(name("a.example.").view().hash(), name("b.example.").view().hash());
  EXPECT_NE(name("ab.c.").view().hash(), name("a.bc.").view().hash());
}

TEST(NameText, KeepsCaseUntilFolded) {
  std::array<uint8_t, dns::kMaxName> out;
  size_t size = dns::write_name("WWW", name("example."), out, nullptr);
  NameView mixed(out.data(), size);
  EXPECT_EQ(mixed.text(), "WWW.example.");
  EXPECT_EQ(dns::lower_case(mixed).text(), "www.example.");
}

TEST(NameText, MeasuresOnlyWholeUncompressedNames) {
  const std::pair<std::string, size_t> cases[] = {
      {"\0"s, 1},          {"\3www\0tail"s, 5}, {""s, 0},
      {"\3www"s, 0},       {"\3ww"s, 0},        {"\xc0\x0c"s, 0},
      {"\1a\xc0\x0c"s, 0}, {"\x40\0"s, 0},      {"\x3f" + std::string(63, 'a') + '\0', 65},
  };
  for (const auto& [bytes, size] : cases) {
    auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
    EXPECT_EQ(dns::measure_name({data, bytes.size()}), size) << testing::PrintToString(bytes);
  }
  std::vector<uint8_t> longest;
  for (int i = 0; i < 127; ++i) longest.insert(longest.end(), {1, 'a'});
  longest.push_back(0);
  EXPECT_EQ(dns::measure_name(longest), 255u);
  longest.insert(longest.begin(), {1, 'a'});
  EXPECT_EQ(dns::measure_name(longest), 0u);
}

}  // namespace
}  // namespace signpost
