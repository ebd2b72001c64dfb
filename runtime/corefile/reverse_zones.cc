#include "corefile/reverse_zones.h"

#include <arpa/inet.h>

#include <array>
#include <cstdint>

namespace signpost::corefile {
namespace {

struct Family {
  int number;
  unsigned bits, label_bits;
  std::string_view suffix;
};
constexpr Family kFamilies[] = {{AF_INET, 32, 8, "in-addr.arpa."}, {AF_INET6, 128, 4, "ip6.arpa."}};

using Bytes = std::array<uint8_t, 16>;

std::optional<unsigned> parse_mask(std::string_view text, unsigned most) {
  if (text.empty() || text.size() > 3) return std::nullopt;
  unsigned value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + unsigned(c - '0');
  }
  if (value > most) return std::nullopt;
  return value;
}

// The name of the network whose first `labels` labels are those of `address`.
std::string name_of(const Bytes& address, unsigned labels, const Family& family) {
  std::string name;
  for (unsigned i = labels; i-- > 0;) {
    if (family.label_bits == 8) {
      name += std::to_string(address[i]);
    } else {
      name += "0123456789abcdef"[i % 2 == 0 ? address[i / 2] >> 4 : address[i / 2] & 15];
    }
    name += '.';
  }
  return name.append(family.suffix);
}

std::vector<std::string> names(Bytes address, unsigned mask, const Family& family) {
  const unsigned labels = (mask + family.label_bits - 1) / family.label_bits;
  if (labels == 0) return {std::string(family.suffix)};
  // The last label takes 2^spare values; in its byte they step by the weight of the label's end.
  const unsigned spare = labels * family.label_bits - mask;
  const unsigned end = labels * family.label_bits;
  uint8_t& byte = address[(end - 1) / 8];
  const unsigned step = end % 8 == 0 ? 1 : 1u << (8 - end % 8);
  const unsigned count = 1u << spare;
  const unsigned first = byte & ~(count * step - 1);
  std::vector<std::string> found;
  for (unsigned i = 0; i < count; ++i) {
    byte = uint8_t(first + i * step);
    found.push_back(name_of(address, labels, family));
  }
  return found;
}

}  // namespace

std::optional<ReverseZones> reverse_zones(std::string_view text) {
  const size_t slash = text.rfind('/');
  if (slash == text.npos) return std::nullopt;
  const std::string address(text.substr(0, slash));
  for (const Family& family : kFamilies) {
    Bytes bytes{};
    if (inet_pton(family.number, address.c_str(), bytes.data()) != 1) continue;
    const auto mask = parse_mask(text.substr(slash + 1), family.bits);
    const bool refused = family.number == AF_INET6 && (text[0] == ':' || text[0] == '0');
    if (!mask || refused) return ReverseZones{};
    return ReverseZones{true, names(bytes, *mask, family)};
  }
  return std::nullopt;
}

}  // namespace signpost::corefile
