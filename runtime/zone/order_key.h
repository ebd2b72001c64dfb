// Names as octets that sort like the names in canonical order (RFC 4034, section 6.1). Any thread;
// nothing allocates.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "signpost/name.h"

namespace signpost::zone {

// Below zero, zero or above: octet by octet from the left; what is shorter comes first (RFC 4034,
// section 6.3).
int compare_octets(std::span<const uint8_t> a, std::span<const uint8_t> b);

// The key of one name: its labels below `apex` from the right, each closed by a zero octet; 0 and 1
// inside a label are escaped. A name lies at or below another one exactly if its key begins with
// the other's.
class OrderKey {
 public:
  // `name` is lower case and within `apex`.
  explicit OrderKey(NameView name, NameView apex = NameView());

  std::span<const uint8_t> octets() const { return {octets_.data(), size_}; }

 private:
  std::array<uint8_t, 512> octets_;  // at most two for each octet of a name
  size_t size_ = 0;
};

}  // namespace signpost::zone
