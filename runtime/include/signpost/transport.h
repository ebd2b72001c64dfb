// What a query came over.
#pragma once

#include <cstdint>

namespace signpost {

enum class Transport : uint8_t { udp, tcp };

}  // namespace signpost
