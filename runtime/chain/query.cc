// What hooks may do with a query (signpost/query.h).
#include "signpost/query.h"

#include <algorithm>
#include <cstring>

#include "chain/runner.h"
#include "chain/suspended.h"
#include "zone/zone.h"

namespace signpost {

void Query::propose(const RecordSet& proposed, const Zone& of) {
  set = &proposed;
  zone = &of;
  candidates = MemberMask::first(proposed.member_count);
  chosen = -1;
  reason = RouteReason::none;
  authoritative = true;
  if (recorder) recorder->proposed(*this);
}

bool Query::add(Section section, const WireSet& records, ReplyEntry::Owner owner, NameView name,
                bool needed) {
  if (records.count == 0) return true;
  if (entry_count_ == max_entries) return false;
  steps_[step_].zone = zone;
  entries_[entry_count_++] = {&records, name, section, owner, step_, needed};
  return true;
}

bool Query::add_record(Section section, ReplyEntry::Owner owner, NameView name, uint16_t rr_type,
                       uint32_t ttl, std::span<const uint8_t> rdata) {
  const size_t bytes = 12 + rdata.size();
  if (made_count_ == max_made || made_used_ + bytes > made_.size()) return false;
  uint8_t* at = made_.data() + made_used_;
  const uint8_t head[12] = {0,
                            0,
                            uint8_t(rr_type >> 8),
                            uint8_t(rr_type),
                            0,
                            rr::class_in,
                            uint8_t(ttl >> 24),
                            uint8_t(ttl >> 16),
                            uint8_t(ttl >> 8),
                            uint8_t(ttl),
                            uint8_t(rdata.size() >> 8),
                            uint8_t(rdata.size())};
  std::memcpy(at, head, sizeof head);
  if (!rdata.empty()) std::memcpy(at + sizeof head, rdata.data(), rdata.size());
  uint32_t* starts = made_starts_.data() + size_t(made_count_) * 2;
  starts[0] = 0;
  starts[1] = uint32_t(bytes);
  WireSet& made = made_sets_[made_count_];
  made = {at, starts, nullptr, 1, 0, ttl};
  if (!add(section, made, owner, name)) return false;
  ++made_count_;
  made_used_ = uint16_t(made_used_ + bytes);
  return true;
}

void Query::draw(std::span<const uint64_t> weights) noexcept {
  uint64_t sum = 0;
  for (uint64_t w : weights) sum += w;
  if (sum == 0) {
    candidates.each([&](unsigned i) {
      if (chosen < 0) chosen = int16_t(i);
    });
  } else {
    // Multiplying the sum by a 32-bit fraction: sums stay below 2^32, as 128 weights of 2^24 do.
    uint64_t point = uint64_t(random()) * sum >> 32;
    for (size_t i = 0; i < weights.size(); ++i) {
      if (point < weights[i]) {
        chosen = int16_t(i);
        break;
      }
      point -= weights[i];
    }
  }
  if (reason == RouteReason::none)
    reason = set->member_count == 1 ? RouteReason::only : RouteReason::chosen;
  routed_set = set;
  routed_member = chosen;
  routed_reason = reason;
  if (recorder) recorder->drawn(*this, weights);
}

void Query::keep_healthy(MemberMask healthy) noexcept {
  const MemberMask left = candidates & healthy;
  if (recorder) recorder->judged(*this, healthy);
  if (left == candidates) return;
  if (left.empty()) {
    reason = RouteReason::last_resort;
  } else {
    candidates = left;
    reason = RouteReason::failed_over;
  }
}

void Query::restart(NameView target) noexcept {
  target_ = target;
  same_owner_next_ = true;
}

Ticket Query::suspend() noexcept { return runner_->suspend(*this); }

}  // namespace signpost
