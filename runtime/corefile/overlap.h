// Server blocks that ask for the same zone on the same listener (spec/corefile.md, section 8, with
// divergence D11: both places are named). Control loop only.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "corefile/keys.h"
#include "signpost/diagnostic.h"

namespace signpost::corefile {

// What one block serves for one of its zones.
struct Served {
  Endpoint endpoint;
  std::vector<std::string> addresses;  // that "bind" names; empty: all
  bool filtered = false;               // the block has a filter such as "view"
};

// Reports each zone that is served twice on one address, and each that is served both on all
// addresses and on some. Port 0 never collides. `all` in the order of the file.
void report_overlaps(std::span<const Served> all, Problems& problems);

}  // namespace signpost::corefile
