#include "server_cookie.h"

#include <sodium.h>

#include <cstring>

namespace signpost::cookies {
namespace {

constexpr size_t kHead = 8;  // version, three reserved bytes, time stamp
constexpr uint8_t kVersion = 1;
constexpr int32_t kOldest = 3600, kRenew = 1800, kAhead = 300;  // seconds

static_assert(crypto_shorthash_siphash24_KEYBYTES == sizeof(Secret));
static_assert(crypto_shorthash_siphash24_BYTES == kServerCookie - kHead);

using Hash = std::array<uint8_t, kServerCookie - kHead>;

// `head` is taken as it came, reserved bytes included (RFC 9018, section 4.2).
Hash hash(const uint8_t* client_cookie, const uint8_t* head, const Address& client,
          const Secret& secret) {
  std::array<uint8_t, kClientCookie + kHead + 16> input;
  const size_t address = client.family == 4 ? 4 : 16;
  std::memcpy(input.data(), client_cookie, kClientCookie);
  std::memcpy(input.data() + kClientCookie, head, kHead);
  std::memcpy(input.data() + kClientCookie + kHead, client.bytes.data(), address);
  Hash result;
  crypto_shorthash_siphash24(result.data(), input.data(), kClientCookie + kHead + address,
                             secret.data());
  return result;
}

}  // namespace

ServerCookie make(const uint8_t* client_cookie, const Address& client, uint32_t now_s,
                  const Secret& secret) noexcept {
  ServerCookie cookie{
      kVersion,      0, 0, 0, uint8_t(now_s >> 24), uint8_t(now_s >> 16), uint8_t(now_s >> 8),
      uint8_t(now_s)};
  const Hash signature = hash(client_cookie, cookie.data(), client, secret);
  std::memcpy(cookie.data() + kHead, signature.data(), signature.size());
  return cookie;
}

Verdict judge(const uint8_t* client_cookie, std::span<const uint8_t> cookie, const Address& client,
              uint32_t now_s, std::span<const Secret> secrets) noexcept {
  if (cookie.size() != kServerCookie || cookie[0] != kVersion) return Verdict::bad;
  const uint32_t made =
      uint32_t(cookie[4]) << 24 | uint32_t(cookie[5]) << 16 | uint32_t(cookie[6]) << 8 | cookie[7];
  const auto age = int32_t(now_s - made);  // serial arithmetic (RFC 1982), as the field wraps
  if (age > kOldest || age < -kAhead) return Verdict::bad;
  for (size_t i = 0; i < secrets.size(); ++i) {
    const Hash expected = hash(client_cookie, cookie.data(), client, secrets[i]);
    if (sodium_memcmp(expected.data(), cookie.data() + kHead, expected.size()) != 0) continue;
    return i == 0 && age <= kRenew ? Verdict::good : Verdict::renew;
  }
  return Verdict::bad;
}

}  // namespace signpost::cookies
