// What a check probes, as written: HOST[:PORT][/PATH?QUERY]. Set-up only. Errors: ConfigError with
// the word's line. Source: spec section 3.2 (lengths, ports), H-10.
#pragma once

#include <string>

#include "signpost/control.h"
#include "signpost/directive.h"

namespace signpost::health {

struct Target {
  std::string host;  // address in canonical form without brackets, or a lower-case host name
  uint16_t port = 0;
  std::string path;  // "/" where none is written; empty for tcp
};

// Reads the target of a check of this kind. Ports default to 80 and 443; a tcp target must have
// one.
Target read_target(const Token& word, ProbeSpec::Kind kind);

// HOST:PORT/PATH for people, IPv6 addresses in brackets.
std::string target_text(const Target& target);

// Reads the name for Host header and SNI: NAME or NAME:PORT. Without a port, the target's is added
// where it is not the default one of the kind (H-10).
std::string read_host_header(const Token& word, ProbeSpec::Kind kind, uint16_t port);

}  // namespace signpost::health
