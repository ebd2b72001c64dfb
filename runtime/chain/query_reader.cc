#include "chain/query_reader.h"

#include <cstring>

#include "chain/option_reader.h"
#include "chain/tsig_refusal.h"

namespace signpost {

namespace {

constexpr size_t kHeader = 12;
constexpr size_t kRecordHead = 10;  // TYPE CLASS TTL RDLENGTH

unsigned get16(const uint8_t* p) { return unsigned(p[0]) << 8 | p[1]; }

// The end of the name at `at`, which may end in a compression pointer; 0 if it runs out of the
// packet.
size_t skip_name(std::span<const uint8_t> packet, size_t at) {
  for (size_t length = 0; at < packet.size();) {
    const uint8_t label = packet[at];
    if (label == 0) return at + 1;
    if (label >= 0xc0) return at + 2 <= packet.size() ? at + 2 : 0;
    length += label + 1u;
    if (label > 63 || length > 254) return 0;
    at += label + 1u;
  }
  return 0;
}

// ASCII lower case of eight bytes. Length bytes of labels are at most 63, below 'A', and stay.
void lower_eight(const uint8_t* from, uint8_t* to) {
  constexpr uint64_t ones = 0x0101010101010101u;
  uint64_t w;
  std::memcpy(&w, from, 8);
  const uint64_t low = w & (ones * 0x7f);
  const uint64_t from_a = low + ones * (0x80 - 'A'), beyond_z = low + ones * (0x7f - 'Z');
  w |= (from_a & ~beyond_z & ~w & ones * 0x80) >> 2;
  std::memcpy(to, &w, 8);
}

// The last eight bytes may overlap those before.
void lower_case(const uint8_t* from, uint8_t* to, size_t size) {
  if (size < 8) {
    for (size_t i = 0; i < size; ++i)
      to[i] = uint8_t(from[i] | (uint8_t(from[i] - 'A') < 26 ? 0x20 : 0));
    return;
  }
  for (size_t i = 0; i + 8 < size; i += 8) lower_eight(from + i, to + i);
  lower_eight(from + size - 8, to + size - 8);
}

constexpr Reading reply(Rcode rcode) { return {Reading::reply, rcode}; }

}  // namespace

Reading QueryReader::read(std::span<const uint8_t> packet, Query& q) noexcept {
  if (packet.size() < kHeader) return {};
  const uint8_t* p = packet.data();
  if (p[2] & 0x80) return {};  // a response: answering it could start a loop between two servers
  q.packet_ = p;
  q.size = uint16_t(packet.size());
  q.id = uint16_t(get16(p));
  q.opcode = p[2] >> 3 & 15;
  q.rd = p[2] & 1;
  q.ad = p[3] & 0x20;
  q.cd = p[3] & 0x10;
  clear(q);
  return q.opcode == 0 ? read_query(packet, q) : read_other(packet, q);
}

// Forgets the query that was here before.
void QueryReader::clear(Query& q) noexcept {
  q.edns.present = q.edns.dnssec_ok = q.edns.nsid = q.edns.keepalive = false;
  q.edns.version = q.edns.cookie_size = 0;
  q.edns.payload = 512;
  q.client.subnet = {};
  q.client.scope = 0;
  q.client.verified = false;
  q.qname_[0] = 0;
  q.qname_size_ = 1;
  q.qname_labels_.count = 0;
  q.type = q.klass = 0;
  q.question_size_ = 0;
  q.options_size_ = 0;
  q.tsig_ = 0;
}

Reading QueryReader::read_query(std::span<const uint8_t> packet, Query& q) noexcept {
  const uint8_t* p = packet.data();
  const unsigned questions = get16(p + 4);
  if (questions == 1) {
    if (!read_question(packet, q)) return reply(Rcode::formerr);
    const size_t at = kHeader + q.question_size_;
    uint32_t records;  // the three counts: mostly none, or one in the additional section
    std::memcpy(&records, p + 6, 4);
    if (at == packet.size() && records == 0 && get16(p + 10) == 0) return {Reading::serve};
    return read_records(packet, at, q);
  }
  if (questions > 1) return reply(Rcode::formerr);  // RFC 9619, section 4
  const Reading reading = read_records(packet, kHeader, q);
  return reading.action == Reading::serve && q.edns.cookie_size == 0 ? reply(Rcode::formerr)
                                                                     : reading;
}

// Every operation but QUERY is "not implemented", and said to be so rather than dropped (RFC 8906,
// section 3.1.4). Its messages have the sections of RFC 1035, section 4.1, unless a later RFC says
// otherwise: so EDNS is found where there is one, and whatever else is wrong does not matter.
Reading QueryReader::read_other(std::span<const uint8_t> packet, Query& q) noexcept {
  const unsigned questions = get16(packet.data() + 4);
  Reading reading = reply(Rcode::formerr);
  if (questions == 0 || (questions == 1 && read_question(packet, q)))
    reading = read_records(packet, kHeader + q.question_size_, q);
  const bool badvers = reading.action == Reading::reply && reading.rcode == Rcode::badvers;
  if (reading.action == Reading::reply && reading.rcode == Rcode::formerr) q.edns.present = false;
  q.question_size_ = q.tsig_ = 0;
  q.client.subnet = {};
  return reply(badvers ? Rcode::badvers : Rcode::notimp);
}

// Copies QNAME in lower case; false if it is no plain name or the question is cut short.
bool QueryReader::read_question(std::span<const uint8_t> packet, Query& q) noexcept {
  size_t at = kHeader;
  unsigned labels = 0;
  for (;;) {
    if (at >= packet.size() || packet[at] > 63 || at - kHeader + packet[at] + 1u > 255)
      return false;
    const uint8_t label = packet[at];
    if (label == 0) break;
    q.qname_labels_.at[labels++] = uint8_t(at - kHeader);
    at += label + 1u;
  }
  ++at;
  if (at + 4 > packet.size()) return false;
  const size_t size = at - kHeader;
  lower_case(packet.data() + kHeader, q.qname_.data(), size);
  q.qname_size_ = uint8_t(size);
  q.qname_labels_.count = uint8_t(labels);
  q.type = uint16_t(get16(packet.data() + at));
  q.klass = uint16_t(get16(packet.data() + at + 2));
  q.question_size_ = uint16_t(size + 4);
  return true;
}

// The records behind the question. Only OPT and TSIG mean something in a query.
Reading QueryReader::read_records(std::span<const uint8_t> packet, size_t at, Query& q) noexcept {
  const uint8_t* counts = packet.data() + 6;
  const unsigned skip = get16(counts) + get16(counts + 2), all = skip + get16(counts + 4);
  if (all > most_records) return reply(Rcode::formerr);
  for (unsigned i = 0; i < all; ++i) {
    const size_t owner = at;
    at = skip_name(packet, at);
    if (at == 0 || at + kRecordHead > packet.size()) return reply(Rcode::formerr);
    const uint8_t* p = packet.data() + at;
    const size_t data = at + kRecordHead, length = get16(p + 8);
    if (data + length > packet.size()) return reply(Rcode::formerr);
    if (const unsigned type = get16(p); type == rr::opt) {
      if (i < skip || !read_opt(packet, owner, at, q)) return reply(Rcode::formerr);
    } else if (type == rr::tsig) {
      // The last record of the message (RFC 8945, section 5.1), of class ANY (section 4.2).
      const bool good = i >= skip && i + 1 == all && get16(p + 2) == rr::class_any &&
                        TsigRefusal::well_formed(packet, owner, data, length);
      if (!good) return reply(Rcode::formerr);
      q.tsig_ = uint16_t(owner);
    }
    at = data + length;
  }
  if (at != packet.size()) return reply(Rcode::formerr);
  if (q.edns.version != 0) return reply(Rcode::badvers);
  if (q.tsig_ != 0) return reply(Rcode::notauth);  // no key is ours (RFC 8945, section 5.2.1)
  return {Reading::serve};
}

// One OPT at most, owned by the root (RFC 6891, section 6.1.1). Options of another version are none
// of ours to read: BADVERS comes first (section 6.1.3).
bool QueryReader::read_opt(std::span<const uint8_t> packet, size_t owner, size_t at,
                           Query& q) noexcept {
  if (q.edns.present || packet[owner] != 0) return false;
  const uint8_t* p = packet.data() + at;
  q.edns.present = true;
  q.edns.payload = uint16_t(get16(p + 2) < 512 ? 512 : get16(p + 2));
  q.edns.version = p[5];
  q.edns.dnssec_ok = p[6] & 0x80;
  return q.edns.version != 0 ||
         OptionReader::read(packet.subspan(at + kRecordHead, get16(p + 8)), q);
}

}  // namespace signpost
