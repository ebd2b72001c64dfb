// The outcome of asking the outside world for the addresses of a name. A plain value.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "signpost/address.h"

namespace signpost {

struct Resolution {
  enum Status : uint8_t {
    answered,      // at least one address
    no_data,       // the name exists and has no address of the type asked for
    no_such_name,  // NXDOMAIN for the name, or for the end of its CNAME chain (RFC 6604)
    failed,        // no usable answer: time-out, SERVFAIL, a message that is not well formed
  };
  Status status = failed;
  // In the order of the answer. AAAA records keep family 6 even where the address is IPv4-mapped.
  std::vector<Address> addresses;
  // Seconds this outcome may be kept. answered: the lowest TTL among the CNAME chain and the
  // addresses. no_data, no_such_name: the negative TTL (RFC 2308, section 5), no longer than the
  // chain's; 0 where the server sent no SOA. failed: 0.
  uint32_t ttl = 0;
  std::string error;  // what went wrong, for people; empty unless failed
};

}  // namespace signpost
