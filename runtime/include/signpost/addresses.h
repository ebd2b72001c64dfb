// The table that `alias` publishes: what names outside the block's zones resolve to, by row
// (AliasTarget::outside).
#pragma once

#include <deque>
#include <string_view>
#include <vector>

#include "signpost/record.h"

namespace signpost {

// Wire form of a list of addresses of one family, owner excluded.
class SIGNPOST_API AddressRecords {
 public:
  AddressRecords() = default;
  AddressRecords(std::span<const class Address> addresses, uint16_t type, uint32_t ttl);
  WireSet wire() const;

 private:
  std::vector<uint8_t> bytes_;
  std::vector<uint32_t> starts_;
  uint32_t ttl_ = 0;
};

struct OutsideName {
  bool known_a = false, known_aaaa = false;  // an answer (also "no addresses") is at hand
  AddressRecords a, aaaa;
};

struct AddressTable {
  static constexpr std::string_view table_name = "addresses";
  std::deque<OutsideName> names;
};

}  // namespace signpost
