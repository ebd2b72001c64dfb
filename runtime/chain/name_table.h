// The names that stand in one packet so far, for compression (RFC 1035, section 4.1.4): finds the
// longest suffix of a name that can be pointed at. Suffixes are found label by label from the
// right, each by its label and the place of the suffix behind it, so a name costs as many steps as
// it has labels, however many names there are. Letters of either case are the same (RFC 4343).
// Worker; does not allocate.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "signpost/name.h"
#include "zone/wire.h"

namespace signpost {

class NameTable {
 public:
  // Of the packet that starts at `packet`, and outlives the table.
  explicit NameTable(uint8_t* packet) : packet_(packet) {}

  struct Found {
    uint16_t at;   // where the suffix stands; 0: nowhere, but for the root
    uint8_t left;  // bytes of the name in front of it
  };
  Found find(NameView name) const noexcept;
  // Remembers the name that stands at `at`, which may end in a pointer. Names beyond the reach of
  // pointers are not remembered, nor more than 4,096 labels.
  void add(size_t at) noexcept;
  // Writes `name` at `at`, as short as can be, and remembers it. The bytes written; 0 if they would
  // go beyond `limit`.
  size_t put(NameView name, size_t at, size_t limit) noexcept;

  // Forgets what stands at `at` or behind it.
  void forget(size_t at) noexcept;

 private:
  static constexpr size_t most = wire::most_targets, smallest = 256;
  static constexpr unsigned most_labels = wire::most_labels;
  struct Entry {
    uint32_t hash;
    uint16_t at, parent;
  };
  struct Labels {  // where those of a name start, in the name
    explicit Labels(NameView name);
    std::array<uint8_t, most_labels> starts;
    unsigned count = 0;
  };

  uint16_t child(uint16_t parent, const uint8_t* label, uint32_t hash) const;
  void insert(uint16_t parent, size_t at, uint32_t hash);
  void place(size_t index);
  void grow();

  uint8_t* packet_;
  size_t count_ = 0, slots_ = 0;         // `slots_` is 0 or a power of two
  std::array<Entry, most> entries_;      // in the order they were added
  std::array<uint16_t, 2 * most> slot_;  // position in entries_ + 1; 0: free
};

}  // namespace signpost
