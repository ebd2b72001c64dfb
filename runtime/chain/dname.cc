// Redirection by DNAME (RFC 6672): the part of Query that makes the CNAME.
#include <algorithm>

#include "signpost/query.h"

namespace signpost {

namespace {

constexpr size_t kLongestName = 255;  // RFC 1035, section 2.3.4
constexpr size_t kHead = 12;          // room for the owner, TYPE CLASS TTL RDLENGTH

}  // namespace

bool Query::redirect(const RecordSet& dname) noexcept {
  const Member& member = dname.members[0];
  const NameView from = looked_for(), to = *member.leads_to;
  if (redirection_count_ == redirections_.size()) return true;  // the chain ends with the last one
  // A name that an alias stands for is not shown, and a set stands in a reply once.
  const bool shown = step_ == 0 || !steps_[step_].same_owner;
  const auto there = std::span(entries_).first(entry_count_);
  if (shown && std::none_of(there.begin(), there.end(),
                            [&](const ReplyEntry& e) { return e.records == &member.values; }))
    add(Section::answer, member, ReplyEntry::name, dname.owner);
  const size_t labels = from.size() - dname.owner.size(), length = labels + to.size();
  if (length > kLongestName) return false;
  Redirection& made = redirections_[redirection_count_];
  const uint32_t ttl = member.values.ttl;  // RFC 6672, section 3.1
  const uint8_t head[kHead] = {0,
                               0,
                               0,
                               rr::cname,
                               0,
                               rr::class_in,
                               uint8_t(ttl >> 24),
                               uint8_t(ttl >> 16),
                               uint8_t(ttl >> 8),
                               uint8_t(ttl),
                               0,
                               uint8_t(length)};
  uint8_t* at = std::copy_n(head, kHead, made.bytes.data());
  at = std::copy_n(from.data(), labels, at);
  std::copy_n(to.data(), to.size(), at);
  made.starts = {0, uint32_t(kHead + length)};
  made.target = {kHead, uint8_t(length - 1), WireName::root};
  made.cname = {made.bytes.data(), made.starts.data(), &made.target, 1, 1, ttl, ~uint64_t(0)};
  ++redirection_count_;
  add(Section::answer, made.cname, ReplyEntry::step_owner);
  return true;
}

}  // namespace signpost
