#include "chain/opt_record.h"

#include <cstring>

#include "chain/option_reader.h"
#include "zone/wire.h"

namespace signpost {

namespace {

constexpr size_t kHead = 11;               // owner TYPE CLASS TTL RDLENGTH
constexpr size_t kLongestSubnet = 8 + 16;  // of an IPv6 client, with the option's head

uint8_t* put16(uint8_t* to, unsigned value) {
  to[0] = uint8_t(value >> 8);
  to[1] = uint8_t(value);
  return to + 2;
}

}  // namespace

// Of the option with its head; 0 if the client sent none.
size_t OptRecord::subnet_size(const Query& q) noexcept {
  const Prefix& subnet = q.client.subnet;
  return subnet.address.family == 0 ? 0 : 8 + (subnet.length + 7u) / 8;
}

size_t OptRecord::size(const Query& q) noexcept {
  static_assert(kHead + sizeof q.options_ + kLongestSubnet == wire::largest_opt);
  return q.edns.present ? kHead + q.options_size_ + subnet_size(q) : 0;
}

uint8_t* OptRecord::write(const Query& q, Rcode rcode, uint16_t payload, uint8_t* to) noexcept {
  const size_t subnet_bytes = subnet_size(q);
  *to++ = 0;
  to = put16(to, rr::opt);
  to = put16(to, payload);
  to = put16(to, unsigned(uint8_t(rcode)) >> 4 << 8);  // the version we speak: 0
  to = put16(to, q.edns.dnssec_ok ? 0x8000 : 0);
  to = put16(to, unsigned(q.options_size_ + subnet_bytes));
  std::memcpy(to, q.options_.data(), q.options_size_);
  to += q.options_size_;
  if (subnet_bytes == 0) return to;
  const Prefix& subnet = q.client.subnet;
  to = put16(to, OptionReader::client_subnet);
  to = put16(to, unsigned(subnet_bytes - 4));
  to = put16(to, subnet.address.family == 4 ? 1 : 2);
  *to++ = subnet.length;
  *to++ = q.client.scope;
  std::memcpy(to, subnet.address.bytes.data(), subnet_bytes - 8);
  return to + subnet_bytes - 8;
}

}  // namespace signpost
