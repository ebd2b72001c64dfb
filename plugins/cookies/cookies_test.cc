// What queries with and without cookies are answered (RFC 7873, section 5.2 and 5.4).
#include <gtest/gtest.h>

#include "kit/bench.h"

namespace signpost {
namespace {

using kit::Answer;
using kit::Ask;
using kit::Bench;
using kit::Files;

constexpr uint16_t kCookie = 10;
constexpr uint32_t kNow = 1559731985;
const std::string kClientCookie = "client12";

const Files kFiles{{"db.example.com", std::string(kit::plain_zone) + "www 60 A 192.0.2.1\n"}};

std::string block(const std::string& lines) {
  return "example.com {\n zone db.example.com\n" + lines + "\n}\n";
}

Ask asking(const std::string& cookie, bool tcp = false, uint32_t now = kNow) {
  return {.question = "www A", .tcp = tcp, .options = {{kCookie, cookie}}, .wall_s = now};
}

std::string cookie_of(const Answer& answer) {
  const auto found = answer.options.find(kCookie);
  return found == answer.options.end() ? "" : found->second;
}

// The whole cookie that the server hands to a new client.
std::string learn(Bench& bench, uint32_t now = kNow) {
  return cookie_of(bench.query(asking(kClientCookie, false, now)));
}

const char* const kOne = " cookies e5e973e5a6b2a43f48e7dc849e37bfcf";

TEST(Cookies, are_handed_out_known_again_and_renewed) {
  Bench bench(block(kOne), kFiles);
  const std::string learned = learn(bench);
  ASSERT_EQ(learned.size(), 24u);
  EXPECT_EQ(learned.substr(0, 8), kClientCookie);
  EXPECT_EQ(cookie_of(bench.query(asking(learned, false, kNow + 1800))), learned);
  const std::string renewed = cookie_of(bench.query(asking(learned, false, kNow + 1801)));
  EXPECT_NE(renewed, learned);
  EXPECT_EQ(renewed, learn(bench, kNow + 1801));
  EXPECT_EQ(cookie_of(bench.query(asking(learned, false, kNow + 9999))), learn(bench, kNow + 9999));
}

TEST(Cookies, are_not_sent_to_who_sends_none) {  // RFC 7873, section 5.2.1
  Bench bench(block(kOne), kFiles);
  for (const bool edns : {false, true}) {
    const Answer answer = bench.query({.question = "www A", .edns = edns});
    EXPECT_EQ(answer.text(), "www.example.com. 60 A 192.0.2.1");
    EXPECT_TRUE(answer.options.empty());
  }
}

TEST(Cookies, go_along_with_refusals_and_negative_answers) {
  Bench bench(block(kOne), kFiles);
  for (const char* question : {"nowhere A", "www TXT", "ns1 A"}) {
    Ask ask = asking(kClientCookie);
    ask.question = question;
    EXPECT_EQ(cookie_of(bench.query(ask)), learn(bench)) << question;
  }
}

// Sections 5.2.3 to 5.2.5: what `require` does with each kind of client.
TEST(Cookies, can_be_required) {
  const std::string forged = kClientCookie + std::string(16, 'x');
  enum What { served, bad_cookie, to_tcp };
  const struct {
    const char* require;
    const char* cookie;  // "": none, "good": one of ours
    bool tcp;
    What what;
  } rows[] = {
      {"", "", false, served},
      {"", "client", false, served},
      {"", "forged", false, served},
      {"", "good", false, served},
      {"require", "", false, served},
      {"require", "client", false, bad_cookie},
      {"require", "forged", false, bad_cookie},
      {"require", "good", false, served},
      {"require", "client", true, served},
      {"require", "forged", true, served},
      {"require all", "", false, to_tcp},
      {"require all", "", true, served},
      {"require all", "client", false, bad_cookie},
      {"require all", "good", false, served},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(std::string(row.require) + " / " + row.cookie + (row.tcp ? " tcp" : ""));
    Bench bench(block(std::string(kOne) + " {\n " + row.require + "\n }"), kFiles);
    ASSERT_TRUE(bench.good()) << bench.problems()[0];
    const std::string kind = row.cookie, learned = learn(bench);
    Ask ask{.question = "www A", .tcp = row.tcp, .wall_s = kNow};
    if (!kind.empty())
      ask.options = {{kCookie, kind == "good"     ? learned
                               : kind == "forged" ? forged
                                                  : kClientCookie}};
    const Answer answer = bench.query(ask);
    EXPECT_EQ(answer.rcode, row.what == bad_cookie ? "BADCOOKIE" : "NOERROR");
    EXPECT_EQ(answer.tc, row.what == to_tcp);
    EXPECT_EQ(answer.answers.size(), row.what == served ? 1u : 0u);
    EXPECT_EQ(cookie_of(answer), kind.empty() ? "" : learned);
  }
}

// A query of QDCOUNT 0: header and OPT.
std::vector<uint8_t> without_question(const std::string& cookie) {
  std::vector<uint8_t> packet{0x12, 0x34, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 41, 4, 0xd0};
  const auto size = uint8_t(cookie.size());
  packet.insert(packet.end(), {0, 0, 0, 0, 0, uint8_t(size ? size + 4 : 0)});
  if (size) packet.insert(packet.end(), {0, kCookie, 0, size});
  packet.insert(packet.end(), cookie.begin(), cookie.end());
  return packet;
}

TEST(Cookies, are_judged_without_a_question) {  // RFC 7873, section 5.4
  Bench bench("example.org {\n whoami\n}\n" + block(kOne), kFiles);
  Ask ask{.question = "www.example.com. A", .options = {{kCookie, kClientCookie}}, .wall_s = kNow};
  const std::string learned = cookie_of(bench.query(ask));
  ASSERT_EQ(learned.size(), 24u);
  const struct {
    std::string cookie;
    const char* rcode;
  } rows[] = {{kClientCookie, "NOERROR"},
              {learned, "NOERROR"},
              {kClientCookie + std::string(16, 'x'), "BADCOOKIE"},
              {kClientCookie + "12345678", "BADCOOKIE"},
              {"short", "FORMERR"},
              {"", "FORMERR"}};
  for (const auto& row : rows) {
    const Answer answer =
        bench.query({.question = "", .packet = without_question(row.cookie), .wall_s = kNow});
    EXPECT_EQ(answer.rcode, row.rcode) << row.cookie;
    EXPECT_EQ(cookie_of(answer), row.cookie.size() >= 8 ? learned : "");
    EXPECT_TRUE(answer.answers.empty() && answer.authority.empty() && answer.additional.empty());
    EXPECT_FALSE(answer.aa);
  }
}

TEST(Cookies, without_a_question_need_the_plugin) {  // RFC 9619, section 4
  Bench bench(block(""), kFiles);
  const Answer answer = bench.query({.question = "", .packet = without_question(kClientCookie)});
  EXPECT_EQ(answer.rcode, "FORMERR");
  EXPECT_TRUE(answer.edns);
}

TEST(Cookies, of_a_random_secret_outlive_a_reload) {
  Bench bench(block(" cookies"), kFiles);
  const std::string learned = learn(bench);
  ASSERT_EQ(learned.size(), 24u);
  ASSERT_TRUE(bench.reload(block(" cookies {\n  require\n }")));
  EXPECT_EQ(bench.ask(asking(learned)), "www.example.com. 60 A 192.0.2.1");
}

// What `ratelimit` reads of the query.
struct Seen {
  explicit Seen(const NoSettings&) {}
  static inline bool verified = false;
  Down down(Query& query) noexcept {
    verified = query.client.verified;
    return Down::next;
  }
};

TEST(Cookies, make_clients_known) {
  static constexpr PluginInfo info = describe<NoSettings, Seen>("seen", Stage::rewrite);
  Bench bench(block(std::string(kOne) + "\n seen"), kFiles, {&info});
  const std::string learned = learn(bench);
  const struct {
    std::string cookie;
    bool tcp, known;
  } rows[] = {{kClientCookie, false, false},
              {learned, false, true},
              {kClientCookie + std::string(16, 'x'), false, false},
              {kClientCookie, true, true}};
  for (const auto& row : rows) {
    bench.query(asking(row.cookie, row.tcp));
    EXPECT_EQ(Seen::verified, row.known) << row.cookie;
  }
}

}  // namespace
}  // namespace signpost
