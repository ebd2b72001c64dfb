// What a server without keys says to a signed query (RFC 8945, section 5.2.1): NOTAUTH, and a TSIG
// record of the same key without a signature whose error is BADKEY. Worker; every byte that comes
// from the packet is bounds-checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "signpost/query.h"

namespace signpost {

class TsigRefusal {
 public:
  // Whether the names and fields of the record can be read (RFC 8945, section 4.2). `owner`, `data`
  // and `length` lie within the packet.
  static bool well_formed(std::span<const uint8_t> packet, size_t owner, size_t data,
                          size_t length) noexcept;
  // Writes the record that refuses the one of the query, which is well formed, behind the first
  // `at` bytes of `out`. Returns the new end, which is `at` if there is no room.
  static size_t write(const Query& query, std::span<uint8_t> out, size_t at) noexcept;
};

}  // namespace signpost
