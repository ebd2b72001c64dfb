// The prepared form of record sets, and what is related to them.
#include <gtest/gtest.h>

#include "dns/rdata.h"
#include "dns/types.h"
#include "zone/builder.h"
#include "zone/wire.h"
#include "zone/zone_file.h"

namespace signpost {
namespace {

constexpr const char* kHead =
    "$TTL 60\n@ 900 SOA ns1 hostmaster 7 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\n";

const Name kOrigin = Name::parse("example.com.").value();

// The zone example.com. built of text, and what was said about it.
struct Built {
  explicit Built(const std::string& records) {
    Problems problems;
    ZoneContext context{0, true, true, {"Corefile", 2}, std::span(&kOrigin, 1), {}, {}};
    Findings findings(problems);
    ZoneBuilder builder(kOrigin, std::move(context), findings);
    read_zone_file(
        "db", kOrigin,
        [&](const ZoneRecord& r) { builder.add_record(r.owner, r.type, r.ttl, r.rdata, r.where); },
        problems, [&](const std::string&, std::string&) { return std::optional(kHead + records); });
    zone = builder.build();
    for (const Problem& p : problems.all()) said += p.text() + "\n";
  }

  const RecordSet& set(std::string_view owner, uint16_t type) const {
    return *zone->find(Name::parse(owner, kOrigin).value())->find(type);
  }
  const WireSet& wire(std::string_view owner, uint16_t type) const {
    return set(owner, type).members[0].values;
  }
  std::string related(std::string_view owner, uint16_t type) const {
    std::string text;
    const Member& of = set(owner, type).members[0];
    for (uint32_t i = 0; i < of.related_count; ++i)
      text += of.related[i].owner.text() + " " + std::to_string(of.related[i].set->type) +
              (of.related[i].in_domain ? " needed;" : ";");
    return text;
  }

  std::shared_ptr<const Zone> zone;
  std::string said;
};

// Names end where the owner or the set itself can go on, whatever the case; types that must not be
// compressed keep theirs (RFC 3597, section 4).
TEST(PreparedSets, NamesAreShortened) {
  const Built built(
      "c1 CNAME WWW.Example.COM.\nc2 CNAME www.example.net.\nc3 CNAME @\nc4 CNAME x.c4\n"
      "s SRV 1 1 1 www\nm MX 1 a.b\nm MX 2 c.b\nm MX 3 C.B\n*.w CNAME a.w\nn MX 0 .\n");
  ASSERT_NE(built.zone, nullptr) << built.said;
  const struct {
    const char* owner;
    uint16_t type;
    unsigned size;  // of all data
    WireName::End last;
  } rows[] = {{"c1", rr::cname, 4 + 2, WireName::in_owner},
              {"c2", rr::cname, 4 + 8 + 4 + 1, WireName::root},
              {"c3", rr::cname, 2, WireName::in_owner},
              {"c4", rr::cname, 2 + 2, WireName::in_owner},
              {"s", rr::srv, 6 + 4 + 13, WireName::fixed},
              {"m", rr::mx, 3 * 2 + (4 + 2) + (2 + 2) + 2, WireName::in_set},
              {"*.w", rr::cname, 2 + 2, WireName::in_owner},
              {"n", rr::mx, 2 + 1, WireName::root},
              {"@", rr::soa, 4 + 2 + 11 + 2 + 20, WireName::in_owner}};
  for (const auto& row : rows) {
    const WireSet& set = built.wire(row.owner, row.type);
    EXPECT_EQ(set.size(), set.count * 12u + row.size) << row.owner;
    EXPECT_EQ(set.names[set.name_count - 1].end, row.last) << row.owner;
  }
  EXPECT_EQ(built.set("c1", rr::cname).members[0].leads_to->text(), "www.example.com.");
}

TEST(PreparedSets, DataIsReadBackAsWritten) {
  const Built built(
      "m MX 1 a.B.m\nm MX 2 c.b.m\nm MX 3 x.example.net.\nm MX 4 Y.example.net.\n"
      "*.w SRV 1 2 3 *.w\n");
  ASSERT_NE(built.zone, nullptr) << built.said;
  const auto text = [&](std::string_view owner, uint16_t type, unsigned index) {
    return print_rdata(type,
                       rdata_of(built.wire(owner, type), index, built.set(owner, type).owner));
  };
  EXPECT_EQ(text("m", rr::mx, 0), "1 a.B.m.example.com.");
  EXPECT_EQ(text("m", rr::mx, 1), "2 c.B.m.example.com.");
  EXPECT_EQ(text("m", rr::mx, 2), "3 x.example.net.");
  EXPECT_EQ(text("m", rr::mx, 3), "4 Y.example.net.");
  EXPECT_EQ(text("*.w", rr::srv, 0), "1 2 3 *.w.example.com.");
  EXPECT_EQ(text("@", rr::soa, 0),
            "ns1.example.com. hostmaster.example.com. 7 7200 900 1209600 300");
}

// Names without a label bit in common share nothing but what their owners share.
TEST(PreparedSets, LabelBits) {
  const uint8_t lower[] = {4, 'm', 'a', 'i', 'l', 0}, upper[] = {4, 'M', 'A', 'I', 'L', 0},
                other[] = {3, 'n', 's', '1', 0};
  EXPECT_EQ(label_bit(13, lower), label_bit(13, upper));
  EXPECT_NE(label_bit(13, lower), label_bit(13, other));
  EXPECT_NE(label_bit(13, lower), label_bit(1, lower)) << "elsewhere in the name";
  const Built built("a MX 1 mail\nb MX 1 b\n");
  EXPECT_EQ(built.wire("a", rr::mx).label_bits, label_bit(13, lower));
  EXPECT_EQ(built.wire("b", rr::mx).label_bits, 0u) << "it is its owner";
}

// One record whose data takes `bytes`.
std::string record_of(const std::string& owner, size_t bytes) {
  return owner + " TYPE65280 \\# " + std::to_string(bytes) + " " + std::string(2 * bytes, 'A') +
         "\n";
}

// RFC 1035, section 4.2.2. Beside the records stand 12 bytes of header, QNAME and 4 bytes behind
// it, 235 of OPT, and 12 bytes in front of the data of each record.
TEST(PreparedSets, LongerThanAMessageAreRefused) {
  const size_t plain = 65535 - 12 - 15 - 4 - 235, wildcard = 65535 - 12 - 255 - 4 - 235;
  const size_t signature = 12 + 18 + 13 + 3;
  const auto sign = [](const std::string& owner) {
    return owner + " RRSIG TYPE65280 5 3 60 20760101000000 20260101000000 1 @ AQID\n";
  };
  const struct {
    std::string records;
    const char* said;
  } rows[] = {
      {record_of("n", plain - 12), ""},
      {record_of("n", plain - 11),
       "db:5 - n.example.com. TYPE65280 does not fit into a message: for 1 record there are 65269 "
       "bytes beside the question and EDNS options; clients would get SERVFAIL\n"},
      {record_of("*", wildcard - 12), ""},
      {record_of("*", wildcard - 11),
       "db:5 - *.example.com. TYPE65280 does not fit into a message: for 1 record there are 65029 "
       "bytes beside the question and EDNS options; clients would get SERVFAIL\n"},
      {sign("n") + record_of("n", plain - signature - 12), ""},
      {sign("n") + record_of("n", plain - signature - 11),
       "db:6 - n.example.com. TYPE65280 does not fit into a message: for 1 record of 65224 bytes "
       "and 1 signature of 46 bytes there are 65269 bytes beside the question and EDNS options; "
       "clients would get SERVFAIL\n"},
      {sign("n") + record_of("n", plain - 11),
       "db:6 - n.example.com. TYPE65280 does not fit into a message: for 1 record there are 65269 "
       "bytes beside the question and EDNS options; clients would get SERVFAIL\n"},
  };
  for (const auto& row : rows) {
    const Built built(row.records);
    EXPECT_EQ(built.said, row.said);
    EXPECT_EQ(built.zone != nullptr, *row.said == 0);
  }
}

// Sets of 65,536 records and more, which 16 bits cannot count, and names in one record that only
// just can be counted.
TEST(PreparedSets, CountBeyondSixteenBits) {
  for (const char* type : {"A \\# 4 0A0", "TXT "}) {
    std::string records;
    for (int i = 0; i < 65541; ++i) records += "n " + (type + std::to_string(10000 + i)) + "\n";
    const Built built(records);
    EXPECT_EQ(built.zone, nullptr);
    EXPECT_NE(built.said.find("db:5 - n.example.com. "), std::string::npos) << built.said;
    EXPECT_NE(built.said.find(" message: for 65541 records there are 65269 bytes beside"),
              std::string::npos)
        << built.said;
  }
}

// Pointers lead to no more than 4,096 labels of a message: what would need more is counted in full.
TEST(PreparedSets, CountNamesThatNothingPointsTo) {
  std::string records;
  const auto domain = [](unsigned i) {
    std::string name;
    for (unsigned labels = 0; labels < 100; ++labels) name += ".x";
    return name + "." + std::to_string(i) + ".net.\n";
  };
  for (unsigned i = 0; i < 60; ++i) records += "n MX 1 first" + domain(i);
  for (unsigned i = 0; i < 1500; ++i) records += "n MX 2 m" + std::to_string(i) + domain(i % 30);
  EXPECT_EQ(Built(records).said, "") << "the first 30";
  for (unsigned i = 0; i < 300; ++i) records += "n MX 3 m" + std::to_string(i) + domain(50);
  EXPECT_NE(Built(records).said.find("n.example.com. MX does not fit into a message"),
            std::string::npos);
}

// Nor to what stands behind the first 16 KiB of it, in which a wildcard's QNAME may take 255 bytes.
TEST(PreparedSets, CountNamesBeyondTheReachOfPointers) {
  const auto records = [](const std::string& owner) {
    std::string text;
    const auto name = [](unsigned i) {
      const std::string label = std::to_string(i) + std::string(60, 'a');
      return label + "." + label + "." + label + ".\n";
    };
    for (unsigned i = 0; i < 78; ++i) text += owner + " MX 1 " + name(100 + i);  // 207 bytes each
    for (unsigned i = 0; i < 400; ++i)
      text += owner + " MX 2 m" + std::to_string(i) + "." + name(999);
    return text;
  };
  EXPECT_EQ(Built(records("n")).said, "");
  EXPECT_NE(Built(records("*")).said.find("*.example.com. MX does not fit into a message"),
            std::string::npos);
}

// RFC 1035 section 3.3.9 (MX) and its kin, RFC 9471 for glue.
TEST(RelatedRecords, Addresses) {
  const Built built(
      "mail A 192.0.2.25\nmail AAAA 2001:db8::25\n@ MX 10 mail\n@ MX 20 MAIL\n@ MX 40 "
      "mx.example.net.\n@ MX 50 ns.sub\n_s._tcp SRV 1 1 1 mail\nk KX 1 mail\nr RT 1 mail\n"
      "f AFSDB 1 mail\ntxt TXT mail\np PTR mail\nw MX 1 x.wild\nw MX 2 y.wild\nw MX 3 "
      "X.wild\n*.wild A 192.0.2.1\n"
      "sub NS ns1\nsub NS ns.sib\nsub NS ns.sub\nns.sub A 192.0.2.54\n"
      "sib NS ns.sib\nns.sib A 192.0.2.55\nd DNAME t\nns.d A 192.0.2.56\nto NS ns.d\n");
  ASSERT_NE(built.zone, nullptr) << built.said;
  const std::string mail = "mail.example.com. 1;mail.example.com. 28;";
  EXPECT_EQ(built.related("@", rr::mx), mail) << "not what is outside, not glue below a cut";
  EXPECT_EQ(built.related("_s._tcp", rr::srv), mail);
  EXPECT_EQ(built.related("k", rrtype::kx), mail);
  EXPECT_EQ(built.related("r", rrtype::rt), mail);
  EXPECT_EQ(built.related("f", rrtype::afsdb), mail);
  EXPECT_EQ(built.related("sub", rr::ns),
            "ns.sub.example.com. 1 needed;ns1.example.com. 1;ns.sib.example.com. 1;")
      << "in-domain glue first";
  EXPECT_EQ(built.related("sib", rr::ns), "ns.sib.example.com. 1 needed;");
  EXPECT_EQ(built.related("@", rr::ns), "ns1.example.com. 1;");
  for (const char* none : {"txt", "p"})
    for (const RecordSet& set : built.zone->find(Name::parse(none, kOrigin).value())->all())
      EXPECT_EQ(set.members[0].related_count, 0u) << none;
  EXPECT_EQ(built.related("w", rr::mx), "x.wild.example.com. 1;y.wild.example.com. 1;")
      << "a wildcard stands for both";
  EXPECT_EQ(built.related("to", rr::ns), "") << "redirected away (RFC 6672, section 2.4)";
}

TEST(RelatedRecords, Services) {  // RFC 9460, sections 2.5 and 4.1
  const Built built(
      "svc HTTPS 1 . alpn=h2\nsvc A 192.0.2.1\nmode HTTPS 1 pool\npool A 192.0.2.2\n"
      "pool HTTPS 1 . alpn=h3\nalias HTTPS 0 pool\ntwice SVCB 0 once\nonce SVCB 0 last\n"
      "last SVCB 1 . port=8443\nlast AAAA 2001:db8::1\nnone HTTPS 0 .\nnone A 192.0.2.3\n"
      "ring SVCB 0 ring2\nring2 SVCB 0 ring\n");
  ASSERT_NE(built.zone, nullptr) << built.said;
  EXPECT_EQ(built.related("svc", rr::https), "svc.example.com. 1;");
  EXPECT_EQ(built.related("mode", rr::https), "pool.example.com. 1;");
  EXPECT_EQ(built.related("alias", rr::https), "pool.example.com. 1;pool.example.com. 65;");
  EXPECT_EQ(built.related("twice", rr::svcb),
            "once.example.com. 64;last.example.com. 28;last.example.com. 64;");
  EXPECT_EQ(built.related("none", rr::https), "") << "an alias to nothing";
  EXPECT_EQ(built.related("ring", rr::svcb), "ring2.example.com. 64;");
}

// RFC 6672, sections 2.3 and 2.4.
TEST(DnameRules, AreJudged) {
  const struct {
    const char *rule, *records, *said;
  } rows[] = {
      {"sound", "d DNAME t\nd A 192.0.2.1\n", ""},
      {"at the apex beside NS", "@ DNAME example.net.\n",
       "db:4 - Warning: ns1.example.com. A lies below the DNAME at example.com., which redirects "
       "it, and is never answered (RFC 6672, section 2.4)\n"},
      {"one for a name", "d DNAME t\nd DNAME u\n",
       "db:6 - d.example.com. has more than one DNAME record; a name has one (RFC 6672, section "
       "2.4)\n"},
      {"not beside a CNAME", "d CNAME t\nd DNAME u\n",
       "db:6 - RRSet of type DNAME with DNS name d.example.com. is not permitted because a "
       "conflicting RRSet of type CNAME with the same DNS name already exists in zone "
       "example.com. (db:5)\n"},
      {"not beside a delegation", "d NS ns1\nd DNAME t\n",
       "db:6 - DNAME at d.example.com. stands beside NS records, which delegate the name: it "
       "belongs into the zone of that name (RFC 6672, section 2.3)\n"},
      {"nothing below", "d DNAME t\nx.y.d TXT x\n",
       "db:6 - Warning: x.y.d.example.com. TXT lies below the DNAME at d.example.com., which "
       "redirects it, and is never answered (RFC 6672, section 2.4)\n"},
      {"hashed names of a signed zone",
       "@ DNAME t.example.net.\n0123456789ABCDEFGHIJKLMNOPQRSTUV NSEC3 1 0 0 - "
       "0123456789ABCDEFGHIJKLMNOPQRSTUV A\n",
       "db:4 - Warning: ns1.example.com. A lies below the DNAME at example.com., which redirects "
       "it, and is never answered (RFC 6672, section 2.4)\n"},
  };
  for (const auto& row : rows) EXPECT_EQ(Built(row.records).said, row.said) << row.rule;
}

}  // namespace
}  // namespace signpost
