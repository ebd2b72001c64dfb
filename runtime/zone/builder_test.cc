#include "zone/builder.h"

#include <gtest/gtest.h>

#include "zone/builder_kit.h"

namespace signpost::zone {
namespace {

struct Row {
  const char *rule, *records, *said;
  bool good;
};

TEST(ZoneBuilder, JudgesRecords) {
  const Row rows[] = {
      {"sound", "www A 192.0.2.1\n", "", true},
      {"outside, ignored", "www.example.net. A 192.0.2.1\n",
       "db:5 - Warning: www.example.net. A lies outside zone example.com. and is ignored\n", true},
      {"outside, a name that only ends alike", "xexample.com. A 192.0.2.1\n",
       "db:5 - Warning: xexample.com. A lies outside zone example.com. and is ignored\n", true},
      {"V-08", "@ CNAME www\n",
       "db:5 - RRSet of type CNAME with DNS name example.com. is not permitted at apex in zone "
       "example.com.; write an alias instead: alias @ www.example.com.\n",
       false},
      {"V-09", "www A 192.0.2.1\nwww CNAME web\n",
       "db:5 - RRSet of type A with DNS name www.example.com. is not permitted because a "
       "conflicting RRSet of type CNAME with the same DNS name already exists in zone example.com. "
       "(db:6)\n",
       false},
      {"V-09, signatures may stand beside (RFC 4034, section 2)",
       "www CNAME web\nwww NSEC x CNAME NSEC\n", "", true},
      {"V-10", "www CNAME a\nwww CNAME b\n",
       "db:6 - www.example.com. has more than one CNAME record; a CNAME stands alone\n", false},
      {"V-11", "*.w NS ns1\n",
       "db:5 - NS records at the wildcard *.w.example.com. are not permitted (V-11, RFC 4592, "
       "section 4.2)\n",
       false},
      {"V-11 beside others", "*.w A 192.0.2.1\n*.w NS ns1\n",
       "db:6 - NS records at the wildcard *.w.example.com. are not permitted (V-11, RFC 4592, "
       "section 4.2)\n",
       false},
      {"SOA twice", "@ SOA ns2 h 8 1 2 3 4\n",
       "db:5 - zone example.com. has more than one SOA record\n"
       "db:5 - Warning: example.com. SOA: TTL 60 differs from 900 at db:2; the lowest of the set "
       "is "
       "used (RFC 2181, section 5.2)\n",
       false},
      {"SOA not at the apex", "www SOA ns2 h 8 1 2 3 4\n",
       "db:5 - SOA at www.example.com. is not at the apex of zone example.com.\n", false},
      {"TTLs of a set (RFC 2181, section 5.2)", "www 30 A 192.0.2.1\nwww 20 A 192.0.2.2\n",
       "db:6 - Warning: www.example.com. A: TTL 20 differs from 30 at db:5; the lowest of the "
       "set "
       "is used (RFC 2181, section 5.2)\n",
       true},
  };
  for (const Row& row : rows) {
    const Built built(kHead + std::string(row.records));
    EXPECT_EQ(built.said, row.said) << row.rule;
    EXPECT_EQ(built.zone != nullptr, row.good) << row.rule;
  }
}

TEST(ZoneBuilder, NeedsASoaAndMissesNs) {
  const Built none("$TTL 60\nwww A 192.0.2.1\n");
  EXPECT_EQ(none.said, "Corefile:2 - zone example.com. has no SOA record\n");
  EXPECT_EQ(none.zone, nullptr);
  const Built no_ns("$TTL 60\n@ SOA ns1 h 7 1 2 3 4\n");
  EXPECT_EQ(no_ns.said, "Corefile:2 - Warning: zone example.com. has no NS record at its apex\n");
  ASSERT_NE(no_ns.zone, nullptr);
  EXPECT_EQ(no_ns.zone->ns(), nullptr);
}

TEST(ZoneBuilder, TellsAHundredWarningsAndCountsTheRest) {
  std::string records;
  for (int i = 0; i < 102; ++i) records += "www.example.net. A 192.0.2.1\n";
  const Built warned(kHead + records);
  EXPECT_NE(warned.zone, nullptr);
  EXPECT_EQ(std::count(warned.said.begin(), warned.said.end(), '\n'), 101);
  EXPECT_TRUE(
      warned.said.ends_with("db - Warning: 2 more warnings of zone example.com. are not told\n"));
  const Built wrong(kHead + records + "www CNAME a\nwww CNAME b\n");
  EXPECT_EQ(wrong.zone, nullptr);
  EXPECT_NE(wrong.said.find("db:108 - www.example.com. has more than one CNAME"), std::string::npos)
      << wrong.said;
}

TEST(ZoneBuilder, RefusesMembersThatNoMessageHolds) {
  MemberSpec many = value(6);
  for (unsigned i = 0; i < 65'537; ++i)
    many.values.push_back({10, uint8_t(i >> 16), uint8_t(i >> 8), uint8_t(i)});
  const Built built(kHead, {steered(5, "www", rr::a, {many})});
  EXPECT_EQ(built.zone, nullptr);
  EXPECT_EQ(built.said,
            "Corefile:6 - www.example.com. A does not fit into a message: for 65538 records there "
            "are 65267 bytes beside the question and EDNS options; clients would get SERVFAIL\n");
}

TEST(ZoneBuilder, JudgesSets) {
  const auto www = [](std::vector<MemberSpec> members, const Policy* policy = &kWeighted) {
    return steered(5, "www", rr::a, std::move(members), policy);
  };
  const struct {
    const char *rule, *records;
    std::deque<SetSpec> sets;
    const char* said;
  } rows[] = {
      {"sound", "", {www({value(6), value(7, "use1")})}, ""},
      {"V-12",
       "",
       {steered(5, "www.example.net.", rr::a, {value(6)})},
       "Corefile:5 - RRSet with DNS name www.example.net. is not permitted in zone example.com.\n"},
      {"V-21, zone file and block",
       "www A 192.0.2.1\n",
       {www({value(6)})},
       "Corefile:5 - www.example.com. A stands already at db:5; a record set is either simple or "
       "steered by one block: keep one of the two\n"},
      {"V-21, two blocks",
       "",
       {www({value(6)}), steered(9, "www", rr::a, {value(10)})},
       "Corefile:9 - www.example.com. A stands already at Corefile:5; a record set is either "
       "simple "
       "or steered by one block: keep one of the two\n"},
      {"V-20",
       "",
       {www({value(6)}), steered(9, "www", rr::a, {value(10)}, &kFailover)},
       "Corefile:9 - www.example.com. A is steered by failover here and by weighted at Corefile:5; "
       "all records of a name and type use one policy\n"},
      {"V-29: types are apart", "www AAAA 2001:db8::1\n", {www({value(6)})}, ""},
      {"V-09",
       "www CNAME web\n",
       {www({value(6)})},
       "Corefile:5 - RRSet of type A with DNS name www.example.com. is not permitted because a "
       "conflicting RRSet of type CNAME with the same DNS name already exists in zone example.com. "
       "(db:5)\n"},
      {"V-08, an alias",
       "",
       {steered(5, "@", rr::cname, {alias(6, "t")})},
       "Corefile:5 - RRSet of type CNAME with DNS name example.com. is not permitted at apex in "
       "zone example.com.; write an alias instead: alias @ TARGET\n"},
      {"unknown check",
       "",
       {www({value(6, "use2")})},
       "Corefile:6 - check 'use2' does not exist; did you mean 'use1'?\n"},
      {"one error hides no other",
       "www A 192.0.2.1\n",
       {www({value(6)}), steered(9, "x", rr::a, {value(10, "use2")})},
       "Corefile:5 - www.example.com. A stands already at db:5; a record set is either simple or "
       "steered by one block: keep one of the two\n"
       "Corefile:10 - check 'use2' does not exist; did you mean 'use1'?\n"},
      {"alias to other types outside",
       "",
       {steered(5, "www", rr::mx, {alias(6, "lb.example.net.")})},
       "Corefile:6 - an alias to lb.example.net., a name outside this block's zones, stands for "
       "addresses: its type is A or AAAA, not MX\n"},
      {"taken as a name outside",
       "lb.example.net A 192.0.2.1\n",
       {www({alias(6, "lb.example.net.", true)})},
       "Corefile:6 - Warning: 'lb.example.net.' is taken as a name outside the zone, but "
       "lb.example.net.example.com. exists too; write one of them with its final dot\n"},
      {"written with its final dot",
       "lb.example.net A 192.0.2.1\n",
       {www({alias(6, "lb.example.net.")})},
       ""},
      {"below a delegation",
       "sub NS ns1\n",
       {steered(5, "x.sub", rr::a, {value(6)})},
       "Corefile:6 - Warning: x.sub.example.com. A lies below the delegation of sub.example.com. "
       "and is never answered\n"},
      {"an alias below a delegation",
       "sub NS ns1\n",
       {steered(5, "x.sub", rr::a, {alias(6, "ns1")}, nullptr)},
       "Corefile:6 - Warning: x.sub.example.com. A lies below the delegation of sub.example.com. "
       "and is never answered\n"},
  };
  for (const auto& row : rows)
    EXPECT_EQ(Built(kHead + std::string(row.records), row.sets).said, row.said) << row.rule;
}

TEST(ZoneBuilder, WritesSteeredSets) {
  MemberSpec second = value(7, "euw1");
  second.attribute = 9;
  second.ttl = 5;
  SetSpec set = steered(5, "www", rr::a, {value(6), second, alias(8, "lb.example.net.")});
  set.ttl = 30;
  const Built built(kHead, {set, steered(9, "x", rr::a, {alias(10, "www")}, nullptr)});
  ASSERT_NE(built.zone, nullptr) << built.said;
  const RecordSet& www = *built.set("www");
  ASSERT_EQ(www.member_count, 3);
  EXPECT_EQ(www.policy, &kWeighted);
  EXPECT_EQ(built.zone->steered().size(), 1u);
  EXPECT_EQ(built.zone->steered()[www.steered_row], &www);
  EXPECT_EQ(www.members[0].values.ttl, 30u);
  EXPECT_EQ(www.members[0].check, no_row);
  EXPECT_EQ(www.members[0].origin->id, "line 6");
  EXPECT_EQ(www.members[0].origin->where.line, 6u);
  EXPECT_EQ(www.members[1].values.ttl, 5u);
  EXPECT_EQ(www.members[1].check, 1u);
  EXPECT_EQ(www.members[1].attribute, 9u);
  ASSERT_NE(www.members[2].alias, nullptr);
  EXPECT_EQ(www.members[2].alias->outside, 0u);
  EXPECT_TRUE(www.members[2].alias->evaluate);
  const RecordSet& x = *built.set("x");
  EXPECT_TRUE(x.is_alias());
  EXPECT_TRUE(x.members[0].alias->ours());
  EXPECT_EQ(x.steered_row, no_row);
}

// Equal in canonical form is equal (RFC 2181 section 5, RFC 4034 sections 6.2 and 6.3).
TEST(ZoneBuilder, DuplicatesMayDifferInCase) {
  const Built built(kHead + std::string("k KX 5 www\nk KX 5 Www\nk KX 6 www\nm MX 1 a\nm MX 1 A\n"
                                        "t TXT a\nt TXT A\n"));
  EXPECT_EQ(built.set("k", 36)->members[0].values.count, 2);
  EXPECT_EQ(built.set("m", rr::mx)->members[0].values.count, 1);
  EXPECT_EQ(built.set("t", rr::txt)->members[0].values.count, 2);
}

TEST(ZoneBuilder, ZoneFacts) {
  const Built built(kHead + std::string("www A 192.0.2.1\nwww A 192.0.2.1\nwww A 192.0.2.2\n"));
  const Zone& zone = *built.zone;
  EXPECT_EQ(zone.apex().text(), "example.com.");
  EXPECT_EQ(zone.serial(), 7u);
  EXPECT_EQ(zone.position(), 3u);
  EXPECT_TRUE(zone.chase() && zone.minimal());
  EXPECT_EQ(zone.negative_soa().values.ttl, 300u) << "min(TTL, MINIMUM): DN-07";
  EXPECT_EQ(zone.soa().members[0].values.ttl, 900u);
  EXPECT_EQ(built.set("www")->members[0].values.count, 2) << "no duplicates: RFC 2181, section 5";
  EXPECT_EQ(zone.node_count(), 3u);
  const Built mail(kHead + std::string("@ MX 1 A.net.\n@ MX 1 a.NET.\n@ TXT a\n@ TXT A\n"));
  EXPECT_EQ(mail.set("@", rr::mx)->members[0].values.count, 1) << "names have no case: RFC 4343";
  EXPECT_EQ(mail.set("@", rr::txt)->members[0].values.count, 2);
  const Built twice(kHead +
                    std::string("c CNAME a.net.\nc 5 CNAME A.net.\n@ 900 SOA NS1 HOSTMASTER 7 "
                                "7200 900 1209600 300\n"));
  EXPECT_EQ(twice.said, "") << "what stands twice stands there once";
  EXPECT_EQ(twice.set("c", rr::cname)->members[0].values.ttl, 5u);
  const Built low("$TTL 60\n@ 5 SOA ns1 h 7 1 2 3 400\n@ NS ns1\n");
  EXPECT_EQ(low.zone->negative_soa().values.ttl, 5u);
}

TEST(ZoneBuilder, NodesCutsAndWildcards) {
  const Built built(kHead + std::string("a.b.c A 192.0.2.1\n*.w A 192.0.2.2\nsub NS ns.sub\n"
                                        "ns.sub A 192.0.2.3\nx.y.sub NS ns1\n*.sub A 192.0.2.4\n"));
  ASSERT_NE(built.zone, nullptr) << built.said;
  const auto node = [&](std::string_view of) { return built.zone->find(name(of)); };
  ASSERT_NE(node("b.c"), nullptr) << "empty non-terminal (RFC 4592, section 2.2.2)";
  EXPECT_EQ(node("b.c")->set_count, 0);
  EXPECT_EQ(node("w")->wildcard, node("*.w"));
  EXPECT_EQ(node("@")->cut, nullptr) << "the apex NS set is no cut";
  EXPECT_EQ(node("sub")->cut, node("sub"));
  EXPECT_EQ(node("ns.sub")->cut, node("sub"));
  EXPECT_EQ(node("x.y.sub")->cut, node("sub")) << "the highest cut counts";
  EXPECT_EQ(built.zone->match(name("anything.sub")), nullptr) << "occluded wildcard";
  EXPECT_EQ(built.zone->match(name("q.r.w")), node("*.w"));
}

TEST(ZoneBuilder, ManyNames) {
  std::string text = kHead;
  for (int i = 0; i < 20000; ++i) text += "n" + std::to_string(i) + " A 192.0.2.1\n";
  const Built built(text);
  ASSERT_NE(built.zone, nullptr);
  EXPECT_EQ(built.zone->node_count(), 20002u);
  for (int i = 0; i < 20000; i += 97) EXPECT_NE(built.set("n" + std::to_string(i)), nullptr);
}

}  // namespace
}  // namespace signpost::zone
