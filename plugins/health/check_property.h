// The properties in the block of one check. Set-up only. Errors are reported through Problems, one
// for each property, with its line.
#pragma once

#include "check_line.h"

namespace signpost::health {

// Reads the block of `line` into `check`, whose kind and target are known by now.
void read_check_block(const Directive& line, CheckLine& check, Problems& problems);

}  // namespace signpost::health
