#include "keyed_hash.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace signpost::ratelimit {
namespace {

const KeyedHash kHash({0x243f6a8885a308d3u, 0x13198a2e03707344u, 0xa4093822299f31d0u});

TEST(KeyedHash, differs_for_words_that_differ) {
  std::set<uint64_t> seen;
  for (uint64_t a = 0; a < 16; ++a)
    for (uint64_t b = 0; b < 16; ++b)
      for (uint64_t c = 0; c < 16; ++c) seen.insert(kHash.words(a << 56, b, c));
  EXPECT_EQ(seen.size(), 4096u);
}

// Every length, and a difference in every byte.
TEST(KeyedHash, every_byte_of_a_name_counts) {
  std::set<uint64_t> seen;
  size_t names = 0;
  std::array<uint8_t, 255> wire;
  for (size_t size = 1; size <= wire.size(); ++size) {
    wire.fill('a');
    seen.insert(kHash.name(1, NameView(wire.data(), size)));
    for (size_t i = 0; i < size; ++i) {
      wire[i] = 'b';
      seen.insert(kHash.name(1, NameView(wire.data(), size)));
      wire[i] = 'a';
    }
    names += size + 1;
  }
  EXPECT_EQ(seen.size(), names);
}

TEST(KeyedHash, depends_on_the_secret_and_on_what_went_before) {
  const Name name = *Name::parse("www.example.com.");
  const KeyedHash other({1, 2, 3});
  EXPECT_NE(kHash.name(1, name), other.name(1, name));
  EXPECT_NE(kHash.words(1, 2, 3), other.words(1, 2, 3));
  EXPECT_NE(kHash.name(1, name), kHash.name(2, name));
}

// Both halves of the hash choose places in tables.
TEST(KeyedHash, spreads_numbered_names_evenly) {
  std::array<unsigned, 64> low{}, high{};
  for (unsigned i = 0; i < 64'000; ++i) {
    const uint64_t h = kHash.name(1, *Name::parse("host" + std::to_string(i) + ".example.com."));
    ++low[h & 63];
    ++high[h >> 58];
  }
  for (unsigned i = 0; i < 64; ++i) {
    EXPECT_NEAR(low[i], 1000, 200) << i;
    EXPECT_NEAR(high[i], 1000, 200) << i;
  }
}

}  // namespace
}  // namespace signpost::ratelimit
