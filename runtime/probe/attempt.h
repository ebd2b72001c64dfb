// One probe from its start to its result: resolve, connect, exchange, each phase within its time
// limit. Loop thread only.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "probe/connector.h"
#include "probe/exchange.h"
#include "probe/probe.h"
#include "resolve/handles.h"
#include "signpost/resolution.h"

namespace signpost::probe {

struct Surroundings {
  uv_loop_s* loop;
  Resolver& resolver;
  Transfers& transfers;
};

class Attempt {
 public:
  using Done = std::function<void(const ProbeResult&)>;

  // Begins in the loop's next turn. `done` is called once and may destroy the attempt; destroying
  // it earlier cancels everything.
  Attempt(const Surroundings& surroundings, ProbeSpec spec, Done done);
  ~Attempt();
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

 private:
  enum class Phase { begin, resolving, connecting, requesting, reading };

  void begin();
  void resolve();
  void on_resolved(const Resolution& resolution);
  void connect(const Endpoint& to);
  void on_connected(Descriptor connected, int error);
  void exchange(Descriptor connected);
  void on_exchange_ended(Exchange::Ending ending, Verdict verdict);
  void on_timer();
  std::string limit_text() const;
  void enter(Phase phase, std::chrono::milliseconds limit);
  void finish(Verdict verdict);

  const Surroundings surroundings_;
  const ProbeSpec spec_;
  Done done_;
  const uint64_t started_;  // nanoseconds, like all times of uv_hrtime()
  uint64_t connecting_since_ = 0;
  std::chrono::microseconds connect_time_{0};
  Phase phase_ = Phase::begin;
  std::chrono::milliseconds limit_{0};  // the one that runs
  bool send_name_ = false;              // in TLS
  Endpoint endpoint_;
  std::optional<Connector> connector_;
  std::optional<Exchange> exchange_;
  std::shared_ptr<Attempt*> self_;  // lets the resolver's answer find out that nobody waits
  Timer timer_;
};

}  // namespace signpost::probe
