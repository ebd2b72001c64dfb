// Judges the alias records of the zones of a block: targets that do not exist, cycles
// and trees deeper than three levels (E-17). Control side.
#pragma once

#include "zone/zone.h"

namespace signpost {

void check_alias_links(const ZoneTable& zones, Problems& problems);

}  // namespace signpost
