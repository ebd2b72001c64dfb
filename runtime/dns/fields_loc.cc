// The geographical position of LOC (RFC 1876): thousandths of arc seconds from 2^31, altitude in
// centimetres from 100 km below the ellipsoid, sizes as one digit times a power of ten.
#include <algorithm>
#include <cstdio>

#include "dns/rdata_codec.h"

namespace signpost::dns {

namespace {

constexpr int64_t kEquator = int64_t(1) << 31;    // also the prime meridian
constexpr int64_t kAltitudeBase = 100'000 * 100;  // cm
constexpr int64_t kMaxSize = 90'000'000ll * 100;  // cm
constexpr int64_t kDegree = 3'600'000, kMinute = 60'000, kSecond = 1'000;
constexpr uint8_t kDefaultSize = 0x12, kDefaultHorizontal = 0x16, kDefaultVertical = 0x13;

// "[-]12.34" in units of 10^-places; empty if it is no such number or has more decimals.
std::optional<int64_t> parse_fixed(std::string_view text, unsigned places) {
  bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  size_t point = std::min(text.find('.'), text.size());
  std::string_view decimals = text.substr(std::min(point + 1, text.size()));
  constexpr uint64_t kMax = 1'000'000'000;
  auto whole = parse_decimal(text.substr(0, point), kMax);
  auto fraction = decimals.empty() ? 0 : parse_decimal(decimals, kMax);
  if (!whole || !fraction || decimals.size() > places) return std::nullopt;
  int64_t value = int64_t(*whole), low = int64_t(*fraction);
  for (unsigned i = 0; i < places; ++i) value *= 10;
  for (size_t i = decimals.size(); i < places; ++i) low *= 10;
  return negative ? -(value + low) : value + low;
}

std::optional<int64_t> parse_metres(std::string_view text) {
  if (text.ends_with('m') || text.ends_with('M')) text.remove_suffix(1);
  return parse_fixed(text, 2);
}

// Degrees, optional minutes, optional seconds, then one of the two directions.
bool parse_angle(TokenReader& tokens, Bytes& out, int64_t max_degrees, char plus, char minus) {
  const int64_t units[] = {kDegree, kMinute, kSecond}, limits[] = {max_degrees + 1, 60, 60};
  const std::string what =
      "degrees, minutes and seconds followed by " + std::string(1, plus) + " or " + minus;
  int64_t angle = 0;
  for (size_t part = 0;; ++part) {
    const TextToken* token = tokens.take();
    if (token == nullptr) return false;
    char direction = token->text.size() == 1 ? char(token->text[0] & ~0x20) : '\0';
    if (part > 0 && (direction == plus || direction == minus)) {
      if (angle > max_degrees * kDegree) return tokens.expected(what);
      append_number(out, uint64_t(kEquator + (direction == plus ? angle : -angle)), 4);
      return true;
    }
    if (part == std::size(units)) return tokens.expected(what);
    auto value = parse_fixed(token->text, part == 2 ? 3 : 0);
    int64_t scale = part == 2 ? 1 : units[part];
    if (!value || *value < 0 || *value * scale >= limits[part] * units[part]) {
      return tokens.expected(what);
    }
    angle += *value * scale;
  }
}

// Mantissa in the high half, exponent of ten in the low one.
uint8_t encode_size(int64_t centimetres) {
  uint8_t exponent = 0;
  for (; centimetres > 9; centimetres /= 10) ++exponent;
  return uint8_t(centimetres << 4 | exponent);
}

bool parse_size(TokenReader& tokens, Bytes& out, uint8_t fallback) {
  if (tokens.at_end()) {
    out.push_back(fallback);
    return true;
  }
  auto size = parse_metres(tokens.take()->text);
  if (!size || *size < 0 || *size > kMaxSize) return tokens.expected("metres from 0 to 90000000");
  out.push_back(encode_size(*size));
  return true;
}

bool parse_location(TokenReader& tokens, Bytes& out) {
  Bytes angles, sizes;
  if (!parse_angle(tokens, angles, 90, 'N', 'S') || !parse_angle(tokens, angles, 180, 'E', 'W')) {
    return false;
  }
  const TextToken* token = tokens.take();
  if (token == nullptr) return false;
  auto altitude = parse_metres(token->text);
  if (!altitude || *altitude < -kAltitudeBase || *altitude > UINT32_MAX - kAltitudeBase) {
    return tokens.expected("an altitude from -100000.00 to 42849672.95 metres");
  }
  if (!parse_size(tokens, sizes, kDefaultSize) || !parse_size(tokens, sizes, kDefaultHorizontal) ||
      !parse_size(tokens, sizes, kDefaultVertical)) {
    return false;
  }
  out.push_back(0);  // version
  out.insert(out.end(), sizes.begin(), sizes.end());
  out.insert(out.end(), angles.begin(), angles.end());
  append_number(out, uint64_t(*altitude + kAltitudeBase), 4);
  return true;
}

bool write_angle(TextWriter& text, uint64_t wire, int64_t max_degrees, char plus, char minus) {
  int64_t angle = int64_t(wire) - kEquator;
  char direction = angle < 0 ? minus : plus;
  if (angle < 0) angle = -angle;
  if (angle > max_degrees * kDegree) return false;
  char buffer[48];
  std::snprintf(buffer, sizeof buffer, "%d %d %d.%03d %c", int(angle / kDegree),
                int(angle % kDegree / kMinute), int(angle % kMinute / kSecond),
                int(angle % kSecond), direction);
  return text.word(buffer);
}

bool write_size(TextWriter& text, uint8_t size) {
  unsigned mantissa = size >> 4, exponent = size & 15;
  if (mantissa > 9 || exponent > 9) return false;
  if (mantissa == 0 && exponent != 0) return false;  // zero is written in one way only
  uint64_t centimetres = mantissa;
  for (; exponent > 0; --exponent) centimetres *= 10;
  char buffer[32];
  const char* form = centimetres % 100 == 0 ? "%llum" : "%llu.%02llum";
  std::snprintf(buffer, sizeof buffer, form, static_cast<unsigned long long>(centimetres / 100),
                static_cast<unsigned long long>(centimetres % 100));
  return text.word(buffer);
}

void write_altitude(TextWriter& text, int64_t centimetres) {
  const char* sign = centimetres < 0 ? "-" : "";
  if (centimetres < 0) centimetres = -centimetres;
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%s%lld.%02lldm", sign,
                static_cast<long long>(centimetres / 100),
                static_cast<long long>(centimetres % 100));
  text.word(buffer);
}

// RFC 1876, section 2: nothing is known of the form of other versions; of version 0 the form is
// all that makes it data, though not all numbers have a text.
bool decode_location(WireReader& wire, TextWriter& text) {
  auto version = wire.number(1);
  if (version && *version != 0 && !text.wanted()) {
    wire.take_rest();
    return true;
  }
  auto sizes = wire.take(3);
  auto latitude = wire.number(4), longitude = wire.number(4), altitude = wire.number(4);
  if (!altitude || *version != 0) return false;
  if (!text.wanted()) return true;
  if (!write_angle(text, *latitude, 90, 'N', 'S') ||
      !write_angle(text, *longitude, 180, 'E', 'W')) {
    return false;
  }
  write_altitude(text, int64_t(*altitude) - kAltitudeBase);
  return write_size(text, (*sizes)[0]) && write_size(text, (*sizes)[1]) &&
         write_size(text, (*sizes)[2]);
}

}  // namespace

namespace field {
constinit const FieldKind location{parse_location, decode_location, 0};
}  // namespace field

}  // namespace signpost::dns
