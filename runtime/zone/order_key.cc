#include "zone/order_key.h"

#include <algorithm>
#include <cstring>

#include "dns/name_text.h"

namespace signpost::zone {

int compare_octets(std::span<const uint8_t> a, std::span<const uint8_t> b) {
  const size_t common = std::min(a.size(), b.size());
  const int order = common > 0 ? std::memcmp(a.data(), b.data(), common) : 0;
  return order != 0 ? order : a.size() < b.size() ? -1 : a.size() > b.size();
}

OrderKey::OrderKey(NameView name, NameView apex) {
  std::array<const uint8_t*, dns::kMaxLabels> labels;
  size_t count = 0;
  const uint8_t* const end = name.data() + (name.size() - apex.size());
  for (const uint8_t* label = name.data(); label < end; label += *label + 1)
    labels[count++] = label;
  while (count-- > 0) {
    for (unsigned i = 1; i <= *labels[count]; ++i) {
      const uint8_t octet = labels[count][i];
      if (octet <= 1) octets_[size_++] = 1;
      octets_[size_++] = octet <= 1 ? uint8_t(octet + 1) : octet;
    }
    octets_[size_++] = 0;
  }
}

}  // namespace signpost::zone
