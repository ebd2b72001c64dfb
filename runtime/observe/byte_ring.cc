#include "observe/byte_ring.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace signpost::observe {

// The block is left uninitialized: memory the ring never reaches is never touched.
ByteRing::ByteRing(size_t capacity)
    : mask_(std::bit_ceil(std::clamp(capacity, kLine, size_t{1} << 30)) - 1),
      block_(std::make_unique_for_overwrite<uint64_t[]>((mask_ + 1) / sizeof(uint64_t))) {}

bool ByteRing::next(uint64_t end, Record& out) noexcept {
  while (read_ != end) {
    const uint8_t* const from = at(read_);
    Header header;
    std::memcpy(&header, from, sizeof header);
    read_ += footprint(header.size);
    if (header.skip) continue;
    out = {header.tag, {from + sizeof header, header.size}};
    return true;
  }
  return false;
}

}  // namespace signpost::observe
