// Values of records as words of a Corefile line, in presentation form. Control side.
#pragma once

#include <span>
#include <vector>

#include "signpost/directive.h"
#include "signpost/name.h"

namespace signpost {

// The record data that `words` spell for `type`, names relative to `origin`. A type whose data
// always takes k words ("10 mail" for MX) uses up k words a value; of the others each word is a
// value. A quoted word is always a whole value; the one of a TXT record is its text unless it has
// quotes of its own inside. Throws ConfigError at the word in error.
std::vector<std::vector<uint8_t>> read_values(uint16_t type, std::span<const Token> words,
                                              const Name& origin);

}  // namespace signpost
