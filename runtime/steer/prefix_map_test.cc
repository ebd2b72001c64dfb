#include "signpost/prefix_map.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace signpost {
namespace {

PrefixMap::Entry entry(const char* prefix, uint32_t row) { return {*Prefix::parse(prefix), row}; }

struct Case {
  const char* address;
  uint32_t row;
  unsigned scope;
};

void expect(const PrefixMap& map, std::initializer_list<Case> cases) {
  for (const Case& c : cases) {
    const PrefixMatch match = map.find(*Address::parse(c.address));
    EXPECT_EQ(match.row, c.row) << c.address;
    EXPECT_EQ(match.scope, c.scope) << c.address;
  }
}

TEST(PrefixMap, without_prefixes_nothing_depends_on_the_address) {
  expect(PrefixMap(), {{"192.0.2.1", no_row, 0}, {"2001:db8::1", no_row, 0}});
  expect(PrefixMap(std::span<const PrefixMap::Entry>()),
         {{"192.0.2.1", no_row, 0}, {"2001:db8::1", no_row, 0}});
  EXPECT_EQ(PrefixMap().find(Address()).row, no_row);
}

TEST(PrefixMap, a_prefix_of_length_0_holds_everything_of_its_family) {
  const PrefixMap::Entry entries[] = {entry("0.0.0.0/0", 7)};
  expect(PrefixMap(entries), {{"192.0.2.1", 7, 0}, {"2001:db8::1", no_row, 0}});
}

TEST(PrefixMap, scope_covers_what_gets_the_same_answer_and_no_more) {
  const PrefixMap::Entry entries[] = {entry("198.51.0.0/16", 1), entry("198.51.100.0/24", 2),
                                      entry("2001:db8::/32", 3), entry("2001:db8:1::/48", 4)};
  expect(PrefixMap(entries), {
                                 {"198.51.100.10", 2, 24},
                                 // RFC 7871, 7.1.3: the /16 answers, but not for the /24 inside it.
                                 {"198.51.101.10", 1, 24},
                                 {"198.51.0.1", 1, 18},
                                 {"198.51.200.1", 1, 17},
                                 {"198.50.0.1", no_row, 16},
                                 {"10.0.0.1", no_row, 1},
                                 {"2001:db8:1::7", 4, 48},
                                 {"2001:db8:0:5::7", 3, 48},
                                 {"2001:db8:8000::7", 3, 33},
                             });
}

TEST(PrefixMap, neighbours_of_one_row_count_as_one_prefix) {
  const PrefixMap::Entry entries[] = {entry("192.0.2.0/25", 1), entry("192.0.2.128/25", 1)};
  expect(PrefixMap(entries), {{"192.0.2.1", 1, 24}, {"192.0.2.200", 1, 24}});
}

TEST(PrefixMap, ends_of_the_address_space) {
  const PrefixMap::Entry entries[] = {entry("0.0.0.0/32", 1), entry("255.255.255.255/32", 2),
                                      entry("::/128", 3),
                                      entry("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128", 4)};
  expect(PrefixMap(entries), {{"0.0.0.0", 1, 32},
                              {"0.0.0.1", no_row, 32},
                              {"255.255.255.255", 2, 32},
                              {"::", 3, 128},
                              {"8000::", no_row, 2},
                              {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 4, 128}});
}

TEST(PrefixMap, the_last_of_equal_prefixes_counts) {
  const PrefixMap::Entry entries[] = {entry("192.0.2.0/24", 1), entry("192.0.2.0/24", 2)};
  expect(PrefixMap(entries), {{"192.0.2.1", 2, 24}});
}

// What a look-up through all prefixes says.
uint32_t slow_find(const std::vector<PrefixMap::Entry>& entries, const Address& address) {
  const PrefixMap::Entry* best = nullptr;
  for (const PrefixMap::Entry& e : entries)
    if (e.prefix.contains(address) && (!best || e.prefix.length >= best->prefix.length)) best = &e;
  return best ? best->row : no_row;
}

TEST(PrefixMap, agrees_with_a_search_through_all_prefixes) {
  std::mt19937 random(1);
  std::vector<PrefixMap::Entry> entries;
  for (int i = 0; i < 60; ++i) {  // small numbers, so that many lie inside each other
    Prefix p{{{uint8_t(random() % 4), uint8_t(random() % 256)}, 4}, uint8_t(4 + random() % 13)};
    for (unsigned bit = p.length; bit < 16; ++bit)
      p.address.bytes[bit / 8] &= uint8_t(~(0x80 >> bit % 8));
    entries.push_back({p, uint32_t(random() % 5)});
  }
  const PrefixMap map(entries);
  for (unsigned n = 0; n < 8 * 256; ++n) {
    const Address address{{uint8_t(n >> 8), uint8_t(n)}, 4};
    const PrefixMatch match = map.find(address);
    ASSERT_EQ(match.row, slow_find(entries, address)) << address.text();
    ASSERT_LE(match.scope, 16);
    for (unsigned m = 0; m < 8 * 256; ++m) {
      if ((m ^ n) >> (16 - match.scope) != 0) continue;  // else within the scope: the same answer
      ASSERT_EQ(slow_find(entries, {{uint8_t(m >> 8), uint8_t(m)}, 4}), match.row)
          << address.text() << "/" << int(match.scope);
    }
  }
}

}  // namespace
}  // namespace signpost
