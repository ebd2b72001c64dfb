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

#include "signpost/probe.h"

struct uv_loop_s;

namespace signpost {

class Resolver;

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
