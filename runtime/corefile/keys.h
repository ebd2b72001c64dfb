// Keys of server blocks: what zone, transport and port each asks for (spec/corefile.md, section 7,
// with divergences D7, D11, D12 and D13). Control loop only. Errors go to Problems with the place
// of the key; a key with an error gives no endpoint.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "signpost/directive.h"
#include "signpost/name.h"

namespace signpost::corefile {

enum class Transport : uint8_t { dns, tls, quic, https, https3, grpc };
std::string_view transport_name(Transport transport);  // "dns", "tls" ...

// One zone on one port. A key that is an address with a mask gives one for each reverse zone.
struct Endpoint {
  Transport transport = Transport::dns;
  Name zone;
  uint16_t port = 53;  // 0: any free one
  Location where;
  std::string text() const;  // "dns://example.org.:53"
};

// [TRANSPORT://]ZONE[:PORT]. `default_port` is that of plain DNS; encrypted transports have their
// own. Encrypted transports are understood here and judged elsewhere.
std::vector<Endpoint> parse_key(const Token& key, uint16_t default_port, Problems& problems);

}  // namespace signpost::corefile
