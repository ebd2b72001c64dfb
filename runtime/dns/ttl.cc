#include "dns/ttl.h"

#include "dns/name_text.h"

namespace signpost {

namespace {

using dns::is_digit;

// Seconds of one unit; 0 if `c` is none.
uint64_t unit_seconds(char c) {
  switch (c | 0x20) {
    case 'w':
      return 7 * 24 * 3600;
    case 'd':
      return 24 * 3600;
    case 'h':
      return 3600;
    case 'm':
      return 60;
    case 's':
      return 1;
    default:
      return 0;
  }
}

}  // namespace

std::optional<uint32_t> parse_period(std::string_view text) {
  constexpr uint64_t kMax = UINT32_MAX;
  if (text.empty()) return std::nullopt;
  uint64_t total = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    if (!is_digit(text[at])) return std::nullopt;
    uint64_t number = 0;
    for (; at < text.size() && is_digit(text[at]); ++at) {
      number = number * 10 + uint64_t(text[at] - '0');
      if (number > kMax) return std::nullopt;
    }
    uint64_t unit = at < text.size() ? unit_seconds(text[at]) : 1;
    total += number * unit;
    if (unit == 0 || total > kMax) return std::nullopt;
  }
  return uint32_t(total);
}

std::optional<uint32_t> parse_ttl(std::string_view text) {
  auto seconds = parse_period(text);
  return seconds && *seconds <= kMaxTtl ? seconds : std::nullopt;
}

}  // namespace signpost
