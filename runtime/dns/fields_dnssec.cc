// Fields of the DNSSEC types and CERT: type numbers and sets, algorithms, signature times.
#include <array>
#include <bitset>
#include <chrono>
#include <cstdio>

#include "dns/rdata_codec.h"
#include "dns/types.h"

namespace signpost::dns {

namespace {

struct Mnemonic {
  std::string_view text;
  uint16_t number;
};

// IANA "DNS Security Algorithm Numbers".
constexpr Mnemonic kAlgorithms[] = {
    {"DELETE", 0},
    {"RSAMD5", 1},
    {"DH", 2},
    {"DSA", 3},
    {"RSASHA1", 5},
    {"DSA-NSEC3-SHA1", 6},
    {"NSEC3DSA", 6},
    {"RSASHA1-NSEC3-SHA1", 7},
    {"NSEC3RSASHA1", 7},
    {"RSASHA256", 8},
    {"RSASHA512", 10},
    {"ECC-GOST", 12},
    {"ECCGOST", 12},
    {"ECDSAP256SHA256", 13},
    {"ECDSAP384SHA384", 14},
    {"ED25519", 15},
    {"ED448", 16},
    {"INDIRECT", 252},
    {"PRIVATEDNS", 253},
    {"PRIVATEOID", 254},
};

// IANA "CERT RR Certificate Types".
constexpr Mnemonic kCertificateTypes[] = {
    {"PKIX", 1}, {"SPKI", 2},   {"PGP", 3},     {"IPKIX", 4}, {"ISPKI", 5},
    {"IPGP", 6}, {"ACPKIX", 7}, {"IACPKIX", 8}, {"URI", 253}, {"OID", 254},
};

bool same_ignoring_case(std::string_view text, std::string_view upper) {
  if (text.size() != upper.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i] >= 'a' && text[i] <= 'z' ? char(text[i] - ('a' - 'A')) : text[i];
    if (c != upper[i]) return false;
  }
  return true;
}

bool parse_mnemonic(TokenReader& tokens, Bytes& out, std::span<const Mnemonic> table, size_t octets,
                    const char* what) {
  const TextToken* token = tokens.take();
  if (token == nullptr) return false;
  auto number = parse_decimal(token->text, octets == 1 ? 255 : 65535);
  for (const Mnemonic& m : table) {
    if (same_ignoring_case(token->text, m.text)) number = m.number;
  }
  if (!number) return tokens.expected(what);
  append_number(out, *number, octets);
  return true;
}

bool parse_algorithm(TokenReader& tokens, Bytes& out) {
  return parse_mnemonic(tokens, out, kAlgorithms, 1,
                        "an algorithm: a number from 0 to 255 or a name such as ECDSAP256SHA256");
}

bool decode_algorithm(WireReader& wire, TextWriter& text) {
  auto number = wire.number(1);
  return number && text.number(*number);
}

bool parse_certificate_type(TokenReader& tokens, Bytes& out) {
  return parse_mnemonic(tokens, out, kCertificateTypes, 2,
                        "a certificate type: a number from 0 to 65535 or a name such as PKIX");
}

bool decode_certificate_type(WireReader& wire, TextWriter& text) {
  auto number = wire.number(2);
  if (!number) return false;
  for (const Mnemonic& m : kCertificateTypes) {
    if (m.number == *number) return text.word(m.text);
  }
  return text.number(*number);
}

bool parse_type_field(TokenReader& tokens, Bytes& out) {
  const TextToken* token = tokens.take();
  if (token == nullptr) return false;
  auto type = parse_type(token->text);
  if (!type) return tokens.expected("a record type such as A or TYPE65280");
  append_number(out, *type, 2);
  return true;
}

bool decode_type_field(WireReader& wire, TextWriter& text) {
  auto type = wire.number(2);
  return type && (!text.wanted() || text.word(type_text(uint16_t(*type))));
}

// RFC 4034, section 3.2: YYYYMMDDHHmmSS in UTC, or seconds since 1970 (at most ten digits).
std::optional<uint32_t> parse_timestamp_text(std::string_view text) {
  constexpr size_t kDateDigits = 14;
  if (text.size() != kDateDigits) {
    auto seconds = parse_decimal(text, UINT32_MAX);
    return seconds ? std::optional(uint32_t(*seconds)) : std::nullopt;
  }
  if (!parse_decimal(text, UINT64_MAX)) return std::nullopt;
  auto part = [&](size_t at, size_t digits) {
    return unsigned(*parse_decimal(text.substr(at, digits), 9999));
  };
  std::chrono::year_month_day date(std::chrono::year(int(part(0, 4))),
                                   std::chrono::month(part(4, 2)), std::chrono::day(part(6, 2)));
  unsigned hour = part(8, 2), minute = part(10, 2), second = part(12, 2);
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  int64_t seconds = days * 86400 + hour * 3600 + minute * 60 + second;
  if (seconds < 0 || seconds > int64_t(UINT32_MAX)) return std::nullopt;
  return uint32_t(seconds);
}

bool parse_timestamp(TokenReader& tokens, Bytes& out) {
  const TextToken* token = tokens.take();
  if (token == nullptr) return false;
  auto seconds = parse_timestamp_text(token->text);
  if (!seconds) return tokens.expected("a time as YYYYMMDDHHmmSS, from 1970 to 2106");
  append_number(out, *seconds, 4);
  return true;
}

bool decode_timestamp(WireReader& wire, TextWriter& text) {
  auto seconds = wire.number(4);
  if (!seconds || !text.wanted()) return seconds.has_value();
  std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(*seconds / 86400))};
  unsigned rest = unsigned(*seconds % 86400);
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%04d%02u%02u%02u%02u%02u", int(date.year()),
                unsigned(date.month()), unsigned(date.day()), rest / 3600, rest / 60 % 60,
                rest % 60);
  return text.word(buffer);
}

// RFC 4034, section 4.1.2: windows of 256 types, each with its number, its length and 1 to 32
// octets.
constexpr unsigned kWindow = 256, kMaxWindowOctets = 32;

bool parse_type_bitmap(TokenReader& tokens, Bytes& out) {
  std::bitset<65536> types;
  while (!tokens.at_end()) {
    auto type = parse_type(tokens.take()->text);
    if (!type) return tokens.expected("a record type such as A or TYPE65280");
    types.set(*type);
  }
  for (unsigned window = 0; window < 65536 / kWindow; ++window) {
    std::array<uint8_t, kMaxWindowOctets> octets{};
    uint8_t used = 0;
    for (unsigned i = 0; i < kWindow; ++i) {
      if (!types.test(window * kWindow + i)) continue;
      octets[i / 8] |= uint8_t(0x80 >> i % 8);
      used = uint8_t(i / 8 + 1);
    }
    if (used == 0) continue;
    out.insert(out.end(), {uint8_t(window), used});
    out.insert(out.end(), octets.begin(), octets.begin() + used);
  }
  return true;
}

bool decode_type_bitmap(WireReader& wire, TextWriter& text) {
  for (int last_window = -1; !wire.at_end();) {
    auto window = wire.number(1);
    auto octets = wire.string();
    if (!octets || int(*window) <= last_window) return false;
    if (octets->empty() || octets->size() > kMaxWindowOctets || octets->back() == 0) return false;
    last_window = int(*window);
    for (unsigned i = 0; text.wanted() && i < octets->size() * 8; ++i) {
      if ((*octets)[i / 8] & 0x80 >> i % 8) text.word(type_text(uint16_t(*window * kWindow + i)));
    }
  }
  return true;
}

}  // namespace

namespace field {
constinit const FieldKind type{parse_type_field, decode_type_field};
constinit const FieldKind algorithm{parse_algorithm, decode_algorithm};
constinit const FieldKind certificate_type{parse_certificate_type, decode_certificate_type};
constinit const FieldKind timestamp{parse_timestamp, decode_timestamp};
constinit const FieldKind type_bitmap{parse_type_bitmap, decode_type_bitmap, 0};
}  // namespace field

}  // namespace signpost::dns
