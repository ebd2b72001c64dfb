// How one field of record data is read and written: the vocabulary of the table in
// rdata_layouts.cc. A FieldKind holds the only parser and the only decoder of its field; printing,
// validating and finding names are the same decoder with different outputs. Private to this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dns/rdata.h"
#include "signpost/name.h"

namespace signpost::dns {

using Bytes = std::vector<uint8_t>;

// The words of one record, taken in order. The first failure is kept as the reason.
class TokenReader {
 public:
  TokenReader(std::span<const TextToken> tokens, NameView origin)
      : tokens_(tokens), origin_(origin) {}

  bool at_end() const { return at_ == tokens_.size(); }
  NameView origin() const { return origin_; }
  // Null at the end.
  const TextToken* peek() const { return at_end() ? nullptr : &tokens_[at_]; }
  // The next word; at the end null, and the failure is recorded.
  const TextToken* take();
  // Takes the rest as one text: long hex and base64 data may be split anywhere.
  std::string take_joined();

  // All return false, so that a parser can end with "return tokens.expected(...)".
  bool expected(std::string_view what);  // of the word taken last
  bool fail(std::string reason);
  const std::string& reason() const { return reason_; }

 private:
  std::span<const TextToken> tokens_;
  size_t at_ = 0;
  NameView origin_;
  std::string reason_;
};

// Record data in wire form, taken in order with bounds checks.
class WireReader {
 public:
  explicit WireReader(std::span<const uint8_t> rdata, NameVisitor visit = nullptr,
                      void* context = nullptr)
      : whole_(rdata), visit_(visit), context_(context) {}

  bool at_end() const { return at_ == whole_.size(); }
  size_t left() const { return whole_.size() - at_; }
  std::span<const uint8_t> whole() const { return whole_; }
  // Big-endian number of `octets` (1..8); empty if fewer are left. So do the others.
  std::optional<uint64_t> number(size_t octets);
  std::optional<std::span<const uint8_t>> take(size_t octets);
  std::span<const uint8_t> take_rest();
  std::optional<std::span<const uint8_t>> string();  // length octet and that many octets
  std::optional<NameView> name(NameTraits traits);   // shown to the visitor as well

 private:
  std::span<const uint8_t> whole_;
  size_t at_ = 0;
  NameVisitor visit_;
  void* context_;
};

// Words separated by blanks. Without a destination everything is dropped: the same decoder then
// only validates. A decoder that is asked for text may refuse valid data that the text of its type
// cannot say, or not tell apart from other data; it is then printed as RFC 3597 has it.
class TextWriter {
 public:
  explicit TextWriter(std::string* out) : out_(out) {}

  bool wanted() const { return out_ != nullptr; }
  bool word(std::string_view text);  // always true, so that a decoder can end with it
  bool number(uint64_t value);
  bool name(NameView name);
  bool quoted(std::span<const uint8_t> octets);

 private:
  void separate();

  std::string* out_;
  bool first_ = true;
};

// The decoder of a field that is a number and is printed as one.
template <size_t octets>
bool decode_number(WireReader& wire, TextWriter& text) {
  const auto number = wire.number(octets);
  return number && text.number(*number);
}

// One kind of field. `tokens` is the number of words it always takes, 0 if that varies.
struct FieldKind {
  bool (*parse)(TokenReader& tokens, Bytes& out);  // `out` holds the fields before this one
  bool (*decode)(WireReader& wire, TextWriter& text);
  uint8_t tokens = 1;
  bool has_name = false;
  bool has_host = false;  // of NameTraits
};

namespace field {
// fields_basic.cc; the traits of NameTraits are in the names
extern const FieldKind u8, u16, u32, period, ipv4, ipv6;
extern const FieldKind compressible_name, compressible_host, folded_name, folded_host, plain_name,
    plain_host;
// fields_string.cc
extern const FieldKind string, optional_string, strings, digit_string, caa_tag, text_rest;
// fields_encoded.cc
extern const FieldKind hex, base64, optional_base64, dash_base64, salt, base32hex, locator64, eui48,
    eui64;
// fields_mnemonic.cc
extern const FieldKind algorithm, certificate_type, digest_type, nsec3_hash, key_flags,
    key_protocol, notify_scheme;
// fields_dnssec.cc
extern const FieldKind type, timestamp, type_bitmap, nxt_bitmap;
// fields_gateway.cc
extern const FieldKind gateway_type, relay_type, gateway, relay, host_identity;
// fields_loc.cc, fields_apl.cc, fields_svcb.cc
extern const FieldKind location, address_prefixes, service_parameters;
// fields_historic.cc
extern const FieldKind ip_protocol, port_bitmap, nsap, atm_address, a6_prefix;
}  // namespace field

// A field with the name that messages give it.
struct Field {
  const FieldKind* kind = nullptr;
  const char* name = nullptr;
};

// The fields of one type, in wire order (SOA, NAPTR and RRSIG need the most).
struct Layout {
  static constexpr size_t kMaxFields = 9;
  uint16_t type;
  Field fields[kMaxFields];
  // What the fields cannot see one by one; null, or a function that returns what is wrong or null.
  const char* (*check)(std::span<const uint8_t> rdata) = nullptr;
  // The same for what is no reason to refuse the data (rdata_doubt()).
  const char* (*doubt)(std::span<const uint8_t> rdata) = nullptr;

  std::span<const Field> used() const {
    size_t n = 0;
    while (n < kMaxFields && fields[n].kind != nullptr) ++n;
    return {fields, n};
  }
};

// Null for a type without layout.
const Layout* find_layout(uint16_t type);

// Decodes all fields; false if one is malformed or octets are left over.
bool decode(const Layout& layout, WireReader& wire, TextWriter& text);

// Appends the low `octets` octets of `value`, big-endian.
void append_number(Bytes& out, uint64_t value, size_t octets);
// Decimal digits only, up to `max`.
std::optional<uint64_t> parse_decimal(std::string_view text, uint64_t max);
// The address `text` writes, of `family` (AF_INET, AF_INET6), into 4 or 16 octets; false if it is
// none. Unlike Address::parse this keeps an IPv4-mapped IPv6 address as it is.
bool parse_ip(int family, std::string_view text, uint8_t* octets);
// Appends `text` with its escapes resolved; false at a bad escape.
bool append_unescaped(Bytes& out, std::string_view text);

}  // namespace signpost::dns
