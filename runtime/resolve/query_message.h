// Writes the question that the resolver sends. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "signpost/name.h"

namespace signpost::resolve {

// A standard query with recursion desired (RFC 1035, section 4.1), built in place: c-ares' own
// builder reads presentation form and knows no \DDD escapes. No EDNS: an answer that does not fit
// 512 bytes is asked for again over TCP, which c-ares does by itself.
class QueryMessage {
 public:
  QueryMessage(uint16_t id, NameView name, uint16_t type);
  std::span<const uint8_t> bytes() const { return {bytes_.data(), size_}; }

 private:
  std::array<uint8_t, 12 + 255 + 4> bytes_{};
  size_t size_ = 0;
};

}  // namespace signpost::resolve
