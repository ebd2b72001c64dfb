#include "dns/rdata.h"

#include <algorithm>

#include "dns/base_encoding.h"
#include "dns/name_text.h"
#include "dns/rdata_codec.h"
#include "dns/types.h"

namespace signpost {

namespace {

using dns::Field;
using dns::Layout;
using dns::TextWriter;
using dns::TokenReader;
using dns::WireReader;

// RFC 3597, section 5: "\#", the length, the data in hexadecimal.
bool parse_generic(uint16_t type, TokenReader& tokens, std::vector<uint8_t>& out) {
  tokens.take();
  if (tokens.at_end()) return tokens.fail("length after \\# missing");
  const TextToken* token = tokens.take();
  auto length = dns::parse_decimal(token->text, kMaxRdata);
  if (!length) return tokens.expected("a length from 0 to 65535");
  if (!dns::append_hex(out, tokens.take_joined())) {
    return tokens.fail("data after \\# is not an even number of hexadecimal digits");
  }
  if (out.size() != *length) {
    return tokens.fail("\\# announces " + std::to_string(*length) + " octets, found " +
                       std::to_string(out.size()));
  }
  return valid_rdata(type, out) || tokens.fail("the octets after \\# are no data of this type");
}

std::string prefixed(uint16_t type, const char* field, const std::string& reason) {
  return type_text(type) + (field != nullptr ? std::string(" ") + field : "") + ": " + reason;
}

bool parse_fields(const Layout& layout, TokenReader& tokens, std::vector<uint8_t>& out,
                  std::string& why) {
  for (const Field& field : layout.used()) {
    bool missing = tokens.at_end();
    if (field.kind->parse(tokens, out)) continue;
    why = missing ? type_text(layout.type) + ": " + field.name +
                        " missing, expected: " + rdata_syntax(layout.type)
                  : prefixed(layout.type, field.name, tokens.reason());
    return false;
  }
  if (!tokens.at_end()) {
    tokens.take();
    tokens.expected("the record to end after: " + rdata_syntax(layout.type));
    why = prefixed(layout.type, nullptr, tokens.reason());
    return false;
  }
  const char* fault = layout.check != nullptr ? layout.check(out) : nullptr;
  if (fault != nullptr) why = type_text(layout.type) + " " + fault;
  return fault == nullptr;
}

std::string generic_text(std::span<const uint8_t> rdata) {
  std::string text = "\\# " + std::to_string(rdata.size());
  if (!rdata.empty()) text += ' ' + dns::hex_text(rdata);
  return text;
}

}  // namespace

namespace dns {

bool decode(const Layout& layout, WireReader& wire, TextWriter& text) {
  for (const Field& field : layout.used()) {
    if (!field.kind->decode(wire, text)) return false;
  }
  if (!wire.at_end() || wire.whole().size() > kMaxRdata) return false;
  return layout.check == nullptr || layout.check(wire.whole()) == nullptr;
}

bool visit_names(uint16_t type, std::span<const uint8_t> rdata, NameVisitor visit, void* context) {
  const Layout* layout = find_layout(type);
  if (layout == nullptr) return true;
  if (std::ranges::none_of(layout->used(), [](const Field& f) { return f.kind->has_name; })) {
    return valid_rdata(type, rdata);
  }
  WireReader wire(rdata, visit, context);
  TextWriter nowhere(nullptr);
  return decode(*layout, wire, nowhere);
}

}  // namespace dns

std::optional<std::vector<uint8_t>> parse_rdata(uint16_t type, std::span<const TextToken> tokens,
                                                NameView origin, std::string& why) {
  std::vector<uint8_t> out;
  if (!parse_rdata(type, tokens, origin, out, why)) return std::nullopt;
  return out;
}

bool parse_rdata(uint16_t type, std::span<const TextToken> tokens, NameView origin,
                 std::vector<uint8_t>& out, std::string& why) {
  out.clear();
  TokenReader reader(tokens, origin);
  const Layout* layout = dns::find_layout(type);
  if (!tokens.empty() && tokens[0].text == "\\#" && !tokens[0].quoted) {
    if (parse_generic(type, reader, out)) return true;
    why = prefixed(type, nullptr, reader.reason());
    return false;
  }
  if (layout == nullptr) {
    why = type_text(type) + ": data of this type can only be written as \\# LENGTH HEX (RFC 3597)";
    return false;
  }
  if (!parse_fields(*layout, reader, out, why)) return false;
  if (out.size() <= kMaxRdata) return true;
  why = type_text(type) + ": data longer than 65535 octets";
  return false;
}

std::string print_rdata(uint16_t type, std::span<const uint8_t> rdata) {
  const Layout* layout = dns::find_layout(type);
  if (layout == nullptr) return generic_text(rdata);
  std::string text;
  WireReader wire(rdata);
  TextWriter writer(&text);
  return dns::decode(*layout, wire, writer) ? text : generic_text(rdata);
}

bool valid_rdata(uint16_t type, std::span<const uint8_t> rdata) {
  const Layout* layout = dns::find_layout(type);
  if (layout == nullptr) return true;
  WireReader wire(rdata);
  TextWriter nowhere(nullptr);
  return dns::decode(*layout, wire, nowhere);
}

const char* rdata_doubt(uint16_t type, std::span<const uint8_t> rdata) {
  const Layout* layout = dns::find_layout(type);
  if (layout == nullptr || layout->doubt == nullptr || !valid_rdata(type, rdata)) return nullptr;
  return layout->doubt(rdata);
}

bool canonical_rdata(uint16_t type, std::span<const uint8_t> rdata, std::vector<uint8_t>& out) {
  out.assign(rdata.begin(), rdata.end());
  auto fold = [](void* context, size_t offset, NameView name, dns::NameTraits traits) {
    if (!traits.folded) return;
    // Length octets are below 'A', so the whole name can be folded without looking at labels.
    auto start = static_cast<std::vector<uint8_t>*>(context)->begin() + ptrdiff_t(offset);
    std::transform(start, start + ptrdiff_t(name.size()), start, dns::lower);
  };
  if (dns::visit_names(type, rdata, fold, &out)) return true;
  out.assign(rdata.begin(), rdata.end());
  return false;
}

bool names_hosts(uint16_t type) {
  const Layout* layout = dns::find_layout(type);
  return layout != nullptr &&
         std::ranges::any_of(layout->used(), [](const Field& f) { return f.kind->has_host; });
}

unsigned fixed_tokens(uint16_t type) {
  const Layout* layout = dns::find_layout(type);
  if (layout == nullptr) return 0;
  unsigned total = 0;
  for (const Field& field : layout->used()) {
    if (field.kind->tokens == 0) return 0;
    total += field.kind->tokens;
  }
  return total;
}

std::string rdata_syntax(uint16_t type) {
  const Layout* layout = dns::find_layout(type);
  if (layout == nullptr) return {};
  std::string syntax;
  for (const Field& field : layout->used()) {
    if (!syntax.empty()) syntax += ' ';
    syntax += field.name;
  }
  return syntax;
}

}  // namespace signpost
