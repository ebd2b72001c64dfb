#include "dns/base_encoding.h"

#include <array>

namespace signpost::dns {

namespace {

constexpr std::string_view kHex = "0123456789ABCDEF";
constexpr std::string_view kBase32Hex = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr uint8_t kForeign = 0xff;

using Inverse = std::array<uint8_t, 256>;

constexpr Inverse inverse(std::string_view alphabet, bool ignore_case) {
  Inverse table{};
  table.fill(kForeign);
  for (size_t i = 0; i < alphabet.size(); ++i) {
    uint8_t c = uint8_t(alphabet[i]);
    table[c] = uint8_t(i);
    if (ignore_case && c >= 'A' && c <= 'Z') table[c + ('a' - 'A')] = uint8_t(i);
  }
  return table;
}

constexpr Inverse kFromHex = inverse(kHex, true);
constexpr Inverse kFromBase32Hex = inverse(kBase32Hex, true);
constexpr Inverse kFromBase64 = inverse(kBase64, false);

// Gathers `bits` per character into octets. The bits left over must be zero and fewer than one
// character holds, else a different text would mean the same data or the length is impossible.
bool append_digits(std::vector<uint8_t>& out, std::string_view text, const Inverse& table,
                   unsigned bits) {
  uint32_t held = 0;
  unsigned count = 0;
  for (char c : text) {
    uint8_t digit = table[uint8_t(c)];
    if (digit == kForeign) return false;
    held = held << bits | digit;
    count += bits;
    if (count >= 8) {
      count -= 8;
      out.push_back(uint8_t(held >> count));
    }
    held &= (1u << count) - 1;
  }
  return count < bits && held == 0;
}

std::string digits_text(std::span<const uint8_t> octets, std::string_view alphabet, unsigned bits) {
  std::string text;
  text.reserve((octets.size() * 8 + bits - 1) / bits + 3);
  uint32_t held = 0;
  unsigned count = 0;
  for (uint8_t octet : octets) {
    held = held << 8 | octet;
    for (count += 8; count >= bits; count -= bits) {
      text += alphabet[held >> (count - bits) & ((1u << bits) - 1)];
    }
    held &= (1u << count) - 1;
  }
  if (count > 0) text += alphabet[held << (bits - count)];
  return text;
}

}  // namespace

bool append_hex(std::vector<uint8_t>& out, std::string_view text) {
  return append_digits(out, text, kFromHex, 4);
}

bool append_base32hex(std::vector<uint8_t>& out, std::string_view text) {
  return append_digits(out, text, kFromBase32Hex, 5);
}

bool append_base64(std::vector<uint8_t>& out, std::string_view text) {
  if (text.size() % 4 != 0) return false;
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  return append_digits(out, text, kFromBase64, 6);
}

std::string hex_text(std::span<const uint8_t> octets) { return digits_text(octets, kHex, 4); }

std::string base32hex_text(std::span<const uint8_t> octets) {
  return digits_text(octets, kBase32Hex, 5);
}

std::string base64_text(std::span<const uint8_t> octets) {
  std::string text = digits_text(octets, kBase64, 6);
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

}  // namespace signpost::dns
