// Redirection by DNAME: RFC 6672, section by section.
#include <gtest/gtest.h>

#include <map>

#include "chain/serving_kit.h"

namespace signpost::chain {
namespace {

using Texts = std::vector<std::string>;

const std::string kLong(60, 'l');

const std::string kZone = R"($TTL 60
@ 900 SOA ns1 hostmaster 1 7200 900 1209600 300
@        NS    ns1
ns1      A     192.0.2.53
d   120  DNAME t
d        A     192.0.2.1
d        TXT   "beside"
x.d      A     192.0.2.2
h.t      A     192.0.2.3
*.w.t    A     192.0.2.4
c.t      CNAME h.t
back.t   CNAME e.d
e.t      A     192.0.2.5
*.r.t    CNAME x.r.d
home.t   CNAME d
f.t      CNAME e.d2
sub.t    NS    ns.elsewhere.net.
into     CNAME h.d
d2       DNAME d
out      DNAME other.net.
away     DNAME example.org.
loop     DNAME x.loop
*.any    DNAME t
to       DNAME long
long     DNAME )" + kLong +
                          "." + kLong + "." + kLong + R"(
sub      NS    ns.sub
ns.sub   A     192.0.2.6
y.sub    DNAME t
)";

constexpr const char* kOther =
    "$TTL 60\n@ 900 SOA ns1 hostmaster 2 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.54\n"
    "h A 192.0.2.7\n";

constexpr const char* kApex =
    "$TTL 60\n@ 900 SOA ns hostmaster 3 7200 900 1209600 300\n@ NS ns.example.com.\n"
    "@ DNAME t.example.com.\n@ A 192.0.2.8\n";

const std::string kDname = "d.example.com. 120 DNAME t.example.com.";
const std::string kSoa =
    "example.com. 300 SOA ns1.example.com. hostmaster.example.com. 1 7200 900 1209600 300";
const std::string kNs = "example.com. 60 NS ns1.example.com.";

class Dname : public testing::Test {
 protected:
  Dname()
      : source_(zone_plugin()),
        serving_({source_.get()}, {zone_of("example.com.", kZone, 0, zones()),
                                   zone_of("other.net.", kOther, 1, zones()),
                                   zone_of("moved.net.", kApex, 2, zones())}) {}

  static std::vector<Name> zones() {
    return {Name::parse("example.com.").value(), Name::parse("other.net.").value(),
            Name::parse("moved.net.").value()};
  }

  std::unique_ptr<Fake> source_;
  Serving serving_;
};

TEST_F(Dname, Redirects) {
  const struct {
    const char *rule, *question;
    unsigned rcode;
    Texts answer, authority;
  } rows[] = {
      {"3.2: the CNAME has the TTL of the DNAME (3.1)",
       "h.d A",
       0,
       {kDname, "h.d.example.com. 120 CNAME h.t.example.com.", "h.t.example.com. 60 A 192.0.2.3"},
       {kNs}},
      {"2.2: any number of labels",
       "q.r.w.d A",
       0,
       {kDname, "q.r.w.d.example.com. 120 CNAME q.r.w.t.example.com.",
        "q.r.w.t.example.com. 60 A 192.0.2.4"},
       {kNs}},
      {"3.2: the new name is looked up in turn",
       "c.d A",
       0,
       {kDname, "c.d.example.com. 120 CNAME c.t.example.com.",
        "c.t.example.com. 60 CNAME h.t.example.com.", "h.t.example.com. 60 A 192.0.2.3"},
       {kNs}},
      {"3.2: the new name does not exist",
       "nope.d A",
       3,
       {kDname, "nope.d.example.com. 120 CNAME nope.t.example.com."},
       {kSoa}},
      {"3.2: no data there",
       "h.d MX",
       0,
       {kDname, "h.d.example.com. 120 CNAME h.t.example.com."},
       {kSoa}},
      {"2.3: the owner is not redirected", "d A", 0, {"d.example.com. 60 A 192.0.2.1"}, {kNs}},
      {"2.3: nor is it without the type", "d MX", 0, {}, {kSoa}},
      {"2.1: DNAME itself", "d DNAME", 0, {kDname}, {kNs}},
      {"3.2: DNAME of a name below",
       "h.d DNAME",
       0,
       {kDname, "h.d.example.com. 120 CNAME h.t.example.com."},
       {kSoa}},
      {"2.4: names below do not exist",
       "x.d A",
       3,
       {kDname, "x.d.example.com. 120 CNAME x.t.example.com."},
       {kSoa}},
      {"3.2: QTYPE CNAME is content with the CNAME",
       "h.d CNAME",
       0,
       {kDname, "h.d.example.com. 120 CNAME h.t.example.com."},
       {}},
      {"3.2: by way of a CNAME",
       "into A",
       0,
       {"into.example.com. 60 CNAME h.d.example.com.", kDname,
        "h.d.example.com. 120 CNAME h.t.example.com.", "h.t.example.com. 60 A 192.0.2.3"},
       {kNs}},
      {"2.2: one DNAME after the other",
       "h.d2 A",
       0,
       {"d2.example.com. 60 DNAME d.example.com.", "h.d2.example.com. 60 CNAME h.d.example.com.",
        kDname, "h.d.example.com. 120 CNAME h.t.example.com.", "h.t.example.com. 60 A 192.0.2.3"},
       {kNs}},
      {"RFC 2181 section 5: a set stands in a reply once",
       "back.d A",
       0,
       {kDname, "back.d.example.com. 120 CNAME back.t.example.com.",
        "back.t.example.com. 60 CNAME e.d.example.com.",
        "e.d.example.com. 120 CNAME e.t.example.com.", "e.t.example.com. 60 A 192.0.2.5"},
       {kNs}},
      {"RFC 2181 section 5: also where it is asked for",
       "home.d DNAME",
       0,
       {kDname, "home.d.example.com. 120 CNAME home.t.example.com.",
        "home.t.example.com. 60 CNAME d.example.com."},
       {kNs}},
      {"RFC 2181 section 5: nor in a circle through a wildcard",
       "a.r.d A",
       0,
       {kDname, "a.r.d.example.com. 120 CNAME a.r.t.example.com.",
        "a.r.t.example.com. 60 CNAME x.r.d.example.com.",
        "x.r.d.example.com. 120 CNAME x.r.t.example.com.",
        "x.r.t.example.com. 60 CNAME x.r.d.example.com."},
       {}},
      {"into another zone of the block: as far as the edge",
       "h.out A",
       0,
       {"out.example.com. 60 DNAME other.net.", "h.out.example.com. 60 CNAME h.other.net."},
       {}},
      {"out of the block's zones",
       "h.away A",
       0,
       {"away.example.com. 60 DNAME example.org.", "h.away.example.com. 60 CNAME h.example.org."},
       {}},
      {"a referral behind it (RFC 1034, section 4.3.2)",
       "h.sub.d A",
       0,
       {kDname, "h.sub.d.example.com. 120 CNAME h.sub.t.example.com."},
       {"sub.t.example.com. 60 NS ns.elsewhere.net."}},
      {"3.2: a wildcard has no names below it to redirect", "h.any A", 0, {}, {kSoa}},
      {"RFC 4592 section 4.4: but gives the record",
       "h.any DNAME",
       0,
       {"h.any.example.com. 60 DNAME t.example.com."},
       {kNs}},
      {"below the literal wildcard",
       "h.*.any A",
       0,
       {"*.any.example.com. 60 DNAME t.example.com.",
        "h.*.any.example.com. 60 CNAME h.t.example.com.", "h.t.example.com. 60 A 192.0.2.3"},
       {kNs}},
      {"2.3: at the apex beside NS",
       "h.moved.net. A",
       0,
       {"moved.net. 60 DNAME t.example.com.", "h.moved.net. 60 CNAME h.t.example.com."},
       {}},
      {"2.3: the apex itself",
       "moved.net. A",
       0,
       {"moved.net. 60 A 192.0.2.8"},
       {"moved.net. 60 NS ns.example.com."}},
      {"a cut above it decides",
       "h.y.sub A",
       0,
       {},
       {"sub.example.com. 60 NS ns.sub.example.com."}},
  };
  for (const auto& row : rows) {
    const auto reply = serving_.ask(kit::Ask{.question = row.question, .payload = 1232});
    EXPECT_EQ(reply.rcode, row.rcode) << row.rule;
    EXPECT_EQ(texts(reply.answer), row.answer) << row.rule;
    EXPECT_EQ(texts(reply.authority), row.authority) << row.rule;
    EXPECT_EQ(reply.aa(), std::string(row.question) != "h.y.sub A") << row.rule;
  }
}

TEST_F(Dname, AnswersAnyWithWhatTheNewNameHas) {
  EXPECT_EQ(texts(serving_.ask("h.d ANY").answer),
            (Texts{kDname, "h.d.example.com. 120 CNAME h.t.example.com.",
                   "h.t.example.com. 60 A 192.0.2.3"}));
}

TEST_F(Dname, NamesTooLongAreYXDOMAIN) {  // RFC 6672, section 2.2
  const std::string target = kLong + "." + kLong + "." + kLong + ".example.com.";
  // 255 octets are left for labels, less the target's 3 * 61 and 13.
  const unsigned left = 255 - 3 * 61 - 13;
  const auto fits = serving_.ask(std::string(left - 1, 'a') + ".long A");
  EXPECT_EQ(fits.rcode, 3);
  EXPECT_EQ(fits.answer.size(), 2u);
  const auto too_long = serving_.ask(std::string(left / 2, 'a') + "." +
                                     std::string(left - left / 2 - 1, 'a') + ".long A");
  EXPECT_EQ(too_long.rcode, 6);
  EXPECT_TRUE(too_long.aa());
  EXPECT_EQ(texts(too_long.answer), Texts{"long.example.com. 60 DNAME " + target});
  EXPECT_TRUE(too_long.authority.empty());
  // By way of a DNAME that makes it longer.
  const auto second = serving_.ask(std::string(50, 'a') + "." + std::string(30, 'a') + ".to A");
  EXPECT_EQ(second.rcode, 6);
  EXPECT_EQ(second.answer.size(), 3u);
}

TEST_F(Dname, LoopsEndWithTheStepsOfAWalk) {
  const auto reply = serving_.ask(kit::Ask{.question = "h.loop A", .payload = 1232});
  EXPECT_EQ(reply.rcode, 0);
  ASSERT_EQ(reply.answer.size(), 1u + 9) << "the DNAME, and a CNAME for each step";
  EXPECT_EQ(reply.answer[0].text(), "loop.example.com. 60 DNAME x.loop.example.com.");
  EXPECT_EQ(reply.answer[9].text(),
            "h.x.x.x.x.x.x.x.x.loop.example.com. 60 CNAME "
            "h.x.x.x.x.x.x.x.x.x.loop.example.com.");
  EXPECT_TRUE(reply.authority.empty());
}

TEST_F(Dname, NamesAreComparedWithoutCase) {  // RFC 6672, section 2.2
  auto packet = kit::query_packet({"h.d A"}, zones()[0]);
  packet[15] = 'D';
  const auto reply = kit::decode(serving_.send(packet));
  EXPECT_EQ(reply.answer.size(), 3u);
  EXPECT_EQ(reply.answer[1].owner, "h.D.example.com.");
}

// A name made for a query is copied along with it when it waits.
TEST(DnameSuspended, TheNewNameLivesOn) {
  Fake waiter("cache", Stage::cache);
  Ticket ticket;
  waiter.down = [&](Query& q) {
    if (!q.restarted() || ticket.waiting()) return Down::next;
    ticket = q.suspend();
    return Down::suspended;
  };
  const auto source = zone_plugin();
  Serving serving({&waiter, source.get()}, {zone_of("example.com.", kZone)});
  EXPECT_TRUE(serving.send(kit::Ask{"h.d A"}).empty());
  serving.send(kit::Ask{"nope.d2 A"});  // over the same query
  std::move(ticket).resume(Down::next);
  serving.advance(1);
  const auto late = serving.late();
  ASSERT_FALSE(late.empty());
  EXPECT_EQ(texts(late[0].answer), (Texts{kDname, "h.d.example.com. 120 CNAME h.t.example.com.",
                                          "h.t.example.com. 60 A 192.0.2.3"}));
}

}  // namespace
}  // namespace signpost::chain
