// The plugin `ratelimit`: bounds how many answers of a kind a client's network gets, so that the
// server is of no use to those who send queries in other people's names (response rate limiting).
// It sees the answers of all plugins below on their way back.
#include <algorithm>
#include <array>
#include <cstring>
#include <random>

#include "accounts.h"
#include "incidents.h"
#include "keyed_hash.h"
#include "settings.h"
#include "signpost/plugin.h"

namespace signpost::ratelimit {
namespace {

KeyedHash::Secret make_secret() {
  std::random_device random;
  KeyedHash::Secret secret;
  for (uint64_t& word : secret) word = uint64_t(random()) << 32 | random();
  return secret;
}

Category category_of(const Query& query) noexcept {
  if (query.rcode == Rcode::nxdomain) return Category::nxdomain;
  if (query.rcode != Rcode::noerror) return Category::error;
  switch (query.content()) {
    case Content::data:
      return Category::response;
    case Content::referral:
      return Category::referral;
    case Content::none:
      return Category::nodata;
  }
  return Category::response;
}

// The first bits of an address, as two words in memory order.
struct Bits {
  std::array<uint64_t, 2> words{};

  Bits() = default;
  explicit Bits(unsigned length) {
    std::array<uint8_t, 16> bytes{};
    for (unsigned i = 0; i < length; ++i) bytes[i / 8] |= uint8_t(0x80 >> i % 8);
    std::memcpy(words.data(), bytes.data(), sizeof words);
  }
  Bits of(const Address& address) const noexcept {
    Bits bits;
    std::memcpy(bits.words.data(), address.bytes.data(), sizeof bits.words);
    bits.words[0] &= words[0];
    bits.words[1] &= words[1];
    return bits;
  }
};

class Worker {
 public:
  explicit Worker(const Settings& settings)
      : settings_(settings),
        hash_(make_secret()),
        accounts_(settings.table_size),
        incidents_(settings.formatter.id(), settings.window),
        tally_(settings.tally->join()),
        four_(settings.ipv4_length),
        six_(settings.ipv6_length) {}

  // Only now is it known how many workers there are.
  void refreshed() noexcept {
    for (size_t i = 0; i < kCategories; ++i)
      rates_[i] = make_rate(settings_.rates[i], settings_.tally->shares(), settings_.window);
  }

  Up up(Query& query) noexcept {
    incidents_.look(query.received_ns, query.log);
    // Who shook hands or sent back a cookie of ours is no victim of forged addresses. What has no
    // records anyway but sends to TCP is as good as limited.
    if (query.client.verified || query.truncate) return Up::next;
    const Address& source = query.client.source.address;
    if (settings_.any_exempt && settings_.exempt.find(source).row != no_row) return Up::next;
    if (!settings_.zones.empty() && !concerns(query.name())) return Up::next;

    const Bits client = (source.family == 4 ? four_ : six_).of(source);
    const Category category = category_of(query);
    Ruling ruling = Ruling::pass;
    if (rates_[size_t(category)].limited()) ruling = debit(query, client, category);
    if (rates_[size_t(Category::request)].limited())
      ruling = std::max(ruling, debit(query, client, Category::request));
    if (ruling == Ruling::pass) return Up::next;
    tally_.add(ruling == Ruling::drop ? Event::dropped : Event::truncated);
    if (settings_.report_only) return Up::next;
    query.truncate = true;
    return ruling == Ruling::drop ? Up::drop : Up::next;
  }

 private:
  bool concerns(NameView name) const noexcept {
    for (const Name& zone : settings_.zones)
      if (name.within(zone)) return true;
    return false;
  }

  // Which answers count as the same (README, "Accounts").
  uint64_t account_of(const Query& query, uint64_t client, Category category) const noexcept {
    switch (category) {
      case Category::response:  // a CNAME answers all types, and is one answer all the same
        return hash_.name(client + (query.set ? query.set->type : 0), query.imputed_name());
      case Category::nodata:
      case Category::nxdomain:
      case Category::referral:
        return hash_.name(client, query.imputed_name());
      case Category::error:
      case Category::request:
        return client;
    }
    return client;
  }

  Ruling debit(const Query& query, const Bits& bits, Category category) noexcept {
    const Address& source = query.client.source.address;
    const uint64_t client = hash_.words(bits.words[0], bits.words[1],
                                        uint64_t(source.family) << 8 | uint64_t(category));
    const uint64_t now = query.received_ns;
    const uint64_t displaced = accounts_.displaced();
    const Ruling ruling = accounts_.debit(account_of(query, client, category),
                                          rates_[size_t(category)], settings_.slip, now);
    if (accounts_.displaced() != displaced) tally_.add(Event::displaced);
    if (query.recorder) explain(query, bits, category, ruling);
    if (ruling != Ruling::pass) [[unlikely]] {
      tally_.add(size_t(category));
      incidents_.count(client, prefix_of(bits, source.family), category, ruling, now, query.log);
    }
    return ruling;
  }

  Prefix prefix_of(const Bits& bits, uint8_t family) const noexcept {
    Prefix prefix;
    std::memcpy(prefix.address.bytes.data(), bits.words.data(), sizeof bits.words);
    prefix.address.family = family;
    prefix.length = family == 4 ? settings_.ipv4_length : settings_.ipv6_length;
    return prefix;
  }

  void explain(const Query& query, const Bits& bits, Category category, Ruling ruling) const {
    constexpr const char* kWords[] = {"responses", "nodata", "nxdomains",
                                      "referrals", "errors", "requests"};
    constexpr const char* kRulings[] = {"within the rate", "above the rate: truncated",
                                        "above the rate: dropped"};
    const bool named = category != Category::error && category != Category::request;
    query.recorder->note(
        "ratelimit", std::string("counts against ") + kWords[size_t(category)] + "-per-second of " +
                         prefix_of(bits, query.client.source.address.family).text() +
                         (named ? " for " + query.imputed_name().text() : "") + ", " +
                         kRulings[size_t(ruling)]);
  }

  const Settings& settings_;
  const KeyedHash hash_;
  std::array<Rate, kCategories> rates_;  // this worker's share
  Accounts accounts_;
  Incidents incidents_;
  Tally<events>::Share& tally_;
  const Bits four_, six_;
};

class Agent {
 public:
  Agent(const Settings& settings, Control& control)
      : counters_(control.counters([&settings] { return text(settings); })) {}

 private:
  static std::string text(const Settings& settings) {
    constexpr const char* kWords[] = {" responses, ", " nodata, ", " nxdomains, ",
                                      " referrals, ", " errors, ", " requests), "};
    const auto sums = settings.tally->sums();
    const uint64_t dropped = sums[Event::dropped], truncated = sums[Event::truncated];
    if (dropped + truncated + sums[Event::displaced] == 0) return {};
    std::string text = settings.block + ": " + std::to_string(dropped) + " dropped, " +
                       std::to_string(truncated) + " truncated" +
                       (settings.report_only ? ", had it not been for report-only (" : " (");
    for (size_t i = 0; i < kCategories; ++i) text += std::to_string(sums[i]) + kWords[i];
    return text + std::to_string(sums[Event::displaced]) + " accounts displaced";
  }

  const Handle counters_;
};

}  // namespace
}  // namespace signpost::ratelimit

// On top of the stage, so that what `acl` and `cookies` answer passes it too.
SIGNPOST_EXPORT(
    ratelimit,
    signpost::placed(signpost::describe<signpost::ratelimit::Settings, signpost::ratelimit::Worker,
                                        signpost::ratelimit::Agent>("ratelimit",
                                                                    signpost::Stage::guard),
                     "cookies", nullptr))
