#include "net/tcp_frames.h"

#include <algorithm>
#include <cstring>

namespace signpost::net {
namespace {

constexpr size_t kPrefix = 2;
constexpr size_t kHeader = 12;     // RFC 1035, section 4.1.1
constexpr size_t kSmallest = 512;  // room to keep part of a query; most are far shorter

size_t message_length(const uint8_t* prefix) { return size_t(prefix[0]) << 8 | prefix[1]; }

}  // namespace

std::span<uint8_t> TcpFrames::room(std::span<uint8_t> shared) {
  if (rest() == 0) {
    kept_ = {};
    begin_ = end_ = shared.data();
    return shared;
  }
  const size_t needed = rest() < kPrefix ? kSmallest : kPrefix + message_length(begin_);
  std::vector<uint8_t> larger;
  if (kept_.size() < needed) larger.resize(std::max(needed, kSmallest));
  uint8_t* to = larger.empty() ? kept_.data() : larger.data();
  std::memmove(to, begin_, rest());
  end_ = to + rest();
  begin_ = to;
  if (!larger.empty()) kept_ = std::move(larger);
  return {end_, kept_.data() + kept_.size()};
}

void TcpFrames::filled(size_t count) noexcept { end_ += count; }

TcpFrames::Next TcpFrames::next(std::span<const uint8_t>& message) noexcept {
  if (rest() < kPrefix) return Next::more;
  const size_t length = message_length(begin_);
  if (length < kHeader) return Next::abusive;
  if (rest() < kPrefix + length) return Next::more;
  message = {begin_ + kPrefix, length};
  begin_ += kPrefix + length;
  return Next::message;
}

void TcpFrames::stash() {
  if (rest() == 0) {
    kept_ = {};
    begin_ = end_ = nullptr;
  } else if (kept_.empty()) {  // else it stands in there already
    kept_.resize(std::max(rest(), kSmallest));
    std::memcpy(kept_.data(), begin_, rest());
    end_ = kept_.data() + rest();
    begin_ = kept_.data();
  }
}

}  // namespace signpost::net
