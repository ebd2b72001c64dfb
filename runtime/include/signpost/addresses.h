// The table that `alias` publishes: what names outside the block's zones resolve to, by row
// (AliasTarget::outside).
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "signpost/address.h"
#include "signpost/record.h"

namespace signpost {

// Wire form of a list of addresses of one family, owner excluded.
class SIGNPOST_API AddressRecords {
 public:
  AddressRecords(AddressRecords&&) = default;
  AddressRecords& operator=(AddressRecords&&) = default;
  AddressRecords() = default;  // none
  // Addresses of the other family are left out. `ttl` in seconds.
  AddressRecords(std::span<const Address> addresses, uint16_t type, uint32_t ttl);
  const WireSet& wire() const { return wire_; }

 private:
  std::vector<uint8_t> bytes_;
  std::vector<uint32_t> starts_;
  WireSet wire_;  // points into the two vectors, whose storage moves along with them
};

// What is known of one name's addresses of one family.
struct OutsideAddresses {
  bool known = false;   // an answer is at hand, which may be "no addresses"
  bool failed = false;  // no answer at hand, and the first attempts to get one failed
  AddressRecords records;
  bool stale = false;  // the answer at hand has outlived its TTL, because no newer one is to be had
};

struct OutsideName {
  OutsideAddresses a, aaaa;
  const OutsideAddresses& of(uint16_t type) const { return type == rr::aaaa ? aaaa : a; }
};

struct AddressTable {
  static constexpr std::string_view table_name = "addresses";
  std::vector<OutsideName> names;
};

}  // namespace signpost
