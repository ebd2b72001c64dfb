// Cuts a TCP stream into DNS messages (RFC 1035, section 4.2.2: each behind its length in two
// bytes). No sockets in here; one owner, any thread. Nothing fails but allocation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "net/responder.h"

namespace signpost::net {

// Bytes are read into a buffer that all connections of a worker share, and only what is left
// after the complete messages is kept here: an idle connection holds no memory. At most
// kTcpMessage + 2 bytes are kept, and no more than the announced length calls for.
//
//   room() -> read -> filled() -> next() ... -> stash()     in this order
class TcpFrames {
 public:
  enum class Next : uint8_t {
    message,  // one was taken off
    more,     // the rest is not complete
    abusive,  // a length that no DNS message has, less than its header: give the stream up
  };

  // Where to read to: `shared`, or behind the bytes that are kept. Never empty if next() last said
  // `more`.
  std::span<uint8_t> room(std::span<uint8_t> shared);

  // `count` bytes have been read to room().
  void filled(size_t count) noexcept;

  // `message` stays valid until room() or stash().
  Next next(std::span<const uint8_t>& message) noexcept;

  // True if part of a message, or a whole one, is left.
  bool begun() const noexcept { return rest() != 0; }

  // Memory that it holds, in bytes.
  size_t held() const noexcept { return kept_.capacity(); }

  // Moves what is left out of the shared buffer. Whole messages may be among it, for next() later.
  void stash();

 private:
  size_t rest() const noexcept { return size_t(end_ - begin_); }

  std::vector<uint8_t> kept_;  // its size is its room
  uint8_t* begin_ = nullptr;   // of the bytes not taken yet, in kept_ or the shared buffer
  uint8_t* end_ = nullptr;
};

}  // namespace signpost::net
