// HTTP endpoints in the way of DNS listeners. Two sockets of one process cannot have one address,
// and a start that failed for it would blame whoever holds the port. Control thread or pool.
#pragma once

#include <span>

#include "config/configuration.h"
#include "signpost/diagnostic.h"

namespace signpost {

// Reports each HTTP address that DNS over TCP is to be served on as well, by any of the blocks.
// Ports are compared first; 0 never collides. A `bind` to an interface counts only against HTTP on
// all addresses, because which addresses it has is known when it is opened.
void report_http_overlaps(std::span<const BlockConfiguration> blocks, Problems& problems);

}  // namespace signpost
