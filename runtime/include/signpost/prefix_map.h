// Longest-prefix match from addresses to numbers, with the scope of the answer. Built once from
// prefixes that may lie inside each other, immutable from then on; any thread. Prefixes are
// flattened into disjoint ranges, so that a look-up is one binary search and allocates nothing, and
// so that the scope is right and as short as can be (RFC 7871, sections 7.1.3 and 7.2.1): every
// address that shares the first `scope` bits gets the same number.
#pragma once

#include <algorithm>
#include <bit>
#include <compare>
#include <cstdint>
#include <span>
#include <vector>

#include "signpost/address.h"
#include "signpost/record.h"

namespace signpost {

struct PrefixMatch {
  uint32_t row = no_row;  // no_row: no prefix holds the address
  uint8_t scope = 0;      // bits of the address that decided, 0..32 or 0..128
};

namespace prefix {

// Addresses as numbers: uint32_t for IPv4, this for IPv6.
struct Wide {
  uint64_t high = 0, low = 0;
  friend auto operator<=>(const Wide&, const Wide&) = default;
};

inline uint64_t big_endian(const uint8_t* bytes, unsigned count) {
  uint64_t value = 0;
  for (unsigned i = 0; i < count; ++i) value = value << 8 | bytes[i];
  return value;
}
inline void read(const Address& from, uint32_t& key) {
  key = uint32_t(big_endian(from.bytes.data(), 4));
}
inline void read(const Address& from, Wide& key) {
  key = {big_endian(from.bytes.data(), 8), big_endian(from.bytes.data() + 8, 8)};
}

// The same number with all bits behind the first `length` set.
inline uint32_t last_of(uint32_t key, unsigned length) {
  return length >= 32 ? key : key | (~uint32_t{0} >> length);
}
inline Wide last_of(Wide key, unsigned length) {
  if (length < 64) return {key.high | (~uint64_t{0} >> length), ~uint64_t{0}};
  return {key.high, length >= 128 ? key.low : key.low | (~uint64_t{0} >> (length - 64))};
}

inline uint32_t next(uint32_t key) { return key + 1; }
inline Wide next(Wide key) { return {key.high + (key.low == ~uint64_t{0}), key.low + 1}; }
inline uint32_t before(uint32_t key) { return key - 1; }
inline Wide before(Wide key) { return {key.high - (key.low == 0), key.low - 1}; }

// Leading bits that two different numbers share.
inline unsigned common_bits(uint32_t a, uint32_t b) { return unsigned(std::countl_zero(a ^ b)); }
inline unsigned common_bits(Wide a, Wide b) {
  return unsigned(a.high != b.high ? std::countl_zero(a.high ^ b.high)
                                   : 64 + std::countl_zero(a.low ^ b.low));
}

// Ranges of one family: range i goes from starts_[i] to just before starts_[i + 1].
template <class Key>
class Ranges {
 public:
  struct Entry {
    Key first, last;
    uint32_t row;
  };

  // Of entries for the same prefix the last one counts.
  void fill(std::vector<Entry> entries) {
    std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
      return a.first != b.first ? a.first < b.first : b.last < a.last;
    });
    std::vector<Entry> open;  // prefixes around the present point, widest first
    const auto close = [&] {
      const Key last = open.back().last;
      open.pop_back();
      if (last != last_of(Key{}, 0)) begin(next(last), open.empty() ? no_row : open.back().row);
    };
    begin(Key{}, no_row);
    for (const Entry& entry : entries) {
      while (!open.empty() && open.back().last < entry.first) close();
      begin(entry.first, entry.row);
      open.push_back(entry);
    }
    while (!open.empty()) close();
    merge();
  }

  PrefixMatch find(Key key) const noexcept {
    if (starts_.size() < 2) return {rows_.empty() ? no_row : rows_[0], 0};
    const auto at = std::upper_bound(starts_.begin(), starts_.end(), key);
    PrefixMatch match{rows_[size_t(at - starts_.begin()) - 1], 0};
    if (at - 1 != starts_.begin()) match.scope = uint8_t(common_bits(key, before(*(at - 1))) + 1);
    if (at != starts_.end())
      match.scope = std::max(match.scope, uint8_t(common_bits(key, *at) + 1));
    return match;
  }

 private:
  void begin(Key at, uint32_t row) {
    if (!starts_.empty() && starts_.back() == at) {
      rows_.back() = row;
      return;
    }
    starts_.push_back(at);
    rows_.push_back(row);
  }

  // Neighbours of the same number become one range.
  void merge() {
    size_t kept = 0;
    for (size_t i = 1; i < starts_.size(); ++i) {
      if (rows_[i] == rows_[kept]) continue;
      ++kept;
      starts_[kept] = starts_[i];
      rows_[kept] = rows_[i];
    }
    starts_.resize(kept + 1);
    rows_.resize(kept + 1);
  }

  std::vector<Key> starts_;
  std::vector<uint32_t> rows_;
};

}  // namespace prefix

class PrefixMap {
 public:
  struct Entry {
    Prefix prefix;  // without host bits
    uint32_t row;
  };

  PrefixMap() = default;  // holds no prefix
  explicit PrefixMap(std::span<const Entry> entries) {
    std::vector<prefix::Ranges<uint32_t>::Entry> four;
    std::vector<prefix::Ranges<prefix::Wide>::Entry> six;
    for (const Entry& entry : entries)
      entry.prefix.address.family == 4 ? add(entry, four) : add(entry, six);
    four_.fill(std::move(four));
    six_.fill(std::move(six));
  }

  PrefixMatch find(const Address& address) const noexcept {
    if (address.family == 4) return find(four_, address);
    if (address.family == 6) return find(six_, address);
    return {};
  }

 private:
  template <class E>
  static void add(const Entry& from, std::vector<E>& to) {
    E entry;
    prefix::read(from.prefix.address, entry.first);
    entry.last = prefix::last_of(entry.first, from.prefix.length);
    entry.row = from.row;
    to.push_back(entry);
  }
  template <class Key>
  static PrefixMatch find(const prefix::Ranges<Key>& ranges, const Address& address) noexcept {
    Key key;
    prefix::read(address, key);
    return ranges.find(key);
  }

  prefix::Ranges<uint32_t> four_;
  prefix::Ranges<prefix::Wide> six_;
};

}  // namespace signpost
