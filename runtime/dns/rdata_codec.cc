#include "dns/rdata_codec.h"

#include <arpa/inet.h>

#include <charconv>

#include "dns/name_text.h"
#include "signpost/diagnostic.h"

namespace signpost::dns {

const TextToken* TokenReader::take() {
  if (!at_end()) return &tokens_[at_++];
  fail("missing");
  return nullptr;
}

std::string TokenReader::take_joined() {
  std::string all;
  while (!at_end()) all += tokens_[at_++].text;
  return all;
}

bool TokenReader::expected(std::string_view what) {
  const std::string_view text = at_ > 0 ? tokens_[at_ - 1].text : std::string_view();
  return fail("found '" + excerpt(text) + "', expected " + std::string(what));
}

bool TokenReader::fail(std::string reason) {
  if (reason_.empty()) reason_ = std::move(reason);
  return false;
}

std::optional<uint64_t> WireReader::number(size_t octets) {
  auto bytes = take(octets);
  if (!bytes) return std::nullopt;
  uint64_t value = 0;
  for (uint8_t b : *bytes) value = value << 8 | b;
  return value;
}

std::optional<std::span<const uint8_t>> WireReader::take(size_t octets) {
  if (octets > left()) return std::nullopt;
  at_ += octets;
  return whole_.subspan(at_ - octets, octets);
}

std::span<const uint8_t> WireReader::take_rest() { return *take(left()); }

std::optional<std::span<const uint8_t>> WireReader::string() {
  auto length = number(1);
  return length ? take(*length) : std::nullopt;
}

std::optional<NameView> WireReader::name(NameTraits traits) {
  size_t size = measure_name(whole_.subspan(at_));
  if (size == 0) return std::nullopt;
  NameView name(whole_.data() + at_, size);
  if (visit_ != nullptr) visit_(context_, at_, name, traits);
  at_ += size;
  return name;
}

void TextWriter::separate() {
  if (!first_) *out_ += ' ';
  first_ = false;
}

bool TextWriter::word(std::string_view text) {
  if (!wanted()) return true;
  separate();
  *out_ += text;
  return true;
}

bool TextWriter::number(uint64_t value) {
  char digits[20];
  return word({digits, std::to_chars(digits, digits + sizeof digits, value).ptr});
}

bool TextWriter::name(NameView name) {
  if (!wanted()) return true;
  separate();
  append_name_text(*out_, name);
  return true;
}

bool TextWriter::quoted(std::span<const uint8_t> octets) {
  if (!wanted()) return true;
  separate();
  *out_ += '"';
  append_escaped(*out_, octets, "\"\\");
  *out_ += '"';
  return true;
}

void append_number(Bytes& out, uint64_t value, size_t octets) {
  while (octets-- > 0) out.push_back(uint8_t(value >> (octets * 8)));
}

std::optional<uint64_t> parse_decimal(std::string_view text, uint64_t max) {
  uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > max) return std::nullopt;
  return value;
}

bool parse_ip(int family, std::string_view text, uint8_t* octets) {
  char terminated[INET6_ADDRSTRLEN];
  if (text.size() >= sizeof terminated || text.find('\0') != text.npos) return false;
  terminated[text.copy(terminated, text.size())] = '\0';
  return inet_pton(family, terminated, octets) == 1;
}

bool append_unescaped(Bytes& out, std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    if (text[at] != '\\') {
      out.push_back(uint8_t(text[at++]));
      continue;
    }
    auto octet = read_escape(text, at);
    if (!octet) return false;
    out.push_back(*octet);
  }
  return true;
}

}  // namespace signpost::dns
