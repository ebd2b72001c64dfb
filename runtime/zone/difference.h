// What is different between two versions of a zone, record by record. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "zone/record_list.h"

namespace signpost::zone {

struct Change {
  bool added;  // to the new version; else removed from the old one
  size_t at;   // in the list it comes from
};

// The changes from `before` to `after`, both settled, in canonical order; of a record whose TTL
// alone changed, the removal comes first.
std::vector<Change> difference(const RecordList& before, const RecordList& after);

// The serial of the first SOA record; empty if there is none.
std::optional<uint32_t> serial_of(const RecordList& records);

// What became of the serial between two versions that differ: "serial 7 -> 8", with what a
// secondary server makes of it if that is no update (RFC 1982, section 3.2).
std::string serial_text(std::optional<uint32_t> before, std::optional<uint32_t> after);

}  // namespace signpost::zone
