#include "rules.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace signpost::acl {
namespace {

Address address(std::string_view text) { return Address::parse(text).value(); }
Prefix prefix(std::string_view text) { return Prefix::parse(text).value(); }
Name name(std::string_view text) { return Name::parse(text).value(); }

TypeSet types(std::initializer_list<uint16_t> numbers) {
  TypeSet set;
  for (uint16_t number : numbers) set.add(number);
  return set;
}

TEST(TypeSet, holds_what_was_added) {
  const TypeSet set = types({1, 255, 256, 65535, 32768, 256});
  for (uint16_t type : {1, 255, 256, 32768, 65535}) EXPECT_TRUE(set.has(type)) << type;
  for (uint16_t type : {0, 2, 254, 257, 32767, 65534}) EXPECT_FALSE(set.has(type)) << type;
  EXPECT_FALSE(set.empty());
  EXPECT_TRUE(TypeSet().empty());
  EXPECT_FALSE(types({65280}).empty());
}

Rule rule(Action action, std::initializer_list<const char*> sources) {
  Rule rule;
  rule.action = action;
  rule.every_source = sources.size() == 0;
  for (const char* source : sources) rule.sources.push_back(prefix(source));
  return rule;
}

// The action for a question of type A, "-" if no rule fits.
std::string ask(const Rules& rules, std::string_view source, std::string_view who = "example.com.",
                uint16_t type = 1) {
  const Rule* found = rules.find(address(source), name(who), type);
  if (!found) return "-";
  return std::string("abfd").substr(size_t(found->action), 1);
}

TEST(Rules, the_first_that_fits_decides_not_the_longest_prefix) {
  const Rules rules({rule(Action::allow, {"192.168.1.0/24"}),
                     rule(Action::block, {"192.168.0.0/16", "2001:db8::/32"}),
                     rule(Action::drop, {"192.168.7.0/24", "10.0.0.0/8"})});
  EXPECT_EQ(ask(rules, "192.168.1.77"), "a");
  EXPECT_EQ(ask(rules, "192.168.7.1"), "b");
  EXPECT_EQ(ask(rules, "192.168.255.255"), "b");
  EXPECT_EQ(ask(rules, "10.1.2.3"), "d");
  EXPECT_EQ(ask(rules, "192.169.0.0"), "-");
  EXPECT_EQ(ask(rules, "2001:db8:ffff::1"), "b");
  EXPECT_EQ(ask(rules, "2001:db9::1"), "-");
}

TEST(Rules, one_for_every_source_stands_in_its_place) {
  const Rules rules({rule(Action::allow, {"192.0.2.0/24"}), rule(Action::filter, {}),
                     rule(Action::drop, {"198.51.100.0/24"})});
  EXPECT_EQ(ask(rules, "192.0.2.1"), "a");
  EXPECT_EQ(ask(rules, "198.51.100.1"), "f");
  EXPECT_EQ(ask(rules, "::1"), "f");
  EXPECT_EQ(Rules().find(address("::1"), name("a."), 1), nullptr);
}

TEST(Rules, type_and_name_are_looked_at_behind_the_source) {
  std::vector<Rule> all{rule(Action::block, {"192.0.2.0/24"}), rule(Action::drop, {}),
                        rule(Action::filter, {"192.0.2.128/25"})};
  all[0].every_type = false;
  all[0].types = types({28});
  all[1].zones = {name("a.example.com."), name("b.example.com.")};
  const Rules rules(all);
  EXPECT_EQ(ask(rules, "192.0.2.200", "example.com.", 28), "b");
  EXPECT_EQ(ask(rules, "192.0.2.200", "x.b.example.com.", 1), "d");
  EXPECT_EQ(ask(rules, "192.0.2.200", "xb.example.com.", 1), "f");
  EXPECT_EQ(ask(rules, "192.0.2.1", "example.com.", 1), "-");
  EXPECT_EQ(ask(rules, "198.51.100.1", "a.example.com.", 28), "d");
}

TEST(Rules, an_address_of_no_family_fits_rules_for_every_source_only) {
  const Rules rules({rule(Action::allow, {"0.0.0.0/0", "::/0"}), rule(Action::drop, {})});
  EXPECT_EQ(rules.find(Address(), name("a."), 1)->action, Action::drop);
}

// What the map finds, trying rule after rule finds as well.
TEST(Rules, agree_with_a_list_gone_through) {
  std::mt19937 random(20260101);
  const auto below = [&](unsigned n) { return unsigned(random() % n); };
  const auto some_address = [&] {
    Address a;
    a.family = below(2) ? 4 : 6;
    for (unsigned i = 0; i < 4; ++i) a.bytes[i] = uint8_t(below(3) * 0x80);
    return a;
  };
  for (unsigned round = 0; round < 200; ++round) {
    std::vector<Rule> all;
    for (unsigned r = below(12); r > 0; --r) {
      Rule one;
      one.action = Action(below(kActions));
      one.every_type = below(3) != 0;
      one.types = types({uint16_t(1 + below(2))});
      one.every_source = below(6) == 0;
      for (unsigned n = one.every_source ? 0 : below(8); n > 0; --n) {
        const auto made = Prefix::parse(some_address().text() + "/" + std::to_string(below(33)));
        one.sources.push_back(made.value());
      }
      if (below(4) == 0) one.zones = {name("a.example.com.")};
      all.push_back(one);
    }
    const Rules rules(all);
    for (unsigned n = 0; n < 100; ++n) {
      const Address source = some_address();
      const Name who = name(below(2) ? "www.a.example.com." : "example.com.");
      const auto type = uint16_t(1 + below(3));
      int wanted = -1;
      for (const Rule& one : all) {
        bool held = one.every_source;
        for (const Prefix& p : one.sources) held |= p.contains(source);
        if (wanted < 0 && held && one.fits(who, type)) wanted = int(one.action);
      }
      const Rule* found = rules.find(source, who, type);
      ASSERT_EQ(found ? int(found->action) : -1, wanted) << source.text() << ", round " << round;
    }
  }
}

}  // namespace
}  // namespace signpost::acl
