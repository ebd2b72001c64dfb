// The plugin `health`: probes endpoints, judges the members of steered record sets by the results,
// and answers /health.
#include "agent.h"
#include "settings.h"
#include "signpost/plugin.h"
#include "signpost/zones.h"
#include "worker.h"

namespace signpost::health {

Up Worker::up(Query& query) noexcept {
  if (query.set == nullptr || query.set->policy == nullptr) return Up::next;
  query.keep_healthy(healthy_members(query, *query.set));
  return Up::next;
}

}  // namespace signpost::health

SIGNPOST_PLUGIN(health, signpost::Stage::judge, signpost::health::Settings,
                signpost::health::Worker, signpost::health::Agent)
