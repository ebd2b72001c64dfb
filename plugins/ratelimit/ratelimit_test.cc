#include <gtest/gtest.h>

#include <algorithm>

#include "kit/bench.h"

namespace signpost {
namespace {

using kit::Ask;
using kit::Bench;
using Lines = std::vector<std::string>;

constexpr const char* kZone =
    "$TTL 300\n"
    "@ IN SOA ns1 hostmaster 1 7200 900 1209600 300\n"
    "@ IN NS ns1\n"
    "ns1 IN A 192.0.2.53\n"
    "www IN A 192.0.2.1\n"
    "mail IN A 192.0.2.2\n"
    "*.wild IN A 192.0.2.3\n"
    "other IN CNAME www.example.net.\n"
    "sub IN NS ns.sub\n"
    "ns.sub IN A 192.0.2.4\n";

std::unique_ptr<Bench> bench(const std::string& properties, const std::string& more = "") {
  return std::make_unique<Bench>(
      "example.com {\n" + more + "\nratelimit {\n" + properties + "\n}\nzone db.example.com\n}\n",
      kit::Files{{"db.example.com", kZone}});
}

// What `n` equal queries get: p(ass), t(runcated), d(ropped).
std::string ask(Bench& bench, const Ask& ask, unsigned n) {
  std::string text;
  for (unsigned i = 0; i < n; ++i) {
    const kit::Answer answer = bench.query(ask);
    text += !answer.sent ? 'd' : answer.tc ? 't' : 'p';
  }
  return text;
}
std::string ask(Bench& bench, const std::string& question, unsigned n,
                const std::string& client = "192.0.2.200") {
  return ask(bench, {.question = question, .client = client}, n);
}

// The same with a "%" in the question replaced by a running number.
std::string ask_many(Bench& bench, const std::string& question, unsigned n) {
  std::string text;
  for (unsigned i = 0; i < n; ++i) {
    std::string one = question;
    one.replace(one.find('%'), 1, std::to_string(i));
    text += ask(bench, one, 1);
  }
  return text;
}

TEST(Ratelimit, answers_above_the_rate_are_dropped_or_truncated) {
  const auto b = bench("responses-per-second 3");
  EXPECT_EQ(ask(*b, "www A", 9), "pppdtdtdt");
  EXPECT_EQ(b->query({.question = "www A"}).text(), "no reply");
  const kit::Answer slipped = b->query({.question = "www A"});
  EXPECT_TRUE(slipped.tc);
  EXPECT_EQ(slipped.answers, Lines{});
  EXPECT_EQ(slipped.authority, Lines{});
  EXPECT_EQ(slipped.rcode, "NOERROR");
  b->advance(17'000);
  EXPECT_EQ(ask(*b, "www A", 4), "pppd");
}

TEST(Ratelimit, slip_says_how_many_are_truncated) {
  EXPECT_EQ(ask(*bench("responses-per-second 1\nslip-ratio 0"), "www A", 6), "pddddd");
  EXPECT_EQ(ask(*bench("responses-per-second 1\nslip-ratio 1"), "www A", 6), "pttttt");
  EXPECT_EQ(ask(*bench("responses-per-second 1\nslip 3"), "www A", 7), "pddtddt");
}

TEST(Ratelimit, a_steady_client_within_the_rate_is_never_limited) {
  const auto b = bench("responses-per-second 4");
  for (unsigned i = 0; i < 100; ++i) {
    EXPECT_EQ(ask(*b, "www A", 1), "p") << i;
    b->advance(250);
  }
}

TEST(Ratelimit, a_network_counts_as_one_client) {
  const auto b = bench("responses-per-second 1\nslip-ratio 0");
  EXPECT_EQ(ask(*b, "www A", 1, "192.0.2.1"), "p");
  EXPECT_EQ(ask(*b, "www A", 1, "192.0.2.254"), "d");
  EXPECT_EQ(ask(*b, "www A", 1, "192.0.3.1"), "p");
  EXPECT_EQ(ask(*b, "www A", 1, "2001:db8::1"), "p");
  EXPECT_EQ(ask(*b, "www A", 1, "2001:db8:0:ff::1"), "d");
  EXPECT_EQ(ask(*b, "www A", 1, "2001:db8:0:100::1"), "p");
  const auto narrow =
      bench("responses-per-second 1\nslip-ratio 0\nipv4-prefix-length 32\nipv6-prefix-length 127");
  EXPECT_EQ(ask(*narrow, "www A", 1, "192.0.2.1"), "p");
  EXPECT_EQ(ask(*narrow, "www A", 1, "192.0.2.2"), "p");
  EXPECT_EQ(ask(*narrow, "www A", 1, "2001:db8::2"), "p");
  EXPECT_EQ(ask(*narrow, "www A", 1, "2001:db8::3"), "d");
}

TEST(Ratelimit, the_address_of_the_packet_counts_and_not_the_client_subnet) {
  const auto b = bench("responses-per-second 1\nslip-ratio 0");
  EXPECT_EQ(ask(*b, Ask{.question = "www A", .ecs = "198.51.100.0/24"}, 1), "p");
  EXPECT_EQ(ask(*b, Ask{.question = "www A", .ecs = "203.0.113.0/24"}, 1), "d");
}

TEST(Ratelimit, answers_that_differ_have_accounts_of_their_own) {
  const auto b = bench("responses-per-second 1\nslip-ratio 0");
  for (const char* question : {"www A", "mail A", "www AAAA", "nothing A", "a.sub A", "@ SOA"})
    EXPECT_EQ(ask(*b, question, 2), "pd") << question;
}

TEST(Ratelimit, floods_of_random_questions_are_one_account) {
  const struct {
    const char *question, *wanted;
  } cases[] = {{"x%.wild A", "ppddd"},         // the wildcard's
               {"x%.wild MX", "ppddd"},        // no data there
               {"x%.nothing A", "ppddd"},      // the zone's, as names that do not exist
               {"x%.www TXT", "ddddd"},        // so is this one
               {"x%.sub A", "ppddd"},          // the cut's
               {"www TYPE6528%", "ppddd"},     // no data, whatever the type
               {"other TYPE6528%", "ppddd"}};  // the same CNAME
  const auto b = bench("responses-per-second 2\nslip-ratio 0");
  for (const auto& c : cases) EXPECT_EQ(ask_many(*b, c.question, 5), c.wanted) << c.question;
  // No zone tells that these names are made up: they are one name.
  Bench whoami(
      "example.com {\n ratelimit {\n responses-per-second 2\n slip-ratio 0\n }\n whoami\n}\n");
  EXPECT_EQ(ask_many(whoami, "x% A", 5), "ppddd");
  EXPECT_EQ(ask(whoami, "y A", 1), "d");
}

TEST(Ratelimit, each_kind_of_answer_has_its_rate) {
  const auto b = bench(
      "responses-per-second 1\nnodata-per-second 2\nnxdomains-per-second 3\n"
      "referrals-per-second 4\nerrors-per-second 5\nslip-ratio 0",
      "acl {\n block type MX\n filter type TXT\n}");
  EXPECT_EQ(ask(*b, "www A", 6), "pddddd");
  EXPECT_EQ(ask(*b, "www AAAA", 6), "ppdddd");
  EXPECT_EQ(ask(*b, "nothing A", 6), "pppddd");
  EXPECT_EQ(ask(*b, "a.sub A", 6), "ppppdd");
  EXPECT_EQ(ask_many(*b, "x% MX", 7), "pppppdd") << "refused by acl, whatever the name";
  EXPECT_EQ(ask_many(*b, "x% TXT", 4), "ppdd") << "filtered by acl, whatever the name";
}

TEST(Ratelimit, a_rate_of_0_is_no_limit) {
  const auto b = bench("responses-per-second 1\nnodata-per-second 0\nslip-ratio 0");
  EXPECT_EQ(ask(*b, "www AAAA", 20), std::string(20, 'p'));
  EXPECT_EQ(ask(*b, "www A", 2), "pd");
}

TEST(Ratelimit, requests_are_limited_as_a_whole) {
  const auto b = bench("requests-per-second 4\nresponses-per-second 2\nslip-ratio 0");
  EXPECT_EQ(ask(*b, "www A", 3), "ppd");
  EXPECT_EQ(ask(*b, "mail A", 2), "pd");
  EXPECT_EQ(ask(*b, "ns1 A", 1), "d");
}

TEST(Ratelimit, who_shook_hands_is_not_limited) {
  const auto b = bench("responses-per-second 1\nrequests-per-second 1\nslip-ratio 0");
  EXPECT_EQ(ask(*b, Ask{.question = "www A", .tcp = true}, 20), std::string(20, 'p'));
  EXPECT_EQ(ask(*b, "www A", 3), "pdd");
  EXPECT_EQ(ask(*b, Ask{.question = "www A", .tcp = true}, 1), "p");
}

// A query for ns1.example.com. A with the COOKIE option (RFC 7873), or without one if it is empty.
Ask with_cookie(const std::vector<uint8_t>& cookie) {
  Ask ask;
  ask.packet = {0,   1, 0,   0,   0,   1,   0,   0,   0,   0, 0,   1,   3,   'n', 's',
                '1', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 3, 'c', 'o', 'm', 0,   0,
                1,   0, 1,   0,   0,   41,  4,   208, 0,   0, 0,   0,   0};
  ask.packet.push_back(uint8_t(cookie.empty() ? 0 : 4 + cookie.size()));
  if (cookie.empty()) return ask;
  ask.packet.insert(ask.packet.end(), {0, 10, 0, uint8_t(cookie.size())});
  ask.packet.insert(ask.packet.end(), cookie.begin(), cookie.end());
  return ask;
}

TEST(Ratelimit, cookies_that_are_not_ours_count_as_errors) {
  const auto b = bench("errors-per-second 2\nslip-ratio 0", "cookies {\n require\n}");
  EXPECT_EQ(b->query(with_cookie({1, 2, 3, 4, 5, 6, 7, 8})).rcode, "BADCOOKIE");
  EXPECT_EQ(ask(*b, with_cookie({1, 2, 3, 4, 5, 6, 7, 8}), 3), "pdd");
  EXPECT_EQ(ask(*b, with_cookie({}), 3), "ppp");
}

TEST(Ratelimit, what_is_sent_to_tcp_anyway_is_not_counted) {
  const auto b = bench("responses-per-second 2\nslip-ratio 0", "cookies {\n require all\n}");
  EXPECT_EQ(ask(*b, with_cookie({}), 5), "ttttt");
}

// What `cookies` does with a cookie of ours.
struct Vouch {
  explicit Vouch(const NoSettings&) {}
  Down down(Query& query) noexcept {
    query.client.verified = true;
    return Down::next;
  }
};

TEST(Ratelimit, a_verified_client_is_not_limited) {
  static constexpr PluginInfo vouch = describe<NoSettings, Vouch>("vouch", Stage::guard);
  Bench b(
      "example.com {\n vouch\n ratelimit {\n responses-per-second 1\n}\n zone db.example.com\n}\n",
      {{"db.example.com", kZone}}, {&vouch});
  EXPECT_EQ(ask(b, "www A", 20), std::string(20, 'p'));
}

TEST(Ratelimit, exempt_clients_are_not_limited_nor_counted) {
  const auto b = bench("responses-per-second 1\nslip-ratio 0\nexempt 192.0.2.7 2001:db8::/32");
  EXPECT_EQ(ask(*b, "www A", 20, "192.0.2.7"), std::string(20, 'p'));
  EXPECT_EQ(ask(*b, "www A", 20, "2001:db8::7"), std::string(20, 'p'));
  EXPECT_EQ(ask(*b, "www A", 2, "192.0.2.8"), "pd");
}

TEST(Ratelimit, only_names_below_its_zones_are_limited) {
  Bench b(
      "example.com {\n ratelimit wild.example.com sub.example.com {\n"
      " responses-per-second 1\n slip-ratio 0\n}\n zone db.example.com\n}\n",
      {{"db.example.com", kZone}});
  EXPECT_EQ(ask(b, "www A", 20), std::string(20, 'p'));
  EXPECT_EQ(ask(b, "A.WILD A", 2), "pd");
}

TEST(Ratelimit, tells_who_is_limited_and_for_how_long) {
  const auto b = bench("responses-per-second 2\nnxdomains-per-second 0.5\nwindow 10");
  ask(*b, "www A", 30);
  ask(*b, "mail A", 3);
  ask(*b, "nothing A", 3);
  EXPECT_EQ(b->log(),
            (Lines{"[WARNING] plugin/ratelimit: limiting answers to 192.0.2.0/24: more than 2 a "
                   "second",
                   "[WARNING] plugin/ratelimit: limiting NXDOMAIN answers to 192.0.2.0/24: more "
                   "than 0.5 a second"}));
  b->advance(4000);
  ask(*b, "www A", 1);
  b->advance(9000);
  ask(*b, "ns1 A", 1, "198.51.100.1");
  EXPECT_EQ(b->log(), Lines{"[INFO] plugin/ratelimit: no longer limiting NXDOMAIN answers to "
                            "192.0.2.0/24: 1 were dropped, 1 truncated in 0s"});
  b->advance(1000);
  ask(*b, "ns1 A", 1, "198.51.100.1");
  EXPECT_EQ(b->log(), Lines{"[INFO] plugin/ratelimit: no longer limiting answers to 192.0.2.0/24: "
                            "16 were dropped, 14 truncated in 4s"});
}

TEST(Ratelimit, many_clients_at_once_make_few_lines) {
  const auto b = bench("responses-per-second 1");
  for (unsigned i = 0; i < 250; ++i) ask(*b, "www A", 2, "10.1." + std::to_string(i) + ".1");
  EXPECT_EQ(b->log().size(), 4u);
}

TEST(Ratelimit, report_only_limits_nothing) {
  const auto b = bench("responses-per-second 1\nreport-only");
  EXPECT_EQ(ask(*b, "www A", 10), std::string(10, 'p'));
  EXPECT_EQ(b->log(), Lines{"[WARNING] plugin/ratelimit: would limit answers to 192.0.2.0/24: more "
                            "than 1 a second"});
}

TEST(Ratelimit, the_query_log_shows_what_was_sent) {
  const auto b = bench("responses-per-second 1", "log . \"{name} {rcode} {>rflags} {rsize}\"");
  ask(*b, "www A", 3);
  Lines lines = b->log();
  std::erase_if(lines, [](const std::string& line) { return line.starts_with("[WARNING]"); });
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[1], "[INFO] www.example.com. - - 0");
  EXPECT_EQ(lines[2], "[INFO] www.example.com. NOERROR qr,aa,tc,rd 33");
}

TEST(Ratelimit, tells_why_when_asked) {
  struct Notes final : Recorder {
    void note(std::string_view plugin, std::string text) override {
      if (plugin == "ratelimit") texts.push_back(text);
    }
    void proposed(const Query&) override {}
    void judged(const Query&, MemberMask) override {}
    void drawn(const Query&, std::span<const uint64_t>) override {}
    Lines texts;
  } notes;
  const auto b = bench("responses-per-second 1\nrequests-per-second 100");
  b->query({.question = "x.wild A"}, &notes);
  b->query({.question = "x.wild A"}, &notes);
  EXPECT_EQ(notes.texts,
            (Lines{"counts against responses-per-second of 192.0.2.0/24 for *.wild.example.com., "
                   "within the rate",
                   "counts against requests-per-second of 192.0.2.0/24, within the rate",
                   "counts against responses-per-second of 192.0.2.0/24 for *.wild.example.com., "
                   "above the rate: dropped",
                   "counts against requests-per-second of 192.0.2.0/24, within the rate"}));
}

TEST(Ratelimit, answers_with_a_rate_line_under_the_name_rrl_too) {
  Bench b(
      "example.com {\n rrl . {\n responses-per-second 1\n slip-ratio 0\n}\n"
      " zone db.example.com\n}\n",
      {{"db.example.com", kZone}});
  ASSERT_EQ(b.problems(), Lines{});
  EXPECT_EQ(ask(b, "www A", 2), "pd");
}

}  // namespace
}  // namespace signpost
