// Judges the zones of a configuration as a whole, beyond what serving them needs: zone/judgement.h
// over each zone with what the Corefile adds to it. For a check of the configuration; blocks on
// file access, and takes memory for one zone at a time.
#pragma once

#include "config/configuration.h"

namespace signpost {

// What is found are warnings: a server starts with these zones. Zones that are in error are left
// out, and so is what can be read no more.
void judge_zones(const Configuration& configuration, Problems& problems);

}  // namespace signpost
