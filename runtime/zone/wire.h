// Reading and comparing the prepared form of record sets (WireSet): what the encoder of replies,
// `explain` and the builder of zones share. Any thread; only rdata_of() allocates.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "signpost/record.h"

namespace signpost {

// Compression pointers (RFC 1035, section 4.1.4) and the room for them in a WireSet.
namespace wire {
inline constexpr uint16_t pointer = 0xc000, farthest = 0x3fff;
inline constexpr uint16_t into_owner = 0xc000, into_set = 0x8000, offset_bits = 0x3fff;
inline constexpr uint32_t owner_room = 2, record_head = 10;  // TYPE CLASS TTL RDLENGTH
inline constexpr uint32_t longest_message = 65535;           // RFC 1035, section 4.2.2
// A reply's header, and TYPE and CLASS behind QNAME.
inline constexpr uint32_t header = 12, question_tail = 4;
// The OPT record of a reply with all the options that the runtime adds: its head, what plugins and
// the runtime put in, and the client's subnet (chain/opt_record.h).
inline constexpr uint32_t largest_opt = 11 + 200 + 24;
// Labels that pointers can lead to in one message, and how many of them QNAME may have.
inline constexpr uint32_t most_targets = 4096, most_labels = 127;
}  // namespace wire

// The bit in WireSet::label_bits of the label at `label`, with a suffix of `behind` bytes behind
// it. Letters of either case have the same bit.
inline uint64_t label_bit(size_t behind, const uint8_t* label) {
  const uint32_t length = *label, first = label[1] | 0x20u, last = label[length] | 0x20u;
  const uint32_t mixed = (length | first << 8 | last << 16 | uint32_t(behind) << 24) * 0x9E3779B1u;
  return uint64_t(1) << (mixed >> 26);
}

// The bits of all labels in the first `size` bytes of a name of `whole` bytes.
inline uint64_t label_bits(const uint8_t* name, size_t size, size_t whole) {
  uint64_t bits = 0;
  for (size_t i = 0; i < size; i += name[i] + 1u)
    bits |= label_bit(whole - i - name[i] - 1, name + i);
  return bits;
}

// The name `name` of `set` in full, in the case it was written in; written into `buffer`. `owner`
// is the set's owner, or a name that a wildcard stands for.
NameView name_of(const WireSet& set, const WireName& name, NameView owner,
                 std::array<uint8_t, 255>& buffer) noexcept;

// The data of a record of `set`, names in full.
std::vector<uint8_t> rdata_of(const WireSet& set, unsigned index, NameView owner);

}  // namespace signpost
