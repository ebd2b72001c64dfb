// One check of a running configuration with its present status, and how that is told: in logs, in
// the HealthTable and in /health/checks. Control loop only.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "check_spec.h"
#include "monitor.h"
#include "signpost/json.h"

namespace signpost::health {

struct CheckStatus {
  const CheckSpec* spec = nullptr;
  std::shared_ptr<Monitor> monitor;  // null: calculated or disabled
  bool healthy = true;               // final status (H-26)
  bool probed = false;               // a probe of this process has ended
  // Of a calculated check:
  std::string identity;         // what it counts, independent of names
  int64_t since_ms = 0;         // wall clock; since when `healthy` holds
  size_t healthy_children = 0;  // H-30
};

// Why it has this status: "Success: HTTP Status Code 200, OK, since 2026-01-02T03:04:05Z".
std::string why(const CheckStatus& check);
// What made it change: "check use1 is unhealthy: Failure: Connection refused (3 of 3)".
std::string transition_text(const CheckStatus& check);
// Its object in /health/checks at `now_ms` (wall clock); members that do not apply are null.
json::Value report(const CheckStatus& check, const std::vector<std::string>& zones, int64_t now_ms);

}  // namespace signpost::health
