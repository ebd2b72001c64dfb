// What an HTTP probe sends, and what it must not be made to send. Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>

#include "probe/probe.h"

namespace signpost::probe {

// Why `spec` cannot be sent; empty if it can.
std::string why_invalid(const ProbeSpec& spec);

// The Host field for a probe without a Host header of its own (H-10): the port is left out for
// http on 80 and https on 443. `host` is an address or a name; IPv6 gets its brackets here.
std::string host_field(ProbeSpec::Kind kind, std::string_view host, uint16_t port);

// The name or address that the endpoint is taken for: the Host header without its port, else
// `host`; no brackets, no final dot. It goes into SNI and is looked for in the certificate.
std::string endpoint_name(const ProbeSpec& spec);

// Path and query as sent in the request line: leading "/" added; what may not stand there
// (control characters, spaces, "#", bytes above 126) is percent-encoded.
std::string request_target(std::string_view path);

// H-12: "Signpost-Health-Check (ref ID)".
std::string user_agent(std::string_view id);

// `text` with everything but printable ASCII replaced by "?", at most `limit` characters. For
// words of an endpoint that end up in logs.
std::string printable(std::string_view text, size_t limit);

}  // namespace signpost::probe
