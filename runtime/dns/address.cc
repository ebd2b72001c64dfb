#include "signpost/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace signpost {

namespace {

constexpr std::array<uint8_t, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool is_mapped(const uint8_t* v6) {
  return std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), v6);
}

Address from_v4(const uint8_t* four) {
  Address a;
  std::copy_n(four, 4, a.bytes.begin());
  a.family = 4;
  return a;
}

Address from_v6(const uint8_t* sixteen) {
  if (is_mapped(sixteen)) return from_v4(sixteen + kMappedPrefix.size());
  Address a;
  std::copy_n(sixteen, 16, a.bytes.begin());
  a.family = 6;
  return a;
}

// As written: a mapped address stays IPv6.
std::optional<Address> parse_as_written(std::string_view text) {
  char terminated[INET6_ADDRSTRLEN];
  if (text.size() >= sizeof terminated || text.find('\0') != text.npos) return std::nullopt;
  terminated[text.copy(terminated, text.size())] = '\0';
  Address a;
  a.family = text.find(':') == text.npos ? 4 : 6;
  if (inet_pton(a.family == 4 ? AF_INET : AF_INET6, terminated, a.bytes.data()) != 1) {
    return std::nullopt;
  }
  return a;
}

template <typename Number>
std::optional<Number> parse_decimal(std::string_view text) {
  Number value{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Clears the bits of `a` behind the first `length`; true if one was set.
bool clear_host_bits(Address& a, unsigned length) {
  bool any = false;
  for (unsigned i = 0; i < a.bytes.size(); ++i) {
    unsigned kept = std::clamp(int(length) - int(i) * 8, 0, 8);
    uint8_t mask = uint8_t(0xff00u >> kept);
    any |= (a.bytes[i] & ~mask) != 0;
    a.bytes[i] &= mask;
  }
  return any;
}

}  // namespace

std::string Address::text() const {
  char buffer[INET6_ADDRSTRLEN];
  if (family == 0) return {};
  inet_ntop(family == 4 ? AF_INET : AF_INET6, bytes.data(), buffer, sizeof buffer);
  return buffer;
}

std::optional<Address> Address::parse(std::string_view text) {
  auto a = parse_as_written(text);
  if (a && a->family == 6) return from_v6(a->bytes.data());
  return a;
}

std::string Endpoint::text() const {
  std::string port_text = ":" + std::to_string(port);
  return address.family == 6 ? "[" + address.text() + "]" + port_text : address.text() + port_text;
}

std::optional<Endpoint> Endpoint::parse(std::string_view text, uint16_t fallback_port) {
  std::string_view host = text, port;
  bool has_port = false;
  if (text.starts_with('[')) {
    size_t close = text.find(']');
    if (close == text.npos) return std::nullopt;
    host = text.substr(1, close - 1), port = text.substr(close + 1);
    if (host.find(':') == host.npos || (!port.empty() && port[0] != ':')) return std::nullopt;
    has_port = !port.empty();
    if (has_port) port.remove_prefix(1);
  } else if (size_t colon = text.find(':'); colon != text.npos && colon == text.rfind(':')) {
    host = text.substr(0, colon), port = text.substr(colon + 1);
    has_port = true;
  }
  auto address = Address::parse(host);
  auto number = has_port ? parse_decimal<uint16_t>(port) : fallback_port;
  if (!address || !number) return std::nullopt;
  return Endpoint{*address, *number};
}

Endpoint Endpoint::from(const sockaddr* from) {
  // memcpy instead of casts: the caller's buffer need not be of the concrete type.
  if (from->sa_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, from, sizeof v4);
    uint8_t bytes[4];
    std::memcpy(bytes, &v4.sin_addr, sizeof bytes);
    return {from_v4(bytes), ntohs(v4.sin_port)};
  }
  if (from->sa_family == AF_INET6) {
    sockaddr_in6 v6;
    std::memcpy(&v6, from, sizeof v6);
    return {from_v6(v6.sin6_addr.s6_addr), ntohs(v6.sin6_port)};
  }
  return {};
}

unsigned Endpoint::to(sockaddr_storage& out) const {
  out = {};
  if (address.family == 4) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&v4.sin_addr, address.bytes.data(), 4);
    std::memcpy(&out, &v4, sizeof v4);
    return sizeof v4;
  }
  if (address.family == 6) {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&v6.sin6_addr, address.bytes.data(), 16);
    std::memcpy(&out, &v6, sizeof v6);
    return sizeof v6;
  }
  return 0;
}

bool Prefix::contains(const Address& a) const {
  if (a.family == 0 || a.family != address.family) return false;
  unsigned whole = length / 8u, rest = length % 8u;
  if (std::memcmp(a.bytes.data(), address.bytes.data(), whole) != 0) return false;
  uint8_t mask = uint8_t(0xff00u >> rest);
  return rest == 0 || ((a.bytes[whole] ^ address.bytes[whole]) & mask) == 0;
}

std::string Prefix::text() const { return address.text() + "/" + std::to_string(length); }

std::optional<Prefix> Prefix::parse(std::string_view text, bool* had_host_bits) {
  size_t slash = text.find('/');
  if (slash == text.npos) return std::nullopt;
  auto address = parse_as_written(text.substr(0, slash));
  auto length = parse_decimal<uint8_t>(text.substr(slash + 1));
  if (!address || !length || *length > address->bits()) return std::nullopt;
  bool host_bits = clear_host_bits(*address, *length);
  if (had_host_bits != nullptr) *had_host_bits = host_bits;
  // A prefix inside ::ffff:0:0/96 holds IPv4 clients, and those are stored as IPv4.
  if (address->family == 6 && *length >= 96 && is_mapped(address->bytes.data())) {
    return Prefix{from_v6(address->bytes.data()), uint8_t(*length - 96)};
  }
  return Prefix{*address, *length};
}

}  // namespace signpost
