// Address prefixes to the reverse zones that cover them (RFC 1035, section 3.5; RFC 3596,
// section 2.5), as keys of server blocks mean them (spec/corefile.md, section 7). Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signpost::corefile {

struct ReverseZones {
  bool valid = false;              // false: an address, but no mask that fits it
  std::vector<std::string> names;  // "10.in-addr.arpa.", at most 128
};

// The zones of "ADDRESS/MASK". Host bits are ignored; a mask within a label stands for all the
// zones of the next longer label. Empty optional if what precedes "/" is no address, so that the
// text is an ordinary name. As upstream has it, IPv6 text that begins with ":" or "0" is not valid.
std::optional<ReverseZones> reverse_zones(std::string_view text);

}  // namespace signpost::corefile
