#include "app/explain_recorder.h"

#include <cstdio>

#include "dns/rdata.h"
#include "dns/types.h"
#include "signpost/addresses.h"
#include "signpost/health.h"
#include "signpost/policy.h"
#include "steer/judge.h"
#include "zone/wire.h"
#include "zone/zone.h"

namespace signpost {

namespace {

// What a member answers: its values in presentation form, or its alias.
std::string member_text(const Member& member, const RecordSet& set) {
  if (member.alias)
    return "alias " + member.alias->name.text() + (member.alias->evaluate ? " evaluate" : "");
  std::string text;
  const WireSet& w = member.values;
  for (unsigned i = 0; i < w.count; ++i) {
    const std::vector<uint8_t> rdata = rdata_of(w, i, set.owner);
    text += (i ? ", " : "") + print_rdata(set.type, rdata);
  }
  return text;
}

Judge judge_of(const Query& q) {
  return Judge(q.table(Key<ZoneTable>{zones_slot}), q.table(Key<HealthTable>{health_slot}),
               q.table(Key<AddressTable>{addresses_slot}), &q.client);
}

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %%", share * 100);
  return text;
}

std::string_view reason_text(RouteReason reason) {
  switch (reason) {
    case RouteReason::none:
      return "no choice was needed";
    case RouteReason::only:
      return "the only record";
    case RouteReason::chosen:
      return "all records are healthy";
    case RouteReason::failed_over:
      return "some records are unhealthy and left out";
    case RouteReason::last_resort:
      return "no record is healthy, so all count as healthy (E-06)";
  }
  return "";
}

}  // namespace

void ExplainRecorder::note(std::string_view plugin, std::string text) {
  text_ += std::string(plugin) + ": " + text + "\n";
  steps_.push_back(json::Object{{"plugin", plugin}, {"text", text}});
}

void ExplainRecorder::proposed(const Query& q) {
  const RecordSet& set = *q.set;
  const std::string what = q.looked_for().text() + " " + type_text(set.type);
  if (!set.policy && !set.is_alias()) {
    note("zone", what + " is a simple record set of zone " + q.zone->apex().text() + ": " +
                     member_text(set.members[0], set));
    return;
  }
  note("zone", what +
                   (set.policy ? " is a group of " + std::to_string(set.member_count) +
                                     " records under policy " + std::string(set.policy->name())
                               : " is an alias") +
                   " in zone " + q.zone->apex().text());
  Judge judge = judge_of(q);
  json::Array members;
  for (unsigned i = 0; i < set.member_count; ++i) {
    const Member& m = set.members[i];
    const bool healthy = judge.healthy(m, set.type);
    const std::string why = judge.why(m, set.type);
    const std::string id(m.origin ? m.origin->id : ""), values = member_text(m, set);
    const std::string attribute = set.policy ? set.policy->describe(m.attribute) : "";
    const std::string where = m.origin ? m.origin->where.text() : "";
    text_ += "    " + std::string(healthy ? "up   " : "DOWN ") + values +
             (attribute.empty() ? "" : "  " + attribute) + "  [" + id + "]  " + why +
             (where.empty() ? "" : "  (" + where + ")") + "\n";
    members.push_back(json::Object{{"id", id},
                                   {"values", values},
                                   {"attribute", attribute},
                                   {"healthy", healthy},
                                   {"why", why},
                                   {"where", where}});
  }
  steps_.back().set("members", std::move(members));
}

void ExplainRecorder::judged(const Query& q, MemberMask healthy) {
  const unsigned up = (q.candidates & healthy).count(), all = q.candidates.count();
  note("health", std::to_string(up) + " of " + std::to_string(all) + " records are healthy" +
                     (up == 0    ? ": all count as healthy (E-06)"
                      : up < all ? ": the others are struck out (E-04)"
                                 : ""));
}

void ExplainRecorder::drawn(const Query& q, std::span<const uint64_t> weights) {
  uint64_t sum = 0;
  for (uint64_t w : weights) sum += w;
  const RecordSet& set = *q.set;
  const Member& chosen = set.members[q.chosen];
  const std::string name(set.policy ? set.policy->name() : "");
  note(name, "chooses " + member_text(chosen, set) + ": " + std::string(reason_text(q.reason)));
  json::Array shares;
  for (unsigned i = 0; i < set.member_count; ++i) {
    const double share = sum == 0 ? (int(i) == q.chosen ? 1.0 : 0.0)
                                  : double(i < weights.size() ? weights[i] : 0) / double(sum);
    const std::string id(set.members[i].origin ? set.members[i].origin->id : "");
    text_ += "    share " + percent(share) + "  [" + id + "]\n";
    shares.push_back(json::Object{{"id", id}, {"share", share}});
  }
  steps_.back().set("shares", std::move(shares));
  steps_.back().set("chosen", std::string(chosen.origin ? chosen.origin->id : ""));
}

}  // namespace signpost
