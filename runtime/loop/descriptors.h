// What this process may have open, and has. Control thread, at start.
#pragma once

#include <cstdint>

namespace signpost {

// What an operator can do about too few of them: the end of a message.
inline constexpr char kMoreDescriptors[] = "raise it ('ulimit -n', LimitNOFILE= of a systemd unit)";

// Of one libuv loop: its queue of events, the event that wakes it, two ends of a pipe for signals;
// twice that, as libuv may come to need more.
inline constexpr uint64_t kOfALoop = 8;

// Raises this process' own limit of descriptors as far as it may go, as nobody knows what a reload
// will open; returns what is allowed now.
uint64_t allow_descriptors() noexcept;

// How many are open: those that were handed down with numbers far above the others may be left out.
uint64_t open_descriptors() noexcept;

// Throws std::runtime_error, with what to do, if not so many can be opened any more.
void need_descriptors(uint64_t more);

}  // namespace signpost
