// The names of files that Locations point into (signpost/diagnostic.h). Any thread.
#pragma once

#include <cstddef>

#include "signpost/visibility.h"

namespace signpost {

// How many keep_file_name() has kept since the start.
SIGNPOST_API size_t kept_file_names();

}  // namespace signpost
