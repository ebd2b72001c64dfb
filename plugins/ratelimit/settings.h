// What the lines of `ratelimit` say. Read when a configuration is built, immutable from then on
// but for the counters. The words are those of CoreDNS' external plugin rrl; BIND's are understood.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "signpost/log.h"
#include "signpost/name.h"
#include "signpost/prefix_map.h"
#include "signpost/setup.h"
#include "signpost/tally.h"

namespace signpost::ratelimit {

// What kind of answer counts against which rate; `request` is every answer.
enum class Category : uint8_t { response, nodata, nxdomain, referral, error, request };
inline constexpr size_t kCategories = 6;

// What is counted: answers above the rate by category, then these.
enum Event : size_t { truncated = kCategories, dropped, displaced, events };

struct Settings {
  explicit Settings(Setup& setup);

  std::array<double, kCategories> rates{};  // answers a second; 0: no limit
  std::chrono::seconds window{15};
  unsigned slip = 2;  // every so-manieth answer above the rate is truncated; 0: none
  uint8_t ipv4_length = 24, ipv6_length = 56;  // of the prefixes that count as one client
  uint32_t table_size = 100'000;               // accounts per worker
  bool report_only = false;
  bool any_exempt = false;
  PrefixMap exempt;         // row 0: never limited
  std::vector<Name> zones;  // names below these; empty: all names
  std::string block;        // the first zone of the server block, for people
  std::unique_ptr<Tally<events>> tally;
  RegisteredFormatter formatter;  // of Incident records
};

}  // namespace signpost::ratelimit
