// Warnings about aliases to Amazon's endpoints that cannot work as written (A-22, A-23, A-30 to
// A-32, AP-05). Signpost cannot see Amazon's side, so these are judged by the names alone. Control
// side.
#pragma once

#include "signpost/policy.h"

namespace signpost {

void advise_endpoints(const SetSpec& set, Problems& problems);

}  // namespace signpost
