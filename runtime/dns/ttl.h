// Times written with units in zone files and SOA data: "3600", "1h30m", "2d", "1w" (RFC 1035 knows
// seconds only; the units are BIND's and understood everywhere). Any thread; no allocation.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace signpost {

inline constexpr uint32_t kMaxTtl = 0x7fffffff;  // seconds (RFC 2181, section 8)

// Seconds, 0..2^32-1: digits alone, or groups of digits and one of w d h m s in either case; a last
// group without unit counts seconds. Empty if `text` is anything else or too large.
std::optional<uint32_t> parse_period(std::string_view text);

// The same within the range of a TTL, 0..kMaxTtl.
std::optional<uint32_t> parse_ttl(std::string_view text);

}  // namespace signpost
