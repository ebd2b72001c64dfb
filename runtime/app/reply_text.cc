#include "app/reply_text.h"

#include <optional>

#include "dns/rdata.h"
#include "dns/types.h"
#include "signpost/record.h"

namespace signpost {

namespace {

class Reader {
 public:
  explicit Reader(std::span<const uint8_t> packet) : packet_(packet) {}

  bool has(size_t bytes) const { return at_ + bytes <= packet_.size(); }
  unsigned get16() {
    const unsigned v = unsigned(packet_[at_]) << 8 | packet_[at_ + 1];
    at_ += 2;
    return v;
  }
  uint32_t get32() {
    const uint32_t high = get16();
    return high << 16 | get16();
  }
  // The name at the place, pointers followed; its wire form. Empty: malformed.
  std::vector<uint8_t> name() {
    std::vector<uint8_t> wire;
    size_t at = at_;
    bool jumped = false;
    for (unsigned hops = 0; hops < 128 && at < packet_.size();) {
      const uint8_t label = packet_[at];
      if (label >= 0xc0) {
        if (at + 2 > packet_.size()) return {};
        if (!jumped) at_ = at + 2;
        jumped = true;
        at = (size_t(label) & 0x3f) << 8 | packet_[at + 1];
        ++hops;
        continue;
      }
      if (label > 63 || at + 1 + label > packet_.size() || wire.size() + label + 1u > 255)
        return {};
      wire.insert(wire.end(), packet_.begin() + ptrdiff_t(at),
                  packet_.begin() + ptrdiff_t(at + 1 + label));
      at += label + 1u;
      if (label == 0) {
        if (!jumped) at_ = at;
        return wire;
      }
    }
    return {};
  }
  std::optional<std::string> record();

 private:
  std::vector<uint8_t> data(uint16_t type, size_t end);
  std::span<const uint8_t> packet_;
  size_t at_ = 12;
  friend ReplyText signpost::read_reply(std::span<const uint8_t>);
};

// Record data with its compressed names (those of RFC 1035 types) written out.
std::vector<uint8_t> Reader::data(uint16_t type, size_t end) {
  std::vector<uint8_t> out;
  const auto names = [&](unsigned count) {
    for (unsigned i = 0; i < count && at_ < end; ++i) {
      const std::vector<uint8_t> n = name();
      out.insert(out.end(), n.begin(), n.end());
    }
  };
  if (type == rr::mx && at_ + 2 <= end) {
    out.insert(out.end(), packet_.begin() + ptrdiff_t(at_), packet_.begin() + ptrdiff_t(at_ + 2));
    at_ += 2;
    names(1);
  } else if (type == rrtype::soa || type == rrtype::minfo) {
    names(2);
  } else if (type == rrtype::ns || type == rrtype::cname || type == rrtype::ptr ||
             (type >= rrtype::md && type <= rrtype::mr)) {
    names(1);
  }
  if (at_ < end)
    out.insert(out.end(), packet_.begin() + ptrdiff_t(at_), packet_.begin() + ptrdiff_t(end));
  at_ = end;
  return out;
}

std::optional<std::string> Reader::record() {
  const std::vector<uint8_t> owner = name();
  if (owner.empty() || !has(10)) return std::nullopt;
  const auto type = uint16_t(get16()), klass = uint16_t(get16());
  const uint32_t ttl = get32();
  const size_t length = get16();
  if (!has(length)) return std::nullopt;
  const std::vector<uint8_t> rdata = data(type, at_ + length);
  if (type == rr::opt) return "";
  return NameView(owner.data(), owner.size()).text() + " " + std::to_string(ttl) + " " +
         class_text(klass) + " " + type_text(type) + " " + print_rdata(type, rdata);
}

}  // namespace

ReplyText read_reply(std::span<const uint8_t> packet) {
  ReplyText text;
  if (packet.size() < 12) return text;
  text.rcode = rcode_text(packet[3] & 15);
  if (packet[2] & 4) text.flags.push_back("aa");
  if (packet[2] & 2) text.flags.push_back("tc");
  Reader reader(packet);
  const unsigned questions = unsigned(packet[4]) << 8 | packet[5];
  for (unsigned i = 0; i < questions; ++i)
    if (reader.name().empty() || !reader.has(4))
      return text;
    else
      reader.at_ += 4;
  std::vector<std::string>* sections[] = {&text.answer, &text.authority, &text.additional};
  for (unsigned s = 0; s < 3; ++s)
    for (unsigned n = unsigned(packet[6 + 2 * s]) << 8 | packet[7 + 2 * s]; n > 0; --n) {
      const auto record = reader.record();
      if (!record) return text;
      if (!record->empty()) sections[s]->push_back(*record);
    }
  return text;
}

}  // namespace signpost
