// The plugin `failover`: answers the primary member as long as it is healthy, else the secondary.
// Source: spec section 2.3 (rules F-01 to F-10), V-15 and V-26.
#include <algorithm>
#include <array>

#include "signpost/plugin.h"

namespace signpost::failover {
namespace {

enum Role : uint32_t { primary, secondary };
constexpr std::string_view kRoles[] = {"primary", "secondary"};

class Failover final : public Policy {
 public:
  std::string_view name() const override { return "failover"; }
  bool leads() const override { return true; }
  uint32_t read_lead(const Token& word) const override {
    for (uint32_t role : {primary, secondary})
      if (word.is(kRoles[role])) return role;
    throw ConfigError(word.where, "a failover member begins with primary or secondary, found '" +
                                      word.text + "'" + did_you_mean(word.text, kRoles));
  }
  std::string describe(uint32_t role) const override { return std::string(kRoles[role]); }

  void check(const SetSpec& set, Problems& problems) const override {
    const MemberSpec* seen[2] = {};
    for (const MemberSpec& member : set.members) {
      const MemberSpec*& first = seen[member.attribute];
      if (first)
        problems.error(
            member.where,
            "a second " + describe(member.attribute) + " member; the first stands at " +
                first->where.text() +
                ". A failover has one of each (V-26): for several addresses write them on one "
                "line, or alias a group");
      else
        first = &member;
      if (member.attribute == primary && !member.alias && member.check.empty())
        problems.error(
            member.where,
            "A non-alias primary ResourceRecordSet must have an associated health check. (V-15) "
            "Name one: check NAME");
    }
  }
};

const Failover policy;

struct Settings {
  explicit Settings(Setup& setup) { read_groups(setup, policy); }
};

class Worker {
 public:
  explicit Worker(const Settings&) {}

  // The health of both sides shows in the candidates: one is left if only one is healthy, and both
  // if none is, which makes it the primary's turn (F-03).
  Up up(Query& query) noexcept {
    if (!query.undecided(policy)) return Up::next;
    const std::span<const Member> members = query.set->all();
    std::array<uint64_t, 2> weights{};
    const unsigned count = std::min<unsigned>(unsigned(members.size()), 2);
    unsigned best = count;
    for (unsigned i = 0; i < count; ++i)
      if (query.candidates.has(i) && (best == count || members[i].attribute == primary)) best = i;
    if (best < count) weights[best] = 1;
    query.draw({weights.data(), count});
    return Up::next;
  }
};

}  // namespace
}  // namespace signpost::failover

SIGNPOST_EXPORT(failover,
                signpost::with_policy(
                    signpost::describe<signpost::failover::Settings, signpost::failover::Worker>(
                        "failover", signpost::Stage::choose),
                    signpost::failover::policy))
