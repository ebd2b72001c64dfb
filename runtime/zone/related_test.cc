// What a reply brings along with a member of a set.
#include <gtest/gtest.h>

#include "zone/builder_kit.h"

namespace signpost::zone {
namespace {

// What every client gets the same may ride along (DN-04).
TEST(ZoneBuilder, SteeredSetsOfOneMemberAreRelated) {
  const Built built(
      kHead + std::string("@ MX 1 one\n@ MX 2 two\n@ MX 3 same\n"),
      {steered(5, "one", rr::a, {value(6)}), steered(7, "two", rr::a, {value(8), value(9)}),
       steered(10, "same", rr::a, {alias(11, "one")}, nullptr)});
  ASSERT_NE(built.zone, nullptr) << built.said;
  EXPECT_EQ(related(built.set("@", rr::mx)->members[0]), "one.example.com. A;");
}

// Each member of a set has what its own names lead to, by the rules for plain sets.
TEST(ZoneBuilder, MembersOfSteeredSetsHaveTheirOwnRelated) {
  const auto mail = [](uint32_t line, std::initializer_list<const char*> hosts) {
    MemberSpec member = value(line);
    member.values.clear();
    for (const char* host : hosts) {
      const Name target = Name::parse(host, name("@").view()).value();
      auto& data = member.values.emplace_back(std::vector<uint8_t>{0, 10});
      data.insert(data.end(), target.data(), target.data() + target.size());
    }
    return member;
  };
  const auto service = [](uint32_t line, uint8_t priority, const char* target) {
    MemberSpec member = value(line);
    const Name to = Name::parse(target, name("@").view()).value();
    member.values = {{0, priority}};
    member.values[0].insert(member.values[0].end(), to.data(), to.data() + to.size());
    return member;
  };
  const Built built(
      kHead + std::string("one A 192.0.2.1\none AAAA 2001:db8::1\n*.w A 192.0.2.2\n"
                          "sub NS ns1\nx.sub A 192.0.2.3\nd DNAME w\nsvc A 192.0.2.4\n"
                          "pool HTTPS 1 one\n"),
      {steered(5, "@", rr::mx,
               {mail(6, {"one", "ns1"}), mail(7, {"a.w"}), mail(8, {"two"}),
                mail(9, {"x.sub", "y.d", "mx.example.net.", "nothing"}), alias(10, "m")}),
       steered(11, "m", rr::mx, {mail(12, {"ONE"})}),
       steered(13, "two", rr::a, {value(14), value(15)}),
       steered(16, "svc", rr::https,
               {service(17, 1, "."), service(18, 1, "one"), service(19, 0, "pool"),
                service(20, 0, "svc")}),
       steered(21, "t", rr::txt, {value(22), value(23)})});
  ASSERT_NE(built.zone, nullptr) << built.said;
  const auto mx = built.set("@", rr::mx)->all();
  EXPECT_EQ(related(mx[0]), "one.example.com. A;one.example.com. AAAA;ns1.example.com. A;");
  EXPECT_EQ(related(mx[1]), "a.w.example.com. A;") << "a wildcard stands for it";
  EXPECT_EQ(related(mx[2]), "") << "one of two is chosen when it is asked for";
  EXPECT_EQ(related(mx[3]), "") << "below a cut and a DNAME, outside, missing";
  EXPECT_EQ(related(mx[4]), "") << "the alias's target has it";
  EXPECT_EQ(related(built.set("m", rr::mx)->members[0]),
            "one.example.com. A;one.example.com. AAAA;");
  const auto svc = built.set("svc", rr::https)->all();
  EXPECT_EQ(related(svc[0]), "svc.example.com. A;");
  EXPECT_EQ(related(svc[1]), "one.example.com. A;one.example.com. AAAA;");
  EXPECT_EQ(related(svc[2]), "pool.example.com. HTTPS;one.example.com. A;one.example.com. AAAA;");
  EXPECT_EQ(related(svc[3]), "svc.example.com. A;") << "not its own set, which is chosen from";
  for (const Member& member : built.set("t", rr::txt)->all()) EXPECT_EQ(related(member), "");
}

}  // namespace
}  // namespace signpost::zone
