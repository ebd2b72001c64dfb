#include "resolve/message_reader.h"

#include <array>

namespace signpost::resolve {
namespace {

constexpr size_t header_size = 12, max_name = 255;
constexpr uint8_t label_mask = 0xC0, pointer_mark = 0xC0;

// The lower-case wire form under construction.
class NameBuilder {
 public:
  bool add_label(std::span<const uint8_t> label) {
    if (size_ + 1 + label.size() >= max_name) return false;  // room for the root byte too
    wire_[size_++] = uint8_t(label.size());
    for (uint8_t c : label) wire_[size_++] = c >= 'A' && c <= 'Z' ? uint8_t(c + 32) : c;
    return true;
  }
  Name finish() {
    wire_[size_++] = 0;
    return Name(NameView(wire_.data(), size_));
  }

 private:
  std::array<uint8_t, max_name> wire_;
  size_t size_ = 0;
};

}  // namespace

uint16_t MessageReader::word() {
  const auto value = uint16_t(message_[at_] << 8 | message_[at_ + 1]);
  at_ += 2;
  return value;
}

uint32_t MessageReader::long_word() {
  const uint32_t high = word();
  return high << 16 | word();
}

std::optional<Header> MessageReader::header() {
  if (!has(header_size)) return std::nullopt;
  word();  // the identifier, which c-ares has compared
  const uint16_t flags = word();
  Header header;
  header.is_response = (flags & 0x8000) != 0;
  header.truncated = (flags & 0x0200) != 0;
  header.rcode = flags & 0xF;
  header.questions = word();
  header.answers = word();
  header.authorities = word();
  word();  // additional records are never looked at
  return header;
}

std::optional<Name> MessageReader::name(size_t& at, size_t end) const {
  NameBuilder builder;
  size_t cursor = at, limit = end, earliest = at;
  bool jumped = false;
  while (cursor < limit) {
    const uint8_t length = message_[cursor++];
    if ((length & label_mask) == pointer_mark) {
      if (cursor >= limit) return std::nullopt;
      const size_t target = size_t(length & ~label_mask) << 8 | message_[cursor++];
      if (!jumped) at = cursor;
      jumped = true;
      if (target >= earliest) return std::nullopt;  // strictly backwards, so every chain ends
      cursor = earliest = target;
      limit = message_.size();
      continue;
    }
    if ((length & label_mask) != 0) return std::nullopt;
    if (length == 0) {
      if (!jumped) at = cursor;
      return builder.finish();
    }
    if (limit - cursor < length || !builder.add_label(message_.subspan(cursor, length))) {
      return std::nullopt;
    }
    cursor += length;
  }
  return std::nullopt;
}

std::optional<Question> MessageReader::question() {
  auto owner = name(at_, message_.size());
  if (!owner || !has(4)) return std::nullopt;
  const uint16_t type = word();
  return Question{*std::move(owner), type, word()};
}

std::optional<Record> MessageReader::record() {
  auto owner = name(at_, message_.size());
  if (!owner || !has(10)) return std::nullopt;
  Record record{*std::move(owner)};
  record.type = word();
  record.record_class = word();
  record.ttl = long_word();
  if (record.ttl & 0x80000000u) record.ttl = 0;
  const size_t length = word();
  if (!has(length)) return std::nullopt;
  record.data = message_.subspan(at_, length);
  at_ += length;
  return record;
}

std::optional<Name> MessageReader::name_in(const Record& record) const {
  size_t at = offset_of(record);
  const size_t end = at + record.data.size();
  auto target = name(at, end);
  if (at != end) return std::nullopt;
  return target;
}

std::optional<uint32_t> MessageReader::soa_minimum(const Record& record) const {
  size_t at = offset_of(record);
  const size_t end = at + record.data.size();
  constexpr size_t numbers = 20;  // serial, refresh, retry, expire, minimum
  if (!name(at, end) || !name(at, end) || end - at != numbers) return std::nullopt;
  MessageReader tail(message_.subspan(end - 4, 4));
  return tail.long_word();
}

}  // namespace signpost::resolve
