// Fields of the DNSSEC types: type numbers and sets of them, signature times.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <vector>

#include "dns/rdata_codec.h"
#include "dns/types.h"

namespace signpost::dns {

namespace {

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

// RFC 4034, section 3.2: YYYYMMDDHHmmSS in UTC, or seconds since 1970 (at most ten digits). Times
// from 2106 on are taken modulo 2^32, as the field is compared in serial number arithmetic
// (section 3.1.5).
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
  return seconds < 0 ? std::nullopt : std::optional(uint32_t(seconds));
}

bool parse_timestamp(TokenReader& tokens, Bytes& out) {
  const TextToken* token = tokens.take();
  if (token == nullptr) return false;
  auto seconds = parse_timestamp_text(token->text);
  if (!seconds) return tokens.expected("a time as YYYYMMDDHHmmSS, from 1970 on");
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
  std::vector<uint16_t> types;
  while (!tokens.at_end()) {
    auto type = parse_type(tokens.take()->text);
    if (!type) return tokens.expected("a record type such as A or TYPE65280");
    types.push_back(*type);
  }
  std::sort(types.begin(), types.end());
  for (size_t i = 0; i < types.size();) {
    const unsigned window = types[i] / kWindow;
    std::array<uint8_t, kMaxWindowOctets> octets{};
    uint8_t used = 0;
    for (; i < types.size() && types[i] / kWindow == window; ++i) {
      const unsigned bit = types[i] % kWindow;
      octets[bit / 8] |= uint8_t(0x80 >> bit % 8);
      used = uint8_t(bit / 8 + 1);
    }
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

// RFC 2535, section 5.2: one bit map of the types 1 to 127 without trailing zero octets.
constexpr unsigned kMaxNxtType = 127;

bool parse_nxt_bitmap(TokenReader& tokens, Bytes& out) {
  const size_t start = out.size();
  while (!tokens.at_end()) {
    auto type = parse_type(tokens.take()->text);
    if (!type || *type == 0 || *type > kMaxNxtType) {
      return tokens.expected("a record type from 1 to 127, such as A");
    }
    out.resize(std::max(out.size(), start + *type / 8 + 1u));
    out[start + *type / 8] |= uint8_t(0x80 >> *type % 8);
  }
  return true;
}

bool decode_nxt_bitmap(WireReader& wire, TextWriter& text) {
  auto octets = wire.take_rest();
  if (octets.empty()) return true;
  if (octets.size() > (kMaxNxtType + 1) / 8 || octets.back() == 0 || octets[0] & 0x80) return false;
  for (unsigned i = 0; text.wanted() && i < octets.size() * 8; ++i) {
    if (octets[i / 8] & 0x80 >> i % 8) text.word(type_text(uint16_t(i)));
  }
  return true;
}

}  // namespace

namespace field {
constinit const FieldKind type{parse_type_field, decode_type_field};
constinit const FieldKind timestamp{parse_timestamp, decode_timestamp};
constinit const FieldKind type_bitmap{parse_type_bitmap, decode_type_bitmap, 0};
constinit const FieldKind nxt_bitmap{parse_nxt_bitmap, decode_nxt_bitmap, 0};
}  // namespace field

}  // namespace signpost::dns
