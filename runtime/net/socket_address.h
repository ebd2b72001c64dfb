// Between the kernel's socket addresses and ours, inline because every packet passes here. Any
// thread; nothing fails: a family that is neither IPv4 nor IPv6 gives an Endpoint without address.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <bit>
#include <cstdint>
#include <cstring>

#include "signpost/address.h"

namespace signpost::net {

inline uint16_t network_order(uint16_t value) noexcept {
  return std::endian::native == std::endian::little ? uint16_t(value << 8 | value >> 8) : value;
}

inline Address address_of(const in_addr& from) noexcept {
  Address to;
  std::memcpy(to.bytes.data(), &from, 4);
  to.family = 4;
  return to;
}

// IPv4-mapped addresses, which a dual-stack socket shows, become the IPv4 address they stand for.
inline Address address_of(const in6_addr& from) noexcept {
  if (IN6_IS_ADDR_V4MAPPED(&from)) {
    in_addr v4;
    std::memcpy(&v4, from.s6_addr + 12, 4);
    return address_of(v4);
  }
  Address to;
  std::memcpy(to.bytes.data(), &from, 16);
  to.family = 6;
  return to;
}

// `from` is a whole sockaddr_in or sockaddr_in6, in storage that is aligned for either.
inline Endpoint endpoint_of(const sockaddr& from) noexcept {
  if (from.sa_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(from);
    return {address_of(v6.sin6_addr), network_order(v6.sin6_port)};
  }
  if (from.sa_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(from);
    return {address_of(v4.sin_addr), network_order(v4.sin_port)};
  }
  return {};
}

// The address a socket is bound to; with port 0 and no address if the kernel will not tell.
inline sockaddr_storage bound_address(int fd) noexcept {
  sockaddr_storage bound{};
  socklen_t length = sizeof bound;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &length) != 0) bound = {};
  return bound;
}

inline bool is_wildcard(const sockaddr_storage& bound) noexcept {
  if (bound.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(bound);
    return IN6_IS_ADDR_UNSPECIFIED(&v6.sin6_addr);
  }
  return reinterpret_cast<const sockaddr_in&>(bound).sin_addr.s_addr == htonl(INADDR_ANY);
}

}  // namespace signpost::net
