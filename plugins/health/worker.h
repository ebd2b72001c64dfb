// The part of `health` on the query path: leaves only healthy members in the running. Worker.
// Source: spec sections 4.2 and 4.3 (E-04, E-06, E-10).
#pragma once

#include "settings.h"
#include "signpost/query.h"

namespace signpost::health {

class Worker {
 public:
  explicit Worker(const Settings&) {}
  Up up(Query& query) noexcept;
};

}  // namespace signpost::health
