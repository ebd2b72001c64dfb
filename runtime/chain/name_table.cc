#include "chain/name_table.h"

#include <algorithm>
#include <cstring>

#include "dns/name_text.h"

namespace signpost {

namespace {

// Letters of either case hash alike, as do some other characters that differ in that bit.
uint32_t label_hash(uint16_t parent, const uint8_t* label) {
  uint32_t hash = (parent + 1u) * 0x9E3779B1u;
  for (unsigned i = 1; i <= *label; ++i) hash = (hash ^ (label[i] | 0x20u)) * 0x01000193u;
  return hash ^ hash >> 15;
}

bool same_label(const uint8_t* a, const uint8_t* b) {
  if (*a != *b) return false;
  for (unsigned i = 1; i <= *a; ++i)
    if (a[i] != b[i] && dns::lower(a[i]) != dns::lower(b[i])) return false;
  return true;
}

}  // namespace

NameTable::Labels::Labels(NameView name) {
  const uint8_t* const begin = name.data();
  for (const uint8_t* at = begin; *at != 0 && count < most_labels; at += *at + 1)
    starts[count++] = uint8_t(at - begin);
}

// Where `label` stands in front of the suffix at `parent` (0: the root), or 0.
uint16_t NameTable::child(uint16_t parent, const uint8_t* label, uint32_t hash) const {
  if (slots_ == 0) return 0;
  for (size_t i = hash & (slots_ - 1); slot_[i] != 0; i = (i + 1) & (slots_ - 1)) {
    const Entry& entry = entries_[slot_[i] - 1u];
    if (entry.hash == hash && entry.parent == parent && same_label(packet_ + entry.at, label))
      return entry.at;
  }
  return 0;
}

void NameTable::place(size_t index) {
  size_t i = entries_[index].hash & (slots_ - 1);
  while (slot_[i] != 0) i = (i + 1) & (slots_ - 1);
  slot_[i] = uint16_t(index + 1);
}

void NameTable::grow() {
  slots_ = std::max(smallest, slots_ * 4);
  slots_ = std::min(slots_, slot_.size());
  std::fill_n(slot_.begin(), slots_, uint16_t(0));
  for (size_t i = 0; i < count_; ++i) place(i);
}

// Slots are never more than half full.
void NameTable::insert(uint16_t parent, size_t at, uint32_t hash) {
  if (count_ == most) return;
  if ((count_ + 1) * 2 > slots_) grow();
  entries_[count_] = {hash, uint16_t(at), parent};
  place(count_++);
}

// Going back in the order of adding leaves the slots as they were.
void NameTable::forget(size_t at) noexcept {
  while (count_ > 0 && entries_[count_ - 1].at >= at) {
    size_t i = entries_[--count_].hash & (slots_ - 1);
    while (slot_[i] != count_ + 1) i = (i + 1) & (slots_ - 1);
    slot_[i] = 0;
  }
}

NameTable::Found NameTable::find(NameView name) const noexcept {
  const Labels labels(name);
  Found found{0, uint8_t(name.size() - 1)};
  uint16_t suffix = 0;
  for (unsigned i = labels.count; i-- > 0;) {
    const uint8_t* const label = name.data() + labels.starts[i];
    suffix = child(suffix, label, label_hash(suffix, label));
    if (suffix == 0) break;
    if (suffix <= wire::farthest) found = {suffix, labels.starts[i]};
  }
  return found;
}

void NameTable::add(size_t at) noexcept {
  if (at > wire::farthest) return;
  std::array<uint16_t, most_labels> places;
  unsigned count = 0;
  for (const uint8_t* p = packet_ + at; *p != 0 && count < most_labels;) {
    if (*p >= 0xc0) {
      p = packet_ + ((p[0] & 0x3fu) << 8 | p[1]);
      continue;
    }
    places[count++] = uint16_t(p - packet_);
    p += *p + 1;
  }
  uint16_t suffix = 0;
  for (unsigned i = count; i-- > 0;) {
    const uint8_t* const label = packet_ + places[i];
    const uint32_t hash = label_hash(suffix, label);
    uint16_t known = child(suffix, label, hash);
    if (known == 0) insert(suffix, known = places[i], hash);
    suffix = known;
  }
}

size_t NameTable::put(NameView name, size_t at, size_t limit) noexcept {
  const Found found = find(name);
  const size_t size = found.left + (found.at != 0 ? 2u : 1u);
  if (at + size > limit) return 0;
  uint8_t* const to = packet_ + at;
  std::memcpy(to, name.data(), found.left);
  if (found.at == 0) {
    to[found.left] = 0;
  } else {
    to[found.left] = uint8_t((wire::pointer | found.at) >> 8);
    to[found.left + 1] = uint8_t(found.at);
  }
  if (found.left > 0) add(at);
  return size;
}

}  // namespace signpost
