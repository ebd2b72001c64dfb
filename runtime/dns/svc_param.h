// The values of single service parameters (RFC 9460, section 7; RFC 9461; RFC 9540), by key.
// Private to this folder; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace signpost::dns {

namespace svc_key {
inline constexpr uint16_t mandatory = 0, alpn = 1, no_default_alpn = 2, port = 3, ipv4hint = 4,
                          ech = 5, ipv6hint = 6, dohpath = 7, ohttp = 8;
}

struct SvcParam {
  // Wire form of a value whose first layer of escapes is resolved; false if it is malformed.
  bool (*parse)(std::span<const uint8_t> text, std::vector<uint8_t>& out);
  // Appends "=value", or nothing for a parameter without value; false if `wire` is malformed.
  bool (*print)(std::span<const uint8_t> wire, std::string& out);
  const char* expected;  // for the message when parse() says no
};

// "alpn" or "key65280"; empty if it is neither.
std::optional<uint16_t> parse_svc_key(std::string_view text);
std::string svc_key_text(uint16_t key);
std::string svc_key_list();  // the registered names, joined by commas
const SvcParam& find_svc_param(uint16_t key);
// The value of a parameter that was written as keyNNNNN: its wire form itself (RFC 9460, section
// 2.1). False if that is malformed for a key with a name.
bool parse_opaque_svc_value(uint16_t key, std::span<const uint8_t> text, std::vector<uint8_t>& out);

}  // namespace signpost::dns
