// IP addresses and prefixes as values. Any thread; nothing here allocates but text().
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "signpost/diagnostic.h"

struct sockaddr;
struct sockaddr_storage;

namespace signpost {

// An IPv4 or IPv6 address in network byte order; IPv4 stands in the first four bytes. IPv4-mapped
// IPv6 addresses (RFC 4291, section 2.5.5.2) are stored as IPv4, so a client looks the same on a
// dual-stack socket. family 0 means "no address".
struct Address {
  std::array<uint8_t, 16> bytes{};
  uint8_t family = 0;  // 4, 6 or 0

  int bits() const { return family == 4 ? 32 : family == 6 ? 128 : 0; }
  bool operator==(const Address&) const = default;
  SIGNPOST_API std::string text() const;
  SIGNPOST_API static std::optional<Address> parse(std::string_view text);  // no brackets, no zone
};

// Address and port (host byte order).
struct Endpoint {
  Address address;
  uint16_t port = 0;
  bool operator==(const Endpoint&) const = default;
  SIGNPOST_API std::string text() const;  // "192.0.2.1:53", "[2001:db8::1]:53"
  // Accepts "ADDR", "ADDR:PORT", "[V6]", "[V6]:PORT"; `fallback_port` where none is written.
  SIGNPOST_API static std::optional<Endpoint> parse(std::string_view text, uint16_t fallback_port);
  SIGNPOST_API static Endpoint from(const sockaddr* from);
  SIGNPOST_API unsigned to(sockaddr_storage& out) const;  // returns the length used
};

// ADDRESS/LENGTH. Host bits are cleared by parse(); `had_host_bits` tells that some were set.
struct Prefix {
  Address address;
  uint8_t length = 0;
  bool operator==(const Prefix&) const = default;
  SIGNPOST_API bool contains(const Address&) const;
  SIGNPOST_API std::string text() const;
  SIGNPOST_API static std::optional<Prefix> parse(std::string_view text,
                                                  bool* had_host_bits = nullptr);
};

}  // namespace signpost
