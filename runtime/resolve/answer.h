// Reads the addresses out of a DNS response (RFC 1035, section 4.1). The bytes come from the
// network and are trusted in nothing. Any thread; the message is only read during the call.
#pragma once

#include <cstdint>
#include <span>

#include "signpost/name.h"
#include "signpost/resolution.h"

namespace signpost::resolve {

inline constexpr uint16_t type_a = 1;
inline constexpr uint16_t type_aaaa = 28;
inline constexpr unsigned max_chain = 16;  // CNAME records followed from one name

// What `message` says about the addresses of `name`, of `type` type_a or type_aaaa. The question
// must be the one asked. The CNAME chain is followed inside the answer section, in whatever order
// the records stand. A message that breaks the format in a part that matters, or a longer chain,
// is `failed` with the reason.
Resolution read_answer(std::span<const uint8_t> message, NameView name, uint16_t type);

}  // namespace signpost::resolve
