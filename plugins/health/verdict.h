// From probe results to the status that answers depend on: plain values, without clock or loop. Any
// thread. Source: spec sections 3.4 and 3.5, rules H-20 to H-33.
#pragma once

#include <cstddef>
#include <cstdint>

namespace signpost::health {

// How many results in a row it takes to flip, 1..10 each. Route 53 has one number for both (H-20).
struct Thresholds {
  uint32_t rise = 3, fall = 3;
  bool operator==(const Thresholds&) const = default;
};

// What one checker thinks of one endpoint.
class Verdict {
 public:
  Verdict() = default;  // no result yet: healthy (H-23)
  // As it was saved; `consecutive` results in a row ended in `last_success`.
  Verdict(bool healthy, bool last_success, uint32_t consecutive)
      : healthy_(healthy), last_success_(last_success), consecutive_(consecutive) {}

  // Takes one result; true if the state flipped by it (H-20).
  bool take(bool success, Thresholds thresholds);

  bool healthy() const { return healthy_; }
  bool known() const { return consecutive_ > 0; }  // there was a result
  bool last_success() const { return last_success_; }
  uint32_t consecutive() const {
    return consecutive_;
  }  // results in a row like the last; stops at 2^32-1
  bool operator==(const Verdict&) const = default;

 private:
  bool healthy_ = true;
  bool last_success_ = true;
  uint32_t consecutive_ = 0;
};

// H-21: healthy if more than 18 % of the checkers say so. One checker reduces it to its own state.
constexpr bool enough_checkers(uint64_t healthy, uint64_t total) {
  return 100 * healthy > 18 * total;
}

// H-30, H-31: 0 wanted is always healthy, more wanted than there are children never.
constexpr bool enough_children(size_t healthy, uint32_t wanted) { return healthy >= wanted; }

// H-24 to H-26: disabling comes before inversion.
constexpr bool final_status(bool disabled, bool measured, bool inverted) {
  return (disabled || measured) != inverted;
}

}  // namespace signpost::health
