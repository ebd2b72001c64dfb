// The $GENERATE directive, BIND's shorthand for numbered records (BIND 9 reference manual, section
// on zone file directives): "$GENERATE 1-10/2 host-$ A 192.0.2.$". Any thread; cold path.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace signpost::zone {

struct GenerateRange {
  uint32_t start = 0, stop = 0, step = 1;  // start <= stop, step > 0, both ends included
};

// A typing slip must not fill the memory: more records than this are refused.
inline constexpr uint64_t kMaxGenerated = 1'000'000;

// "START-STOP" or "START-STOP/STEP", numbers up to 2^31-1; empty if it is no such range or has
// more than kMaxGenerated steps, and `why` says which.
std::optional<GenerateRange> parse_range(std::string_view text, std::string& why);

// Replaces each $ and ${OFFSET[,WIDTH[,BASE]]} in `text` by `value`, and \$ or $$ by a plain
// dollar sign.
// BASE is d, o, x, X, or n, N for the hexadecimal digits in reverse, each a label of its own; WIDTH
// pads with zeros (dots counted for n and N). Into `out`, whose memory is reused. False if a
// ${...} is malformed or its number falls below zero in another base than d; `why` says so.
bool substitute(std::string_view text, uint32_t value, std::string& out, std::string& why);

}  // namespace signpost::zone
