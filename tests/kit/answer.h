// Replies as tests of whole Corefiles look at them.
#pragma once

#include <cstdint>
#include <span>

#include "kit/bench.h"

namespace signpost::kit {

// What `reply` says. A malformed one fails the test.
Answer read_answer(std::span<const uint8_t> reply);

}  // namespace signpost::kit
