// Health probes: one question to one endpoint, over HTTP, HTTPS or TCP, with one result. Control
// loop thread only; nothing here blocks. What to do with the result (thresholds, intervals) is the
// caller's. Rules H-01 to H-13 of the Route 53 specification, section 3.3, with one difference:
// TLS certificates are verified unless `verify_tls` says no.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

struct uv_loop_s;

namespace signpost {

class Resolver;

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

// A probe under way. Dropping the handle cancels the probe: its callback is not called any more.
// After the result, or after the prober's end, dropping it does nothing.
class ProbeHandle {
 public:
  ProbeHandle() = default;
  explicit ProbeHandle(std::function<void()> cancel) : cancel_(std::move(cancel)) {}
  ~ProbeHandle() { reset(); }
  ProbeHandle(ProbeHandle&& from) noexcept : cancel_(std::exchange(from.cancel_, nullptr)) {}
  ProbeHandle& operator=(ProbeHandle&& from) noexcept {
    reset();
    cancel_ = std::exchange(from.cancel_, nullptr);
    return *this;
  }
  void reset() {
    if (auto cancel = std::exchange(cancel_, nullptr)) cancel();
  }

 private:
  std::function<void()> cancel_;
};

class Prober {
 public:
  using Done = std::function<void(const ProbeResult&)>;

  // `loop` and `resolver` must outlive the closing. Throws std::runtime_error if libcurl cannot be
  // set up.
  Prober(uv_loop_s* loop, Resolver& resolver);
  // Only after `closed` of close() was called, or inside it.
  ~Prober();
  Prober(const Prober&) = delete;
  Prober& operator=(const Prober&) = delete;

  // `done` is called once, from the loop and never inside start(), unless the handle is dropped or
  // the prober closed before. It may call any function of this class. A specification that makes
  // no sense (a header with a line break, say) gives a failure that says so.
  [[nodiscard]] ProbeHandle start(ProbeSpec spec, Done done);

  // Cancels every probe, calls `closed` in a later turn, and leaves no handle on the loop after
  // the turn that follows. start() must not be called any more. Call once.
  void close(std::function<void()> closed);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace signpost
