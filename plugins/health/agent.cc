#include "agent.h"

#include <algorithm>
#include <stdexcept>
#include <system_error>

namespace signpost::health {

Agent::Agent(const Settings& settings, Control& control)
    : settings_(settings), control_(control), seat_(*this, control) {
  for (const CheckSpec& spec : settings.checks) add(spec);
  std::vector<Transition> at_start;  // nothing has changed yet
  refresh(at_start);
  date_calculated();
  update_ready();
  for (const ListenAddress& address : settings.endpoints) serve(address);
  if (settings.lameduck) control.lameduck(*settings.lameduck);
}

Agent::~Agent() { seat_->closing(); }

void Agent::add(const CheckSpec& spec) {
  CheckStatus check;
  check.spec = &spec;
  if (!spec.calculated && !spec.disabled) check.monitor = seat_->watch(spec);
  checks_.push_back(std::move(check));
}

// A calculated check that an earlier configuration had as well goes on from its date.
void Agent::date_calculated() {
  for (CheckStatus& check : checks_) {
    if (!check.spec->calculated) continue;
    std::string identity = identity_of(*check.spec);
    check.since_ms = seat_->since(identity, check.healthy).value_or(control_.wall_ms());
    check.identity = std::move(identity);
  }
}

std::string Agent::identity_of(const CheckSpec& spec) const {
  std::string identity = std::to_string(spec.wanted) + (spec.inverted ? " inverted" : "");
  for (size_t child : spec.children) {
    const CheckSpec& counted = *checks_[child].spec;
    identity += '\n' + probed_thing(counted.probe) + (counted.inverted ? " inverted" : "") +
                (counted.disabled ? " disabled" : "");
  }
  return identity;
}

bool Agent::judge(CheckStatus& check) const {
  const CheckSpec& spec = *check.spec;
  bool measured = true;
  if (spec.calculated) {
    check.healthy_children = size_t(
        std::ranges::count_if(spec.children, [&](size_t child) { return checks_[child].healthy; }));
    measured = enough_children(check.healthy_children, spec.wanted);
  } else if (check.monitor) {
    measured = enough_checkers(check.monitor->seen().verdict.healthy(), 1);
  }
  return final_status(spec.disabled, measured, spec.inverted);
}

// Brings every status up to date, those that are counted before those that count; true if one
// changed.
bool Agent::refresh(std::vector<Transition>& transitions) {
  bool any = false;
  for (bool calculated : {false, true}) {
    for (CheckStatus& check : checks_) {
      if (check.spec->calculated != calculated) continue;
      const bool now = judge(check);
      if (now == check.healthy) continue;
      any = true;
      check.healthy = now;
      check.since_ms = control_.wall_ms();
      transitions.push_back({now, transition_text(check)});
    }
  }
  return any;
}

// Marks the checks that wait for their first probe; true if there were any.
bool Agent::mark_probed(const Monitor& monitor) {
  bool any = false;
  for (CheckStatus& check : checks_) {
    if (check.monitor.get() != &monitor) continue;
    any |= !check.probed;
    check.probed = true;
  }
  return any;
}

void Agent::probe_ended(const Monitor& monitor, std::vector<Transition>& transitions) {
  const bool first = mark_probed(monitor);
  const bool changed = refresh(transitions);
  update_ready();
  if (changed || first) control_.changed();
}

void Agent::update_ready() {
  const bool ready = std::ranges::all_of(checks_, [](const CheckStatus& check) {
    return check.monitor == nullptr || check.monitor->seen().verdict.known();
  });
  if (ready != ready_) control_.ready(ready);
  ready_ = ready;
}

void Agent::publish(Draft& draft) {
  auto table = std::make_shared<HealthTable>();
  table->checks.resize(settings_.rows);
  for (const CheckStatus& check : checks_)
    table->checks[check.spec->row] = {check.spec->name, check.healthy, why(check)};
  draft.set<HealthTable>(settings_.table, std::move(table));
}

void Agent::serve(const ListenAddress& address) {
  try {
    routes_.push_back(control_.http(address.text, "/health",
                                    [](const HttpRequest&) { return HttpReply{.body = "OK"}; }));
    routes_.push_back(control_.http(address.text, "/health/checks", [this](const HttpRequest&) {
      return HttpReply{.content_type = "application/json",
                       .body = json::write(seat_->describe(), json::Layout::pretty) + '\n'};
    }));
  } catch (const std::runtime_error& error) {
    const auto* system = dynamic_cast<const std::system_error*>(&error);
    const bool held = system != nullptr && system->code() == std::errc::address_in_use;
    throw ConfigError(address.where,
                      "cannot serve /health on " + address.text + ": " + error.what() +
                          (held ? "; choose another address, or stop what holds it" : ""));
  }
}

void Agent::describe(json::Array& checks) const {
  for (const CheckStatus& check : checks_)
    checks.push_back(report(check, settings_.zones, control_.wall_ms()));
}

std::optional<int64_t> Agent::since(const std::string& identity, bool healthy) const {
  for (const CheckStatus& check : checks_)
    if (check.spec->calculated && check.identity == identity && check.healthy == healthy)
      return check.since_ms;
  return std::nullopt;
}

}  // namespace signpost::health
