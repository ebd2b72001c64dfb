// The command line: CoreDNS' flags in Go's style (-x v, -x=v, --x=v) plus Signpost's own, and sub
// commands (spec/corefile.md, section 12). A table of our own, because the usual libraries read
// "-conf" as a cluster of one-letter flags.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "net/tcp_table.h"

namespace signpost {

struct UsageError : std::runtime_error {
  explicit UsageError(const std::string& what, int exit_status = 1)
      : std::runtime_error(what), status(exit_status) {}
  int status;  // the exit status that the sub command gives for trouble
};

struct CommandLine {
  enum Command : uint8_t { serve, check, plugins, explain, zone, man, help, version };
  Command command = serve;
  std::vector<std::string> words;  // what is no flag: of explain, man and zone
  std::string conf;                // -conf; "" : Corefile in the working directory, or the default
  uint16_t port = 53;              // -dns.port, -p
  std::string pidfile;             // -pidfile
  bool quiet = false;              // -quiet
  unsigned workers = 0;            // -workers; 0: one per core
  std::string plugin_dir;          // -plugin-dir
  std::string state_dir;           // -state-dir; "none" keeps nothing
  uint16_t udp_payload = 1232;     // -udp-payload
  TcpLimits tcp;                   // -tcp-connections, -tcp-per-client, -tcp-idle; of the process
  bool portable = false;           // check -portable
  bool broken_zones = false;       // check -allow-broken-zones
  bool json = false;               // explain -json, zone diff -json
  std::string client, ecs;         // explain -client, -ecs
  bool dnssec_ok = false;          // explain -do
  std::vector<std::string> down;   // explain -down, repeatable
};

// Throws UsageError with a sentence for the user.
CommandLine parse_command_line(const std::vector<std::string>& arguments);
std::string usage_text();

}  // namespace signpost
