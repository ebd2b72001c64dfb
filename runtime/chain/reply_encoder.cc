#include "chain/reply_encoder.h"

#include <cstring>

#include "chain/opt_record.h"
#include "chain/tsig_refusal.h"
#include "zone/zone.h"

namespace signpost {

namespace {

constexpr size_t kHeader = 12;
constexpr uint16_t kPointer = 0xc000, kFarthest = 0x3fff;
constexpr size_t kOwnerSlot = 2;    // in front of each prepared record
constexpr size_t kRecordHead = 10;  // TYPE CLASS TTL RDLENGTH

}  // namespace

void ReplyEncoder::header(Rcode rcode) {
  const uint8_t* p = q_.packet_;
  out_[0] = p[0];
  out_[1] = p[1];
  out_[2] =
      uint8_t(0x80 | (p[2] & 0x79) | (q_.authoritative ? 4 : 0));  // QR, OPCODE and RD as asked
  out_[3] = uint8_t((p[3] & 0x10) | (uint8_t(rcode) & 15));        // RA=0 (DN-22); CD copied
  std::memset(out_.data() + 4, 0, 8);
  out_[5] = q_.question_size_ != 0;
  std::memcpy(out_.data() + kHeader, p + kHeader, q_.question_size_);
  at_ = kHeader + q_.question_size_;
}

void ReplyEncoder::opt(Rcode rcode, uint16_t payload) {
  at_ = size_t(OptRecord::write(q_, rcode, payload, out_.data() + at_) - out_.data());
}

size_t ReplyEncoder::encode_error(Query& q, Rcode rcode, std::span<uint8_t> out,
                                  uint16_t payload) noexcept {
  ReplyEncoder e(q, out);
  q.authoritative = false;
  e.header(rcode);
  if (q.edns.present) {
    e.opt(rcode, payload);
    ++out[11];
  }
  if (rcode == Rcode::notauth && q.tsig_ != 0) {
    const size_t end = TsigRefusal::write(q, out, e.at_);
    out[11] = uint8_t(out[11] + (end != e.at_));
    e.at_ = end;
  }
  return e.at_;
}

// Finds out where the owner and the zone's apex of a step stand in the packet.
void ReplyEncoder::place_step(unsigned step) {
  const Query::Step& s = q_.steps_[step];
  Place& place = places_[step];
  if (step == 0)
    place.owner = kHeader;
  else if (s.same_owner)
    place.owner = places_[step - 1].owner;
  else
    place.owner = last_data_;  // the target of the CNAME before
  place.apex = 0;
  if (!s.zone) return;
  const NameView apex = s.zone->apex();
  place.apex_name = apex.data();
  place.apex_size = uint8_t(apex.size());
  if (q_.name().within(apex)) {
    place.apex = uint16_t(kHeader + q_.qname_size_ - apex.size());
    return;
  }
  for (unsigned i = 0; i < step; ++i)
    if (q_.steps_[i].zone == s.zone && places_[i].apex != 0) {
      place.apex = places_[i].apex;
      return;
    }
  if (step > 0 && !s.same_owner && last_whole_ && last_data_ != 0)
    place.apex = uint16_t(last_data_ + s.looked_for.size() - apex.size());
}

size_t ReplyEncoder::owner_size(const ReplyEntry& e, const Place& place) const {
  if (e.owner == ReplyEntry::step_owner) return 2;
  if (e.owner == ReplyEntry::below_step_owner) return e.owner_name.size() + 1u;
  if (place.apex == 0) return e.owner == ReplyEntry::apex ? place.apex_size : e.owner_name.size();
  return e.owner == ReplyEntry::apex ? 2 : e.owner_name.size() - place.apex_size + 2u;
}

// A name within the zone of the step: its labels and a pointer to the apex, or in full.
void ReplyEncoder::put_name(NameView name, const Place& place) {
  if (place.apex == 0) {
    std::memcpy(out_.data() + at_, name.data(), name.size());
    at_ += name.size();
    return;
  }
  const size_t labels = name.size() - place.apex_size;
  std::memcpy(out_.data() + at_, name.data(), labels);
  at_ += labels;
  put16(kPointer | place.apex);
}

void ReplyEncoder::put_owner(const ReplyEntry& e, const Place& place, uint16_t& first) {
  if (e.owner == ReplyEntry::step_owner) return put16(kPointer | place.owner);
  if (first != 0) return put16(kPointer | first);
  if (at_ <= kFarthest) first = uint16_t(at_);
  if (e.owner == ReplyEntry::below_step_owner) {
    std::memcpy(out_.data() + at_, e.owner_name.data(), e.owner_name.size() - 1);
    at_ += e.owner_name.size() - 1;
    return put16(kPointer | place.owner);
  }
  put_name(e.owner == ReplyEntry::apex ? NameView(place.apex_name, place.apex_size) : e.owner_name,
           place);
}

// Remembers where the data of the record that ends the packet so far begins.
void ReplyEncoder::note_data(size_t at, bool whole) {
  last_data_ = at <= kFarthest ? uint16_t(at) : 0;
  last_whole_ = whole;
}

// Copies one record behind its owner and fills the holes of its data with the apex, which may have
// to be written in full.
void ReplyEncoder::put_record(const WireSet& set, unsigned index, const Place& place) {
  const uint32_t begin = set.starts[index] + kOwnerSlot, end = set.starts[index + 1];
  uint32_t from = begin;
  bool whole = true;
  const size_t record_at = at_;
  for (unsigned h = 0; h < set.hole_count; ++h) {
    const uint32_t hole = set.holes[h];
    if (hole < begin || hole >= end) continue;
    std::memcpy(out_.data() + at_, set.bytes + from, hole - from);
    at_ += hole - from;
    put_name(NameView(place.apex_name, place.apex_size), place);
    from = hole + 2;
    whole = place.apex == 0;
  }
  std::memcpy(out_.data() + at_, set.bytes + from, end - from);
  at_ += end - from;
  note_data(record_at + kRecordHead, whole);
  if (set.hole_count != 0 && place.apex == 0) {
    const size_t length = at_ - record_at - kRecordHead;
    out_[record_at + 8] = uint8_t(length >> 8);
    out_[record_at + 9] = uint8_t(length);
  }
}

// Writes an entry and its signatures, or nothing and returns false. The target of a CNAME stays the
// last data.
bool ReplyEncoder::signed_entry(const ReplyEntry& e) {
  const size_t at = at_;
  if (!entry(e)) return false;
  if (!e.signatures) return true;
  const uint16_t data = last_data_;
  const bool whole = last_whole_;
  ReplyEntry signatures = e;
  signatures.records = e.signatures;
  if (!entry(signatures)) {
    at_ = at;
    counts_[unsigned(e.section)] -= e.records->count;
    return false;
  }
  last_data_ = data;
  last_whole_ = whole;
  return true;
}

// Writes all records of an entry, or none and returns false.
bool ReplyEncoder::entry(const ReplyEntry& e) {
  const WireSet& set = *e.records;
  const Place& place = places_[e.step];
  const bool points =
      e.owner == ReplyEntry::step_owner || (e.owner == ReplyEntry::apex && place.apex != 0);
  if (!points || (set.hole_count != 0 && place.apex == 0)) return spelt_entry(e, place);
  if (at_ + set.size() > limit_) return false;
  counts_[unsigned(e.section)] += set.count;
  const uint16_t owner = kPointer | (e.owner == ReplyEntry::step_owner ? place.owner : place.apex);
  if (set.count == 1 || e.section != Section::answer)
    copy_all(set, owner, place);
  else
    copy_shuffled(set, owner, place);
  return true;
}

// The usual case: the set as it was prepared, with the pointers put in.
void ReplyEncoder::copy_all(const WireSet& set, uint16_t owner, const Place& place) {
  uint8_t* const to = out_.data() + at_;
  std::memcpy(to, set.bytes, set.size());
  for (unsigned i = 0; i < set.count; ++i) store16(to + set.starts[i], owner);
  for (unsigned h = 0; h < set.hole_count; ++h) store16(to + set.holes[h], kPointer | place.apex);
  note_data(at_ + set.starts[set.count - 1] + kOwnerSlot + kRecordHead, set.hole_count == 0);
  at_ += set.size();
}

// Values of an answer leave in random order (S-01, DN-16): a shuffle of positions, or for very
// large sets a random start.
void ReplyEncoder::copy_shuffled(const WireSet& set, uint16_t owner, const Place& place) {
  std::array<uint16_t, 64> order;
  const bool shuffled = set.count <= order.size();
  for (unsigned i = 0; shuffled && i < set.count; ++i) {
    const unsigned j = q_.random_below(i + 1);
    order[i] = order[j];
    order[j] = uint16_t(i);
  }
  const unsigned start = shuffled ? 0 : q_.random_below(set.count);
  for (unsigned i = 0; i < set.count; ++i) {
    put16(owner);
    put_record(set, shuffled ? order[i] : (start + i) % set.count, place);
  }
}

// Records whose owner is not a mere pointer, or whose zone's apex stands nowhere in the packet yet.
bool ReplyEncoder::spelt_entry(const ReplyEntry& e, const Place& place) {
  const WireSet& set = *e.records;
  const size_t grown = place.apex == 0 ? size_t(set.hole_count) * place.apex_size : 0;
  const size_t owner = owner_size(e, place);
  // Beyond the reach of pointers each record spells its owner out.
  const size_t later = at_ <= kFarthest ? 2 : owner;
  if (at_ + set.size() + grown + owner + (set.count - 1u) * later > limit_) return false;
  counts_[unsigned(e.section)] += set.count;
  uint16_t first = 0;
  for (unsigned i = 0; i < set.count; ++i) {
    put_owner(e, place, first);
    put_record(set, i, place);
  }
  return true;
}

size_t ReplyEncoder::encode(Query& q, std::span<uint8_t> out, uint16_t payload) noexcept {
  ReplyEncoder e(q, out);
  e.header(q.rcode);
  e.limit_ = out.size() - OptRecord::size(q);
  e.truncated_ = q.truncate;
  unsigned placed = 0;
  for (unsigned i = 0; i < q.entry_count_ && !q.truncate; ++i) {
    const ReplyEntry& entry = q.entries_[i];
    for (; placed <= entry.step; ++placed) e.place_step(placed);
    if (e.signed_entry(entry)) continue;
    if (!entry.needed) continue;
    e.truncated_ = true;
    break;
  }
  if (q.edns.present) {
    e.opt(q.rcode, payload);
    ++e.counts_[2];
  }
  if (e.truncated_) out[2] |= 2;
  for (unsigned s = 0; s < 3; ++s) {
    out[6 + 2 * s] = uint8_t(e.counts_[s] >> 8);
    out[7 + 2 * s] = uint8_t(e.counts_[s]);
  }
  return e.at_;
}

}  // namespace signpost
