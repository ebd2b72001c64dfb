// A bounds-checked cursor over a DNS message (RFC 1035, section 4.1): header, question, records.
// Any thread. Every function returns an empty optional instead of reading past the end, and the
// cursor must not be used after that.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "signpost/name.h"

namespace signpost::resolve {

struct Header {
  bool is_response = false, truncated = false;
  unsigned rcode = 0;
  unsigned questions = 0, answers = 0, authorities = 0;
};

struct Question {
  Name name;
  uint16_t type = 0, query_class = 0;
};

struct Record {
  Name owner;  // lower case
  uint16_t type = 0, record_class = 0;
  uint32_t ttl = 0;  // seconds; 0 where the top bit was set (RFC 2181, section 8)
  std::span<const uint8_t> data;
};

class MessageReader {
 public:
  explicit MessageReader(std::span<const uint8_t> message) : message_(message) {}

  std::optional<Header> header();  // first
  std::optional<Question> question();
  std::optional<Record> record();

  // The name that is the whole data of `record` (CNAME); compression is allowed there.
  std::optional<Name> name_in(const Record& record) const;
  // The last field of an SOA.
  std::optional<uint32_t> soa_minimum(const Record& record) const;

 private:
  // Reads a name at `at` and moves `at` behind it. `end` bounds the part in place; pointers may
  // lead to anywhere before the name.
  std::optional<Name> name(size_t& at, size_t end) const;
  bool has(size_t bytes) const { return message_.size() - at_ >= bytes; }
  uint16_t word();
  uint32_t long_word();
  size_t offset_of(const Record& record) const {
    return size_t(record.data.data() - message_.data());
  }

  std::span<const uint8_t> message_;
  size_t at_ = 0;
};

}  // namespace signpost::resolve
