// The plugin `cookies`: DNS cookies (RFC 7873, RFC 9018). Clients that repeat a cookie of ours are
// known not to forge their address.
#include <algorithm>
#include <array>

#include "settings.h"
#include "signpost/plugin.h"

namespace signpost::cookies {
namespace {

constexpr uint16_t kCookie = 10;  // EDNS option code

class Worker {
 public:
  explicit Worker(const Settings& settings) : settings_(settings), seen_(settings.seen().join()) {}

  Down down(Query& query) noexcept {
    const std::span<const uint8_t> sent = query.edns.cookie_bytes();
    if (sent.empty()) return without_cookie(query);
    const uint8_t* client_cookie = sent.data();
    const auto server_cookie = sent.subspan(kClientCookie);
    const Address& client = query.client.source.address;
    const Verdict verdict =
        judge(client_cookie, server_cookie, client, query.received_s, settings_.secrets());
    if (verdict == Verdict::good)
      query.add_option(kCookie, sent);
    else
      add_fresh(query, client_cookie);
    if (verdict != Verdict::bad) query.client.verified = true;
    count(server_cookie.empty()     ? Event::client_only
          : verdict == Verdict::bad ? Event::invalid
                                    : Event::valid);
    if (query.recorder) note(query, verdict);
    if (query.type == 0 && query.klass == 0) return confirm(query, verdict);
    if (verdict == Verdict::bad && query.transport == Transport::udp &&
        settings_.require() != Settings::Require::nothing)
      return refuse(query);
    return Down::next;
  }

 private:
  // Served as if there were no cookies (RFC 7873, section 5.2.1), unless all are to have one: then
  // TCP is the way for clients that know of none.
  Down without_cookie(Query& query) noexcept {
    if (settings_.require() != Settings::Require::of_all || query.transport != Transport::udp)
      return Down::next;
    count(Event::to_tcp);
    query.truncate = true;
    return Down::answered;
  }

  void add_fresh(Query& query, const uint8_t* client_cookie) const noexcept {
    const ServerCookie fresh = make(client_cookie, query.client.source.address, query.received_s,
                                    settings_.secrets().front());
    std::array<uint8_t, kClientCookie + kServerCookie> option;
    std::copy_n(client_cookie, kClientCookie, option.begin());
    std::copy(fresh.begin(), fresh.end(), option.begin() + kClientCookie);
    query.add_option(kCookie, option);
  }

  // A query without a question wants its cookie judged, and nothing else (RFC 7873, section 5.4).
  Down confirm(Query& query, Verdict verdict) noexcept {
    const bool sent_one = query.edns.cookie_size > kClientCookie;
    return verdict == Verdict::bad && sent_one ? refuse(query) : Down::answered;
  }

  Down refuse(Query& query) noexcept {
    count(Event::refused);
    query.rcode = Rcode::badcookie;
    return Down::answered;
  }

  static void note(Query& query, Verdict verdict) {
    query.recorder->note("cookies", verdict == Verdict::bad
                                        ? "no valid server cookie: a fresh one goes along"
                                        : "the server cookie is valid: the client is known");
  }

  void count(Event event) noexcept { seen_.add(size_t(event)); }

  const Settings& settings_;
  Tally<kEvents>::Share& seen_;
};

class Agent {
 public:
  Agent(const Settings& settings, Control& control)
      : counters_(control.counters([&settings] { return text(settings); })) {}

 private:
  static std::string text(const Settings& settings) {
    constexpr const char* kSeen[] = {" valid, ", " without a server cookie, ", " invalid, ",
                                     " answered BADCOOKIE, ", " sent to TCP"};
    const auto sums = settings.seen().sums();
    uint64_t all = 0;
    std::string text = settings.block() + ": ";
    for (size_t i = 0; i < kEvents; ++i) {
      all += sums[i];
      text += std::to_string(sums[i]) + kSeen[i];
    }
    return all == 0 ? "" : text;
  }

  const Handle counters_;
};

}  // namespace
}  // namespace signpost::cookies

// Below `acl`: who is not served gets no cookie either. Below `ratelimit` too, which counts replies
// with BADCOOKIE; on the way back it knows which clients were verified here.
SIGNPOST_EXPORT(
    cookies,
    signpost::answering(
        signpost::placed(signpost::describe<signpost::cookies::Settings, signpost::cookies::Worker,
                                            signpost::cookies::Agent>("cookies",
                                                                      signpost::Stage::guard),
                         nullptr, "acl"),
        signpost::beyond_a_question))
