// Binary data written in hexadecimal, base32hex, base64 or grouped hexadecimal.
#include <algorithm>
#include <string>

#include "dns/base_encoding.h"
#include "dns/rdata_codec.h"

namespace signpost::dns {

namespace {

bool parse_hex(TokenReader& tokens, Bytes& out) {
  if (tokens.at_end()) return tokens.take() != nullptr;
  size_t start = out.size();
  std::string digits = tokens.take_joined();
  return (append_hex(out, digits) && out.size() > start) ||
         tokens.expected("an even number of hexadecimal digits");
}

bool decode_hex(WireReader& wire, TextWriter& text) {
  if (wire.at_end()) return false;
  auto octets = wire.take_rest();
  return !text.wanted() || text.word(hex_text(octets));
}

bool parse_base64(TokenReader& tokens, Bytes& out) {
  if (tokens.at_end()) return tokens.take() != nullptr;
  size_t start = out.size();
  std::string digits = tokens.take_joined();
  return (append_base64(out, digits) && out.size() > start) ||
         tokens.expected("base64 data, padded with '=' to a multiple of four characters");
}

bool decode_base64(WireReader& wire, TextWriter& text) {
  if (wire.at_end()) return false;
  auto octets = wire.take_rest();
  return !text.wanted() || text.word(base64_text(octets));
}

bool parse_optional_base64(TokenReader& tokens, Bytes& out) {
  return tokens.at_end() || parse_base64(tokens, out);
}

bool decode_optional_base64(WireReader& wire, TextWriter& text) {
  return wire.at_end() || decode_base64(wire, text);
}

// DOA writes "-" where the data is empty.
bool parse_dash_base64(TokenReader& tokens, Bytes& out) {
  if (tokens.peek() == nullptr || tokens.peek()->text != "-") return parse_base64(tokens, out);
  tokens.take();
  return true;
}

bool decode_dash_base64(WireReader& wire, TextWriter& text) {
  return wire.at_end() ? text.word("-") : decode_base64(wire, text);
}

// A length octet, then the data. NSEC3 salts are one word, "-" when empty (RFC 5155, section 3.3).
using Append = bool (*)(Bytes&, std::string_view);

bool append_counted(TokenReader& tokens, Bytes& out, std::string_view digits, Append append,
                    const char* what) {
  size_t length_at = out.size();
  out.push_back(0);
  if (!append(out, digits)) return tokens.expected(what);
  size_t length = out.size() - length_at - 1;
  if (length > 255) return tokens.expected("at most 255 octets");
  out[length_at] = uint8_t(length);
  return true;
}

bool parse_salt(TokenReader& tokens, Bytes& out) {
  const TextToken* token = tokens.take();
  if (token == nullptr) return false;
  if (token->text.empty()) return tokens.expected("hexadecimal digits or '-'");
  return append_counted(tokens, out, token->text == "-" ? "" : token->text, append_hex,
                        "an even number of hexadecimal digits or '-'");
}

bool decode_salt(WireReader& wire, TextWriter& text) {
  auto octets = wire.string();
  if (!octets) return false;
  return !text.wanted() || text.word(octets->empty() ? "-" : hex_text(*octets));
}

bool parse_base32hex(TokenReader& tokens, Bytes& out) {
  const TextToken* token = tokens.take();
  if (token == nullptr) return false;
  constexpr const char* kWhat = "a hash in base32hex without padding";
  if (token->text.empty()) return tokens.expected(kWhat);
  return append_counted(tokens, out, token->text, append_base32hex, kWhat);
}

bool decode_base32hex(WireReader& wire, TextWriter& text) {
  auto octets = wire.string();
  if (!octets || octets->empty()) return false;
  return !text.wanted() || text.word(base32hex_text(*octets));
}

// `groups` groups of `digits` hexadecimal digits, joined by `separator`. Leading zeros of a group
// may be left out where `shortened`, as in IPv6 addresses.
template <char separator, size_t groups, size_t digits, bool shortened>
bool parse_groups(TokenReader& tokens, Bytes& out) {
  const TextToken* token = tokens.take();
  if (token == nullptr) return false;
  std::string_view rest = token->text;
  bool good = true;
  for (size_t i = 0; good && i < groups; ++i) {
    size_t end = i + 1 < groups ? rest.find(separator) : rest.size();
    std::string group(rest.substr(0, end));
    good = end != rest.npos && group.size() <= digits && !group.empty() &&
           (shortened || group.size() == digits);
    if (!good) break;
    group.insert(0, digits - group.size(), '0');
    good = append_hex(out, group);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return good || tokens.expected(std::to_string(groups) + " groups of " + std::to_string(digits) +
                                 " hexadecimal digits joined by '" + separator + "'");
}

template <char separator, size_t groups, size_t digits>
bool decode_groups(WireReader& wire, TextWriter& text) {
  auto octets = wire.take(groups * digits / 2);
  if (!octets) return false;
  if (!text.wanted()) return true;
  std::string joined;
  for (size_t i = 0; i < groups; ++i) {
    if (i > 0) joined += separator;
    for (char c : hex_text(octets->subspan(i * digits / 2, digits / 2))) {
      joined += c >= 'A' ? char(c + ('a' - 'A')) : c;  // RFC 7043 and RFC 6742 write lower case
    }
  }
  return text.word(joined);
}

}  // namespace

namespace field {
constinit const FieldKind hex{parse_hex, decode_hex, 0};
constinit const FieldKind base64{parse_base64, decode_base64, 0};
constinit const FieldKind optional_base64{parse_optional_base64, decode_optional_base64, 0};
constinit const FieldKind dash_base64{parse_dash_base64, decode_dash_base64, 0};
constinit const FieldKind salt{parse_salt, decode_salt};
constinit const FieldKind base32hex{parse_base32hex, decode_base32hex};
constinit const FieldKind locator64{parse_groups<':', 4, 4, true>, decode_groups<':', 4, 4>};
constinit const FieldKind eui48{parse_groups<'-', 6, 2, false>, decode_groups<'-', 6, 2>};
constinit const FieldKind eui64{parse_groups<'-', 8, 2, false>, decode_groups<'-', 8, 2>};
}  // namespace field

}  // namespace signpost::dns
