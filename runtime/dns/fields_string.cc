// Character strings (RFC 1035, section 3.3) and text that fills the rest of the data.
#include <algorithm>

#include "dns/name_text.h"
#include "dns/rdata_codec.h"

namespace signpost::dns {

namespace {

constexpr size_t kMaxString = 255;  // octets
constexpr const char* kGoodEscapes = "escapes \\X, or \\DDD from \\000 to \\255";

bool parse_string(TokenReader& tokens, Bytes& out) {
  const TextToken* token = tokens.take();
  if (token == nullptr) return false;
  size_t length_at = out.size();
  out.push_back(0);
  if (!append_unescaped(out, token->text)) return tokens.expected(kGoodEscapes);
  size_t length = out.size() - length_at - 1;
  if (length > kMaxString) return tokens.expected("a string of at most 255 octets; split it");
  out[length_at] = uint8_t(length);
  return true;
}

bool decode_string(WireReader& wire, TextWriter& text) {
  auto octets = wire.string();
  return octets && text.quoted(*octets);
}

bool parse_strings(TokenReader& tokens, Bytes& out) {
  do {
    if (!parse_string(tokens, out)) return false;
  } while (!tokens.at_end());
  return true;
}

bool decode_strings(WireReader& wire, TextWriter& text) {
  do {
    if (!decode_string(wire, text)) return false;
  } while (!wire.at_end());
  return true;
}

bool parse_optional_string(TokenReader& tokens, Bytes& out) {
  return tokens.at_end() || parse_string(tokens, out);
}

bool decode_optional_string(WireReader& wire, TextWriter& text) {
  return wire.at_end() || decode_string(wire, text);
}

bool is_tag_character(uint8_t c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// X.121 numbers have at least the four digits of the network code (RFC 1183, section 3.1).
bool is_x121(std::span<const uint8_t> octets) {
  return octets.size() >= 4 && std::ranges::all_of(octets, is_digit);
}

bool parse_digits(TokenReader& tokens, Bytes& out) {
  size_t start = out.size() + 1;
  if (!parse_string(tokens, out)) return false;
  return is_x121(std::span(out).subspan(start)) || tokens.expected("four or more digits");
}

bool decode_digits(WireReader& wire, TextWriter& text) {
  auto octets = wire.string();
  return octets && is_x121(*octets) && text.quoted(*octets);
}

// RFC 8659, section 4.1: one or more letters and digits.
bool is_tag(std::span<const uint8_t> octets) {
  return !octets.empty() && std::ranges::all_of(octets, is_tag_character);
}

bool parse_tag(TokenReader& tokens, Bytes& out) {
  size_t start = out.size() + 1;
  if (!parse_string(tokens, out)) return false;
  return is_tag(std::span(out).subspan(start)) ||
         tokens.expected("a tag of letters and digits, such as issue");
}

bool decode_tag(WireReader& wire, TextWriter& text) {
  auto octets = wire.string();
  if (!octets || !is_tag(*octets)) return false;
  return text.word({reinterpret_cast<const char*>(octets->data()), octets->size()});
}

// CAA values and URI targets: no length octet, up to the end of the data.
bool parse_text_rest(TokenReader& tokens, Bytes& out) {
  const TextToken* token = tokens.take();
  if (token == nullptr) return false;
  return append_unescaped(out, token->text) || tokens.expected(kGoodEscapes);
}

bool decode_text_rest(WireReader& wire, TextWriter& text) { return text.quoted(wire.take_rest()); }

}  // namespace

namespace field {
constinit const FieldKind string{parse_string, decode_string};
constinit const FieldKind optional_string{parse_optional_string, decode_optional_string, 0};
constinit const FieldKind strings{parse_strings, decode_strings, 0};
constinit const FieldKind digit_string{parse_digits, decode_digits};
constinit const FieldKind caa_tag{parse_tag, decode_tag};
constinit const FieldKind text_rest{parse_text_rest, decode_text_rest};
}  // namespace field

}  // namespace signpost::dns
