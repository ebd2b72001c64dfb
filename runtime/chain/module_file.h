// How long a module's file has to be, by its ELF headers (System V ABI, chapters 4 and 5). A module
// that a full disk cut off opens like any other, and the process dies of SIGBUS when the loader
// touches what is missing: so it is measured first. Any thread.
#pragma once

#include <cstdint>
#include <istream>

namespace signpost {

// The end of the last of what the headers tell of: the header itself, the tables of segments and
// of sections, and the segments that are loaded. 0 for what is no ELF file of this machine's word
// size, which the loader refuses by itself. Reads headers alone, and nothing behind the end of
// `file`: where that comes first, the result lies behind it.
uint64_t length_by_headers(std::istream& file);

}  // namespace signpost
