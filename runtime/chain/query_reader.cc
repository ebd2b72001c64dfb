#include "chain/query_reader.h"

#include <cstring>

namespace signpost {

namespace {

constexpr size_t kHeader = 12;
constexpr uint16_t kClientSubnet = 8;  // EDNS option code, RFC 7871

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

// ASCII lower case, eight bytes at a time. Length bytes of labels are at most 63, below 'A', and
// stay.
void lower_case(const uint8_t* from, uint8_t* to, size_t size) {
  constexpr uint64_t ones = 0x0101010101010101u;
  for (; size >= 8; from += 8, to += 8, size -= 8) {
    uint64_t w;
    std::memcpy(&w, from, 8);
    const uint64_t low = w & (ones * 0x7f);
    const uint64_t from_a = low + ones * (0x80 - 'A'), beyond_z = low + ones * (0x7f - 'Z');
    w |= (from_a & ~beyond_z & ~w & ones * 0x80) >> 2;
    std::memcpy(to, &w, 8);
  }
  for (; size > 0; ++from, ++to, --size)
    *to = uint8_t(*from | (uint8_t(*from - 'A') < 26 ? 0x20 : 0));
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
  q.edns = {};
  q.client.subnet = {};
  q.client.scope = 0;
  q.client.verified = false;
  q.question_size_ = 0;
  q.options_size_ = 0;
  q.qname_size_ = 0;
  q.type = 0;
  q.klass = 0;
  if (q.opcode != 0) return reply(Rcode::notimp);
  if (get16(p + 4) != 1) return reply(Rcode::formerr);
  if (!read_question(packet, q)) return reply(Rcode::formerr);
  const size_t at = kHeader + q.question_size_;
  const unsigned skip = get16(p + 6) + get16(p + 8), additional = get16(p + 10);
  if (at == packet.size() && skip + additional == 0) return {Reading::serve};
  return read_rest(packet, at, skip, additional, q);
}

// Copies QNAME in lower case; false if it is no plain name or the question is cut short.
bool QueryReader::read_question(std::span<const uint8_t> packet, Query& q) noexcept {
  size_t at = kHeader;
  for (;;) {
    if (at >= packet.size() || packet[at] > 63 || at - kHeader + packet[at] + 1u > 255)
      return false;
    const uint8_t label = packet[at];
    at += label + 1u;
    if (label == 0) break;
  }
  if (at + 4 > packet.size()) return false;
  const size_t size = at - kHeader;
  lower_case(packet.data() + kHeader, q.qname_.data(), size);
  q.qname_size_ = uint8_t(size);
  q.type = uint16_t(get16(packet.data() + at));
  q.klass = uint16_t(get16(packet.data() + at + 2));
  q.question_size_ = uint16_t(size + 4);
  return true;
}

Reading QueryReader::read_rest(std::span<const uint8_t> packet, size_t at, unsigned skip,
                               unsigned additional, Query& q) noexcept {
  for (unsigned i = 0; i < skip + additional; ++i) {
    const size_t owner = at;
    at = skip_name(packet, at);
    if (at == 0 || at + 10 > packet.size()) return reply(Rcode::formerr);
    const uint8_t* p = packet.data() + at;
    const size_t length = get16(p + 8);
    if (at + 10 + length > packet.size()) return reply(Rcode::formerr);
    if (get16(p) == rr::opt) {
      // One OPT at most, in the additional section, owned by the root (RFC 6891, section 6.1.1).
      if (i < skip || q.edns.present || packet[owner] != 0) return reply(Rcode::formerr);
      q.edns.present = true;
      q.edns.payload = uint16_t(get16(p + 2) < 512 ? 512 : get16(p + 2));
      q.edns.version = p[5];
      q.edns.dnssec_ok = p[6] & 0x80;
      if (q.edns.version == 0 && !read_options(packet.subspan(at + 10, length), q))
        return reply(Rcode::formerr);
    }
    at += 10 + length;
  }
  if (at != packet.size()) return reply(Rcode::formerr);
  if (q.edns.version != 0) return reply(Rcode::badvers);
  return {Reading::serve};
}

// Unknown options are passed over (RFC 6891, section 6.1.2).
bool QueryReader::read_options(std::span<const uint8_t> options, Query& q) noexcept {
  while (!options.empty()) {
    if (options.size() < 4) return false;
    const unsigned code = get16(options.data()), length = get16(options.data() + 2);
    if (options.size() < 4 + length) return false;
    if (code == kClientSubnet && !read_subnet(options.subspan(4, length), q.client)) return false;
    options = options.subspan(4 + length);
  }
  return true;
}

// RFC 7871, section 6 and 7.1.2: scope 0 in queries, no more address bytes than the source prefix
// needs, no bits set behind it (C-05).
bool QueryReader::read_subnet(std::span<const uint8_t> data, Client& client) noexcept {
  if (data.size() < 4) return false;
  const unsigned family = get16(data.data()), source = data[2], scope = data[3];
  const unsigned bits = family == 1 ? 32 : family == 2 ? 128 : 0;
  const std::span<const uint8_t> address = data.subspan(4);
  if (bits == 0 || source > bits || scope != 0 || address.size() != (source + 7) / 8) return false;
  if (source % 8 != 0 && (address.back() & (0xff >> source % 8)) != 0) return false;
  client.subnet.address.family = family == 1 ? 4 : 6;
  client.subnet.address.bytes = {};
  if (!address.empty())
    std::memcpy(client.subnet.address.bytes.data(), address.data(), address.size());
  client.subnet.length = uint8_t(source);
  return true;
}

}  // namespace signpost
