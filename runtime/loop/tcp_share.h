// The TCP limits of the process, made to fit the machine and shared out to the workers. The kernel
// spreads connections over the workers by chance, so each has its part of the whole and they need
// to know nothing of each other. Control thread, at start.
#pragma once

#include <cstdint>

#include "net/tcp_table.h"

namespace signpost {

// Of the descriptors that are free when listeners, workers and agents have theirs, so many are kept
// for files, probes, resolvers, HTTP clients, and for what a reload opens: half of what is free, if
// that is less, but the second number at least.
inline constexpr uint64_t kKeptDescriptors = 512, kLeastKeptDescriptors = 8;

// How many connections each worker may have, if `free` descriptors are left for them and for what
// is kept; not more than its part of what `process` says, and one at least. The caller makes sure
// that there are descriptors for that.
uint32_t connections_of_worker(const TcpLimits& process, unsigned workers, uint64_t free) noexcept;

// One worker's limits, as far as they do not depend on descriptors. A client has its part, but may
// have 8 connections on each worker, if that is not above the whole: they do not spread evenly.
TcpLimits share_of_worker(const TcpLimits& process, unsigned workers) noexcept;

}  // namespace signpost
