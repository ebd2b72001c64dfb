#include "steer/judge.h"

#include "signpost/policy.h"
#include "signpost/zones.h"

namespace signpost {

bool Judge::healthy(const Member& member, uint16_t type, unsigned depth) {
  if (member.check != no_row && member.check < health_.checks.size() &&
      !health_.checks[member.check].healthy)
    return false;
  if (!member.alias || !member.alias->evaluate || depth == deepest) return true;
  return target_healthy(*member.alias, type, depth + 1);
}

// E-03 for names of our zones; for others: does it resolve to an address (4.4)? A name that was
// never resolved counts as healthy until the first attempts have failed, as a new check does
// (H-23).
bool Judge::target_healthy(const AliasTarget& alias, uint16_t type, unsigned depth) {
  if (!alias.ours()) {
    if (alias.outside >= addresses_.names.size()) return true;
    const OutsideAddresses& of = addresses_.names[alias.outside].of(type);
    return of.known ? of.records.wire().count != 0 : !of.failed;
  }
  const RecordSet* set = zones_.find_set(alias.name, type);
  if (!set) return true;  // a branch without an answer is not unhealthy (E-16)
  MemberMask applicable = MemberMask::first(set->member_count);
  if (set->policy && set->policy->by_client()) {
    if (!client_) {
      needs_client_ = true;
      return true;
    }
    applicable = set->policy->applicable(*set, *client_);
  }
  if (applicable.empty()) return true;
  bool any = false;
  applicable.each([&](unsigned i) { any = any || healthy(set->members[i], type, depth); });
  return any;
}

MemberMask Judge::healthy_members(const RecordSet& set) {
  MemberMask mask;
  for (unsigned i = 0; i < set.member_count; ++i)
    if (healthy(set.members[i], set.type)) mask.add(i);
  return mask;
}

std::string Judge::why(const Member& member, uint16_t type) {
  std::string text;
  if (member.check != no_row && member.check < health_.checks.size()) {
    const CheckState& check = health_.checks[member.check];
    text = "check " + check.name + (check.healthy ? " is healthy" : " is unhealthy");
    if (!check.why.empty()) text += " (" + check.why + ")";
    if (!check.healthy) return text;
  }
  if (!member.alias) return text.empty() ? "no check, so always healthy (E-02)" : text;
  if (!text.empty()) text += ", ";
  if (!member.alias->evaluate)
    return text + "alias without evaluate" + (text.empty() ? ", so always healthy (E-02)" : "");
  const bool up = target_healthy(*member.alias, type, 1);
  if (!member.alias->ours())
    return text + "the target " + (up ? "resolves" : "does not resolve to an address");
  return text + (up ? "the target has a healthy record (E-03)"
                    : "no record of the target is healthy (E-05)");
}

VerdictTable verdicts(const ZoneTable& zones, const HealthTable& health,
                      const AddressTable& addresses) {
  VerdictTable table;
  for (const auto& zone : zones.zones) {
    auto& rows = table.rows.emplace_back();
    if (!zone) continue;
    for (const RecordSet* set : zone->steered()) {
      Judge judge(zones, health, addresses);
      const MemberMask healthy = judge.healthy_members(*set);
      rows.push_back({healthy, judge.needs_client()});
    }
  }
  return table;
}

MemberMask healthy_members(const Query& query, const RecordSet& set) noexcept {
  const auto& table = query.table(Key<VerdictTable>{verdicts_slot});
  const Verdict& verdict = table.rows[query.zone->position()][set.steered_row];
  if (!verdict.by_client) return verdict.healthy;
  Judge judge(query.table(Key<ZoneTable>{zones_slot}), query.table(Key<HealthTable>{health_slot}),
              query.table(Key<AddressTable>{addresses_slot}), &query.client);
  return judge.healthy_members(set);
}

}  // namespace signpost
