#include "accounts.h"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace signpost::ratelimit {

namespace {
constexpr double kSecond = 1e9;
}

Rate make_rate(double per_second, size_t workers, std::chrono::seconds window) {
  if (per_second == 0) return {};
  const double share = double(std::max<size_t>(workers, 1));
  Rate rate;
  rate.interval_ns = std::max<uint64_t>(1, uint64_t(share * kSecond / per_second));
  rate.allowed_ns = std::max(rate.interval_ns, uint64_t(share * kSecond));
  rate.most_ns = rate.allowed_ns + uint64_t(window.count()) * uint64_t(kSecond);
  return rate;
}

void Accounts::Free::operator()(void* memory) const noexcept { std::free(memory); }

// Zeroed pages that nobody wrote yet cost nothing, unlike those of a vector. A set of zeros is
// eight accounts without debt.
Accounts::Accounts(uint32_t most)
    : count_(std::max<uint32_t>(1, most / kWays + (most % kWays != 0))) {
  size_t room = (size_t(count_) + 1) * sizeof(Set);
  memory_.reset(std::calloc(room, 1));
  void* begin = memory_.get();
  if (!begin || !std::align(alignof(Set), size_t(count_) * sizeof(Set), begin, room))
    throw std::bad_alloc();
  sets_ = static_cast<Set*>(begin);
}

// Where the account stands in its set, or else the place with the least debt, emptied. Whoever
// floods has the deepest debt and is pushed out last: it would take eight floods that are deeper
// still, whose keys fall into one set by chance, to have it forgotten.
size_t Accounts::place(Set& set, uint32_t tag, uint64_t now_ns) noexcept {
  for (size_t i = 0; i < kWays; ++i)
    if (set.tags[i] == tag) return i;
  size_t least = 0;
  for (size_t i = 1; i < kWays; ++i)
    if (set.paid_ns[i] < set.paid_ns[least]) least = i;
  if (set.paid_ns[least] > now_ns) ++displaced_;
  set.tags[least] = tag;
  set.excess[least] = 0;
  set.paid_ns[least] = now_ns;
  return least;
}

Ruling Accounts::debit(uint64_t key, const Rate& rate, unsigned slip, uint64_t now_ns) noexcept {
  Set& set = sets_[(key >> 32) * count_ >> 32];
  const size_t way = place(set, uint32_t(key), now_ns);
  uint64_t& paid_ns = set.paid_ns[way];
  const uint64_t debt = (paid_ns > now_ns ? paid_ns - now_ns : 0) + rate.interval_ns;
  paid_ns = now_ns + std::min(debt, rate.most_ns);
  if (debt <= rate.allowed_ns) return Ruling::pass;
  if (++set.excess[way] < slip || slip == 0) return Ruling::drop;
  set.excess[way] = 0;
  return Ruling::truncate;
}

}  // namespace signpost::ratelimit
