#include "zone/denial.h"

#include <gtest/gtest.h>

#include <random>

#include "dns/name_text.h"
#include "zone/signed_kit.h"

namespace signpost {
namespace {

using zone::signed_text;
using zone::SignedZone;

Name name(const std::string& text) {
  return Name::parse(text, Name::parse("example.com.")->view()).value();
}

// Where a name stands in a chain, found without the index: canonical order or hashes.
int order(const Zone& z, NameView a, NameView b) {
  if (z.denial().kind() == Denial::nsec) return dns::compare_canonical(a, b);
  const auto position = [&](NameView n) {
    const auto hash = hash_in_owner(n, z.apex());
    return hash ? *hash : hash_name(n, z.denial().parameters());
  };
  const auto x = position(a), y = position(b);
  return x < y ? -1 : int(y < x);
}

// The place in the chain whose set matches or covers `asked`, by looking at every one.
const RecordSet* expected(const Zone& z, NameView asked) {
  const RecordSet *best = nullptr, *last = nullptr;
  for (const RecordSet* set : z.denial().chain()) {
    if (order(z, set->owner, asked) <= 0 && (!best || order(z, best->owner, set->owner) < 0))
      best = set;
    if (!last || order(z, last->owner, set->owner) < 0) last = set;
  }
  return best ? best : last;
}

class DenialOf : public testing::TestWithParam<const char*> {};

TEST_P(DenialOf, IsInOrder) {
  const SignedZone built(signed_text(GetParam()));
  ASSERT_TRUE(built.zone) << built.said;
  EXPECT_EQ(built.said.find("chain"), std::string::npos) << built.said;
  const auto chain = built.zone->denial().chain();
  ASSERT_GT(chain.size(), 10u);
  for (size_t i = 1; i < chain.size(); ++i)
    EXPECT_LT(order(*built.zone, chain[i - 1]->owner, chain[i]->owner), 0) << i;
}

TEST_P(DenialOf, FindsWhatCoversNames) {
  const SignedZone built(signed_text(GetParam()));
  ASSERT_TRUE(built.zone) << built.said;
  std::mt19937 random(7);
  const char* const labels[] = {"a",   "b",     "*",     "w",     "www",    "zz",
                                "-",   "\\000", "\\001", "\\255", "a\\000", "a\\001",
                                "sub", "ent",   "lit",   "0",     "x"};
  for (int i = 0; i < 3000; ++i) {
    std::string text = labels[random() % std::size(labels)];
    for (unsigned more = random() % 3; more != 0; --more)
      text += std::string(".") + labels[random() % std::size(labels)];
    const Name asked = name(text);
    const RecordSet* found = built.zone->denial().covering(asked);
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->owner.text(), expected(*built.zone, asked)->owner.text()) << text;
  }
  const std::string deep = [] {
    std::string text;
    for (int i = 0; i < 120; ++i) text += "\\000.";
    return text + "example.com.";
  }();
  EXPECT_EQ(built.zone->denial().covering(name(deep)), expected(*built.zone, name(deep)));
}

TEST_P(DenialOf, KnowsTheNodes) {
  const SignedZone built(signed_text(GetParam()));
  ASSERT_TRUE(built.zone) << built.said;
  const Zone& z = *built.zone;
  for (const Node* node : z.nodes()) {
    const Denial::Witness own = z.denial().of(z.index(*node));
    if (node->cut && node->cut != node) {
      EXPECT_EQ(own.set, nullptr) << node->name.text();
      continue;
    }
    EXPECT_EQ(own.set, expected(z, node->name)) << node->name.text();
    const Name owner(own.set->owner);
    EXPECT_EQ(own.at_name, order(z, owner, node->name) == 0) << node->name.text();
    const Denial::Witness below = z.denial().of_wildcard(z.index(*node));
    if (node->cut) {
      EXPECT_EQ(below.set, nullptr);
      continue;
    }
    const Name wildcard = *Name::wildcard_of(node->name);
    EXPECT_EQ(below.set, expected(z, wildcard)) << wildcard.text();
    EXPECT_EQ(below.at_name, order(z, below.set->owner, wildcard) == 0) << wildcard.text();
  }
}

INSTANTIATE_TEST_SUITE_P(Files, DenialOf,
                         testing::Values("nsec.zone", "nsec3.zone", "optout.zone"));

TEST(Denial, OfAZoneThatIsNotSigned) {
  const SignedZone built(signed_text("plain.zone"));
  ASSERT_TRUE(built.zone) << built.said;
  EXPECT_EQ(built.zone->denial().kind(), Denial::none);
  EXPECT_EQ(built.zone->denial().covering(name("nope")), nullptr);
  EXPECT_EQ(built.zone->denial().of(0).set, nullptr);
}

}  // namespace
}  // namespace signpost
