// What the `health` lines of one block say. Made at set-up, immutable from then on. Errors are
// reported through Setup::problems(), all of them.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "check_spec.h"
#include "signpost/health.h"
#include "signpost/setup.h"

namespace signpost::health {

struct ListenAddress {
  std::string text;  // ":8080"
  Location where;
};

struct Settings {
  explicit Settings(Setup& setup);

  Key<HealthTable> table;
  uint32_t rows = 0;              // of the table
  std::vector<CheckSpec> checks;  // in file order
  std::vector<ListenAddress> endpoints;
  std::optional<std::chrono::milliseconds> lameduck;
  std::vector<std::string> zones;  // of the block, for /health/checks
};

}  // namespace signpost::health
