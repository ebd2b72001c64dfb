// The accounts of rate limiting on one worker: a table of fixed size that never allocates again. An
// account is one point in time: when all that was sent will have been paid off at the account's
// rate. What lies ahead of now is its debt. An account without debt says nothing, so its place is
// free. Time comes from the caller, may stand still or run backwards a little. One thread.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>

namespace signpost::ratelimit {

// What an account may do, on one of several workers that share the rate.
struct Rate {
  uint64_t interval_ns = 0;  // one answer is paid off in this time; 0: no limit
  uint64_t allowed_ns = 0;   // debt up to which answers pass
  uint64_t most_ns = 0;      // debt never grows beyond this

  bool limited() const { return interval_ns != 0; }
};

// `per_second` answers, 0 for no limit, shared evenly by `workers` (at least 1). An account at rest
// may spend a whole second's worth at once on each worker. A flood is forgiven `window` after its
// end.
Rate make_rate(double per_second, size_t workers, std::chrono::seconds window);

enum class Ruling : uint8_t { pass, truncate, drop };

class Accounts {
 public:
  // Room for `most` accounts, rounded up to a multiple of 8, of 16 bytes each. Memory is taken from
  // the system page by page as accounts are used. Throws std::bad_alloc.
  explicit Accounts(uint32_t most);

  // Debits one answer to the account of `key`, a hash, and tells what to do with the answer: above
  // the rate every `slip`-th is truncated, none if 0. `rate` must be limited.
  Ruling debit(uint64_t key, const Rate& rate, unsigned slip, uint64_t now_ns) noexcept;

  // Accounts that were pushed out although they had debt.
  uint64_t displaced() const { return displaced_; }

 private:
  static constexpr size_t kWays = 8;
  // Places that a key may have. Two cache lines that lie together.
  struct alignas(128) Set {
    std::array<uint32_t, kWays> tags;
    std::array<uint8_t, kWays> excess;  // answers above the rate since one was truncated
    std::array<uint64_t, kWays> paid_ns;
  };
  struct Free {
    void operator()(void* memory) const noexcept;
  };

  size_t place(Set& set, uint32_t tag, uint64_t now_ns) noexcept;

  uint32_t count_;
  std::unique_ptr<void, Free> memory_;
  Set* sets_;
  uint64_t displaced_ = 0;
};

}  // namespace signpost::ratelimit
