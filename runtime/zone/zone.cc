#include "zone/zone.h"

#include <algorithm>

#include "zone/wire.h"

namespace signpost {

namespace {

constexpr size_t kFewZones = 8;  // up to here trying them all beats hashing every suffix

}  // namespace

const Node* Zone::closest_encloser(NameView name) const noexcept {
  const LabelStarts labels(name);
  return closest_encloser(SplitName(name, labels));
}

const Node* Zone::closest_encloser(const SplitName& name) const noexcept {
  // No name is deeper than the deepest one, so a query for a.a.a.a… costs no more than others.
  NameView candidate = name.suffix(std::min(name.labels() - 1, deepest_));
  for (;; candidate = candidate.parent())
    if (const Node* node = find(candidate)) return node;
}

const Node* Zone::match(NameView name) const noexcept {
  const Node* node = find(name);
  if (!node) {
    const Node* encloser = closest_encloser(name);
    node = encloser->dname ? nullptr : encloser->wildcard;
  }
  return node && !node->cut && !node->redirected() ? node : nullptr;
}

void Zone::index_nodes() {
  apex_label_bits_ = label_bits(apex().data(), apex().size() - 1, apex().size());
  size_t size = 4;
  while (size < node_count_ * 2) size *= 2;
  slots_ = arena_.array<Slot>(size);
  mask_ = size - 1;
  for (uint32_t i = 0; i < node_count_; ++i) {
    const uint32_t hash = apex_[i].name.hash();
    size_t at = hash & mask_;
    while (slots_[at].node != 0) at = (at + 1) & mask_;
    slots_[at] = {i + 1, hash};
  }
}

std::shared_ptr<const Zone> Zone::unloaded(NameView apex, unsigned position, uint32_t tag) {
  auto zone = std::make_shared<Zone>();
  Node* node = zone->arena_.array<Node>(1);
  node->name = zone->arena_.copy(apex);
  zone->apex_ = node;
  zone->node_count_ = 1;
  zone->deepest_ = apex.labels();
  zone->service_.position = position;
  zone->service_.tag = tag;
  zone->index_nodes();
  return zone;
}

std::shared_ptr<const Zone> Zone::served_as(const std::shared_ptr<const Zone>& zone,
                                            const Service& service) {
  const Service& now = zone->service_;
  if (now.tag == service.tag && now.chase == service.chase && now.minimal == service.minimal)
    return zone;
  std::shared_ptr<Zone> other(new Zone(*zone));
  other->service_ = service;
  return other;
}

const RecordSet* ZoneTable::find_set(NameView name, uint16_t type) const noexcept {
  const Zone* zone = find(name);
  const Node* node = zone ? zone->match(name) : nullptr;
  return node ? node->find(type) : nullptr;
}

void ZoneTable::index() {
  slots_.clear();
  deepest_ = 0;
  if (zones.size() <= kFewZones) return;
  size_t size = 4;
  while (size < zones.size() * 2) size *= 2;
  slots_.resize(size);
  for (uint32_t i = 0; i < zones.size(); ++i) {
    if (!zones[i]) continue;
    const NameView apex = zones[i]->apex();
    const uint32_t hash = apex.hash();
    size_t at = hash & (size - 1);
    while (slots_[at].zone != 0) at = (at + 1) & (size - 1);
    slots_[at] = {i + 1, hash};
    deepest_ = std::max(deepest_, apex.labels());
  }
}

const Zone* ZoneTable::find(const SplitName& name) const noexcept {
  const Zone* best = nullptr;
  if (slots_.empty()) {
    for (const auto& zone : zones)
      if (zone && name.within(zone->apex()) && (!best || zone->apex().size() > best->apex().size()))
        best = zone.get();
    return best;
  }
  NameView candidate = name.suffix(std::min(name.labels(), deepest_));
  for (;; candidate = candidate.parent()) {
    const uint32_t hash = candidate.hash();
    for (size_t at = hash & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
      const Slot slot = slots_[at];
      if (slot.zone == 0) break;
      const Zone* zone = zones[slot.zone - 1].get();
      if (slot.hash == hash && zone->apex() == candidate) return zone;
    }
    if (candidate.is_root()) return nullptr;
  }
}

}  // namespace signpost
