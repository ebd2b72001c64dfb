// What queries with and without cookies are answered (RFC 7873, section 5.2 and 5.4).
#include <gtest/gtest.h>

#include "kit/bench.h"
#include "kit/fake_control.h"
#include "kit/fake_setup.h"
#include "server_cookie.h"

extern "C" const signpost::PluginInfo* signpost_plugin_cookies();

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

// Worker and agent of the plugin over the same settings.
class Counted {
 public:
  explicit Counted(std::string_view lines)
      : setup_(lines), settings_(plugin_.make_settings(setup_)) {
    worker_ = plugin_.make_worker(settings_);
    agent_ = plugin_.make_agent(settings_, control_);
  }
  ~Counted() {
    plugin_.unmake_agent(agent_);
    plugin_.unmake_worker(worker_);
    plugin_.unmake_settings(settings_);
  }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

  // `cookie` empty: none. A question of type and class 0 is none.
  void ask(const std::string& cookie, Transport transport = Transport::udp, bool question = true) {
    Query query;
    query.type = question ? rr::a : 0;
    query.klass = question ? rr::class_in : 0;
    query.transport = transport;
    query.client.source.address = *Address::parse("192.0.2.200");
    query.received_s = kNow;
    query.edns.present = true;
    query.edns.cookie_size = uint8_t(cookie.size());
    std::copy(cookie.begin(), cookie.end(), query.edns.cookie.begin());
    plugin_.down(worker_, query);
  }
  std::string text() const { return control_.counter_texts().at(0); }

 private:
  const PluginInfo& plugin_ = *signpost_plugin_cookies();
  kit::FakeSetup setup_;
  kit::FakeControl control_{"cookies"};
  void *settings_, *worker_ = nullptr, *agent_ = nullptr;
};

TEST(Cookies, are_counted_by_kind) {
  const std::string line(kOne);
  Counted lenient(line), strict(line + " {\n require all\n }");
  EXPECT_EQ(lenient.text(), "");
  const cookies::Secret secret{0xe5, 0xe9, 0x73, 0xe5, 0xa6, 0xb2, 0xa4, 0x3f,
                               0x48, 0xe7, 0xdc, 0x84, 0x9e, 0x37, 0xbf, 0xcf};
  const auto made = [&](uint32_t when) {
    const auto server = cookies::make(reinterpret_cast<const uint8_t*>(kClientCookie.data()),
                                      *Address::parse("192.0.2.200"), when, secret);
    return kClientCookie + std::string(server.begin(), server.end());
  };
  for (Counted* counted : {&lenient, &strict}) {
    for (int i = 0; i < 4; ++i) counted->ask(made(kNow));
    counted->ask(made(kNow - 1801));                     // valid, and renewed
    counted->ask(made(kNow - 3601));                     // too old
    counted->ask(kClientCookie + std::string(16, 'x'));  // forged
    counted->ask(kClientCookie + "12345678");            // of another form
    counted->ask(kClientCookie);
    counted->ask(kClientCookie, Transport::tcp);
    counted->ask("");
    counted->ask("", Transport::tcp);
    counted->ask(kClientCookie + std::string(16, 'x'), Transport::udp, false);
  }
  EXPECT_EQ(lenient.text(),
            "example.com.: 5 valid, 2 without a server cookie, 4 invalid, 1 answered BADCOOKIE, 0 "
            "sent to TCP");
  EXPECT_EQ(strict.text(),
            "example.com.: 5 valid, 2 without a server cookie, 4 invalid, 5 answered BADCOOKIE, 1 "
            "sent to TCP");
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
