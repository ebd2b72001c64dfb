#include "learned.h"

#include <algorithm>
#include <utility>

namespace signpost::alias {

namespace {

constexpr uint32_t kLongestTtl = 60;                       // seconds, A-04
constexpr uint64_t kSoonest = 1000, kSoonestEmpty = 5000;  // milliseconds
constexpr uint64_t kConfirm = 2000;
constexpr uint64_t kFirstRetry = 1000, kLastRetry = 60'000;

uint64_t refresh_after(uint32_t ttl, uint64_t at_least) {
  return std::max<uint64_t>(at_least, uint64_t(ttl) * 800);
}

}  // namespace

Learned::News Learned::take(const Resolution& outcome, uint64_t now_ms) {
  attempted_ = true;
  if (outcome.status == Resolution::failed) return fail(now_ms);
  const bool was_failing = std::exchange(failures_, 0) != 0;
  if (std::exchange(stale_, false)) ++version_;
  const uint32_t ttl = std::min(outcome.ttl, kLongestTtl);
  expires_ms_ = now_ms + uint64_t(ttl) * 1000;
  if (outcome.status == Resolution::answered) {
    doubted_ = false;
    std::vector<Address> addresses = outcome.addresses;
    const auto less = [](const Address& a, const Address& b) { return a.bytes < b.bytes; };
    std::sort(addresses.begin(), addresses.end(), less);
    addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
    set(std::move(addresses), ttl);
    due_ms_ = now_ms + refresh_after(ttl, kSoonest);
    const bool was_gone = std::exchange(gone_, false);
    return was_failing || was_gone ? News::back : News::none;
  }
  if (!addresses_.empty() && !std::exchange(doubted_, true)) {
    due_ms_ = now_ms + kConfirm;
    return was_failing ? News::back : News::none;
  }
  doubted_ = false;
  const bool had = !addresses_.empty();
  gone_ |= had;
  set({}, ttl);
  due_ms_ = now_ms + refresh_after(ttl, kSoonestEmpty);
  return had ? News::gone : was_failing ? News::back : News::none;
}

Learned::News Learned::fail(uint64_t now_ms) {
  const unsigned doublings = std::min(failures_, 6u);
  due_ms_ = now_ms + std::min(kLastRetry, kFirstRetry << doublings);
  if (known_ && now_ms >= expires_ms_ && !std::exchange(stale_, true)) ++version_;
  if (failures_++ != 0) return News::none;
  if (!known_) ++version_;
  return News::failing;
}

void Learned::set(std::vector<Address> addresses, uint32_t ttl) {
  if (!known_ || ttl != ttl_ || addresses != addresses_) ++version_;
  known_ = true;
  addresses_ = std::move(addresses);
  ttl_ = ttl;
}

}  // namespace signpost::alias
