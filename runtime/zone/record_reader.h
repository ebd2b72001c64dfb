// Turns the words of one zone file entry into a record (RFC 1035, section 5.1): owner or blank,
// then TTL and class in either order or not at all, then type and data. Keeps what one entry
// inherits from those before it. Cold path; one per zone file and its included files.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dns/rdata.h"
#include "zone/zone_file.h"

namespace signpost::zone {

class RecordReader {
 public:
  explicit RecordReader(NameView origin) : origin_(origin) {}

  // The record the words describe; its data stays valid until the next call. Null: `why` says what
  // is wrong. `where` is left to the caller.
  const ZoneRecord* read(std::span<const TextToken> words, bool starts_blank, std::string& why);

  const Name& origin() const { return origin_; }
  void set_origin(const Name& origin) { origin_ = origin; }
  void set_default_ttl(uint32_t ttl) { default_ttl_ = ttl; }
  ZoneRecord& record() { return record_; }

  // What $INCLUDE puts back behind the included file, and $GENERATE behind its records.
  struct Context {
    Name origin, owner;
    bool has_owner;
  };
  Context context() const { return {origin_, record_.owner, has_owner_}; }
  void restore(const Context& c);

 private:
  bool read_owner(const TextToken& word, std::string& why);
  // Takes TTL, class and type off the front of `words`.
  bool read_header(std::span<const TextToken>& words, std::optional<uint32_t>& ttl,
                   std::string& why);
  // Where key="value" is no service parameter its quotes start a string of their own.
  std::span<const TextToken> split_values(std::span<const TextToken> words);
  bool settle_ttl(std::optional<uint32_t> written, std::string& why);

  Name origin_;
  ZoneRecord record_;
  std::vector<uint8_t> rdata_;
  std::vector<TextToken> split_;  // memory of split_values()
  bool has_owner_ = false;
  // RFC 2308, section 4 ($TTL), RFC 1035, section 5.1 (the last one written), and for files that
  // rely on neither, the SOA's own number.
  std::optional<uint32_t> default_ttl_, last_ttl_, soa_minimum_;
};

}  // namespace signpost::zone
