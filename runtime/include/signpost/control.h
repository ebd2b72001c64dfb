// What an agent sees of the control loop. Every function is called on that loop and every callback
// runs on it; nothing blocks. Handles are RAII: dropping one cancels what it stands for, and a
// callback never runs after its handle is gone. Faked in tests.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "signpost/address.h"
#include "signpost/http.h"
#include "signpost/name.h"
#include "signpost/probe.h"
#include "signpost/query.h"
#include "signpost/resolution.h"

namespace signpost {

// Owns a timer, a probe, a watch or a route; empty handles are allowed.
class Handle {
 public:
  struct Held {
    virtual ~Held() = default;
  };
  Handle() = default;
  explicit Handle(std::unique_ptr<Held> held) : held_(std::move(held)) {}
  explicit operator bool() const { return held_ != nullptr; }
  void drop() { held_.reset(); }

 private:
  std::unique_ptr<Held> held_;
};

// The tables that agents hand to the next snapshot. Lives only during publish().
class Draft {
 public:
  template <class T>
  void set(Key<T> key, std::shared_ptr<const T> table) {
    set_table(key.slot, std::move(table));
  }

 protected:
  ~Draft() = default;
  virtual void set_table(uint16_t slot, std::shared_ptr<const void> table) = 0;
};

class SIGNPOST_API Control {
 public:
  virtual ~Control() = default;

  using Milliseconds = std::chrono::milliseconds;
  virtual uint64_t now_ms() const = 0;  // monotonic
  virtual int64_t wall_ms() const = 0;  // since 1970-01-01 UTC, for what people read
  virtual uint32_t random_below(uint32_t n) = 0;
  virtual Handle after(Milliseconds delay, std::function<void()> then) = 0;  // once
  virtual Handle probe(ProbeSpec spec, std::function<void(const ProbeResult&)> done) = 0;
  // Asks the resolver servers of `servers`, or the system's if empty, for A or AAAA.
  virtual Handle resolve(NameView name, uint16_t type, std::span<const Endpoint> servers,
                         std::function<void(const Resolution&)> done) = 0;
  // Serves `path` over HTTP on `address` ("127.0.0.1:8080", ":8080"). Throws std::runtime_error if
  // the address cannot be listened on, a std::system_error if the system said so. Routes on one
  // address share a listener, which stays open across a reload that keeps the address.
  virtual Handle http(std::string_view address, std::string path, HttpHandler handler) = 0;
  // Calls `changed` when the file's content may have changed (looked at every `interval`).
  virtual Handle watch(std::string path, Milliseconds interval, std::function<void()> changed) = 0;

  // Asks for publish() soon; calls are merged.
  virtual void changed() = 0;
  // Until every agent is ready, `ready` says no. An agent is ready unless it says otherwise.
  virtual void ready(bool is) = 0;
  // Names of agents of all blocks that are not ready, without duplicates; empty: all are.
  virtual std::vector<std::string> not_ready() const = 0;
  // Whether the process is about to end. It still answers, but new queries should go elsewhere.
  virtual bool stopping() const = 0;
  // Delays the end of the process by this long after SIGTERM (lame duck); the longest wish counts.
  virtual void lameduck(Milliseconds duration) = 0;

  // Adds what `text` tells ("12 allowed, 3 blocked") to the counters that are logged at SIGUSR2 and
  // at the end; an empty text adds nothing.
  virtual Handle counters(std::function<std::string()> text) = 0;

  // The names outside the block's zones that its aliases stand for; row i is AliasTarget::outside.
  virtual std::span<const Name> outside_names() const = 0;

  // An object that outlives reloads: the one kept under `key`, or else the result of `make`. It
  // lives as long as somebody holds it.
  template <class T>
  std::shared_ptr<T> keep(const std::string& key, const std::function<std::shared_ptr<T>()>& make) {
    return std::static_pointer_cast<T>(
        keep_any(key, [&] { return std::shared_ptr<void>(make()); }));
  }
  // Text kept in the state directory across restarts; empty if there is none.
  virtual std::string load_state(std::string_view name) = 0;
  // Written soon, off this loop, whole or not at all. Failure is logged, at a limited rate.
  virtual void save_state(std::string_view name, std::string text) = 0;

 protected:
  virtual std::shared_ptr<void> keep_any(const std::string& key,
                                         const std::function<std::shared_ptr<void>()>& make) = 0;
};

}  // namespace signpost
