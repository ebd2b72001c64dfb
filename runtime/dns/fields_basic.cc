// Numbers, addresses and names.
#include <arpa/inet.h>

#include <array>
#include <string>

#include "dns/name_text.h"
#include "dns/rdata_codec.h"
#include "dns/ttl.h"

namespace signpost::dns {

namespace {

template <size_t octets>
bool parse_number(TokenReader& tokens, Bytes& out) {
  constexpr uint64_t kMax = (uint64_t(1) << (octets * 8)) - 1;
  const TextToken* token = tokens.take();
  if (token == nullptr) return false;
  auto value = parse_decimal(token->text, kMax);
  if (!value) return tokens.expected("a number from 0 to " + std::to_string(kMax));
  append_number(out, *value, octets);
  return true;
}

bool parse_seconds(TokenReader& tokens, Bytes& out) {
  const TextToken* token = tokens.take();
  if (token == nullptr) return false;
  auto value = parse_period(token->text);
  if (!value) return tokens.expected("a time such as 3600 or 1h30m, at most 4294967295 seconds");
  append_number(out, *value, 4);
  return true;
}

template <int family, size_t octets>
bool parse_address(TokenReader& tokens, Bytes& out) {
  const TextToken* token = tokens.take();
  if (token == nullptr) return false;
  std::array<uint8_t, octets> address;
  if (!parse_ip(family, token->text, address.data())) {
    return tokens.expected(family == AF_INET ? "an IPv4 address" : "an IPv6 address");
  }
  out.insert(out.end(), address.begin(), address.end());
  return true;
}

template <int family, size_t octets>
bool decode_address(WireReader& wire, TextWriter& text) {
  auto address = wire.take(octets);
  if (!address) return false;
  char buffer[INET6_ADDRSTRLEN];
  if (text.wanted()) inet_ntop(family, address->data(), buffer, sizeof buffer);
  return !text.wanted() || text.word(buffer);
}

bool parse_name(TokenReader& tokens, Bytes& out) {
  const TextToken* token = tokens.take();
  if (token == nullptr) return false;
  std::array<uint8_t, kMaxName> name;
  std::string why;
  size_t size = write_name(token->text, tokens.origin(), name, &why);
  if (size == 0) return tokens.expected("a domain name: " + why);
  out.insert(out.end(), name.begin(), name.begin() + ptrdiff_t(size));
  return true;
}

template <NameTraits traits>
bool decode_name(WireReader& wire, TextWriter& text) {
  auto name = wire.name(traits);
  return name && text.name(*name);
}

template <NameTraits traits>
constexpr FieldKind name_field{parse_name, decode_name<traits>, 1, true, traits.host};

}  // namespace

namespace field {
constinit const FieldKind u8{parse_number<1>, decode_number<1>};
constinit const FieldKind u16{parse_number<2>, decode_number<2>};
constinit const FieldKind u32{parse_number<4>, decode_number<4>};
constinit const FieldKind period{parse_seconds, decode_number<4>};
constinit const FieldKind ipv4{parse_address<AF_INET, 4>, decode_address<AF_INET, 4>};
constinit const FieldKind ipv6{parse_address<AF_INET6, 16>, decode_address<AF_INET6, 16>};
constinit const FieldKind compressible_name =
    name_field<NameTraits{.compressible = true, .folded = true}>;
constinit const FieldKind compressible_host =
    name_field<NameTraits{.compressible = true, .folded = true, .host = true}>;
constinit const FieldKind folded_name = name_field<NameTraits{.folded = true}>;
constinit const FieldKind folded_host = name_field<NameTraits{.folded = true, .host = true}>;
constinit const FieldKind plain_name = name_field<NameTraits{}>;
constinit const FieldKind plain_host = name_field<NameTraits{.host = true}>;
}  // namespace field

}  // namespace signpost::dns
