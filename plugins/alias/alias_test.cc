// What aliases answer (spec, sections 10.12 and 10.13), and their lines.
#include <gtest/gtest.h>

#include "kit/bench.h"
#include "kit/steering.h"

namespace signpost {
namespace {

using kit::Answer;
using kit::Bench;
using kit::Files;
using kit::plain_zone;

constexpr const char* kHost = "lb.us-west-2.elb.amazonaws.com.";

Files zone(const std::string& records) {
  return {{"db.example.com", std::string(plain_zone) + records}};
}

std::string block(const std::string& lines) {
  return "example.com {\n zone db.example.com\n" + lines + "\n}\n";
}

TEST(Alias, stands_for_a_name_of_the_zone) {
  const std::string t1 = "t 300 A 192.0.2.1\n";
  const struct {
    const char *rule, *lines;
    std::string records;
    const char *question, *answer;
  } cases[] = {
      {"213 A-01, 214 A-03", "alias www A t", t1, "www A", "www.example.com. 300 A 192.0.2.1"},
      {"215 A-02 A-05", "alias www A t", t1, "www AAAA", "NOERROR"},
      {"A-02", "alias www t", t1, "www TXT", "NOERROR"},
      {"217 A-12", "alias @ A www", "www 60 A 192.0.2.1\nwww 60 A 192.0.2.2\n", "@ A",
       "example.com. 60 A 192.0.2.1\nexample.com. 60 A 192.0.2.2"},
      {"219 A-12", "alias x CNAME t", "t 60 CNAME other.example.net.\n", "x A",
       "x.example.com. 60 CNAME other.example.net."},
      {"219 A-12", "alias x CNAME t", "t 60 CNAME other.example.net.\n", "x CNAME",
       "x.example.com. 60 CNAME other.example.net."},
      {"225 A-15", "alias a b\nalias b c", "c 120 A 192.0.2.1\n", "a A",
       "a.example.com. 120 A 192.0.2.1"},
      {"225 A-15: no AAAA", "alias a b\nalias b c", "c 120 A 192.0.2.1\n", "a AAAA", "NOERROR"},
      {"226 A-33 DN-13", "alias * A @", "@ 60 A 192.0.2.1\n", "foo A",
       "foo.example.com. 60 A 192.0.2.1"},
      {"both families", "alias www t", t1 + "t 300 AAAA 2001:db8::1\n", "www AAAA",
       "www.example.com. 300 AAAA 2001:db8::1"},
      {"other types", "alias www TXT t", "t 60 TXT \"here\"\n", "www TXT",
       "www.example.com. 60 TXT \"here\""},
      {"absolute target", "alias www t.example.com.", t1, "www A",
       "www.example.com. 300 A 192.0.2.1"},
      {"a CNAME to an alias", "alias www t", t1 + "c 60 CNAME www\n", "c A",
       "c.example.com. 60 CNAME www.example.com.\nwww.example.com. 300 A 192.0.2.1"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.rule);
    Bench bench(block(c.lines), zone(c.records));
    ASSERT_TRUE(bench.good()) << bench.problems()[0];
    EXPECT_EQ(bench.ask(c.question), c.answer);
    EXPECT_TRUE(bench.query({.question = c.question}).aa);
  }
}

TEST(Alias, shows_what_its_target_has_now) {  // 227 E-19
  Bench bench(block("alias www A t"), zone("t 60 A 192.0.2.1\n"));
  EXPECT_EQ(bench.ask("www A"), "www.example.com. 60 A 192.0.2.1");
  ASSERT_TRUE(bench.reload(block("alias www A t"), zone("t 60 A 192.0.2.2\n")));
  EXPECT_EQ(bench.ask("www A"), "www.example.com. 60 A 192.0.2.2");
}

TEST(Alias, leads_to_any_policy) {  // A-03: the TTL of the record that was chosen
  kit::expect_rows(
      {
          {"to a group",
           "alias @ A www\nweighted www A {\n192.0.2.1 weight 1\n192.0.2.2 weight 3\n}",
           {},
           {{"192.0.2.1", 0.25}, {"192.0.2.2", 0.75}},
           "@ A"},
          {"a member",
           "weighted www A {\nalias one weight 1\nalias two weight 1\n}",
           {},
           {{"192.0.2.11", 0.5}, {"192.0.2.12", 0.5}}},
          {"239 F-08",
           "failover www A {\nprimary alias d1.cloudfront.net check hc1\n"
           "secondary 192.0.2.2\n}",
           {"hc1"},
           {{"192.0.2.2", 1}}},
      },
      zone("one 60 A 192.0.2.11\ntwo 60 A 192.0.2.12\n"));
}

TEST(Alias, is_refused) {
  const struct {
    const char *rule, *lines, *records, *problem;
  } cases[] = {
      {"218 A-12", "alias @ CNAME t", "t CNAME www.example.net.\n",
       "Corefile:3 - RRSet of type CNAME with DNS name example.com. is not permitted at apex"},
      {"221 A-11", "alias www NS t", "t A 192.0.2.1\n", "Corefile:3 - records of type NS"},
      {"221 A-11", "alias www SOA t", "t A 192.0.2.1\n", "Corefile:3 - records of type SOA"},
      {"223 A-13", "alias www t", "",
       "Corefile:3 - Tried to create an alias that targets t.example.com., type A in zone "
       "example.com., but that target was not found"},
      {"A-12", "alias www t", "t CNAME u\nu A 192.0.2.1\n", "it is a CNAME"},
      {"229 V-01", "alias www t {\nttl 60\n}", "t A 192.0.2.1\n",
       "Corefile:3 - an alias has no block"},
      {"229 V-01", "weighted www {\nalias t ttl 60\n}", "t A 192.0.2.1\n",
       "Corefile:4 - an alias has no TTL of its own (A-03)"},
      {"cycle", "alias a b\nalias b a", "", "Corefile:3 - alias cycle: "},
      {"cycle", "alias a a", "", "alias cycle: a.example.com. -> a.example.com."},
      {"E-17", "alias a b\nalias b c\nalias c d\nalias d e", "e A 192.0.2.1\n",
       "Corefile:3 - aliases nest deeper than three levels"},
      {"another set", "alias www t", "www A 192.0.2.2\nt A 192.0.2.1\n", "stands already at"},
      {"CNAME", "alias www t", "www CNAME t\nt A 192.0.2.1\n",
       "because a conflicting RRSet of type CNAME"},
      {"outside", "alias www TXT www.example.net", "",
       "Corefile:3 - an alias to www.example.net., a name outside this block's zones, stands for "
       "addresses: its type is A or AAAA, not TXT"},
      {"words", "alias www", "", "Corefile:3 - expected: alias NAME [TYPE...] TARGET [evaluate]"},
      {"another zone", "alias www.example.org. t", "t A 192.0.2.1\n",
       "Corefile:3 - RRSet with DNS name www.example.org. is not permitted in zone example.com."},
      {"type", "alias www AAA t", "t A 192.0.2.1\n", "did you mean"},
      {"resolver", "alias {\nresolver ns1\n}", "",
       "Corefile:4 - 'ns1' is no address of a resolver"},
      {"resolver", "alias {\nresolver 192.0.2.1\n}\nalias {\nresolver 192.0.2.2\n}", "",
       "Corefile:6 - the resolver is already set at Corefile:3"},
      {"property", "alias {\nresolvers 192.0.2.1\n}", "",
       "Corefile:4 - unknown property 'resolvers'; did you mean 'resolver'?"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(std::string(c.rule) + ": " + c.lines);
    Bench bench(block(c.lines), zone(c.records));
    EXPECT_FALSE(bench.good());
    bool found = false;
    std::string all;
    for (const std::string& problem : bench.problems()) {
      found |= problem.find(c.problem) != std::string::npos;
      all += problem + "\n";
    }
    EXPECT_TRUE(found) << all;
  }
}

TEST(Alias, needs_a_zone) {
  Bench bench("example.com {\n alias www t\n}\n");
  EXPECT_FALSE(bench.good());
  EXPECT_EQ(
      bench.problems().at(0),
      "Corefile:2 - alias needs the zone example.com. in this block; add the line: zone FILE");
}

TEST(Alias, stands_for_addresses_outside) {
  const struct {
    const char *rule, *line, *question;
    std::vector<std::string> addresses;
    const char* answer;
  } cases[] = {
      {"241 A-20",
       "alias www lb.us-west-2.elb.amazonaws.com",
       "www A",
       {"203.0.113.1"},
       "www.example.com. 60 A 203.0.113.1"},
      {"247 A-20",
       "alias www lb.us-west-2.elb.amazonaws.com",
       "www AAAA",
       {"203.0.113.1", "2001:db8::1"},
       "www.example.com. 60 AAAA 2001:db8::1"},
      {"375",
       "alias www A lb.us-west-2.elb.amazonaws.com",
       "www A",
       {"203.0.113.1", "203.0.113.2"},
       "www.example.com. 60 A 203.0.113.1\nwww.example.com. 60 A 203.0.113.2"},
      {"at the apex",
       "alias @ lb.us-west-2.elb.amazonaws.com",
       "@ A",
       {"203.0.113.1"},
       "example.com. 60 A 203.0.113.1"},
      {"no IPv6",
       "alias www lb.us-west-2.elb.amazonaws.com",
       "www AAAA",
       {"203.0.113.1"},
       "NOERROR"},
      {"A-02",
       "alias www A lb.us-west-2.elb.amazonaws.com",
       "www AAAA",
       {"2001:db8::1"},
       "NOERROR"},
      {"A-33",
       "alias * lb.us-west-2.elb.amazonaws.com",
       "x.y A",
       {"203.0.113.1"},
       "x.y.example.com. 60 A 203.0.113.1"},
      {"through another",
       "alias www in\nalias in lb.us-west-2.elb.amazonaws.com",
       "www A",
       {"203.0.113.1"},
       "www.example.com. 60 A 203.0.113.1"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.rule);
    Bench bench(block(c.line));
    ASSERT_TRUE(bench.good()) << bench.problems()[0];
    bench.address(kHost, c.addresses);
    const Answer answer = bench.query({.question = c.question});
    EXPECT_EQ(answer.text(), c.answer);
    EXPECT_TRUE(answer.aa);
    EXPECT_EQ(answer.authority.at(0).find("example.com. "), 0u);
  }
}

TEST(Alias, S3_under_its_own_name) {  // 233 A-23
  Bench bench(block("alias shop A s3-website-us-east-1.amazonaws.com"));
  EXPECT_TRUE(bench.problems().empty());
  bench.address("s3-website-us-east-1.amazonaws.com.", {"203.0.113.7"}, 5);
  EXPECT_EQ(bench.ask("shop A"), "shop.example.com. 5 A 203.0.113.7");
}

TEST(Alias, evaluated_targets_outside_are_healthy_while_they_have_addresses) {
  // 242 E-31, 245 E-30, 381 E-36 as far as an outsider can see them (spec 4.4)
  Bench bench(
      block("failover www A {\n primary alias lb.us-west-2.elb.amazonaws.com evaluate\n"
            " secondary 192.0.2.2\n}"));
  ASSERT_TRUE(bench.good()) << bench.problems()[0];
  bench.address(kHost, {"203.0.113.1"});
  EXPECT_EQ(bench.ask("www A"), "www.example.com. 60 A 203.0.113.1");
  bench.address(kHost, {});
  EXPECT_EQ(bench.ask("www A"), "www.example.com. 60 A 192.0.2.2");
  bench.unresolvable(kHost);
  EXPECT_EQ(bench.ask("www A"), "www.example.com. 60 A 192.0.2.2");
}

TEST(Alias, a_static_site_stands_by) {
  Bench bench(
      kit::example_block("weighted www {\n 192.0.2.1 check hc1\n 192.0.2.2 check hc2\n}\n"
                         "failover @ {\n primary alias www evaluate\n"
                         " secondary alias s3-website-us-west-2.amazonaws.com\n}"));
  ASSERT_TRUE(bench.good()) << bench.problems()[0];
  bench.address("s3-website-us-west-2.amazonaws.com.", {"203.0.113.7"}, 5);
  bench.health({"hc1"});
  EXPECT_EQ(bench.ask("@ A"), "example.com. 60 A 192.0.2.2");
  bench.health({"hc1", "hc2"});
  EXPECT_EQ(bench.ask("@ A"), "example.com. 5 A 203.0.113.7");
}

TEST(Alias, a_cold_name_is_waited_for) {
  Bench bench(block("alias www lb.us-west-2.elb.amazonaws.com\nalias other lb.example.net"));
  EXPECT_EQ(bench.ask("www A"), "waiting");
  EXPECT_EQ(bench.ask("www AAAA"), "waiting");
  EXPECT_EQ(bench.waiting(), 2u);
  bench.address("lb.example.net.", {"203.0.113.9"});  // something else becomes known
  bench.advance(0);
  EXPECT_EQ(bench.waiting(), 2u);
  bench.address(kHost, {"203.0.113.1"});
  bench.advance(1);
  std::vector<Answer> late = bench.late();
  ASSERT_EQ(late.size(), 2u);
  EXPECT_EQ(late[0].text(), "www.example.com. 60 A 203.0.113.1");
  EXPECT_EQ(late[1].text(), "NOERROR");
  EXPECT_EQ(bench.waiting(), 0u);
}

TEST(Alias, nobody_waits_longer_than_a_second_and_a_half) {
  Bench bench(block("alias www lb.us-west-2.elb.amazonaws.com"));
  EXPECT_EQ(bench.ask("www A"), "waiting");
  bench.advance(1400);
  EXPECT_TRUE(bench.late().empty());
  bench.advance(200);
  std::vector<Answer> late = bench.late();
  ASSERT_EQ(late.size(), 1u);
  EXPECT_EQ(late[0].text(), "SERVFAIL");
  bench.address(kHost, {"203.0.113.1"});
  bench.advance(0);
  EXPECT_TRUE(bench.late().empty());
  EXPECT_EQ(bench.ask("www A"), "www.example.com. 60 A 203.0.113.1");
}

TEST(Alias, more_waiting_queries_than_there_is_room_for_fail_at_once) {
  Bench bench(block("alias www lb.us-west-2.elb.amazonaws.com"));
  for (int i = 0; i < 1024; ++i) ASSERT_EQ(bench.ask("www A"), "waiting");
  EXPECT_EQ(bench.ask("www A"), "SERVFAIL");
  bench.advance(1600);
  EXPECT_EQ(bench.late().size(), 1024u);
  EXPECT_EQ(bench.ask("www A"), "waiting");
}

TEST(Alias, a_name_that_cannot_be_resolved_fails_at_once) {
  Bench bench(block("errors\nalias www lb.us-west-2.elb.amazonaws.com\nalias in www"),
              zone("c CNAME www\n"));
  ASSERT_TRUE(bench.good()) << bench.problems()[0];
  bench.unresolvable(kHost);
  const Answer answer = bench.query({.question = "www A"});
  EXPECT_EQ(answer.text(), "SERVFAIL");
  EXPECT_FALSE(answer.aa);
  EXPECT_EQ(bench.ask("in AAAA"), "SERVFAIL");
  EXPECT_EQ(bench.query({.question = "c A"}).rcode, "SERVFAIL");
  EXPECT_EQ(bench.log().at(0),
            "[ERROR] plugin/errors: 2 www.example.com. A: the name that an alias stands for cannot "
            "be resolved");
}

TEST(Alias, a_reload_answers_those_who_wait) {
  Bench bench(block("alias www lb.us-west-2.elb.amazonaws.com"));
  EXPECT_EQ(bench.ask("www A"), "waiting");
  ASSERT_TRUE(bench.reload(block("alias www t"), zone("t 60 A 192.0.2.1\n")));
  bench.advance(0);
  std::vector<Answer> late = bench.late();
  ASSERT_EQ(late.size(), 1u);
  EXPECT_EQ(late[0].text(), "www.example.com. 60 A 192.0.2.1");
}

// RFC 8914: 3, Stale Answer; 22, No Reachable Authority.
TEST(Alias, explains_answers_that_are_old_or_missing) {
  Bench bench(block(std::string("alias www A ") + kHost), zone(""));
  const auto error = [&] {
    const Answer answer = bench.query({.question = "www A", .edns = true});
    const auto found = answer.options.find(15);
    return found == answer.options.end() ? "" : found->second;
  };
  bench.address(kHost, {"198.51.100.1"});
  EXPECT_EQ(error(), "");
  bench.address(kHost, {"198.51.100.1"}, 60, true);
  EXPECT_EQ(error(), std::string("\0\3", 2) + "addresses behind an alias cannot be renewed");
  bench.unresolvable(kHost);
  EXPECT_EQ(error(),
            std::string("\0\x16", 2) + "the name that an alias stands for cannot be resolved");
}

}  // namespace
}  // namespace signpost
