#include "chain/dispatch.h"

#include <algorithm>

namespace signpost {

void Dispatch::add(const Name& zone, uint32_t block) {
  entries_.push_back({zone, zone.view().hash(), block});
  deepest_ = std::max(deepest_, zone.view().labels());
  fill();
}

void Dispatch::fill() {
  size_t size = 4;
  while (size < entries_.size() * 2) size *= 2;
  slots_.assign(size, 0);
  for (uint32_t i = 0; i < entries_.size(); ++i) {
    size_t at = entries_[i].hash & (size - 1);
    while (slots_[at] != 0) at = (at + 1) & (size - 1);
    slots_[at] = i + 1;
  }
}

void Dispatch::add_beyond(uint8_t beyond, uint32_t block) {
  for (uint8_t bit = 1; bit <= beyond_.size(); ++bit)
    if ((beyond & bit) && beyond_[bit - 1u] == none) beyond_[bit - 1u] = block;
}

uint32_t Dispatch::exact(NameView name) const noexcept {
  const uint32_t hash = name.hash();
  for (size_t at = hash & (slots_.size() - 1); slots_[at] != 0;
       at = (at + 1) & (slots_.size() - 1)) {
    const Slot& slot = entries_[slots_[at] - 1];
    if (slot.hash == hash && slot.zone.view() == name) return slot.block;
  }
  return none;
}

uint32_t Dispatch::find(const SplitName& asked, uint16_t type) const noexcept {
  if (entries_.empty()) return none;
  unsigned labels = std::min(asked.labels(), deepest_);
  uint32_t child = none;
  if (type == rr::ds && labels > 0 && labels == asked.labels()) {
    child = exact(asked);
    --labels;
  }
  NameView name = asked.suffix(labels);
  for (;; name = name.parent(), --labels) {
    if (const uint32_t block = exact(name); block != none) return block;
    if (labels == 0) return child;
  }
}

}  // namespace signpost
