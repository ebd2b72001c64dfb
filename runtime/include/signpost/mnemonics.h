// Numbers of the protocol as people read them (IANA "DNS Parameters"; RFC 3597, section 5). Any
// thread.
#pragma once

#include <cstdint>
#include <string>

#include "signpost/diagnostic.h"

namespace signpost {

// "MX"; "TYPE65280" for a number without mnemonic.
SIGNPOST_API std::string type_text(uint16_t type);
// "IN"; "CLASS32" for a number without mnemonic.
SIGNPOST_API std::string class_text(uint16_t rr_class);
// "NXDOMAIN"; "RCODE12" for a code without name. 16 is BADVERS (RFC 6891).
SIGNPOST_API std::string rcode_text(uint16_t code);

}  // namespace signpost
