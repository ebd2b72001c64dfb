// Server cookies that every implementation of RFC 9018 makes and knows alike: version 1, with a
// time stamp and SipHash-2-4 over client cookie, version, reserved bytes, time and client address.
// Pure functions of their arguments; any thread; no allocation.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "signpost/address.h"

namespace signpost::cookies {

inline constexpr size_t kClientCookie = 8, kServerCookie = 16;
using Secret = std::array<uint8_t, 16>;
using ServerCookie = std::array<uint8_t, kServerCookie>;

enum class Verdict : uint8_t {
  bad,    // not ours, or out of its time
  renew,  // good, and due for a newer one
  good
};

// The cookie for a client at `now_s`, seconds since 1970 modulo 2^32. `client_cookie` is the first
// kClientCookie bytes of the client's option.
ServerCookie make(const uint8_t* client_cookie, const Address& client, uint32_t now_s,
                  const Secret& secret) noexcept;

// Judges the server cookie `cookie` (any length) of a client (RFC 9018, section 4.3): at most an
// hour old, at most five minutes ahead of us; after half an hour it is to be renewed. `secrets` all
// verify; what another than the first one signed is to be renewed as well (section 5).
Verdict judge(const uint8_t* client_cookie, std::span<const uint8_t> cookie, const Address& client,
              uint32_t now_s, std::span<const Secret> secrets) noexcept;

}  // namespace signpost::cookies
