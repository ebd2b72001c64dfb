// Which server block answers for a name on one listener: the longest matching zone
// (spec/corefile.md, section 9). Immutable once filled; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "signpost/record.h"

namespace signpost {

class Dispatch {
 public:
  static constexpr uint32_t none = UINT32_MAX;

  // Zone `zone` is served by block `block`. Each zone once.
  void add(const Name& zone, uint32_t block);
  // The block for a question, or `none`. DS is asked of the parent's side where it is served (rule
  // 7).
  uint32_t find(const SplitName& asked, uint16_t type) const noexcept;
  // Block `block` answers `beyond`, bits of Beyond; of several blocks the first one added does.
  void add_beyond(uint8_t beyond, uint32_t block);
  // The block for one of Beyond, or `none`.
  uint32_t find_beyond(uint8_t beyond) const noexcept { return beyond_[beyond - 1u]; }

 private:
  struct Slot {
    Name zone;
    uint32_t hash = 0, block = none;
  };
  uint32_t exact(NameView name) const noexcept;
  void fill();

  std::vector<Slot> entries_;
  std::vector<uint32_t> slots_;  // index in entries_ + 1
  unsigned deepest_ = 0;         // labels of the deepest zone
  std::array<uint32_t, 2> beyond_{none, none};
};

}  // namespace signpost
