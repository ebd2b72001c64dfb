// What holds for every reply to every packet, whatever bytes came (RFC 1035, section 4.1; RFC
// 6891): for tests that make up packets by the thousand.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace signpost::kit {

// What is wrong with `reply` (empty: none was sent) to `packet`; empty text if nothing is. Over UDP
// replies have at most 1,232 bytes with EDNS and 512 without.
std::string fault_of(std::span<const uint8_t> packet, std::span<const uint8_t> reply, bool tcp);

}  // namespace signpost::kit
