#include "signpost/addresses.h"

namespace signpost {

AddressRecords::AddressRecords(std::span<const Address> addresses, uint16_t type, uint32_t ttl) {
  const uint8_t family = type == rr::aaaa ? 6 : 4;
  for (const Address& address : addresses) {
    if (address.family != family) continue;
    starts_.push_back(uint32_t(bytes_.size()));
    const auto size = size_t(address.bits()) / 8;
    const uint8_t head[12] = {0,
                              0,
                              uint8_t(type >> 8),
                              uint8_t(type),
                              0,
                              rr::class_in,
                              uint8_t(ttl >> 24),
                              uint8_t(ttl >> 16),
                              uint8_t(ttl >> 8),
                              uint8_t(ttl),
                              0,
                              uint8_t(size)};
    bytes_.insert(bytes_.end(), head, head + sizeof head);
    bytes_.insert(bytes_.end(), address.bytes.begin(), address.bytes.begin() + ptrdiff_t(size));
  }
  if (starts_.empty()) return;
  wire_.count = uint16_t(starts_.size());
  wire_.ttl = ttl;
  starts_.push_back(uint32_t(bytes_.size()));
  wire_.bytes = bytes_.data();
  wire_.starts = starts_.data();
}

}  // namespace signpost
