// A 64-bit hash under a secret, so that nobody outside can make two accounts collide. Multiplies
// and folds 128-bit products over 16 bytes at a time; fast on short input, no cryptography. Any
// thread.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include "signpost/name.h"

namespace signpost::ratelimit {

class KeyedHash {
 public:
  using Secret = std::array<uint64_t, 3>;
  // All words of the secret should be random.
  explicit KeyedHash(const Secret& secret) : secret_(secret) {}

  uint64_t words(uint64_t a, uint64_t b, uint64_t c) const noexcept {
    return fold(fold(a ^ secret_[0], b ^ secret_[1]) ^ c, secret_[2]);
  }

  // Goes on from `h`, the hash of something else.
  uint64_t name(uint64_t h, NameView name) const noexcept {
    const uint8_t* at = name.data();
    size_t left = name.size();
    for (; left > 16; at += 16, left -= 16) h = fold(load(at) ^ secret_[0], load(at + 8) ^ h);
    uint64_t first = 0, last = 0;
    if (left >= 8) {
      first = load(at);
      last = load(at + left - 8);
    } else {
      for (size_t i = 0; i < left; ++i) first = first << 8 | at[i];
    }
    h = fold(first ^ secret_[1], last ^ h);
    return fold(h ^ name.size(), secret_[2]);
  }

 private:
  static uint64_t load(const uint8_t* bytes) {
    uint64_t word;
    std::memcpy(&word, bytes, sizeof word);
    return word;
  }
  static uint64_t fold(uint64_t a, uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = Wide(a) * b;
    return uint64_t(product) ^ uint64_t(product >> 64);
  }

  Secret secret_;
};

}  // namespace signpost::ratelimit
