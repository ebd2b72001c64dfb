// What a zone answers, RFC by RFC: which sections, which RCODE, whose SOA, and when AA.
#include <gtest/gtest.h>

#include "chain/serving_kit.h"

namespace signpost::chain {
namespace {

using Texts = std::vector<std::string>;

constexpr const char* kZone = R"($TTL 60
@ 900 SOA ns1 hostmaster 1 7200 900 1209600 300
@         NS     ns1
ns1       A      192.0.2.53
www       A      192.0.2.1
b.ent     TXT    "below"
*.w       MX     1 mail.w
mail.w    A      192.0.2.2
x.deep.w  A      192.0.2.3
*.cn      CNAME  www
*.away    CNAME  www.example.org.
*.ghost   CNAME  nope
a.*.star  A      192.0.2.4
one       CNAME  two
two       CNAME  www
dead      CNAME  nope
dry       CNAME  ent
gone      CNAME  nope.other.net.
far       CNAME  www.other.net.
left      CNAME  www.example.org.
cutoff    CNAME  x.sub
round     CNAME  round2
round2    CNAME  round
self      CNAME  self
sub       NS     ns.sub
sub       DS     1 13 2 0000000000000000000000000000000000000000000000000000000000000000
ns.sub    A      192.0.2.5
x.sub     A      192.0.2.6
*.sub     A      192.0.2.7
y.sub     NS     ns.sub
bare      NS     ns.elsewhere.net.
child     NS     ns1.child
child     DS     2 13 2 0000000000000000000000000000000000000000000000000000000000000000
ns1.child A      192.0.2.54
)";

constexpr const char* kChild =
    "$TTL 60\n@ 900 SOA ns1 hostmaster 2 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.54\n"
    "top CNAME @\n";
constexpr const char* kOther =
    "$TTL 60\n@ 900 SOA ns1 hostmaster 3 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.55\n"
    "www A 192.0.2.8\n";

std::string soa(const std::string& zone, int serial = 1) {
  return zone + " 300 SOA ns1." + zone + " hostmaster." + zone + " " + std::to_string(serial) +
         " 7200 900 1209600 300";
}
const std::string kSoa = soa("example.com."), kNs = "example.com. 60 NS ns1.example.com.";
const std::string kWww = "www.example.com. 60 A 192.0.2.1";
const std::string kSub = "sub.example.com. 60 NS ns.sub.example.com.",
                  kGlue = "ns.sub.example.com. 60 A 192.0.2.5";
const std::string kDigest(64, '0');

class Answers : public testing::Test {
 protected:
  Answers()
      : source_(zone_plugin()),
        serving_({source_.get()}, {zone_of("example.com.", kZone, 0, zones()),
                                   zone_of("child.example.com.", kChild, 1, zones()),
                                   zone_of("other.net.", kOther, 2, zones())}) {}
  static std::vector<Name> zones() {
    return {Name::parse("example.com.").value(), Name::parse("child.example.com.").value(),
            Name::parse("other.net.").value()};
  }

  std::unique_ptr<Fake> source_;
  Serving serving_;
};

TEST_F(Answers, AsTheStandardsHaveThem) {
  enum Aa : bool { plain, aa };
  const struct {
    const char *rule, *question;
    unsigned rcode;
    Aa flag;
    Texts answer, authority, additional;
  } rows[] = {
      {"RFC 2308 2.1: no such name", "nope A", 3, aa, {}, {kSoa}, {}},
      {"RFC 2308 2.2: no data", "www MX", 0, aa, {}, {kSoa}, {}},
      {"RFC 4592 2.2.2: an empty non-terminal exists", "ent A", 0, aa, {}, {kSoa}, {}},
      {"RFC 8020: below a name that has none below", "a.www A", 3, aa, {}, {kSoa}, {}},
      // --- wildcards
      {"RFC 4592 2.2.1: MX behind a wildcard",
       "q.w MX",
       0,
       aa,
       {"q.w.example.com. 60 MX 1 mail.w.example.com."},
       {kNs},
       {"mail.w.example.com. 60 A 192.0.2.2"}},
      {"RFC 4592 2.2.1: several labels",
       "p.q.w MX",
       0,
       aa,
       {"p.q.w.example.com. 60 MX 1 mail.w.example.com."},
       {kNs},
       {"mail.w.example.com. 60 A 192.0.2.2"}},
      {"RFC 4592 2.2.1: no data behind a wildcard", "q.w A", 0, aa, {}, {kSoa}, {}},
      {"RFC 4592 2.2.1: a name that exists is not covered", "mail.w MX", 0, aa, {}, {kSoa}, {}},
      {"RFC 4592 3.3.1: nor what is below it", "q.mail.w MX", 3, aa, {}, {kSoa}, {}},
      {"RFC 4592 2.2.2: nor below an empty non-terminal", "q.deep.w MX", 3, aa, {}, {kSoa}, {}},
      {"RFC 4592 2.3: the wildcard's own name",
       "*.w MX",
       0,
       aa,
       {"*.w.example.com. 60 MX 1 mail.w.example.com."},
       {kNs},
       {"mail.w.example.com. 60 A 192.0.2.2"}},
      {"RFC 4592 4.2: below the wildcard's own name", "q.*.w MX", 3, aa, {}, {kSoa}, {}},
      {"RFC 4592 2.2.2: an empty wildcard has no data", "q.star A", 0, aa, {}, {kSoa}, {}},
      {"RFC 4592 3.3.3: CNAME behind a wildcard",
       "q.cn A",
       0,
       aa,
       {"q.cn.example.com. 60 CNAME www.example.com.", kWww},
       {kNs},
       {}},
      {"RFC 4592 3.3.3: out of the zones",
       "q.away A",
       0,
       aa,
       {"q.away.example.com. 60 CNAME www.example.org."},
       {},
       {}},
      {"RFC 6604 3: to a name that does not exist",
       "q.ghost A",
       3,
       aa,
       {"q.ghost.example.com. 60 CNAME nope.example.com."},
       {kSoa},
       {}},
      // --- CNAME
      {"RFC 1034 4.3.2: a chain",
       "one A",
       0,
       aa,
       {"one.example.com. 60 CNAME two.example.com.", "two.example.com. 60 CNAME www.example.com.",
        kWww},
       {kNs},
       {}},
      {"RFC 1034 3.6.2: QTYPE CNAME",
       "one CNAME",
       0,
       aa,
       {"one.example.com. 60 CNAME two.example.com."},
       {kNs},
       {}},
      {"RFC 6604 3: the RCODE is that of the last name",
       "dead A",
       3,
       aa,
       {"dead.example.com. 60 CNAME nope.example.com."},
       {kSoa},
       {}},
      {"RFC 2308 2.2: no data at the end",
       "dry A",
       0,
       aa,
       {"dry.example.com. 60 CNAME ent.example.com."},
       {kSoa},
       {}},
      {"RFC 1034 4.3.2: a chain ends at the edge of its zone, whatever else is served",
       "far A",
       0,
       aa,
       {"far.example.com. 60 CNAME www.other.net."},
       {},
       {}},
      {"RFC 1034 4.3.2: what another zone lacks is not said here",
       "gone A",
       0,
       aa,
       {"gone.example.com. 60 CNAME nope.other.net."},
       {},
       {}},
      {"RFC 1034 4.3.2: out of our zones",
       "left A",
       0,
       aa,
       {"left.example.com. 60 CNAME www.example.org."},
       {},
       {}},
      {"RFC 1034 6.2.7: AA speaks of the first name, also before a referral",
       "cutoff A",
       0,
       aa,
       {"cutoff.example.com. 60 CNAME x.sub.example.com."},
       {kSub},
       {kGlue}},
      {"RFC 1034 3.6.2: a loop ends where it closes",
       "round A",
       0,
       aa,
       {"round.example.com. 60 CNAME round2.example.com.",
        "round2.example.com. 60 CNAME round.example.com."},
       {},
       {}},
      {"RFC 1034 3.6.2: a loop of one",
       "self A",
       0,
       aa,
       {"self.example.com. 60 CNAME self.example.com."},
       {},
       {}},
      // --- delegations
      {"RFC 1034 4.3.2: a referral", "q.sub A", 0, plain, {}, {kSub}, {kGlue}},
      {"RFC 2181 6.1: at the cut", "sub A", 0, plain, {}, {kSub}, {kGlue}},
      {"RFC 2181 6.1: NS at the cut", "sub NS", 0, plain, {}, {kSub}, {kGlue}},
      {"RFC 2181 6.1: SOA at the cut", "sub SOA", 0, plain, {}, {kSub}, {kGlue}},
      {"RFC 1034 4.2.1: glue is no answer", "ns.sub A", 0, plain, {}, {kSub}, {kGlue}},
      {"RFC 1034 4.2: occluded data", "x.sub A", 0, plain, {}, {kSub}, {kGlue}},
      {"RFC 4592 4.2: occluded wildcard", "q.r.sub A", 0, plain, {}, {kSub}, {kGlue}},
      {"RFC 1034 4.2: a cut below a cut", "q.y.sub A", 0, plain, {}, {kSub}, {kGlue}},
      {"RFC 4035 3.1.4.1: DS at the cut",
       "sub DS",
       0,
       aa,
       {"sub.example.com. 60 DS 1 13 2 " + kDigest},
       {kNs},
       {}},
      {"RFC 4035 3.1.4.1: no DS at the cut", "bare DS", 0, aa, {}, {kSoa}, {}},
      {"RFC 4035 3.1.4.1: DS below the cut", "x.sub DS", 0, plain, {}, {kSub}, {kGlue}},
      {"RFC 4035 3.1.4.1: DS of a child that is served too",
       "child DS",
       0,
       aa,
       {"child.example.com. 60 DS 2 13 2 " + kDigest},
       {kNs},
       {}},
      {"RFC 1034 4.3.2: a chain of the child to its apex stays in the child",
       "top.child DS",
       0,
       aa,
       {"top.child.example.com. 60 CNAME child.example.com."},
       {soa("child.example.com.", 2)},
       {}},
      {"RFC 4035 3.1.4.1: DS at an apex without its parent", "@ DS", 0, aa, {}, {kSoa}, {}},
      {"RFC 2181 6.1: the child's own answer",
       "child NS",
       0,
       aa,
       {"child.example.com. 60 NS ns1.child.example.com."},
       {},
       {"ns1.child.example.com. 60 A 192.0.2.54"}},
      {"RFC 1034 4.3.2: NS at the apex",
       "@ NS",
       0,
       aa,
       {kNs},
       {},
       {"ns1.example.com. 60 A 192.0.2.53"}},
      // --- ANY
      {"RFC 8482 4.1: one set", "www ANY", 0, aa, {kWww}, {}, {}},
      {"RFC 8482 4.3: a CNAME",
       "one ANY",
       0,
       aa,
       {"one.example.com. 60 CNAME two.example.com."},
       {},
       {}},
      {"RFC 8482: no data", "ent ANY", 0, aa, {}, {kSoa}, {}},
      {"RFC 8482: no name", "nope ANY", 3, aa, {}, {kSoa}, {}},
      {"RFC 8482: a referral", "sub ANY", 0, plain, {}, {kSub}, {kGlue}},
      {"RFC 8482: a wildcard",
       "q.w ANY",
       0,
       aa,
       {"q.w.example.com. 60 MX 1 mail.w.example.com."},
       {},
       {"mail.w.example.com. 60 A 192.0.2.2"}},
  };
  for (const auto& row : rows) {
    const auto what = std::string(row.rule) + ": " + row.question;
    const auto reply = serving_.ask(row.question);
    EXPECT_EQ(reply.rcode, row.rcode) << what;
    EXPECT_EQ(reply.aa(), row.flag == aa) << what;
    EXPECT_EQ(texts(reply.answer), row.answer) << what;
    EXPECT_EQ(texts(reply.authority), row.authority) << what;
    EXPECT_EQ(texts(reply.additional), row.additional) << what;
  }
}

// RFC 8482, section 4.4: over TCP as well, so that both ways give the same answer.
TEST_F(Answers, AnyIsShortOverTcpToo) {
  EXPECT_EQ(texts(serving_.ask(kit::Ask{.question = "@ ANY", .tcp = true}).answer), Texts{kNs});
}

// RFC 1035, section 6.2.
TEST_F(Answers, ClassAnyIsAnsweredWithoutAuthority) {
  auto packet = kit::query_packet({"www A"}, zones()[0]);
  packet[packet.size() - 1] = 255;
  const auto reply = kit::decode(serving_.send(packet));
  EXPECT_EQ(reply.questions.at(0).klass, 255);
  EXPECT_EQ(texts(reply.answer), Texts{kWww});
  EXPECT_FALSE(reply.aa());
}

TEST_F(Answers, TheParentAnswersForDsWithoutADelegationToo) {  // RFC 4035, section 3.1.4.1
  Serving serving({source_.get()}, {zone_of("example.com.",
                                            "$TTL 60\n@ 900 SOA ns1 hostmaster 1 7200 900 1209600 "
                                            "300\n@ NS ns1\nns1 A 192.0.2.53\n",
                                            0, zones()),
                                    zone_of("child.example.com.", kChild, 1, zones())});
  const auto reply = serving.ask("child DS");
  EXPECT_EQ(reply.rcode, 3);
  EXPECT_EQ(texts(reply.authority), Texts{kSoa});
}

TEST_F(Answers, TheChildWithoutItsParentHasNoDs) {  // RFC 4035, section 3.1.4.1
  Serving serving({source_.get()}, {zone_of("child.example.com.", kChild)});
  const auto reply = serving.ask("child DS");
  EXPECT_TRUE(reply.aa() && reply.answer.empty());
  EXPECT_EQ(texts(reply.authority), Texts{soa("child.example.com.", 2)});
}

// RFC 9460, section 4.1: addresses of the target, and what an alias leads to.
TEST(ServiceAnswers, BringWhatTheTargetHas) {
  const auto source = zone_plugin();
  Serving serving({source.get()},
                  {zone_of("example.com.",
                           "$TTL 60\n@ 900 SOA ns1 h 1 2 3 4 5\n@ NS ns1.example.net.\n"
                           "svc HTTPS 1 . alpn=h2\nsvc A 192.0.2.1\nalias HTTPS 0 svc\n"
                           "*.w HTTPS 1 . alpn=h3\n*.w A 192.0.2.2\nmx MX 1 q.w\n")});
  EXPECT_EQ(texts(serving.ask("svc HTTPS").additional), Texts{"svc.example.com. 60 A 192.0.2.1"});
  EXPECT_EQ(
      texts(serving.ask("alias HTTPS").additional),
      (Texts{"svc.example.com. 60 A 192.0.2.1", "svc.example.com. 60 HTTPS 1 . alpn=\"h2\""}));
  EXPECT_EQ(texts(serving.ask("q.w HTTPS").additional), Texts{"q.w.example.com. 60 A 192.0.2.2"})
      << "the owner that the wildcard stands for";
  EXPECT_EQ(texts(serving.ask("mx MX").additional), Texts{"q.w.example.com. 60 A 192.0.2.2"});
}

}  // namespace
}  // namespace signpost::chain
