// Answers from zone files (spec, section 10.14) and the lines of `zone` and `file`.
#include <gtest/gtest.h>

#include <algorithm>

#include "kit/bench.h"

namespace signpost {
namespace {

using kit::Answer;
using kit::Bench;

constexpr const char* kZone = R"($TTL 3600
@ 900 IN SOA ns1 hostmaster 7 7200 900 1209600 300
@         NS     ns1
@         NS     ns2.example.net.
@         MX     10 mail
ns1       A      192.0.2.53
mail 60   A      192.0.2.9
WWW 60    A      192.0.2.1
www 60    A      192.0.2.2
www       TXT    "text"
zero 0    A      192.0.2.10
x         CNAME  www
y         CNAME  X
out       CNAME  www.example.net.
gone      CNAME  nope
self      CNAME  self2
self2     CNAME  self
a.b 60    A      192.0.2.3
*.w 60    A      192.0.2.5
one.w     AAAA   2001:db8::1
a.ent.w   TXT    "t"
*.cw      CNAME  www
a.*.lit 60 A     192.0.2.6
a\.b 60   A      192.0.2.7
sub       NS     ns.sub
sub       NS     ns1.other.net.
sub       DS     12345 13 2 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
ns.sub    A      192.0.2.77
_sip._tcp SRV    0 0 5060 mail
)";

constexpr const char* kSoa =
    "example.com. 300 SOA ns1.example.com. hostmaster.example.com. 7 7200 900 1209600 300";
constexpr const char* kNs =
    "example.com. 3600 NS ns1.example.com.\nexample.com. 3600 NS ns2.example.net.";

std::string lines(std::vector<std::string> records) {
  std::sort(records.begin(), records.end());
  std::string text;
  for (const std::string& r : records) text += (text.empty() ? "" : "\n") + r;
  return text;
}

Bench zone_bench(const std::string& text, const std::string& properties = "") {
  return Bench("example.com {\n zone db.example.com" +
                   (properties.empty() ? "" : " {\n" + properties + "\n }") + "\n}\n",
               {{"db.example.com", text}});
}

TEST(Zone, answers) {
  const struct {
    const char *rule, *question, *text, *authority, *additional;
    bool aa = true;
  } cases[] = {
      {"266 DN-02", "www A", "www.example.com. 60 A 192.0.2.1\nwww.example.com. 60 A 192.0.2.2",
       kNs, ""},
      {"249 DN-03 DN-05 DN-07", "nope A", "NXDOMAIN", kSoa, ""},
      {"249 below a name", "nope.www A", "NXDOMAIN", kSoa, ""},
      {"250 DN-06", "www AAAA", "NOERROR", kSoa, ""},
      {"251 DN-05", "b A", "NOERROR", kSoa, ""},
      {"251 below", "a.b A", "a.b.example.com. 60 A 192.0.2.3", kNs, ""},
      {"NS at the apex are not repeated", "@ NS", kNs, "", "ns1.example.com. 3600 A 192.0.2.53"},
      {"254 DN-10", "q.w A", "q.w.example.com. 60 A 192.0.2.5", kNs, ""},
      {"254 DN-10", "q.r.w A", "q.r.w.example.com. 60 A 192.0.2.5", kNs, ""},
      {"254 the wildcard itself", "*.w A", "*.w.example.com. 60 A 192.0.2.5", kNs, ""},
      {"wildcard without the type", "q.w TXT", "NOERROR", kSoa, ""},
      {"255 DN-11", "one.w A", "NOERROR", kSoa, ""},
      {"DN-11 below an existing name", "q.one.w A", "NXDOMAIN", kSoa, ""},
      {"DN-11 empty non-terminal", "ent.w A", "NOERROR", kSoa, ""},
      {"DN-11 below an empty non-terminal", "q.ent.w A", "NXDOMAIN", kSoa, ""},
      {"257 DN-12", "w A", "NOERROR", kSoa, ""},
      {"258 DN-10", "a.*.lit A", "a.*.lit.example.com. 60 A 192.0.2.6", kNs, ""},
      {"258 DN-10", "a.x.lit A", "NOERROR", kSoa, ""},
      {"wildcard CNAME", "q.cw A",
       "q.cw.example.com. 3600 CNAME www.example.com.\nwww.example.com. 60 A 192.0.2.1\n"
       "www.example.com. 60 A 192.0.2.2",
       kNs, ""},
      {"275 DN-24", "zero A", "zero.example.com. 0 A 192.0.2.10", kNs, ""},
      {"279 DN-31", "a\\.b A", "a\\.b.example.com. 60 A 192.0.2.7", kNs, ""},
      {"282 DN-04", "@ MX", "example.com. 3600 MX 10 mail.example.com.", kNs,
       "mail.example.com. 60 A 192.0.2.9"},
      {"DN-04", "_sip._tcp SRV", "_sip._tcp.example.com. 3600 SRV 0 0 5060 mail.example.com.", kNs,
       "mail.example.com. 60 A 192.0.2.9"},
      {"267 DN-18", "h.sub A", "NOERROR",
       "sub.example.com. 3600 NS ns.sub.example.com.\nsub.example.com. 3600 NS ns1.other.net.",
       "ns.sub.example.com. 3600 A 192.0.2.77", false},
      {"DN-18 at the cut", "sub NS", "NOERROR",
       "sub.example.com. 3600 NS ns.sub.example.com.\nsub.example.com. 3600 NS ns1.other.net.",
       "ns.sub.example.com. 3600 A 192.0.2.77", false},
      {"DN-18 glue is not an answer", "ns.sub A", "NOERROR",
       "sub.example.com. 3600 NS ns.sub.example.com.\nsub.example.com. 3600 NS ns1.other.net.",
       "ns.sub.example.com. 3600 A 192.0.2.77", false},
      {"DN-19", "sub DS",
       "sub.example.com. 3600 DS 12345 13 2 "
       "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F",
       kNs, ""},
  };
  Bench bench = zone_bench(kZone);
  ASSERT_TRUE(bench.good()) << bench.problems()[0];
  for (const auto& c : cases) {
    SCOPED_TRACE(std::string(c.rule) + ": " + c.question);
    const Answer answer = bench.query({.question = c.question});
    EXPECT_EQ(answer.text(), c.text);
    EXPECT_EQ(lines(answer.authority), c.authority);
    EXPECT_EQ(lines(answer.additional), c.additional);
    EXPECT_EQ(answer.aa, c.aa);
    EXPECT_FALSE(answer.tc);
  }
}

// DN-18, RFC 4035 section 3.1.4.1: a zone without signatures proves nothing by it.
TEST(Zone, a_referral_of_an_unsigned_zone_has_no_DS) {
  Bench bench = zone_bench(kZone);
  EXPECT_EQ(bench.query({.question = "h.sub A", .dnssec_ok = true}).authority.size(), 2u);
  EXPECT_EQ(bench.query({.question = "h.sub A", .edns = true}).authority.size(), 2u);
}

TEST(Zone, follows_CNAMEs) {  // DN-14, RFC 1034 section 4.3.2
  const std::string www = "www.example.com. 60 A 192.0.2.1\nwww.example.com. 60 A 192.0.2.2";
  const struct {
    const char* question;
    std::string chased, alone;
  } cases[] = {
      {"x A", www + "\nx.example.com. 3600 CNAME www.example.com.",
       "x.example.com. 3600 CNAME www.example.com."},
      {"y A",
       "X.example.com. 3600 CNAME www.example.com.\n" + www +
           "\ny.example.com. 3600 CNAME X.example.com.",
       "y.example.com. 3600 CNAME X.example.com."},
      {"x CNAME", "x.example.com. 3600 CNAME www.example.com.",
       "x.example.com. 3600 CNAME www.example.com."},
      {"out A", "out.example.com. 3600 CNAME www.example.net.",
       "out.example.com. 3600 CNAME www.example.net."},
      {"gone A", "NXDOMAIN\ngone.example.com. 3600 CNAME nope.example.com.",
       "gone.example.com. 3600 CNAME nope.example.com."},
      {"self A",
       "self.example.com. 3600 CNAME self2.example.com.\n"
       "self2.example.com. 3600 CNAME self.example.com.",
       "self.example.com. 3600 CNAME self2.example.com."},
  };
  Bench chasing = zone_bench(kZone), alone = zone_bench(kZone, "chase off");
  for (const auto& c : cases) {
    EXPECT_EQ(chasing.ask(c.question), c.chased) << c.question;
    EXPECT_EQ(alone.ask(c.question), c.alone) << c.question;
  }
  const Answer no_data = chasing.query({.question = "x AAAA"});
  EXPECT_EQ(no_data.text(), "x.example.com. 3600 CNAME www.example.com.");
  EXPECT_EQ(lines(no_data.authority), kSoa);
}

TEST(Zone, follows_no_CNAME_into_another_zone_of_the_block) {
  Bench bench(
      "example.com example.org {\n zone db.example.com example.com\n"
      " file db.example.org example.org\n}\n",
      {{"db.example.com", std::string(kit::plain_zone) + "x CNAME y.example.org.\n"},
       {"db.example.org", std::string(kit::plain_zone) + "y A 192.0.2.8\n"}});
  ASSERT_TRUE(bench.good()) << bench.problems()[0];
  EXPECT_EQ(bench.ask("x A"), "x.example.com. 172800 CNAME y.example.org.");
}

TEST(Zone, the_longest_zone_answers) {
  Bench bench("example.com {\n zone db.example.com\n zone db.sub sub.example.com\n}\n",
              {{"db.example.com", std::string(kit::plain_zone)},
               {"db.sub", std::string(kit::plain_zone) + "a A 192.0.2.8\n"}});
  EXPECT_EQ(bench.ask("a.sub A"), "a.sub.example.com. 172800 A 192.0.2.8");
  EXPECT_EQ(lines(bench.query({.question = "b.sub A"}).authority).substr(0, 15), "sub.example.com");
}

TEST(Zone, minimal_answers_leave_the_name_servers_out) {  // DN-02
  Bench bench = zone_bench(kZone, "minimal");
  EXPECT_TRUE(bench.query({.question = "www A"}).authority.empty());
  EXPECT_EQ(lines(bench.query({.question = "nope A"}).authority), kSoa);
}

TEST(Zone, negative_answers_live_as_long_as_the_lesser_of_two_times) {  // DN-07
  const struct {
    const char *ttl, *minimum, *expected;
  } cases[] = {{"900", "300", "300"}, {"200", "300", "200"}, {"0", "300", "0"}};
  for (const auto& c : cases) {
    Bench bench = zone_bench(std::string("@ ") + c.ttl + " IN SOA a b 1 2 3 4 " + c.minimum +
                             "\n@ 60 NS a\na 60 A 192.0.2.1\n");
    EXPECT_EQ(bench.query({.question = "nope A"}).authority.at(0),
              "example.com. " + std::string(c.expected) +
                  " SOA a.example.com. b.example.com. 1 2 3 4 " + c.minimum);
  }
}

TEST(Zone, ANY_gets_one_set_or_HINFO) {  // 271 DN-17, RFC 8482
  Bench bench = zone_bench(kZone);
  EXPECT_EQ(bench.ask("www ANY"),
            "www.example.com. 60 A 192.0.2.1\nwww.example.com. 60 A 192.0.2.2");
  EXPECT_EQ(bench.ask("x ANY"), "x.example.com. 3600 CNAME www.example.com.");
  EXPECT_EQ(bench.ask("b ANY"), "NOERROR");
  EXPECT_EQ(bench.ask("nope ANY"), "NXDOMAIN");
  Bench alias(
      "example.com {\n zone db.example.com\n alias @ A www.example.net\n alias a "
      "www.example.net\n}\n");
  ASSERT_TRUE(alias.good()) << alias.problems()[0];
  EXPECT_EQ(alias.ask("a ANY"), "a.example.com. 3600 HINFO \"RFC8482\" \"\"");
}

TEST(Zone, names_compare_without_case_and_are_echoed_as_sent) {  // 253 DN-08
  Bench bench = zone_bench(kZone);
  std::vector<uint8_t> packet{0x12, 0x34, 0x01, 0, 0, 1, 0, 0, 0, 0, 0, 0};
  for (const std::string label : {"wWw", "eXample", "com"}) {
    packet.push_back(uint8_t(label.size()));
    packet.insert(packet.end(), label.begin(), label.end());
  }
  packet.insert(packet.end(), {0, 0, 1, 0, 1});
  EXPECT_EQ(bench.query({.packet = packet}).text(),
            "wWw.eXample.com. 60 A 192.0.2.1\nwWw.eXample.com. 60 A 192.0.2.2");
}

TEST(Zone, is_refused) {
  Bench bench = zone_bench(kZone);
  EXPECT_EQ(bench.ask("example.net. A"), "REFUSED");  // DN-20
  EXPECT_EQ(bench.ask("@ AXFR"), "REFUSED");          // 273 DN-21
  std::vector<uint8_t> chaos{0x12, 0x34, 1,   0,   0,   1, 0,   0,   0,   0, 0, 0, 7, 'e', 'x',
                             'a',  'm',  'p', 'l', 'e', 3, 'c', 'o', 'm', 0, 0, 1, 0, 3};
  EXPECT_EQ(bench.query({.packet = chaos}).text(), "REFUSED");  // 281 DN-23
}

TEST(Zone, what_does_not_fit_is_cut) {  // 269, 270 DN-01
  std::string many;
  for (int i = 1; i <= 40; ++i) many += "many 60 A 198.51.100." + std::to_string(i) + "\n";
  for (int i = 0; i < 250; ++i) many += "more 60 A 198.18.0." + std::to_string(i) + "\n";
  Bench bench = zone_bench(kZone + many);
  const struct {
    const char* question;
    uint16_t payload;
    bool tcp, tc;
    size_t answers, most;
  } cases[] = {{"many A", 0, false, true, 0, 512},
               {"many A", 4096, false, false, 40, 1232},
               {"more A", 65535, false, true, 0, 1232},
               {"more A", 0, true, false, 250, 65535}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.question + std::to_string(c.payload));
    const Answer answer = bench.query({.question = c.question, .payload = c.payload, .tcp = c.tcp});
    EXPECT_EQ(answer.tc, c.tc);
    EXPECT_EQ(answer.answers.size(), c.answers);
    EXPECT_LE(answer.size, c.most);
  }
}

TEST(Zone, fallthrough_leaves_missing_names_to_the_next_source) {
  const auto block = [](const std::string& property) {
    return "example.com {\n zone db.example.com {\n" + property + "\n}\n whoami\n}\n";
  };
  const kit::Files files{{"db.example.com", std::string(kZone)}};
  Bench all(block("fallthrough"), files), some(block("fallthrough b.example.com"), files),
      none(block("minimal"), files);
  EXPECT_EQ(all.ask("nope A"), "NOERROR");
  EXPECT_EQ(all.query({.question = "nope A"}).additional.size(), 2u);
  EXPECT_TRUE(all.query({.question = "b A"}).additional.empty());  // exists: no data
  EXPECT_EQ(some.query({.question = "nope.b A"}).additional.size(), 2u);
  EXPECT_EQ(some.ask("nope A"), "NXDOMAIN");
  EXPECT_EQ(none.ask("nope A"), "NXDOMAIN");
  EXPECT_TRUE(all.query({.question = "q.w TXT"}).additional.empty());  // covered by a wildcard
  EXPECT_EQ(all.query({.question = "h.sub A"}).authority.size(), 2u);  // delegated
}

// RFC 4035, section 5: what has no signature in a signed zone is bogus.
TEST(Zone, fallthrough_out_of_a_signed_zone_is_warned_of) {
  const std::string soa_signature =
      "@ 900 RRSIG SOA 13 2 900 20760101000000 20260101000000 64114 @ AAAA\n";
  const auto warnings = [&](const std::string& line, const std::string& more) {
    Bench bench("example.com b.example.com {\n" + line + "\n whoami\n}\n",
                {{"db.example.com", std::string(kit::plain_zone) + more},
                 {"zones/b.example.com.zone", std::string(kit::plain_zone) + more},
                 {"zones/example.com.zone", std::string(kit::plain_zone)}});
    EXPECT_TRUE(bench.good());
    std::string text;
    for (const std::string& problem : bench.problems())
      if (problem.find("go on to the next source") != std::string::npos)
        text += problem.substr(0, problem.find(" go on")) + "\n";
    return text;
  };
  const std::string warning = "Corefile:3 - Warning: names that do not exist in zone ";
  const std::string file = " zone db.example.com example.com {\n fallthrough";
  EXPECT_EQ(warnings(file + "\n}", soa_signature), warning + "example.com.\n");
  EXPECT_EQ(warnings(file + "\n}", ""), "") << "not signed";
  EXPECT_EQ(warnings(" zone db.example.com example.com", soa_signature), "");
  EXPECT_EQ(warnings(file + " www.example.com\n}", soa_signature), warning + "example.com.\n");
  EXPECT_EQ(warnings(file + " example.org\n}", soa_signature), "") << "none of its names";
  const std::string folder = " zone FOLDER/zones/*.zone {\n fallthrough";
  EXPECT_EQ(warnings(folder + "\n}", soa_signature), warning + "b.example.com.\n");
  EXPECT_EQ(warnings(folder + " a.example.com\n}", soa_signature), "");
}

TEST(Zone, refusals) {
  const struct {
    const char* rule;
    std::string corefile, zone, problem;
  } cases[] = {
      {"263 V-08", "zone db.example.com", "@ CNAME www.example.net.\n",
       "db.example.com:5 - RRSet of type CNAME with DNS name example.com. is not permitted at apex "
       "in zone example.com.; write an alias instead: alias @ www.example.net."},
      {"265 V-10", "zone db.example.com", "c CNAME a\nc CNAME b\n",
       "db.example.com:6 - c.example.com. has more than one CNAME record; a CNAME stands alone"},
      {"277 DN-30", "zone db.example.com", std::string(64, 'a') + " A 192.0.2.1\n", "63 octets"},
      {"no file", "zone missing.db", "", "Corefile:2 - zone file missing.db does not exist"},
      {"no argument", "zone", "",
       "Corefile:2 - expected: zone FILE|FOLDER/*.zone|@LIST [ZONES...]"},
      {"file has no argument", "file", "",
       "Corefile:2 - expected: file FILE|FOLDER/*.zone|@LIST [ZONES...]"},
      {"transfer", "file db.example.com {\ntransfer to *\n}", "",
       "Corefile:3 - zone transfers are not served"},
      {"unknown", "zone db.example.com {\nreloda 10s\n}", "",
       "Corefile:3 - unknown property 'reloda'; did you mean 'reload'?"},
      {"chase", "zone db.example.com {\nchase maybe\n}", "",
       "Corefile:3 - 'maybe' is neither on nor off"},
      {"reload", "zone db.example.com {\nreload 25h\n}", "", "Corefile:3 - '25h' is out of range"},
      {"reload of nearly never", "zone db.example.com {\nreload 1us\n}", "",
       "Corefile:3 - '1us' is out of range: expected 100ms to 24h, or 0 for never"},
      {"reload just too often", "zone db.example.com {\nreload 99.9ms\n}", "",
       "Corefile:3 - '99.9ms' is out of range"},
      {"no star in the name", "zone z*/db.zone", "",
       "Corefile:2 - 'z*/db.zone' has to have one '*'"},
      {"two stars", "zone zones/*.*", "", "Corefile:2 - 'zones/*.*' has to have one '*'"},
      {"no folder", "zone FOLDER/nowhere/*.zone", "",
       "Corefile:2 - folder 'nowhere/' cannot be read"},
      {"no list", "zone @nowhere", "", "Corefile:2 - list of zones nowhere"},
      {"auto needs a folder", "auto", "", "Corefile:2 - expected: auto [ZONES...] { directory"},
      {"auto words", "auto {\ndirectory . x\n}", "", "Corefile:3 - expected: directory FOLDER"},
      {"expression", "auto {\ndirectory . db(.* {1}\n}", "", "Corefile:3 - 'db(.*' is no regular"},
      {"group", "auto {\ndirectory . db(.*) {2}\n}", "", "Corefile:3 - '{2}': expected the name"},
      {"zones", "zone db.example.com a..b", "", "Corefile:2 - 'a..b' is no domain name"},
  };
  for (const auto& c : cases) {
    Bench bench("example.com {\n" + c.corefile + "\n}\n",
                {{"db.example.com", std::string(kit::plain_zone) + c.zone}});
    EXPECT_FALSE(bench.good()) << c.rule;
    ASSERT_FALSE(bench.problems().empty()) << c.rule;
    EXPECT_NE(bench.problems()[0].find(c.problem), std::string::npos)
        << c.rule << ": " << bench.problems()[0];
  }
}

TEST(Zone, accepts_what_CoreDNS_has) {
  Bench bench(
      "example.com {\n file db.example.com example.com {\nreload 0\nupstream 192.0.2.1\n}\n}\n");
  EXPECT_TRUE(bench.good());
  EXPECT_TRUE(bench.problems().empty());
  EXPECT_EQ(bench.ask("ns1 A"), "ns1.example.com. 172800 A 192.0.2.53");
}

TEST(Zone, words_in_messages_stay_on_one_line) {
  Bench bench("example.com {\n zone db.example.com {\n chase \"a\nb\"\n reload \"1d\nx\"\n }\n}\n");
  for (const std::string& problem : bench.problems())
    EXPECT_EQ(problem.find('\n'), std::string::npos) << problem;
  ASSERT_EQ(bench.problems().size(), 2u);
  EXPECT_EQ(bench.problems()[0], "Corefile:3 - 'a\\x0ab' is neither on nor off");
}

TEST(Zone, is_served_for_the_reverse_zones_of_a_prefix) {
  Bench bench("10.0.0.0/23 {\n zone db.reverse 10.0.0.0/23\n}\n",
              {{"db.reverse",
                "$TTL 60\n@ SOA ns.example. h.example. 1 2 3 4 5\n@ NS ns.example.\n"
                "7 PTR host.example.\n"}});
  ASSERT_TRUE(bench.good()) << bench.problems()[0];
  for (const std::string name : {"7.0.0.10.in-addr.arpa.", "7.1.0.10.in-addr.arpa."})
    EXPECT_EQ(bench.ask(name + " PTR"), name + " 60 PTR host.example.");
}

TEST(Zone, a_zone_outside_the_block_is_warned_of) {
  Bench bench(
      "example.com {\n zone db.example.com\n zone db.org example.org\n}\n",
      {{"db.example.com", std::string(kit::plain_zone)}, {"db.org", std::string(kit::plain_zone)}});
  EXPECT_TRUE(bench.good());
  ASSERT_EQ(bench.problems().size(), 1u);
  EXPECT_EQ(bench.problems()[0],
            "Corefile:3 - Warning: no question for example.org. comes to this server block, which "
            "is for example.com.");
}

}  // namespace
}  // namespace signpost
