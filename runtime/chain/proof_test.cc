// What a signed zone adds to its answers when DO is set, and no more than that (RFC 4035, section
// 3.1; RFC 5155, section 7.2), over the zones in tests/zones.
#include "chain/proof.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "chain/serving_kit.h"
#include "dns/name_text.h"

namespace signpost::chain {
namespace {

using kit::Message;
using kit::Record;

Name name(const std::string& text) {
  return Name::parse(text, Name::parse("example.com.")->view()).value();
}

std::shared_ptr<const Zone> zone_in(const std::string& file) {
  std::ifstream in(SIGNPOST_TEST_ZONES "/" + file);
  return zone_of("example.com.", std::string(std::istreambuf_iterator<char>(in), {}));
}

// An NSEC or NSEC3 record of a reply, read without the server's index.
class Link {
 public:
  Link(const Record& record, const Zone& zone) : zone_(zone), owner_(name(record.owner)) {
    if (record.type == rr::nsec)
      next_ = dns::lower_case(NameView(record.data.data(), dns::measure_name(record.data)));
    else
      std::copy_n(read_nsec3(record.data)->next.begin(), 20, next_hash_.bytes.begin());
  }
  bool matches(const Name& n) const {
    if (zone_.denial().kind() == Denial::nsec) return owner_ == n;
    return *hash_in_owner(owner_, zone_.apex()) == hash_name(n, zone_.denial().parameters());
  }
  bool covers(const Name& n) const {
    if (zone_.denial().kind() == Denial::nsec) return between(owner_, n, next_);
    return between(*hash_in_owner(owner_, zone_.apex()), hash_name(n, zone_.denial().parameters()),
                   next_hash_);
  }

 private:
  template <class T>
  static bool between(const T& first, const T& n, const T& next) {
    return first < next ? first < n && n < next : first < n || n < next;
  }
  const Zone& zone_;
  Name owner_, next_;
  Nsec3Hash next_hash_;
};

// `claims`: "+NAME" is matched by a record, "-NAME" covered by one. All hold, and no record is
// there that none of them needs.
void expect_proof(const Message& reply, const Zone& zone, const std::string& claims) {
  std::vector<Link> links;
  std::set<std::string> owners;
  for (const Record& r : reply.authority)
    if (r.type == rr::nsec || r.type == rr::nsec3) {
      links.emplace_back(r, zone);
      EXPECT_TRUE(owners.insert(r.owner).second) << r.owner << " is there twice";
    }
  std::set<size_t> needed;
  std::istringstream words(claims);
  for (std::string claim; words >> claim;) {
    const Name about = name(claim.substr(1));
    bool held = false;
    for (size_t i = 0; i < links.size() && !held; ++i) {
      held = claim[0] == '+' ? links[i].matches(about) : links[i].covers(about);
      if (held) needed.insert(i);
    }
    EXPECT_TRUE(held) << claim;
  }
  EXPECT_EQ(links.size(), needed.size()) << "records that prove nothing asked for";
}

// Each set that the zone signs has its signatures beside it, of the same TTL.
void expect_signed(const Message& reply) {
  for (const auto* section : {&reply.answer, &reply.authority, &reply.additional})
    for (const Record& r : *section) {
      const bool delegation = r.type == rr::ns && r.owner != "example.com.";
      const bool glue = r.owner.find("ns.s") == 0;
      const bool made = r.owner.find(".dn.example.com.") != std::string::npos;  // from a DNAME
      if (r.type == rr::rrsig || delegation || glue || made) continue;
      bool found = false;
      for (const Record& s : *section)
        found |= s.type == rr::rrsig && s.owner == r.owner && s.ttl == r.ttl &&
                 (s.data[0] << 8 | s.data[1]) == r.type;
      EXPECT_TRUE(found) << r.text();
    }
}

struct Row {
  const char *rule, *question;
  int rcode;
  const char *nsec, *nsec3;
  const char* optout = nullptr;  // as nsec3
};

constexpr Row kRows[] = {
    {"4035 3.1.3.2", "nope A", 3, "-nope -*", "+@ -nope -*"},
    {"one record for both", "nope.www A", 3, "-nope.www -*.www", "+www -nope.www -*.www"},
    {"5155 7.2.2, far below", "a.b.c.nope A", 3, "-a.b.c.nope -*", "+@ -nope -*"},
    {"below an empty name", "a.a.b AAAA", 3, "-a.a.b -*.a.b", "+a.b -a.a.b -*.a.b"},
    {"4035 3.1.3.1", "www AAAA", 0, "+www", "+www"},
    {"5155 7.2.3, at the apex", "@ AAAA", 0, "+@", "+@"},
    {"empty non-terminal", "b A", 0, "-b", "+b"},
    {"a set", "www A", 0, "", ""},
    {"4035 3.1.3.3", "q.w A", 0, "-q.w", "-q.w"},
    {"5155 7.2.6, far below", "p.q.r.w A", 0, "-p.q.r.w", "-r.w"},
    {"4035 3.1.3.4", "q.w TXT", 0, "-q.w +*.w", "+w -q.w +*.w"},
    {"5155 7.2.5, far below", "p.q.w TXT", 0, "-p.q.w +*.w", "+w -q.w +*.w"},
    {"4592 2.2.1, asked for itself", "*.w A", 0, "", ""},
    {"asked for itself, no such type", "*.w TXT", 0, "+*.w", "+*.w"},
    {"an empty wildcard", "q.lit A", 0, "-q.lit -*.lit", "+lit -q.lit +*.lit"},
    {"below a name beside a wildcard", "x.one.w A", 3, "-x.one.w -*.one.w",
     "+one.w -x.one.w -*.one.w"},
    {"4035 3.1.4, not signed", "h.sub A", 0, "+sub", "+sub", "+@ -sub"},
    {"5155 7.2.7, at the cut", "sub A", 0, "+sub", "+sub", "+@ -sub"},
    {"4035 3.1.4, signed", "h.sec A", 0, "", ""},
    {"6840 4.4, NSEC at a cut", "sec NSEC", 0, "", ""},
    {"4035 3.1.4.1", "sec DS", 0, "", ""},
    {"5155 7.2.4", "sub DS", 0, "+sub", "+sub", "+@ -sub"},
    {"DS below a cut", "h.sub DS", 0, "+sub", "+sub", "+@ -sub"},
    {"DS at the apex, without the parent", "@ DS", 0, "+@", "+@"},
    {"DS inside the zone", "www DS", 0, "+www", "+www"},
    {"5155 7.1, empty for an unsigned cut", "ent A", 0, "-ent", "+ent", "+@ -ent"},
    {"below such a name", "x.ent A", 3, "-x.ent -*.ent", "+ent -x.ent -*.ent", "+@ -ent -*"},
    {"a cut below it", "h.in.ent A", 0, "+in.ent", "+in.ent", "+@ -ent"},
    {"CNAME", "x A", 0, "", ""},
    {"CNAME, no data", "x AAAA", 0, "+www", "+www"},
    {"CNAME to no name", "gone A", 3, "-nope -*", "+@ -nope -*"},
    {"CNAME to a wildcard", "y A", 0, "-q.w", "-q.w"},
    {"CNAME to a wildcard, no data", "y TXT", 0, "-q.w +*.w", "+w -q.w +*.w"},
    {"a proof for each step", "a.cw A", 0, "-a.cw -q.w", "-a.cw -q.w"},
    {"a proof for each step, no data", "a.cw TXT", 0, "-a.cw -q.w +*.w", "-a.cw +w -q.w +*.w"},
    {"a wildcard to no name", "a.cn A", 3, "-a.cn -nope -*", "-a.cn +@ -nope -*"},
    {"RFC 6672, below a DNAME", "a.dn A", 0, "", ""},
    {"RFC 6672, no name there", "x.dn A", 3, "-x.b -*.b", "+b -x.b -*.b"},
    {"RFC 6672, at the DNAME", "dn A", 0, "+dn", "+dn"},
    {"RFC 6672, the DNAME", "dn DNAME", 0, "", ""},
    {"keys", "@ DNSKEY", 0, "", ""},
    {"CDS", "@ CDS", 0, "", ""},
    {"no CDNSKEY", "@ CDNSKEY", 0, "+@", "+@"},
    {"RFC 8482", "www ANY", 0, "", ""},
};

class ProofIn : public testing::TestWithParam<const char*> {};

TEST_P(ProofIn, IsCompleteAndMinimal) {
  const std::string file = GetParam();
  const auto zone = zone_in(file);
  const auto source = zone_plugin();
  Serving serving({source.get()}, {zone});
  for (const Row& row : kRows) {
    SCOPED_TRACE(std::string(row.rule) + ": " + row.question);
    const Message reply =
        serving.ask(kit::Ask{.question = row.question, .dnssec_ok = true, .tcp = true});
    EXPECT_EQ(reply.rcode, row.rcode);
    EXPECT_FALSE(reply.tc());
    expect_signed(reply);
    expect_proof(reply, *zone,
                 file == "nsec.zone"                   ? row.nsec
                 : file == "optout.zone" && row.optout ? row.optout
                                                       : row.nsec3);
  }
}

TEST_P(ProofIn, IsForThoseWhoAsk) {
  const auto source = zone_plugin();
  Serving serving({source.get()}, {zone_in(GetParam())});
  for (const Row& row : kRows) {
    if (std::string(row.question).find("NSEC") != std::string::npos) continue;
    for (const bool edns : {false, true}) {
      const Message reply =
          serving.ask(kit::Ask{.question = row.question, .edns = edns, .tcp = true});
      EXPECT_EQ(reply.rcode, row.rcode) << row.question;
      for (const auto* section : {&reply.answer, &reply.authority, &reply.additional})
        for (const Record& r : *section)
          EXPECT_TRUE(r.type != rr::rrsig && r.type != rr::nsec && r.type != rr::nsec3 &&
                      (r.type != rr::ds || row.question == std::string("sec DS")))
              << row.question << ": " << r.text();
    }
  }
}

TEST_P(ProofIn, AnswersQuestionsForIt) {  // explicit types need no DO
  const auto source = zone_plugin();
  const std::string file = GetParam();
  Serving serving({source.get()}, {zone_in(file)});
  const auto types = [&](const char* question) {
    std::multiset<unsigned> all;
    for (const Record& r : serving.ask(kit::Ask{.question = question, .tcp = true}).answer)
      all.insert(r.type == rr::rrsig ? unsigned(r.data[0] << 8 | r.data[1]) + 1000 : r.type);
    return all;
  };
  using Types = std::multiset<unsigned>;
  const bool nsec = file == "nsec.zone";
  EXPECT_EQ(types("www RRSIG"), nsec ? (Types{1001, 1016, 1047}) : (Types{1001, 1016}));
  EXPECT_EQ(types("x RRSIG"), nsec ? (Types{1005, 1047}) : Types{1005}) << "not followed";
  EXPECT_EQ(types("q.w RRSIG"), nsec ? (Types{1001, 1047}) : Types{1001});
  EXPECT_EQ(types("sub RRSIG"), Types{});
  EXPECT_EQ(types("b RRSIG"), Types{});
  EXPECT_EQ(types("www NSEC"), nsec ? Types{47} : Types{});
  // An NSEC3 record with CNAME in it cannot prove that there is no data (RFC 5155, section 8.5), so
  // the question follows the CNAME where the name has no NSEC.
  EXPECT_EQ(types("x NSEC"), nsec ? Types{47} : Types{5});
  EXPECT_EQ(types("@ NSEC3PARAM"), nsec ? Types{} : Types{51});
  EXPECT_EQ(types("@ DNSKEY"), (Types{48, 48}));
}

TEST_P(ProofIn, ThatDoesNotFitTruncates) {
  const auto source = zone_plugin();
  Serving serving({source.get()}, {zone_in(GetParam())});
  const auto ask = [&](const char* question, uint16_t payload) {
    return serving.ask(kit::Ask{.question = question, .dnssec_ok = true, .payload = payload});
  };
  EXPECT_TRUE(ask("a.cn A", 512).tc());
  EXPECT_FALSE(ask("a.cn A", 1232).tc());
  EXPECT_FALSE(ask("mail A", 512).tc()) << "the apex name servers are left out silently";
}

INSTANTIATE_TEST_SUITE_P(Files, ProofIn, testing::Values("nsec.zone", "nsec3.zone", "optout.zone"));

TEST(Proof, NamesOfNsec3RecordsDoNotExist) {  // RFC 5155, section 7.2.8
  const auto zone = zone_in("nsec3.zone");
  const auto source = zone_plugin();
  Serving serving({source.get()}, {zone});
  for (const RecordSet* set : zone->nsec3_sets())
    for (const char* type : {" A", " NSEC3"}) {
      const std::string owner = set->owner.text();
      const Message reply =
          serving.ask(kit::Ask{.question = owner + type, .dnssec_ok = true, .tcp = true});
      EXPECT_EQ(reply.rcode, 3) << owner;
      expect_proof(reply, *zone, "+@ -" + owner + " -*");
    }
}

TEST(Proof, LongestChainFits) {
  std::string text =
      "$TTL 60\n@ SOA ns1 h 1 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.1\n"
      "@ NSEC *.c0 NS SOA RRSIG NSEC\n";
  const auto sign = [&](const std::string& owner, const std::string& type) {
    text += owner + " RRSIG " + type + " 13 2 60 20760101000000 20260101000000 1 @ AAAA\n";
  };
  for (const char* type : {"SOA", "NS", "NSEC"}) sign("@", type);
  for (int i = 0; i < 8; ++i) {
    const std::string owner = "*.c" + std::to_string(i);
    text += owner + " CNAME q.c" + std::to_string(i + 1) + "\n" + owner + " NSEC " +
            (i == 7 ? "ns1" : "*.c" + std::to_string(i + 1)) + " CNAME RRSIG NSEC\n";
    sign(owner, "CNAME");
    sign(owner, "NSEC");
  }
  text += "ns1 NSEC @ A RRSIG NSEC\n";
  sign("ns1", "A");
  sign("ns1", "NSEC");
  const auto zone = zone_of("example.com.", text);
  const auto source = zone_plugin();
  Serving serving({source.get()}, {zone});
  const Message reply = serving.ask(kit::Ask{.question = "q.c0 A", .dnssec_ok = true, .tcp = true});
  EXPECT_EQ(reply.rcode, 3);
  EXPECT_EQ(reply.answer.size(), 16u);
  expect_proof(reply, *zone, "-q.c0 -q.c1 -q.c2 -q.c3 -q.c4 -q.c5 -q.c6 -q.c7 -q.c8 -*");
  expect_signed(reply);
}

// NSEC tells of what is not there: ANY gets another set where there is one (RFC 8482, section 4.1).
TEST(Proof, AnyIsAnsweredWithNsecLast) {
  const auto zone = zone_of("example.com.",
                            "$TTL 60\n@ SOA ns1 h 1 7200 900 1209600 300\n@ NS ns1\n"
                            "@ NSEC a NS SOA NSEC\na CAA 0 issue \"ca.example\"\n"
                            "a NSEC b NSEC CAA\nb NSEC ns1 NSEC\n"
                            "ns1 A 192.0.2.1\nns1 NSEC @ A NSEC\n");
  const auto source = zone_plugin();
  Serving serving({source.get()}, {zone});
  const auto only_type = [&](const char* question) {
    const Message reply = serving.ask(kit::Ask{.question = question, .tcp = true});
    return reply.answer.size() == 1 ? unsigned(reply.answer[0].type) : 0u;
  };
  EXPECT_EQ(only_type("a ANY"), 257u);
  EXPECT_EQ(only_type("b ANY"), unsigned(rr::nsec));
}

// What another name stands for is signed under its own name, so nothing of it can be shown.
TEST(Proof, NotUnderTheNameOfAnAlias) {
  const auto source = zone_plugin();
  Fake alias("alias", Stage::follow);
  const Name names[] = {name("www"), name("nope"), name("h.sec")};
  NameView target;
  alias.up = [&](Query& q) {
    if (q.restarted()) return Up::next;
    q.restart(target);
    return Up::restart;
  };
  const std::vector<Name> siblings{name("example.net."), name("@")};
  const auto plain = zone_of("example.net.",
                             "$TTL 60\n@ SOA ns1 h 1 7200 900 1209600 300\n@ NS ns1\nns1 A "
                             "192.0.2.1\nhere A 192.0.2.2\n",
                             1, siblings);
  Serving serving({&alias, source.get()}, {zone_in("nsec.zone"), plain});
  for (const Name& n : names) {
    target = n;
    const Message reply =
        serving.ask(kit::Ask{.question = "here.example.net. A", .dnssec_ok = true, .tcp = true});
    for (const auto* section : {&reply.answer, &reply.authority})
      for (const Record& r : *section)
        EXPECT_TRUE(r.type != rr::rrsig && r.type != rr::nsec) << n.text() << ": " << r.text();
  }
}

}  // namespace
}  // namespace signpost::chain
