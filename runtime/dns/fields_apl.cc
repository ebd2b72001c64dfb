// The address prefix list of APL (RFC 3123): "[!]FAMILY:ADDRESS/LENGTH" words.
#include <arpa/inet.h>

#include <algorithm>
#include <string>

#include "dns/rdata_codec.h"

namespace signpost::dns {

namespace {

constexpr unsigned kIpv4Family = 1, kIpv6Family = 2;  // IANA "Address Family Numbers"
constexpr uint8_t kNegation = 0x80;

struct Family {
  unsigned number;
  int socket_family;
  size_t octets;
};

// Null for a family without text form.
const Family* find_family(uint64_t number) {
  static constexpr Family kFamilies[] = {{kIpv4Family, AF_INET, 4}, {kIpv6Family, AF_INET6, 16}};
  for (const Family& f : kFamilies) {
    if (f.number == number) return &f;
  }
  return nullptr;
}

bool append_prefix(Bytes& out, std::string_view text) {
  bool negated = text.starts_with('!');
  if (negated) text.remove_prefix(1);
  size_t colon = text.find(':'), slash = text.find('/');
  if (colon == text.npos || slash == text.npos || slash < colon) return false;
  auto number = parse_decimal(text.substr(0, colon), 65535);
  const Family* family = number ? find_family(*number) : nullptr;
  if (family == nullptr) return false;
  std::string_view address = text.substr(colon + 1, slash - colon - 1);
  auto length = parse_decimal(text.substr(slash + 1), family->octets * 8);
  uint8_t octets[16] = {};
  if (!length || !parse_ip(family->socket_family, address, octets)) return false;
  size_t used = family->octets;  // trailing zero octets are not sent
  while (used > 0 && octets[used - 1] == 0) --used;
  append_number(out, *number, 2);
  append_number(out, *length, 1);
  out.push_back(uint8_t(used | (negated ? kNegation : 0)));
  out.insert(out.end(), octets, octets + used);
  return true;
}

bool parse_prefixes(TokenReader& tokens, Bytes& out) {
  while (!tokens.at_end()) {
    if (!append_prefix(out, tokens.take()->text)) {
      return tokens.expected("a prefix such as 1:192.0.2.0/24 or !2:2001:db8::/32");
    }
  }
  return true;
}

// Data that breaks the rules of IPv4 and IPv6 prefixes (RFC 3123, sections 4.1 and 4.2) is taken as
// it is, and doubted (rdata_doubt()); it has no text, and neither have other families.
bool decode_prefixes(WireReader& wire, TextWriter& text) {
  while (!wire.at_end()) {
    auto number = wire.number(2), length = wire.number(1), counted = wire.number(1);
    if (!counted) return false;
    auto used = wire.take(*counted & ~uint64_t(kNegation));
    if (!used) return false;
    if (!text.wanted()) continue;
    const Family* family = find_family(*number);
    if (family == nullptr || used->size() > family->octets) return false;
    if (*length > family->octets * 8 || (!used->empty() && used->back() == 0)) return false;
    uint8_t octets[16] = {};
    std::copy(used->begin(), used->end(), octets);
    char address[INET6_ADDRSTRLEN];
    inet_ntop(family->socket_family, octets, address, sizeof address);
    text.word((*counted & kNegation ? "!" : "") + std::to_string(*number) + ":" + address + "/" +
              std::to_string(*length));
  }
  return true;
}

}  // namespace

namespace field {
constinit const FieldKind address_prefixes{parse_prefixes, decode_prefixes, 0};
}  // namespace field

}  // namespace signpost::dns
