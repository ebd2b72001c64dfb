// The OPT record of a reply (RFC 6891): our payload size, the upper bits of the RCODE, the options
// that the runtime and the plugins added, and the client's subnet with our scope (RFC 7871, section
// 7.2). Worker; neither locks nor allocates.
#pragma once

#include <cstddef>
#include <cstdint>

#include "signpost/query.h"

namespace signpost {

class OptRecord {
 public:
  // Bytes the record takes in the reply as the query stands now; 0 if the query has no EDNS, since
  // its reply must not have any then (RFC 6891, section 7).
  static size_t size(const Query& query) noexcept;
  // Writes the record to `to`, which has room for size(query) > 0 bytes, and returns its end.
  // `payload` is the UDP payload size that we announce.
  static uint8_t* write(const Query& query, Rcode rcode, uint16_t payload, uint8_t* to) noexcept;

 private:
  static size_t subnet_size(const Query& query) noexcept;
};

}  // namespace signpost
