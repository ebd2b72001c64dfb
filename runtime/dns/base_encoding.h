// Base16, base32hex (no padding) and base64 (RFC 4648) as zone files use them. Private to this
// folder; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace signpost::dns {

// Each appends the decoded octets of `text` to `out`; false at a foreign character or a wrong
// length, and what was appended by then is unspecified.
bool append_hex(std::vector<uint8_t>& out, std::string_view text);
bool append_base32hex(std::vector<uint8_t>& out, std::string_view text);
bool append_base64(std::vector<uint8_t>& out, std::string_view text);  // padding required

std::string hex_text(std::span<const uint8_t> octets);  // upper case
std::string base32hex_text(std::span<const uint8_t> octets);
std::string base64_text(std::span<const uint8_t> octets);

}  // namespace signpost::dns
