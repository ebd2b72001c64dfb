// The TCP limits of the process, made to fit the machine and shared out to the workers. The kernel
// spreads connections over the workers by chance, so each has its part of the whole and they need
// to know nothing of each other. Control thread, at start.
#pragma once

#include <cstdint>

#include "net/tcp_table.h"

namespace signpost {

// Descriptors that such limits may take, with what everything else needs.
uint64_t descriptors_for(const TcpLimits& process) noexcept;

// Raises this process' own limit of descriptors to `wanted`, or as far as it may go; returns what
// is allowed now.
uint64_t allow_descriptors(uint64_t wanted) noexcept;

// One worker's limits. If `descriptors` are too few for all connections there are fewer, and the
// log says what to do. A client has its part, but may have 8 on each worker, if that is not above
// the whole: its connections do not spread evenly.
TcpLimits share_of_worker(const TcpLimits& process, unsigned workers, uint64_t descriptors);

}  // namespace signpost
