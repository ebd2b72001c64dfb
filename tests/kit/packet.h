// Makes query packets for tests.
#pragma once

#include <cstdint>
#include <vector>

#include "kit/bench.h"

namespace signpost::kit {

// The packet that `ask` describes; its name is completed by `origin`. Throws std::invalid_argument
// on a question that is none.
std::vector<uint8_t> query_packet(const Ask& ask, NameView origin);

}  // namespace signpost::kit
