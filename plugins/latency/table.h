// Latencies measured from client networks to Regions, read from a CSV file:
//
//   prefix,region,milliseconds[,country]
//   198.51.100.0/24,us-west-2,25,US
//
// Blank lines and lines that begin with # are passed over, as is a header. A prefix has one line
// for each Region; the country (ISO 3166-1) is that of the prefix, so one line may give it for all.
// Immutable once read; workers ask it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "signpost/diagnostic.h"
#include "signpost/prefix_map.h"

namespace signpost::latency {

// What is known of the clients of a prefix.
class Row {
 public:
  static constexpr uint32_t unknown = UINT32_MAX;

  // Microseconds to the Region of this number; `unknown` if the table does not say.
  uint32_t to(uint32_t region) const {
    return region < by_region_.size() ? by_region_[region] : unknown;
  }
  bool in_china() const { return in_china_; }
  std::string key() const;  // equal for rows that know the same
  void set(uint32_t region, uint32_t microseconds);
  void set_in_china() { in_china_ = true; }

 private:
  std::vector<uint32_t> by_region_;
  bool in_china_ = false;
};

class Table {
 public:
  Table() = default;  // knows nobody
  Table(PrefixMap prefixes, std::vector<Row> rows)
      : prefixes_(std::move(prefixes)), rows_(std::move(rows)) {}

  struct Match {
    const Row* row;  // null: nothing is known of the address
    uint8_t scope;   // bits of the address that decided
  };
  Match find(const Address& address) const noexcept {
    const PrefixMatch match = prefixes_.find(address);
    return {match.row == no_row ? nullptr : &rows_[match.row], match.scope};
  }

 private:
  PrefixMap prefixes_;
  std::vector<Row> rows_;
};

// The tables of a block, in the order of Settings::tables.
struct LatencyTable {
  static constexpr std::string_view table_name = "latency";
  std::vector<std::shared_ptr<const Table>> tables;
};

struct ReadTable {
  std::shared_ptr<const Table> table;
  std::vector<std::string> regions;  // that it names, sorted
};

// Reads a table from `text`, the content of `file`. Problems are reported with their lines (the
// first 100); the table then lacks what was in error.
ReadTable parse_table(std::string_view text, std::string_view file, Problems& problems);

// The same from the file at `path`. `where`: the line of the Corefile that names it, for a file
// that cannot be read. Blocks.
ReadTable read_table(const std::string& path, const Location& where, Problems& problems);

}  // namespace signpost::latency
