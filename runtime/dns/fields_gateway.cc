// Gateways whose form depends on an earlier field (IPSECKEY, RFC 4025; AMTRELAY, RFC 8777) and the
// host identities of HIP (RFC 8005).
#include "dns/base_encoding.h"
#include "dns/rdata_codec.h"

namespace signpost::dns {

namespace {

// In both types the second octet says what the gateway is; AMTRELAY keeps a flag in its top bit.
enum GatewayForm : uint8_t {
  no_gateway = 0,
  ipv4_gateway = 1,
  ipv6_gateway = 2,
  named_gateway = 3
};
constexpr size_t kFormAt = 1;
constexpr uint8_t kAllBits = 0xff, kFormMask = 0x7f, kDiscoveryFlag = 0x80;

bool parse_form(TokenReader& tokens, Bytes& out, uint8_t flag) {
  const TextToken* token = tokens.take();
  if (token == nullptr) return false;
  auto form = parse_decimal(token->text, named_gateway);
  if (!form) return tokens.expected("0 (none), 1 (IPv4), 2 (IPv6) or 3 (name)");
  out.push_back(uint8_t(*form | flag));
  return true;
}

bool parse_gateway_type(TokenReader& tokens, Bytes& out) { return parse_form(tokens, out, 0); }

// Gateways of other types than these are data whose form is not known, and have no text.
bool decode_gateway_type(WireReader& wire, TextWriter& text) {
  auto form = wire.number(1);
  if (!form || (text.wanted() && *form > named_gateway)) return false;
  return text.number(*form);
}

bool parse_relay_type(TokenReader& tokens, Bytes& out) {
  const TextToken* token = tokens.take();
  if (token == nullptr) return false;
  auto discovery = parse_decimal(token->text, 1);
  if (!discovery) return tokens.expected("0 or 1 (whether discovery is optional)");
  return parse_form(tokens, out, *discovery == 1 ? kDiscoveryFlag : 0);
}

bool decode_relay_type(WireReader& wire, TextWriter& text) {
  auto octet = wire.number(1);
  if (!octet || (text.wanted() && (*octet & kFormMask) > named_gateway)) return false;
  return text.number(*octet >> 7) && text.number(*octet & kFormMask);
}

bool parse_gateway(TokenReader& tokens, Bytes& out) {
  switch (out[kFormAt] & kFormMask) {
    case ipv4_gateway:
      return field::ipv4.parse(tokens, out);
    case ipv6_gateway:
      return field::ipv6.parse(tokens, out);
    case named_gateway:
      return field::plain_name.parse(tokens, out);
    default:
      break;
  }
  const TextToken* token = tokens.take();
  if (token == nullptr) return false;
  return token->text == "." || tokens.expected("'.', as the type says there is none");
}

template <uint8_t form_bits>
bool decode_gateway(WireReader& wire, TextWriter& text) {
  switch (wire.whole()[kFormAt] & form_bits) {
    case ipv4_gateway:
      return field::ipv4.decode(wire, text);
    case ipv6_gateway:
      return field::ipv6.decode(wire, text);
    case named_gateway:
      return field::plain_name.decode(wire, text);
    case no_gateway:
      return text.word(".");
    default:
      wire.take_rest();  // the key behind it, too: where it begins is not known
      return true;
  }
}

// RFC 8005, section 5: lengths and algorithm stand in front of the data they describe.
bool parse_host_identity(TokenReader& tokens, Bytes& out) {
  Bytes algorithm, tag, key;
  if (!field::algorithm.parse(tokens, algorithm)) return false;
  const TextToken* token = tokens.take();
  if (token == nullptr) return false;
  if (!append_hex(tag, token->text) || tag.empty() || tag.size() > 255) {
    return tokens.expected("a host identity tag in hexadecimal, at most 255 octets");
  }
  token = tokens.take();
  if (token == nullptr) return false;
  if (!append_base64(key, token->text) || key.empty() || key.size() > 65535) {
    return tokens.expected("a public key in base64 without blanks");
  }
  append_number(out, tag.size(), 1);
  out.push_back(algorithm[0]);
  append_number(out, key.size(), 2);
  out.insert(out.end(), tag.begin(), tag.end());
  out.insert(out.end(), key.begin(), key.end());
  while (!tokens.at_end()) {
    if (!field::plain_name.parse(tokens, out)) return false;
  }
  return true;
}

bool decode_host_identity(WireReader& wire, TextWriter& text) {
  auto tag_size = wire.number(1), algorithm = wire.number(1), key_size = wire.number(2);
  if (!key_size || *tag_size == 0 || *key_size == 0) return false;
  auto tag = wire.take(*tag_size);
  auto key = tag ? wire.take(*key_size) : std::nullopt;
  if (!key) return false;
  text.number(*algorithm);
  if (text.wanted()) text.word(hex_text(*tag)), text.word(base64_text(*key));
  while (!wire.at_end()) {
    if (!field::plain_name.decode(wire, text)) return false;
  }
  return true;
}

}  // namespace

namespace field {
constinit const FieldKind gateway_type{parse_gateway_type, decode_gateway_type};
constinit const FieldKind relay_type{parse_relay_type, decode_relay_type, 2};
constinit const FieldKind gateway{parse_gateway, decode_gateway<kAllBits>, 1, true};
constinit const FieldKind relay{parse_gateway, decode_gateway<kFormMask>, 1, true};
constinit const FieldKind host_identity{parse_host_identity, decode_host_identity, 0, true};
}  // namespace field

}  // namespace signpost::dns
