// One health probe: what to ask of an endpoint, and what came of it (spec, sections 3.1 to 3.3).
// Plain values.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace signpost {

// HTTP status codes, both ends included.
struct StatusRange {
  int low = 200, high = 399;
  bool operator==(const StatusRange&) const = default;
};

struct ProbeSpec {
  enum Kind : uint8_t { http, https, tcp };
  using Milliseconds = std::chrono::milliseconds;

  Kind kind = http;
  std::string host;         // IPv4 or IPv6 address, or a name, asked for A at every probe (H-11)
  uint16_t port = 80;       //
  std::string path = "/";   // may hold a query; a missing leading "/" is added
  std::string host_header;  // NAME or NAME:PORT, sent as it is; empty: `host` by rule H-10
  std::string expect_body;  // must stand in the body's first 5,120 bytes (H-03); empty: any body
  std::vector<StatusRange> statuses{{}};  // the codes that mean healthy (H-02)
  bool verify_tls = true;                 // the certificate's chain, and that it covers the name
  bool sni = true;                        // send the name of the Host header (or host) in TLS
  std::string ca_file;                    // PEM; empty: the certificates the system trusts
  std::string id;                         // of the check, for the User-Agent (H-12)

  Milliseconds connect_timeout{0};    // 0: 4 s for HTTP and HTTPS (H-01), 10 s for TCP (H-04)
  Milliseconds status_timeout{2000};  // from connection to status line (H-02)
  Milliseconds body_timeout{2000};    // from status line to the end of what is needed (H-03)
  Milliseconds timeout{0};            // above 0: one limit for all, in place of the three above

  bool operator==(const ProbeSpec&) const = default;
};

struct ProbeResult {
  bool success = false;
  // "HTTP Status Code 200, OK", "connect: Connection refused". One line of printable ASCII,
  // without "Success:" or "Failure:" (H-65).
  std::string reason;
  std::chrono::microseconds connect_time{0};  // TCP only; 0: no connection came about
  std::chrono::microseconds total_time{0};    // name resolution included
};

}  // namespace signpost
