#include "chain/tsig_refusal.h"

#include <array>
#include <cstring>

namespace signpost {

namespace {

constexpr size_t kRecordHead = 10;            // TYPE CLASS TTL RDLENGTH
constexpr size_t kTime = 8;                   // time signed, fudge
constexpr size_t kTail = 6;                   // original ID, error, length of other data
constexpr size_t kFixed = kTime + 2 + kTail;  // without a MAC and other data
constexpr uint8_t kBadKey = 17;

unsigned get16(const uint8_t* p) { return unsigned(p[0]) << 8 | p[1]; }

// A name of the packet with its pointers followed.
struct WholeName {
  std::array<uint8_t, 255> bytes;
  size_t size = 0, behind = 0;  // behind: where the packet goes on

  // False if it runs out of the packet, has more than 255 bytes, or a pointer does not lead back.
  bool read(std::span<const uint8_t> packet, size_t at) {
    size_t lowest = at;
    for (;;) {
      if (at >= packet.size()) return false;
      const uint8_t length = packet[at];
      if (length >= 0xc0) {
        if (at + 2 > packet.size()) return false;
        if (behind == 0) behind = at + 2;
        const size_t to = get16(packet.data() + at) & 0x3fff;
        if (to >= lowest) return false;
        at = lowest = to;
        continue;
      }
      if (length > 63 || at + 1 + length > packet.size() || size + 1 + length > bytes.size())
        return false;
      std::memcpy(bytes.data() + size, packet.data() + at, 1u + length);
      size += 1u + length;
      at += 1u + length;
      if (length == 0) break;
    }
    if (behind == 0) behind = at;
    return true;
  }
};

}  // namespace

bool TsigRefusal::well_formed(std::span<const uint8_t> packet, size_t owner, size_t data,
                              size_t length) noexcept {
  WholeName key, algorithm;
  const size_t end = data + length;
  if (!key.read(packet, owner) || !algorithm.read(packet.first(end), data)) return false;
  size_t at = algorithm.behind;
  if (at + kFixed > end) return false;
  at += kTime;
  at += 2 + get16(packet.data() + at);  // MAC
  if (at + kTail > end) return false;
  return at + kTail + get16(packet.data() + at + 4) == end;
}

size_t TsigRefusal::write(const Query& q, std::span<uint8_t> out, size_t at) noexcept {
  const std::span<const uint8_t> packet(q.packet_, q.size);
  WholeName key, algorithm;
  if (!key.read(packet, q.tsig_) || !algorithm.read(packet, key.behind + kRecordHead)) return at;
  const size_t length = algorithm.size + kFixed;
  if (at + key.size + kRecordHead + length > out.size()) return at;
  uint8_t* to = out.data() + at;
  const auto put = [&](const void* from, size_t size) {
    std::memcpy(to, from, size);
    to += size;
  };
  put(key.bytes.data(), key.size);
  const uint8_t head[kRecordHead] = {0, rr::tsig, 0, rr::class_any,        0,
                                     0, 0,        0, uint8_t(length >> 8), uint8_t(length)};
  put(head, sizeof head);
  put(algorithm.bytes.data(), algorithm.size);
  put(packet.data() + algorithm.behind, kTime);  // the client's time: it is not checked
  const uint8_t tail[2 + kTail] = {0, 0, q.packet_[0], q.packet_[1], 0, kBadKey, 0, 0};
  put(tail, sizeof tail);
  return size_t(to - out.data());
}

}  // namespace signpost
