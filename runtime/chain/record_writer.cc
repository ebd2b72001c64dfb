#include "chain/record_writer.h"

#include <algorithm>
#include <cstring>

#include "zone/wire.h"

namespace signpost {

namespace {

unsigned load16_at(const uint8_t* from) { return unsigned(from[0]) << 8 | from[1]; }

void store16_at(uint8_t* to, unsigned value) {
  to[0] = uint8_t(value >> 8);
  to[1] = uint8_t(value);
}

}  // namespace

bool RecordWriter::write(const WireSet& set, Owner owner, const Base& base,
                         const RecordOrder* order) {
  if (label_bits_ == 0 && (set.name_count != 0 || owner.at == 0)) {
    const size_t known = qname_end_ - known_from_;
    label_bits_ = end_.label_bits | label_bits(packet_ + known_from_, known - end_.size, known);
  }
  if (copy(set, owner, base, order)) return true;
  // Without a name there is nothing to shorten: it did not fit.
  return (set.name_count != 0 || owner.at == 0) && write_exactly(set, owner, base, order);
}

// True if the names of `set` are as short as they can be where the packet ends.
bool RecordWriter::fits_as_prepared(const WireSet& set, const Base& base, bool in_order) const {
  if (set.name_count == 0) return true;
  if (!in_order || (set.label_bits & label_bits_) != 0 || at_ + set.size() > wire::farthest)
    return false;
  if (base.shared == Base::all) return true;
  for (unsigned i = 0; i < set.name_count; ++i) {
    const WireName& name = set.names[i];
    if (name.end != WireName::in_owner) continue;
    const unsigned room = load16_at(set.bytes + name.at + name.labels);
    if ((room & wire::offset_bits) > base.shared) return false;
  }
  return true;
}

// The usual case; false if it is none, or if the set does not fit.
bool RecordWriter::copy(const WireSet& set, Owner owner, const Base& base,
                        const RecordOrder* order) {
  size_t labels = 0;  // of the owner's name, in front of what it ends in
  unsigned first = wire::pointer | owner.at, rest = first;
  uint64_t owner_bits = 0;
  if (owner.at == 0) {  // "label.apex", of which no label was seen before
    if (base.shared == 0 || base.shared >= owner.name.size()) return false;
    labels = owner.name.size() - base.shared;
    owner_bits = label_bits(owner.name.data(), labels, owner.name.size());
    if ((owner_bits & label_bits_) != 0 || at_ > wire::farthest) return false;
    first = wire::pointer | unsigned(qname_end_ - base.shared);
    rest = wire::pointer | unsigned(at_);
  }
  if ((set.label_bits & owner_bits) != 0 || !fits_as_prepared(set, base, order == nullptr) ||
      at_ + labels + set.size() > limit_)
    return false;
  if (labels != 0) {
    std::memcpy(packet_ + at_, owner.name.data(), labels);
    note(nullptr, at_);
    label_bits_ |= owner_bits;
    at_ += labels;
  }
  copy_records(set, first, rest, order);
  return true;
}

// Copies a set behind what there is of its first owner, and puts the pointers in. Local copies of
// what bytes might alias keep the loops short.
void RecordWriter::copy_records(const WireSet& set, unsigned first, unsigned rest,
                                const RecordOrder* order) {
  const WireSet from = set;
  uint8_t* to = packet_ + at_;
  if (order != nullptr) {
    for (unsigned i = 0; i < from.count; ++i) {
      const uint32_t begin = from.starts[order->at(i)], end = from.starts[order->at(i) + 1];
      std::memcpy(to, from.bytes + begin, end - begin);
      store16_at(to, i == 0 ? first : rest);
      to += end - begin;
    }
    at_ += from.size();
    return;
  }
  std::memcpy(to, from.bytes, from.size());
  store16_at(to, first);
  for (unsigned i = 1; i < from.count; ++i) store16_at(to + from.starts[i], rest);
  if (from.name_count != 0) {
    const auto into_set = unsigned(at_), into_owner = unsigned(qname_end_);
    for (unsigned i = 0; i < from.name_count; ++i) {
      const WireName name = from.names[i];
      if (name.end != WireName::in_owner && name.end != WireName::in_set) continue;
      uint8_t* const room = to + name.at + name.labels;
      const unsigned offset = load16_at(room) & wire::offset_bits;
      store16_at(room, wire::pointer | (name.end == WireName::in_owner ? into_owner - offset
                                                                       : into_set + offset));
    }
    note(&set, at_);
    label_bits_ |= from.label_bits;
    last_name_ = target(at_ + from.names[from.name_count - 1].at);
  }
  at_ += from.size();
}

bool RecordWriter::write_exactly(const WireSet& set, Owner owner, const Base& base,
                                 const RecordOrder* order) {
  sync();
  const size_t begin = at_;
  for (unsigned i = 0; i < set.count; ++i) {
    if (put_owner(owner) && put_record(set, order ? order->at(i) : i, base)) continue;
    undo(begin);
    return false;
  }
  return true;
}

// Writes the owner of a record; the next record points to it if it can.
bool RecordWriter::put_owner(Owner& owner) {
  if (owner.at != 0) {
    if (at_ + 2 > limit_) return false;
    store16(at_, wire::pointer | owner.at);
    at_ += 2;
    return true;
  }
  const size_t size = names_.put(owner.name, at_, limit_);
  if (size == 0) return false;
  label_bits_ |= label_bits(owner.name.data(), owner.name.size() - 1u, owner.name.size());
  if (!owner.name.is_root()) owner.at = target(at_);
  at_ += size;
  return true;
}

bool RecordWriter::put_record(const WireSet& set, unsigned index, const Base& base) {
  const size_t begin = at_;
  const uint8_t* from = set.bytes + set.starts[index] + wire::owner_room;
  const uint8_t* const end = set.bytes + set.starts[index + 1];
  const WireName* name =
      std::partition_point(set.names, set.names + set.name_count,
                           [&](const WireName& n) { return n.at < set.starts[index]; });
  const WireName* const last_name = set.names + set.name_count;
  for (; name != last_name && set.bytes + name->at < end; ++name) {
    const uint8_t* const at = set.bytes + name->at;
    if (!put_bytes(from, size_t(at - from)) || !put_name(set, *name, base)) return false;
    const bool pointer = name->end == WireName::in_owner || name->end == WireName::in_set;
    from = at + name->labels + (pointer ? 2 : 1);
  }
  if (!put_bytes(from, size_t(end - from))) return false;
  store16(begin + wire::record_head - 2, unsigned(at_ - begin - wire::record_head));
  return true;
}

bool RecordWriter::put_name(const WireSet& set, const WireName& name, const Base& base) {
  std::array<uint8_t, 255> buffer;
  const NameView whole = name_of(set, name, base.owner, buffer);
  size_t size = whole.size();
  if (name.end == WireName::fixed) {
    if (!put_bytes(whole.data(), size)) return false;
    at_ -= size;
    names_.add(at_);
  } else {
    size = names_.put(whole, at_, limit_);
    if (size == 0) return false;
  }
  label_bits_ |= label_bits(whole.data(), whole.size() - 1u, whole.size());
  last_name_ = target(at_);
  at_ += size;
  return true;
}

bool RecordWriter::put_bytes(const uint8_t* from, size_t size) {
  if (at_ + size > limit_) return false;
  std::memcpy(packet_ + at_, from, size);
  at_ += size;
  return true;
}

void RecordWriter::undo(size_t at) {
  at_ = at;
  names_.forget(at);
  while (written_count_ > 0 && written_[written_count_ - 1].at >= at) --written_count_;
}

uint16_t RecordWriter::position(const WireSet& set) const {
  for (unsigned i = 0; i < written_count_; ++i)
    if (written_[i].set == &set) return written_[i].at;
  return 0;
}

uint16_t RecordWriter::target(size_t at) const {
  while (packet_[at] >= 0xc0) at = load16(at) & wire::offset_bits;
  return at <= wire::farthest ? uint16_t(at) : uint16_t(0);
}

void RecordWriter::note(const WireSet* set, size_t at) {
  if (written_count_ == written_.size()) sync();
  written_[written_count_++] = {set, uint16_t(at)};
}

// Tells the table all names that it does not know yet.
void RecordWriter::sync() {
  if (!qname_known_) names_.add(known_from_);
  qname_known_ = true;
  for (unsigned i = 0; i < written_count_; ++i) {
    const Written& w = written_[i];
    if (!w.set) names_.add(w.at);
    for (unsigned n = 0; w.set && n < w.set->name_count; ++n) names_.add(w.at + w.set->names[n].at);
  }
  written_count_ = 0;
}

}  // namespace signpost
