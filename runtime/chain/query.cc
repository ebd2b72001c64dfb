// What hooks may do with a query (signpost/query.h).
#include "signpost/query.h"

#include <algorithm>
#include <cstring>

#include "chain/runner.h"
#include "chain/suspended.h"
#include "zone/zone.h"

namespace signpost {

namespace {
constexpr uint16_t kExtendedError = 15;  // EDNS option code, RFC 8914
}

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
  entries_[entry_count_++] = {&records, nullptr, name, section, owner, step_, needed};
  return true;
}

bool Query::add(Section section, const Member& member, ReplyEntry::Owner owner, NameView name,
                bool needed) {
  if (!add(section, member.values, owner, name, needed)) return false;
  const bool own_name = step_ == 0 || !steps_[step_].same_owner;  // else signed for another name
  if (edns.dnssec_ok && own_name && member.signatures.count != 0 && member.values.count != 0)
    entries_[entry_count_ - 1].signatures = &member.signatures;
  return true;
}

bool Query::add_related(const Member& of) {
  if (of.related_count == 0) return true;
  if (!add(Section::additional, of.values, ReplyEntry::name, {}, of.related[0].in_domain))
    return false;
  entries_[entry_count_ - 1].related = &of;
  return true;
}

bool Query::add_option(uint16_t code, std::span<const uint8_t> data) noexcept {
  if (!edns.present) return true;
  const size_t bytes = 4 + data.size();
  if (options_size_ + bytes > options_.size()) return false;
  uint8_t* at = options_.data() + options_size_;
  at[0] = uint8_t(code >> 8);
  at[1] = uint8_t(code);
  at[2] = uint8_t(data.size() >> 8);
  at[3] = uint8_t(data.size());
  if (!data.empty()) std::memcpy(at + 4, data.data(), data.size());
  options_size_ = uint8_t(options_size_ + bytes);
  return true;
}

bool Query::explain_error(uint16_t info_code, std::string_view text) noexcept {
  explained_ = true;
  std::array<uint8_t, 122> data;
  const size_t length = std::min(text.size(), data.size() - 2);
  data[0] = uint8_t(info_code >> 8);
  data[1] = uint8_t(info_code);
  if (length != 0) std::memcpy(data.data() + 2, text.data(), length);
  return add_option(kExtendedError, {data.data(), 2 + length});
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
  made = {at, starts, nullptr, 1, 0, ttl, 0};
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
  look_for(target);
  same_owner_next_ = true;
}

Content Query::content() const noexcept {
  if (set && (chosen >= 0 || !candidates.empty())) return Content::data;
  Content content = Content::none;
  bool negative = false;
  for (unsigned i = 0; i < entry_count_ && content != Content::data; ++i) {
    const ReplyEntry& entry = entries_[i];
    if (entry.section == Section::authority) {
      const uint8_t* record_type = entry.records->bytes + 2;  // behind the room for the owner
      negative = negative || (record_type[0] << 8 | record_type[1]) == rr::soa;
      content = negative ? Content::none : Content::referral;
    } else if (entry.section == Section::answer || (content == Content::none && !negative)) {
      content = Content::data;
    }
  }
  return content;
}

NameView Query::imputed_name() const noexcept {
  if (set) return set->owner;
  if (!zone) return NameView();
  if (content() == Content::referral)
    for (unsigned i = 0; i < entry_count_; ++i)
      if (entries_[i].section == Section::authority && entries_[i].owner == ReplyEntry::name)
        return entries_[i].owner_name;
  return zone->find(looked_for()) ? looked_for() : zone->apex();
}

Ticket Query::suspend() noexcept { return runner_->suspend(*this); }

}  // namespace signpost
