#include "zone/generate.h"

#include <algorithm>
#include <charconv>

#include "signpost/diagnostic.h"

namespace signpost::zone {

namespace {

constexpr uint32_t kMaxNumber = 0x7fffffff;
constexpr unsigned kMaxWidth = 255;  // no name or string is longer

template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
  Number value{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

struct Format {
  int64_t offset = 0;
  unsigned width = 0;
  char base = 'd';
};

// What stands between the braces.
std::optional<Format> parse_format(std::string_view text) {
  Format format;
  size_t comma = std::min(text.find(','), text.size());
  std::string_view offset = text.substr(0, comma);
  if (offset.starts_with('+')) offset.remove_prefix(1);
  auto number = parse_number<int32_t>(offset);
  if (!number) return std::nullopt;
  format.offset = *number;
  if (comma == text.size()) return format;
  text.remove_prefix(comma + 1);
  comma = std::min(text.find(','), text.size());
  auto width = parse_number<unsigned>(text.substr(0, comma));
  if (!width || *width > kMaxWidth) return std::nullopt;
  format.width = *width;
  if (comma == text.size()) return format;
  text.remove_prefix(comma + 1);
  if (text.size() != 1 || std::string_view("doxXnN").find(text[0]) == text.npos) {
    return std::nullopt;
  }
  format.base = text[0];
  return format;
}

// Least significant digit first, dots between; a width in characters may end on a dot.
void append_nibbles(std::string& out, uint64_t value, unsigned width, bool upper) {
  const char* digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  const size_t start = out.size();
  do {
    out += digits[value & 15];
    value >>= 4;
    if (value != 0 || out.size() - start < width) out += '.';
  } while (value != 0 || out.size() - start < width);
}

void append_formatted(std::string& out, uint64_t value, const Format& format) {
  if (format.base == 'n' || format.base == 'N') {
    return append_nibbles(out, value, format.width, format.base == 'N');
  }
  int base = format.base == 'd' ? 10 : format.base == 'o' ? 8 : 16;
  char digits[32];
  char* end = std::to_chars(digits, digits + sizeof digits, value, base).ptr;
  if (format.base == 'X') {
    std::transform(digits, end, digits, [](char c) { return c >= 'a' ? char(c - 0x20) : c; });
  }
  size_t length = size_t(end - digits);
  out.append(format.width > length ? format.width - length : 0, '0').append(digits, length);
}

}  // namespace

std::optional<GenerateRange> parse_range(std::string_view text, std::string& why) {
  size_t dash = text.find('-'), slash = std::min(text.find('/'), text.size());
  if (dash < slash) {
    auto start = parse_number<uint32_t>(text.substr(0, dash));
    auto stop = parse_number<uint32_t>(text.substr(dash + 1, slash - dash - 1));
    auto step = slash == text.size() ? std::optional<uint32_t>(1)
                                     : parse_number<uint32_t>(text.substr(slash + 1));
    if (start && stop && step && *start <= *stop && *stop <= kMaxNumber && *step > 0) {
      if ((*stop - *start) / *step < kMaxGenerated) return GenerateRange{*start, *stop, *step};
      why = "range '" + excerpt(text) + "' makes more than " + std::to_string(kMaxGenerated) +
            " records";
      return std::nullopt;
    }
  }
  why = "found '" + excerpt(text) + "', expected a range such as 1-10 or 0-255/2";
  if (text.find_first_not_of("0123456789-/") == std::string_view::npos)
    why += ", from the lower number to the higher, of at most " + std::to_string(kMaxNumber);
  return std::nullopt;
}

bool substitute(std::string_view text, uint32_t value, std::string& out, std::string& why) {
  out.clear();
  for (size_t at = 0; at < text.size();) {
    if (text[at] == '\\' && at + 1 < text.size()) {
      out.append(text.substr(at, text[at + 1] == '$' ? 0 : 1)).append(1, text[at + 1]);
      at += 2;
      continue;
    }
    if (text[at] != '$') {
      out += text[at++];
      continue;
    }
    if (text.substr(at).starts_with("$$")) {
      out += '$', at += 2;
      continue;
    }
    Format format;
    if (++at < text.size() && text[at] == '{') {
      size_t close = std::min(text.find('}', at), text.size());
      auto parsed = parse_format(text.substr(at + 1, close - at - 1));
      if (close == text.size() || !parsed) {
        why = "found '" + excerpt(text.substr(at - 1, close - at + 2)) +
              "', expected ${OFFSET[,WIDTH[,BASE]]} with a base of d, o, x, X, n or N";
        return false;
      }
      format = *parsed;
      at = close + 1;
    }
    const int64_t number = int64_t(value) + format.offset;
    if (number < 0 && format.base != 'd') {
      why = "'" + excerpt(text) + "' becomes negative at " + std::to_string(value);
      return false;
    }
    if (number < 0) out += '-';  // the sign counts as part of the width
    if (number < 0 && format.width > 0) --format.width;
    append_formatted(out, uint64_t(number < 0 ? -number : number), format);
  }
  return true;
}

}  // namespace signpost::zone
