#include "chain/reply_encoder.h"

#include <algorithm>
#include <cstring>

#include "chain/explanation.h"
#include "chain/opt_record.h"
#include "chain/tsig_refusal.h"
#include "zone/wire.h"
#include "zone/zone.h"

namespace signpost {

namespace {

constexpr size_t kHeader = 12;
constexpr std::string_view kTooLong = "the answer is longer than a message can be";

}  // namespace

void ReplyEncoder::header(Rcode rcode) {
  const uint8_t* p = q_.packet_;
  out_[0] = p[0];
  out_[1] = p[1];
  // An answer of any class is never authoritative (RFC 1035, section 6.2).
  const bool authoritative = q_.authoritative && q_.klass != rr::class_any;
  out_[2] = uint8_t(0x80 | (p[2] & 0x79) | (authoritative ? 4 : 0));  // QR, OPCODE and RD as asked
  out_[3] = uint8_t(uint8_t(rcode) & 15);  // RA=0 (DN-22), CD=0 (RFC 4035, section 3.1.6)
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

// Where `name` stands if it is QNAME or an ancestor of it; else 0. The root is written out: that is
// shorter than a pointer.
uint16_t ReplyEncoder::place_in_qname(NameView name) const {
  if (name.is_root() || !q_.name().within(name)) return 0;
  return uint16_t(kHeader + q_.qname_size_ - name.size());
}

// Finds out where the owner and the zone's apex of a step stand in the packet.
void ReplyEncoder::place_step(unsigned step) {
  const Query::Step& s = q_.steps_[step];
  Place& place = places_[step];
  if (step == 0)
    place.owner = q_.name().is_root() ? uint16_t(0) : uint16_t(kHeader);
  else
    place.owner = s.same_owner ? places_[step - 1].owner : cname_target_;
  place.apex_size = s.zone ? uint8_t(s.zone->apex().size()) : uint8_t(0);
  place.apex = s.zone ? place_in_qname(s.zone->apex()) : uint16_t(0);
}

RecordWriter::Owner ReplyEncoder::owner_of(const ReplyEntry& e) const {
  switch (e.owner) {
    case ReplyEntry::apex:
      return {places_[e.step].apex, q_.steps_[e.step].zone->apex()};
    case ReplyEntry::name:
      return {place_in_qname(e.owner_name), e.owner_name};
    default:
      return {places_[e.step].owner, q_.owner_of(e.step)};
  }
}

// What the names of a set with this owner were prepared against.
RecordWriter::Base ReplyEncoder::base_of(const ReplyEntry& e, NameView owner) const {
  const Place& place = places_[e.step];
  if (e.owner == ReplyEntry::step_owner) owner = q_.steps_[e.step].looked_for;
  if (e.step == 0 && e.owner == ReplyEntry::step_owner) return {owner, RecordWriter::Base::all};
  if (place.apex == 0) return {owner, 0};
  if (e.owner == ReplyEntry::apex) return {owner, RecordWriter::Base::all};
  return {owner, place_in_qname(owner) != 0 ? RecordWriter::Base::all : size_t(place.apex_size)};
}

// Writes all records of a set, or none and returns false.
bool ReplyEncoder::set(const WireSet& records, Section section, RecordWriter::Owner owner,
                       const RecordWriter::Base& base) {
  RecordOrder order;
  // Beyond the reach of pointers another order may make a set much longer than it was prepared.
  const bool within_reach =
      records.name_count == 0 || writer_.size() + records.size() <= wire::farthest;
  const bool shuffled = section == Section::answer && records.count > 1 && within_reach;
  if (shuffled) {
    order.count = records.count;
    if (order.count > order.shuffled.size()) {
      order.start = q_.random_below(records.count);
    } else {
      for (unsigned i = 0; i < records.count; ++i) {
        const unsigned j = q_.random_below(i + 1);
        order.shuffled[i] = order.shuffled[j];
        order.shuffled[j] = uint16_t(i);
      }
    }
  }
  if (!writer_.write(records, owner, base, shuffled ? &order : nullptr)) return false;
  counts_[unsigned(section)] += records.count;
  return true;
}

// Writes the records of an entry and their signatures, or nothing and returns false.
bool ReplyEncoder::signed_set(const ReplyEntry& e, RecordWriter::Owner owner,
                              const RecordWriter::Base& base) {
  const size_t begin = writer_.size();
  if (!set(*e.records, e.section, owner, base)) return false;
  if (e.section == Section::answer && e.records->name_count != 0)
    cname_target_ = writer_.last_name();
  if (!e.signatures || set(*e.signatures, e.section, owner, base)) return true;
  writer_.undo(begin);
  counts_[unsigned(e.section)] -= e.records->count;
  return false;
}

bool ReplyEncoder::entry(const ReplyEntry& e) {
  for (; placed_ <= e.step; ++placed_) place_step(placed_);
  if (e.related) return related(e);
  if (e.owner == ReplyEntry::below_step_owner) return spelt_below(e);
  const RecordWriter::Owner owner = owner_of(e);
  return signed_set(e, owner, base_of(e, owner.name));
}

// Labels below the owner of the step.
bool ReplyEncoder::spelt_below(const ReplyEntry& e) {
  std::array<uint8_t, 255> spelt;
  const NameView owner = q_.owner_of(e.step);
  const size_t labels = e.owner_name.size() - 1u;
  if (labels + owner.size() > spelt.size()) return false;
  std::memcpy(spelt.data(), e.owner_name.data(), labels);
  std::memcpy(spelt.data() + labels, owner.data(), owner.size());
  const NameView name(spelt.data(), labels + owner.size());
  return signed_set(e, {0, name}, {name, 0});
}

// Writes what is related to a set as far as it fits; false if some of that is needed and does not.
bool ReplyEncoder::related(const ReplyEntry& e) {
  const size_t source = writer_.position(*e.records);
  for (uint32_t i = 0; i < e.related->related_count; ++i) {
    const Related& r = e.related->related[i];
    // Behind an alias "." means another owner (RFC 9460, section 2.5), whose addresses these are
    // not.
    if (r.name_at == Related::own_owner && q_.owner_of(e.step) != q_.steps_[e.step].looked_for)
      continue;
    const Member& member = r.set->members[0];
    ReplyEntry one = e;
    one.records = &member.values;
    one.signatures =
        q_.edns.dnssec_ok && member.signatures.count != 0 ? &member.signatures : nullptr;
    one.owner = r.name_at == Related::own_owner ? ReplyEntry::step_owner : ReplyEntry::name;
    one.owner_name = r.owner;
    RecordWriter::Owner owner = owner_of(one);
    if (owner.at == 0 && source != 0 && r.name_at < Related::elsewhere)
      owner.at = writer_.target(source + r.name_at);
    if (!signed_set(one, owner, base_of(one, owner.name)) && r.in_domain) return false;
  }
  return true;
}

// Writes all sections; true if something that is needed does not fit.
bool ReplyEncoder::records() {
  unsigned deepest = 0;
  for (unsigned i = 0; i <= q_.step_; ++i)
    if (const Zone* zone = q_.steps_[i].zone) deepest = std::max(deepest, zone->deepest_written());
  RecordWriter::End apex;  // QNAME lies in the zone of the first step
  if (const Zone* zone = q_.steps_[0].zone) apex = {zone->apex().size(), zone->apex_label_bits()};
  writer_.begin(q_.name(), at_, out_.size() - OptRecord::size(q_), deepest, apex);
  bool truncated = q_.truncate;
  for (unsigned i = 0; i < q_.entry_count_ && !truncated; ++i)
    truncated = !entry(q_.entries_[i]) && q_.entries_[i].needed;
  at_ = writer_.size();
  return truncated;
}

size_t ReplyEncoder::encode(Query& q, std::span<uint8_t> out, uint16_t payload) noexcept {
  const bool explained = q.explained_;
  const uint8_t options = q.options_size_;
  explain_reply(q);
  ReplyEncoder e(q, out);
  e.header(q.rcode);
  if (e.records()) {
    if (!q.truncate && q.transport != Transport::udp) {  // asking again would not help
      q.explained_ = explained;  // what was just explained is not said any more
      q.options_size_ = options;
      q.rcode = Rcode::servfail;
      q.error = kTooLong;
      q.error_code = ede::other;
      explain_reply(q);
      q.entry_count_ = 0;
      return encode_error(q, q.rcode, out, payload);
    }
    out[2] |= 2;
  }
  if (q.edns.present) {
    e.opt(q.rcode, payload);
    ++e.counts_[2];
  }
  for (unsigned s = 0; s < 3; ++s) {
    out[6 + 2 * s] = uint8_t(e.counts_[s] >> 8);
    out[7 + 2 * s] = uint8_t(e.counts_[s]);
  }
  return e.at_;
}

}  // namespace signpost
