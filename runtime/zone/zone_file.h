// Reads standard zone files (RFC 1035, section 5; TTLs after RFC 2308; RFC 3597 data; $GENERATE)
// into single records. Whether the records make a zone (owners inside it, CNAME alone, SOA there)
// is for the zone builder to judge. Any thread; blocks on file access, so not on a serving loop.
// Errors are collected, and reading goes on behind each to find the next.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "dns/ttl.h"
#include "signpost/diagnostic.h"
#include "signpost/name.h"

namespace signpost {

// One record of class IN as the file gives it. `rdata` is valid wire form for `type`, names in it
// uncompressed and in the case they were written; it is gone when the sink returns.
struct ZoneRecord {
  Name owner;
  uint16_t type = 0;
  uint32_t ttl = 0;  // seconds, 0..kMaxTtl
  std::span<const uint8_t> rdata;
  Location where;  // the first line of the record
};

using RecordSink = std::function<void(const ZoneRecord&)>;

// The text of the file at `path`; empty, and `why` holds the reason of the system, if it cannot be
// read.
using ReadFile =
    std::function<std::optional<std::string>(const std::string& path, std::string& why)>;

// A regular file from disk, read whole.
std::optional<std::string> read_file_from_disk(const std::string& path, std::string& why);

// Errors reported before reading stops.
inline constexpr unsigned kMaxZoneErrors = 100;
// $INCLUDE inside $INCLUDE, counted from the file itself.
inline constexpr unsigned kMaxIncludeDepth = 16;
// Files that one zone is read from, each counted as often as it is included; and records that all
// its $GENERATE lines make. What asks for more ends the reading.
inline constexpr unsigned kMaxZoneFiles = 10'000;
inline constexpr uint64_t kMaxGeneratedInZone = 10'000'000;

// Gives each good record of the file at `path` to `sink` in file order; names are relative to
// `origin` until $ORIGIN says otherwise. True if nothing was wrong; else `problems` has at least
// one error, each at its file and line. $INCLUDE paths are relative to the including file, and
// opened as they are written: ".." behind a symbolic link leads to where the link leads.
bool read_zone_file(const std::string& path, NameView origin, const RecordSink& sink,
                    Problems& problems, const ReadFile& read_file = read_file_from_disk);

}  // namespace signpost
