#include "incidents.h"

#include <cstring>
#include <type_traits>

namespace signpost::ratelimit {

namespace {

constexpr uint64_t kLook = 1'000'000'000, kMillisecond = 1'000'000;
constexpr size_t kTries = 4;  // places that a key may have

static_assert(std::is_trivially_copyable_v<Incident>);

}  // namespace

// The place of `key`, made if it is new; null if there is no room.
Incidents::Place* Incidents::find(uint64_t key, const Prefix& client, Category category,
                                  uint64_t now_ns, QueryLog* log) noexcept {
  Place* free = nullptr;
  for (size_t i = 0; i < kTries; ++i) {
    Place& place = places_[(key + i) % kMost];
    if (place.used && place.key == key) return &place;
    if (!place.used && !free) free = &place;
  }
  if (!free) return nullptr;
  *free = {key, now_ns, now_ns, 0, 0, client, category, true};
  if (open_++ == 0) next_look_ns_ = now_ns + kLook;
  Incident begun;
  begun.client = client;
  begun.category = category;
  begun.at_ms = now_ns / kMillisecond;
  write(begun, log);
  return free;
}

void Incidents::count(uint64_t key, const Prefix& client, Category category, Ruling ruling,
                      uint64_t now_ns, QueryLog* log) noexcept {
  Place* place = find(key, client, category, now_ns, log);
  if (!place) return;
  place->last_ns = now_ns;
  ++(ruling == Ruling::truncate ? place->truncated : place->dropped);
}

void Incidents::close_quiet(uint64_t now_ns, QueryLog* log) noexcept {
  next_look_ns_ = now_ns + kLook;
  for (Place& place : places_) {
    if (!place.used || now_ns < place.last_ns + quiet_ns_) continue;
    place.used = false;
    --open_;
    write({place.client, place.category, true, now_ns / kMillisecond,
           (place.last_ns - place.began_ns) / kMillisecond, place.dropped, place.truncated},
          log);
  }
}

void Incidents::write(const Incident& incident, QueryLog* log) const noexcept {
  if (!log) return;
  uint8_t* record = log->reserve(formatter_, sizeof incident);
  if (!record) return;
  std::memcpy(record, &incident, sizeof incident);
  log->commit();
}

}  // namespace signpost::ratelimit
