// The plugin `health`: probes endpoints, judges the members of steered record sets by the results,
// and answers /health.
#include "agent.h"
#include "settings.h"
#include "signpost/plugin.h"
#include "signpost/zones.h"
#include "worker.h"

namespace signpost::health {
namespace {

std::string judgement(const RecordSet& set, MemberMask healthy) {
  const std::string of = " of " + std::to_string(set.member_count) + " members";
  if (healthy.empty()) return "none" + of + " is healthy, so all count as healthy (E-06)";
  return std::to_string(healthy.count()) + of + " can be chosen by health";
}

}  // namespace

Up Worker::up(Query& query) noexcept {
  if (query.set == nullptr || query.set->policy == nullptr) return Up::next;
  const MemberMask healthy = healthy_members(query, *query.set);
  if (query.recorder != nullptr) query.recorder->note("health", judgement(*query.set, healthy));
  query.keep_healthy(healthy);
  return Up::next;
}

}  // namespace signpost::health

SIGNPOST_PLUGIN(health, signpost::Stage::judge, signpost::health::Settings,
                signpost::health::Worker, signpost::health::Agent)
