#include "zone/zone.h"

#include <algorithm>
#include <cstring>

namespace signpost {

namespace {
constexpr size_t kChunk = 256 * 1024;
}

void* Arena::allocate(size_t bytes, size_t alignment) {
  size_t pad = size_t(-reinterpret_cast<uintptr_t>(at_)) & (alignment - 1);
  if (left_ < bytes + pad) {
    const size_t chunk = std::max(kChunk, bytes + alignment);
    chunks_.push_back(std::make_unique_for_overwrite<uint8_t[]>(chunk));
    at_ = chunks_.back().get();
    left_ = chunk;
    pad = size_t(-reinterpret_cast<uintptr_t>(at_)) & (alignment - 1);
  }
  void* result = at_ + pad;
  at_ += bytes + pad;
  left_ -= bytes + pad;
  return result;
}

NameView Arena::copy(NameView name) {
  auto* bytes = static_cast<uint8_t*>(allocate(name.size(), 1));
  std::memcpy(bytes, name.data(), name.size());
  return {bytes, name.size()};
}

std::string_view Arena::copy(std::string_view text) {
  if (text.empty()) return {};
  auto* bytes = static_cast<char*>(allocate(text.size(), 1));
  std::memcpy(bytes, text.data(), text.size());
  return {bytes, text.size()};
}

const Node* Zone::closest_encloser(NameView name) const noexcept {
  // No name is deeper than the deepest one, so a query for a.a.a.a… costs no more than others.
  const unsigned labels = name.labels();
  NameView candidate = labels > deepest_ ? name.suffix(deepest_) : name.parent();
  for (;; candidate = candidate.parent())
    if (const Node* node = find(candidate)) return node;
}

const Node* Zone::match(NameView name) const noexcept {
  const Node* node = find(name);
  if (!node) node = closest_encloser(name)->wildcard;
  return node && !node->cut ? node : nullptr;
}

const RecordSet* ZoneTable::find_set(NameView name, uint16_t type) const noexcept {
  const Zone* zone = find(name);
  const Node* node = zone ? zone->match(name) : nullptr;
  return node ? node->find(type) : nullptr;
}

const Zone* ZoneTable::find(NameView name) const noexcept {
  const Zone* best = nullptr;
  for (const auto& zone : zones)
    if (zone && name.within(zone->apex()) && (!best || zone->apex().size() > best->apex().size()))
      best = zone.get();
  return best;
}

}  // namespace signpost
