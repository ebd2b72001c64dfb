// Who is being limited at present, on one worker. Beginning and end of it go into the query log; a
// table of fixed size bounds how many are told apart, and with them the lines. One thread; no lock,
// no allocation.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include "accounts.h"
#include "settings.h"
#include "signpost/address.h"
#include "signpost/query.h"

namespace signpost::ratelimit {

// What is written into the query log, and read again by Report.
struct Incident {
  Prefix client;
  Category category = Category::response;
  bool ended = false;
  uint64_t at_ms = 0;      // of beginning or end, monotonic
  uint64_t lasted_ms = 0;  // the rest: of its end
  uint64_t dropped = 0, truncated = 0;
};

class Incidents {
 public:
  static constexpr size_t kMost = 64;

  // `quiet`: how long nothing must have been limited for the end.
  Incidents(uint16_t formatter, std::chrono::seconds quiet)
      : formatter_(formatter), quiet_ns_(uint64_t(quiet.count()) * 1'000'000'000) {}

  // One answer to `client` was above the rate. `key` is a hash of client and category. `log` may be
  // null.
  void count(uint64_t key, const Prefix& client, Category category, Ruling ruling, uint64_t now_ns,
             QueryLog* log) noexcept;

  // Writes what has ended, once a second at most.
  void look(uint64_t now_ns, QueryLog* log) noexcept {
    if (open_ != 0 && now_ns >= next_look_ns_) close_quiet(now_ns, log);
  }

 private:
  struct Place {
    uint64_t key = 0;
    uint64_t began_ns = 0, last_ns = 0;
    uint64_t dropped = 0, truncated = 0;
    Prefix client;
    Category category = Category::response;
    bool used = false;
  };

  Place* find(uint64_t key, const Prefix& client, Category category, uint64_t now_ns,
              QueryLog* log) noexcept;
  void close_quiet(uint64_t now_ns, QueryLog* log) noexcept;
  void write(const Incident& incident, QueryLog* log) const noexcept;

  const uint16_t formatter_;
  const uint64_t quiet_ns_;
  std::array<Place, kMost> places_;
  unsigned open_ = 0;
  uint64_t next_look_ns_ = 0;
};

}  // namespace signpost::ratelimit
