// The records of a zone file, kept to be put into canonical order (RFC 4034, section 6), printed,
// compared and judged. Made for a million records: one block of memory, no allocation per record.
// Any thread; not shared while it grows.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "zone/file_table.h"
#include "zone/zone_file.h"

namespace signpost::zone {

// Appends the OrderKey of a lower-case name.
void append_order_key(NameView name, std::vector<uint8_t>& out);

class RecordList {
 public:
  // What the list knows of one record. Views into the list, valid until the next add().
  struct Record {
    NameView owner;
    uint16_t type;
    uint32_t ttl;                    // seconds
    std::span<const uint8_t> rdata;  // canonical form
    Location where;
  };
  // Positions [first, last) of the records of one owner.
  struct Owner {
    size_t first = 0, last = 0;
    bool empty() const { return first == last; }
  };

  void add(const ZoneRecord& record);
  // Into canonical order: by owner, type (SOA first, as zones begin with it) and data. What
  // follows needs this.
  void sort();
  // Makes the list what is served: data that stands twice stays once (RFC 2181, section 5), and
  // the lowest TTL of a set holds for all of it (section 5.2).
  void settle();

  size_t size() const { return entries_.size(); }
  Record operator[](size_t at) const;
  // One line of the canonical text, without line end: owner, TTL, class, type and data separated by
  // tabs; names absolute.
  void append_text(size_t at, std::string& out) const;

  // The records of the owner that `at` belongs to, `at` being its first; and of any name (lower
  // case), empty if there are none.
  Owner owner_from(size_t at) const;
  Owner find(NameView name) const;
  // Whether a name at or below `name` has records: the name exists (RFC 4592, section 2.2).
  bool exists(NameView name) const;
  // The first record of `owner` that has `type`, or size().
  size_t find(Owner owner, uint16_t type) const;

  // Order of two records: below zero if `at` comes before `other_at` of `other`; zero if they are
  // equal but for their TTL and place.
  int compare(size_t at, const RecordList& other, size_t other_at) const;
  // Whether two records belong to one set. Signatures do if they cover the same type.
  bool same_set(size_t a, size_t b) const;

 private:
  // Offsets into bytes_; consecutive records of one owner share its key and name.
  struct Entry {
    size_t key, rdata;
    uint32_t ttl, line, file;
    uint16_t type, rdata_size, key_size;
    uint8_t name_size;
  };

  std::span<const uint8_t> key(const Entry& e) const { return {&bytes_[e.key], e.key_size}; }
  std::span<const uint8_t> rdata(const Entry& e) const { return {&bytes_[e.rdata], e.rdata_size}; }
  NameView name(const Entry& e) const { return {&bytes_[e.key + e.key_size], e.name_size}; }
  size_t lower_bound(std::span<const uint8_t> key) const;
  int compare(const Entry& a, const RecordList& other, const Entry& b) const;

  std::vector<uint8_t> bytes_ = std::vector<uint8_t>(1);  // so that empty data has an address
  std::vector<Entry> entries_;
  FileTable files_;
  std::vector<uint8_t> canonical_;  // memory of add()
};

}  // namespace signpost::zone
