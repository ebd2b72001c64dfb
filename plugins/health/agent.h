// The control side of one block's `health`: keeps the status of its checks, publishes it as the
// HealthTable, answers the HTTP endpoint. Control loop only. Source: spec sections 3.4 and 3.5;
// spec/corefile.md, section 16.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "check_status.h"
#include "monitors.h"
#include "settings.h"
#include "signpost/control.h"

namespace signpost::health {

class Agent final : private Monitors::Member {
 public:
  // Throws ConfigError if an address of the endpoint cannot be listened on.
  Agent(const Settings& settings, Control& control);
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  void publish(Draft& draft);

 private:
  void probe_ended(const Monitor& monitor, std::vector<Transition>& transitions) override;
  void describe(json::Array& checks) const override;
  std::optional<int64_t> since(const std::string& identity, bool healthy) const override;

  void add(const CheckSpec& spec);
  void date_calculated();
  std::string identity_of(const CheckSpec& spec) const;
  bool judge(CheckStatus& check) const;
  bool refresh(std::vector<Transition>& transitions);
  bool mark_probed(const Monitor& monitor);
  void update_ready();
  void serve(const ListenAddress& address);

  const Settings& settings_;
  Control& control_;
  bool ready_ = true;
  Monitors::Seat seat_;              // outlives what is held of the monitors
  std::vector<CheckStatus> checks_;  // in the order of Settings::checks
  std::vector<Handle> routes_;
};

}  // namespace signpost::health
