#include "kit/packet.h"

#include <stdexcept>

#include "dns/types.h"

namespace signpost::kit {

namespace {

void put16(std::vector<uint8_t>& to, unsigned value) {
  to.push_back(uint8_t(value >> 8));
  to.push_back(uint8_t(value));
}

void put_subnet(std::vector<uint8_t>& to, const Prefix& prefix) {  // RFC 7871, section 6
  const unsigned bytes = (prefix.length + 7u) / 8;
  put16(to, 8);
  put16(to, 4 + bytes);
  put16(to, prefix.address.family == 4 ? 1 : 2);
  to.push_back(prefix.length);
  to.push_back(0);
  to.insert(to.end(), prefix.address.bytes.begin(), prefix.address.bytes.begin() + bytes);
}

}  // namespace

std::vector<uint8_t> query_packet(const Ask& ask, NameView origin) {
  const size_t space = ask.question.find(' ');
  const auto name = Name::parse(ask.question.substr(0, space), origin);
  const auto type = space == std::string::npos ? std::optional<uint16_t>(rr::a)
                                               : parse_type(ask.question.substr(space + 1));
  if (!name || !type) throw std::invalid_argument("no question: " + ask.question);
  const bool edns =
      ask.edns || ask.dnssec_ok || ask.payload != 0 || !ask.ecs.empty() || !ask.options.empty();
  std::vector<uint8_t> packet{0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, uint8_t(edns)};
  packet.insert(packet.end(), name->data(), name->data() + name->size());
  put16(packet, *type);
  put16(packet, ask.klass);
  if (!edns) return packet;
  std::vector<uint8_t> options;
  if (!ask.ecs.empty()) {
    const auto prefix = Prefix::parse(ask.ecs);
    if (!prefix) throw std::invalid_argument("no prefix: " + ask.ecs);
    put_subnet(options, *prefix);
  }
  for (const auto& [code, data] : ask.options) {
    put16(options, code);
    put16(options, unsigned(data.size()));
    options.insert(options.end(), data.begin(), data.end());
  }
  packet.push_back(0);
  put16(packet, rr::opt);
  put16(packet, ask.payload ? ask.payload : 1232);
  put16(packet, 0);
  put16(packet, ask.dnssec_ok ? 0x8000 : 0);
  put16(packet, unsigned(options.size()));
  packet.insert(packet.end(), options.begin(), options.end());
  return packet;
}

}  // namespace signpost::kit
