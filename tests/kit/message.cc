#include "kit/message.h"

#include <algorithm>

#include "dns/rdata.h"
#include "dns/types.h"

namespace signpost::kit {

namespace {

// Where names stand in the data of the types that may be compressed (RFC 1035, section 3.3) or
// that older senders compress (RFC 3597, section 4): octets before the names, and their number.
struct Layout {
  uint16_t type;
  uint8_t before, names;
};
constexpr Layout kLayouts[] = {{2, 0, 1},  {3, 0, 1},  {4, 0, 1}, {5, 0, 1},  {6, 0, 2},
                               {7, 0, 1},  {8, 0, 1},  {9, 0, 1}, {12, 0, 1}, {14, 0, 2},
                               {15, 2, 1}, {33, 6, 1}, {39, 0, 1}};

class Reader {
 public:
  explicit Reader(std::span<const uint8_t> packet) : packet_(packet) {}

  size_t at() const { return at_; }
  std::span<const uint8_t> rest() const { return packet_.subspan(at_); }
  bool done() const { return at_ == packet_.size(); }

  uint8_t u8() { return bytes(1)[0]; }
  uint16_t u16() {
    const auto b = bytes(2);
    return uint16_t(b[0] << 8 | b[1]);
  }
  uint32_t u32() {
    const uint32_t high = u16();
    return high << 16 | u16();
  }
  std::span<const uint8_t> bytes(size_t count) {
    if (count > packet_.size() - at_) fail("cut short");
    at_ += count;
    return packet_.subspan(at_ - count, count);
  }

  // The name here, uncompressed, in wire form.
  std::vector<uint8_t> name() {
    std::vector<uint8_t> wire;
    size_t from = at_, behind = 0, lowest = at_;
    for (;;) {
      if (from >= packet_.size()) fail("name cut short");
      const uint8_t length = packet_[from];
      if (length >= 0xc0) {
        if (from + 1 >= packet_.size()) fail("pointer cut short");
        const size_t to = size_t(length & 0x3f) << 8 | packet_[from + 1];
        if (to >= lowest || to < 12) fail("pointer that does not lead back");
        if (behind == 0) behind = from + 2;
        from = lowest = to;
        continue;
      }
      if (length > 63) fail("reserved label type");
      if (from + 1 + length > packet_.size()) fail("label cut short");
      wire.insert(wire.end(), packet_.begin() + ptrdiff_t(from),
                  packet_.begin() + ptrdiff_t(from + 1 + length));
      if (wire.size() > 255) fail("name longer than 255 octets");
      from += 1u + length;
      if (length == 0) break;
    }
    at_ = behind ? behind : from;
    return wire;
  }

  [[noreturn]] void fail(const std::string& why) const {
    throw Malformed("offset " + std::to_string(at_) + ": " + why);
  }

 private:
  std::span<const uint8_t> packet_;
  size_t at_ = 0;
};

std::string name_text(const std::vector<uint8_t>& wire) {
  if (wire.size() == 1) return ".";
  std::string text;
  for (size_t i = 0; wire[i] != 0; i += wire[i] + 1u) {
    for (size_t k = i + 1; k <= i + wire[i]; ++k) {
      const uint8_t c = wire[k];
      if (c <= ' ' || c > '~') {
        const std::string digits = std::to_string(c);
        text += '\\' + std::string(3 - digits.size(), '0') + digits;
      } else {
        if (c == '.' || c == '\\' || c == '"') text += '\\';
        text += char(c);
      }
    }
    text += '.';
  }
  return text;
}

std::vector<uint8_t> read_data(Reader& in, uint16_t type, size_t length) {
  const size_t end = in.at() + length;
  std::vector<uint8_t> data;
  for (const Layout& layout : kLayouts) {
    if (layout.type != type) continue;
    if (length < layout.before) in.fail("data too short");
    const auto before = in.bytes(layout.before);
    data.assign(before.begin(), before.end());
    for (unsigned i = 0; i < layout.names; ++i) {
      const auto name = in.name();
      data.insert(data.end(), name.begin(), name.end());
    }
  }
  if (in.at() > end) in.fail("a name runs out of its record");
  const auto rest = in.bytes(end - in.at());
  data.insert(data.end(), rest.begin(), rest.end());
  return data;
}

Subnet read_subnet(Reader& in, size_t length) {
  if (length < 4) in.fail("client subnet cut short");
  Subnet subnet;
  subnet.family = in.u16();
  subnet.source = in.u8();
  subnet.scope = in.u8();
  const auto address = in.bytes(length - 4);
  subnet.address.assign(address.begin(), address.end());
  if (address.size() != (subnet.source + 7u) / 8) in.fail("client subnet of the wrong length");
  return subnet;
}

void read_opt(Reader& in, const Record& record, size_t length, Message& message) {
  if (message.edns) in.fail("a second OPT record");
  if (record.owner != ".") in.fail("OPT is not owned by the root");
  message.edns = true;
  message.edns_payload = record.klass;
  message.rcode = uint16_t(message.rcode | record.ttl >> 24 << 4);
  message.edns_version = uint8_t(record.ttl >> 16);
  message.dnssec_ok = record.ttl & 0x8000;
  const size_t end = in.at() + length;
  while (in.at() < end) {
    const uint16_t code = in.u16(), size = in.u16();
    if (in.at() + size > end) in.fail("an EDNS option runs out of OPT");
    const auto data = in.rest().first(size);
    message.options.push_back({code, {data.begin(), data.end()}});
    if (code == 8)
      message.subnet = read_subnet(in, size);
    else
      in.bytes(size);
  }
}

void read_section(Reader& in, unsigned count, std::vector<Record>* to, bool opt, Message& message) {
  for (unsigned i = 0; i < count; ++i) {
    Record record;
    record.owner = name_text(in.name());
    record.type = in.u16();
    record.klass = in.u16();
    record.ttl = in.u32();
    const uint16_t length = in.u16();
    if (record.type == 41) {
      if (!opt) in.fail("OPT outside the additional section");
      read_opt(in, record, length, message);
      continue;
    }
    record.data = read_data(in, record.type, length);
    to->push_back(std::move(record));
  }
}

}  // namespace

std::optional<std::string> Message::option(uint16_t code) const {
  for (const Option& o : options)
    if (o.code == code) return std::string(o.data.begin(), o.data.end());
  return std::nullopt;
}

std::string Record::data_text() const { return print_rdata(type, data); }

std::string Record::text() const {
  return owner + " " + std::to_string(ttl) + " " + type_text(type) + " " + data_text();
}

Message decode(std::span<const uint8_t> packet) {
  Reader in(packet);
  Message message;
  message.id = in.u16();
  message.flags = in.u16();
  message.rcode = message.flags & 15;
  if (!(message.flags & 0x8000)) in.fail("QR is not set");
  const unsigned questions = in.u16(), answers = in.u16(), authorities = in.u16(),
                 additionals = in.u16();
  for (unsigned i = 0; i < questions; ++i) {
    std::string name = name_text(in.name());
    const uint16_t type = in.u16();
    message.questions.push_back({std::move(name), type, in.u16()});
  }
  read_section(in, answers, &message.answer, false, message);
  read_section(in, authorities, &message.authority, false, message);
  read_section(in, additionals, &message.additional, true, message);
  if (!in.done()) in.fail("bytes behind the message");
  return message;
}

}  // namespace signpost::kit
