// Signed zones as ZoneBuilder makes and judges them (RFC 4035, section 2; RFC 5155; RFC 9077).
#include <gtest/gtest.h>

#include <algorithm>

#include "zone/signed_kit.h"

namespace signpost {
namespace {

using zone::kWithin;
using zone::signed_text;
using zone::SignedZone;
using zone::without;

Name name(const std::string& text) {
  return Name::parse(text, Name::parse("example.com.")->view()).value();
}

class Held final : public Policy {
 public:
  std::string_view name() const override { return "weighted"; }
  std::string describe(uint32_t) const override { return {}; }
  void check(const SetSpec&, Problems&) const override {}
};

const Member& member(const Zone& z, const std::string& owner, uint16_t type) {
  return z.find(name(owner))->find(type)->members[0];
}

TEST(SignedZone, GivesSignaturesToTheSetsTheyCover) {
  const SignedZone built(signed_text("nsec.zone"));
  ASSERT_TRUE(built.zone) << built.said;
  const Zone& z = *built.zone;
  EXPECT_EQ(member(z, "www", rr::a).signatures.count, 1);
  EXPECT_EQ(member(z, "www", rr::a).signatures.bytes[2 + 10 + 1], rr::a) << "the type covered";
  EXPECT_EQ(member(z, "www", rr::txt).signatures.bytes[2 + 10 + 1], rr::txt);
  EXPECT_EQ(member(z, "@", rr::dnskey).signatures.count, 2);
  EXPECT_EQ(member(z, "sub", rr::ns).signatures.count, 0);
  EXPECT_EQ(member(z, "ns.sub", rr::a).signatures.count, 0);
  EXPECT_EQ(member(z, "sec", rr::ds).signatures.count, 1);
  EXPECT_EQ(z.find(name("www"))->find(rr::rrsig), nullptr);
}

// RFC 2181, section 5: a set has no duplicates, of signatures and NSEC3 as little as of others.
TEST(SignedZone, SendsNothingTwice) {
  for (const char* file : {"nsec.zone", "nsec3.zone"}) {
    const std::string text = signed_text(file);
    const SignedZone once(text), twice(text + text);
    ASSERT_TRUE(twice.zone) << twice.said;
    EXPECT_EQ(twice.zone->record_count(), once.zone->record_count()) << file;
    EXPECT_EQ(member(*twice.zone, "www", rr::a).signatures.count, 1) << file;
    EXPECT_EQ(member(*twice.zone, "@", rr::dnskey).signatures.count, 2) << file;
    EXPECT_EQ(twice.zone->nsec3_sets().size(), once.zone->nsec3_sets().size());
    for (const RecordSet* set : twice.zone->nsec3_sets()) {
      EXPECT_EQ(set->members[0].values.count, 1);
      EXPECT_EQ(set->members[0].signatures.count, 1);
    }
  }
}

TEST(SignedZone, RefusesMoreSignaturesThanAMessageHolds) {
  const std::string nsec3 = signed_text("nsec3.zone");
  const size_t at = nsec3.find(".example.com. 300 IN NSEC3 ") - 32;
  const std::string hash = nsec3.substr(at, 32);
  const auto many = [](const std::string& owner, const std::string& type, int count) {
    std::string text;
    for (int i = 0; i < count; ++i)
      text += owner + " 300 RRSIG " + type + " 13 3 300 20760101000000 20260101000000 " +
              std::to_string(i % 65536) + " example.com. " + (i < 65536 ? "AAAA" : "AAAB") + "\n";
    return text;
  };
  const struct {
    std::string text, said;
  } rows[] = {
      {signed_text("nsec.zone") + many("www", "A", 65'600),
       "db:61 - www.example.com. A does not fit into a message: for 2 records of 32 bytes and "
       "65601 signatures of 3017707 bytes there are 65267 bytes beside the question and EDNS "
       "options; clients would get SERVFAIL\n"},
      {nsec3 + many(hash, "NSEC3", 65'600),
       " NSEC3 does not fit into a message: for 1 record of 40 bytes and 65601 signatures of "},
  };
  for (const auto& row : rows) {
    const SignedZone built(row.text);
    EXPECT_FALSE(built.zone) << row.said;
    EXPECT_NE(built.said.find(row.said), std::string::npos) << built.said;
  }
}

TEST(SignedZone, LowersTheTtlOfWhatDenies) {  // RFC 2308, section 5; RFC 9077, section 3
  std::string text = signed_text("nsec.zone");
  for (size_t at; (at = text.find(" 300 IN ")) != text.npos;) text.replace(at, 8, " 777 IN ");
  const SignedZone built(text);
  ASSERT_TRUE(built.zone) << built.said;
  EXPECT_EQ(built.zone->negative_soa().values.ttl, 300u);
  EXPECT_EQ(built.zone->negative_soa().signatures.ttl, 300u);
  EXPECT_EQ(member(*built.zone, "@", rr::soa).values.ttl, 900u);
  EXPECT_EQ(member(*built.zone, "@", rr::soa).signatures.ttl, 900u);
  EXPECT_EQ(member(*built.zone, "www", rr::nsec).values.ttl, 300u);
  EXPECT_EQ(member(*built.zone, "www", rr::nsec).signatures.ttl, 300u);
}

TEST(SignedZone, KeepsHashesApartFromNames) {  // RFC 5155, section 7.2.8
  const SignedZone built(signed_text("nsec3.zone"));
  ASSERT_TRUE(built.zone) << built.said;
  ASSERT_EQ(built.zone->nsec3_sets().size(), built.zone->denial().chain().size());
  for (const RecordSet* set : built.zone->nsec3_sets()) {
    EXPECT_EQ(built.zone->find(set->owner), nullptr);
    EXPECT_EQ(set->members[0].signatures.count, 1);
    EXPECT_EQ(set->members[0].values.ttl, 300u);
  }
}

TEST(SignedZone, IsCountedWhole) {
  const std::string text = signed_text("nsec3.zone");
  EXPECT_EQ(SignedZone(text).zone->record_count(),
            size_t(std::count(text.begin(), text.end(), '\n')));
}

// RFC 5155, section 10.4 and 10.5: which chain is used while another is made or taken away.
TEST(SignedZone, ChoosesTheChainOfNsec3param) {
  const std::string nsec = signed_text("nsec.zone"), nsec3 = signed_text("nsec3.zone"),
                    optout = signed_text("optout.zone");
  const auto only = [](const std::string& text, std::string_view part) {
    std::string kept;
    for (size_t at = 0, end; at < text.size(); at = end) {
      end = text.find('\n', at) + 1;
      if (const auto line = text.substr(at, end - at); line.find(part) != line.npos) kept += line;
    }
    return kept;
  };
  const std::string records = only(nsec3, " NSEC3 "), others = only(optout, " NSEC3 "),
                    param = only(nsec3, " IN NSEC3PARAM "),
                    no_param = without(nsec3, "", " IN NSEC3PARAM ");
  const struct {
    const char* what;
    std::string text;
    Denial::Kind kind;
    unsigned iterations;
  } rows[] = {
      {"NSEC alone", nsec, Denial::nsec, 0},
      {"NSEC3 alone", nsec3, Denial::nsec3, 2},
      {"an NSEC3 chain that is not announced", nsec + records, Denial::nsec, 0},
      {"both, and NSEC3 announced", nsec + records + param, Denial::nsec3, 2},
      {"announced but not there", nsec + param, Denial::nsec, 0},
      {"two NSEC3 chains, one announced", nsec3 + others, Denial::nsec3, 2},
      {"NSEC3 without NSEC3PARAM", no_param, Denial::none, 0},
      {"a flag in NSEC3PARAM", no_param + "@ 0 NSEC3PARAM 1 1 2 AABB\n", Denial::none, 0},
      {"an algorithm nobody knows", no_param + "@ 0 NSEC3PARAM 6 0 2 AABB\n", Denial::none, 0},
      {"neither", without(without(nsec, "", " NSEC "), "", " NSEC3 "), Denial::none, 0},
  };
  for (const auto& row : rows) {
    const SignedZone built(row.text);
    ASSERT_TRUE(built.zone) << row.what << built.said;
    EXPECT_EQ(built.zone->denial().kind(), row.kind) << row.what;
    EXPECT_EQ(built.zone->denial().parameters().iterations, row.iterations) << row.what;
  }
}

TEST(SignedZone, SaysWhatValidatorsWouldNotTake) {
  const std::string nsec = signed_text("nsec.zone"), nsec3 = signed_text("nsec3.zone"),
                    optout = signed_text("optout.zone");
  const std::string first_hash = nsec3.substr(nsec3.find(".example.com. 300 IN NSEC3 ") - 32, 32);
  const struct {
    const char* what;
    std::string text, said;  // a part of one of the warnings; empty: none
    uint32_t now = kWithin;
    int warnings = 1;
  } rows[] = {
      {"whole, NSEC", nsec, ""},
      {"whole, NSEC3", nsec3, "NSEC3 with 2 iterations: expected 0, more costs"},
      {"whole, opt-out", optout, ""},
      {"expired", nsec, "the signature over example.com. NS has expired (the first of ",
       3'400'000'000},
      {"not yet valid", nsec, "NS is not valid yet (the first of ", 1'700'000'000},
      {"the time is not known", nsec, "", 0},
      {"a set without signature", without(nsec, "www", "RRSIG A "),
       "www.example.com. A has no signature in a signed zone"},
      {"DS without signature", without(nsec, "sec", "RRSIG DS "),
       "sec.example.com. DS has no signature in a signed zone"},
      {"a signature without set", without(nsec, "www", " IN TXT "),
       "a signature covers www.example.com. TXT, which does not exist"},
      {"a link missing", without(nsec, "www", " NSEC "), "chain is broken", kWithin, 2},
      {"a new name without link",
       nsec + "new 60 A 192.0.2.1\nnew 60 RRSIG A 13 3 60 20760101000000 "
              "20260101000000 1 example.com. AAAA\n",
       "the chain is broken: there is no record for new.example.com. NSEC"},
      {"a link missing, NSEC3", without(nsec3, first_hash), "chain is broken", kWithin, 3},
      {"no chain", without(nsec, "", " NSEC "), "neither NSEC nor an NSEC3PARAM"},
      {"keys without signature", without(nsec, "", " RRSIG "),
       "has DNSKEY records, but its SOA has no signature"},
      {"a hash that is none", nsec3 + "w 300 NSEC3 1 0 2 AABB " + first_hash + " A\n",
       "is ignored: its owner is no hash below example.com.", kWithin, 2},
  };
  for (const auto& row : rows) {
    const SignedZone built(row.text, row.now);
    ASSERT_TRUE(built.zone) << row.what << built.said;
    EXPECT_NE(built.said.find(row.said), std::string::npos) << row.what << "\n" << built.said;
    if (row.said.empty()) {
      EXPECT_EQ(built.said, "") << row.what;
    } else {
      EXPECT_EQ(built.said.substr(0, 3), "db:") << row.what << ": " << built.said;
      EXPECT_EQ(std::count(built.said.begin(), built.said.end(), '\n'), row.warnings)
          << row.what << ": " << built.said;
    }
  }
}

TEST(SignedZone, RefusesIterationsThatNobodyValidates) {  // RFC 9276, section 3.2
  std::string text = without(signed_text("nsec3.zone"), "example.com.", "IN NSEC3PARAM");
  const SignedZone most(text + "@ 0 NSEC3PARAM 1 0 150 AABB\n");
  EXPECT_TRUE(most.zone) << most.said;
  const SignedZone more(text + "@ 0 NSEC3PARAM 1 0 151 AABB\n");
  EXPECT_FALSE(more.zone);
  EXPECT_NE(more.said.find("NSEC3 with 151 iterations: expected at most 150"), std::string::npos)
      << more.said;
}

TEST(SignedZone, RefusesSteeredSets) {
  const Held policy;
  SetSpec set;
  set.owner = name("api");
  set.type = rr::a;
  set.policy = &policy;
  set.where = {"Corefile", 7};
  MemberSpec value;
  value.where = {"Corefile", 8};
  value.values = {{192, 0, 2, 1}};
  set.members = {value};
  SetSpec alias = set;
  alias.owner = name("portal");
  alias.policy = nullptr;
  alias.where = {"Corefile", 9};
  alias.members[0].values.clear();
  alias.members[0].alias = AliasSpec{name("www"), false, false};
  const SignedZone refused(signed_text("nsec.zone"), kWithin, {set, alias});
  EXPECT_FALSE(refused.zone);
  for (const char* part :
       {"Corefile:7 - api.example.com. A is steered by weighted, but zone example.com. is signed: "
        "answers chosen per query cannot be signed ahead",
        "Corefile:9 - portal.example.com. A is an alias, but zone example.com. is signed"})
    EXPECT_NE(refused.said.find(part), std::string::npos) << refused.said;
  EXPECT_TRUE(SignedZone(signed_text("plain.zone"), kWithin, {set, alias}).zone);
}

}  // namespace
}  // namespace signpost
