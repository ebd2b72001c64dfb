#include "monitors.h"

#include <algorithm>

#include "signpost/log.h"

namespace signpost::health {
namespace {

constexpr const char* kPlugin = "health";
constexpr const char* kStateName = "health";
constexpr uint64_t kSaveEveryMs = 5000;  // at most, between transitions

}  // namespace

Monitors::Seat::Seat(Member& member, Control& control)
    : monitors_(
          control.keep<Monitors>(kPlugin, [&] { return std::make_shared<Monitors>(control); })),
      member_(member) {
  monitors_->members_.push_back({&member, &control});
}

Monitors::Seat::~Seat() { monitors_->leave(member_); }

Monitors::Monitors(Control& control) {
  ReadState state = read_state(control.load_state(kStateName));
  saved_ = std::move(state.checks);
  if (!state.complaint.empty())
    log_warning(kPlugin, "saved health state ignored: " + state.complaint +
                             (saved_.empty() ? "" : "; the others are used"));
  saved_at_ms_ = control.now_ms();
}

std::shared_ptr<Monitor> Monitors::watch(const CheckSpec& check) {
  const std::string target = probed_thing(check.probe);
  std::weak_ptr<Monitor>& place = monitors_[target + ' ' + timing_text(check.timing)];
  if (auto running = place.lock()) return running;
  auto monitor = std::make_shared<Monitor>(
      check.probe, check.timing, remembered(target, check.timing), *members_.front().control,
      [this](const Monitor& ended, bool flipped) { probe_ended(ended, flipped); });
  place = monitor;
  std::erase_if(monitors_, [](const auto& entry) { return entry.second.expired(); });
  return monitor;
}

// What running monitors know (a reload that changes the timing of a check keeps its state), else
// what the last process knew.
Observation Monitors::remembered(const std::string& target, const Timing& timing) {
  const std::vector<SavedCheck> present = present_state();
  const SavedCheck* found = find_saved(present, target, timing_text(timing));
  if (found == nullptr) found = find_saved(saved_, target, timing_text(timing));
  const int64_t now = members_.front().control->wall_ms();
  if (found == nullptr || !is_fresh(found->seen, timing, now)) return {};
  Observation seen = found->seen;
  seen.since_ms = std::min(seen.since_ms, now);
  return seen;
}

void Monitors::probe_ended(const Monitor& monitor, bool flipped) {
  std::vector<Transition> transitions;
  for (const Attached& attached : members_) attached.member->probe_ended(monitor, transitions);
  log(transitions);
  unsaved_ = true;
  if (flipped || members_.front().control->now_ms() - saved_at_ms_ >= kSaveEveryMs) save();
}

// Several blocks may have the same check by the same name: that is one line.
void Monitors::log(const std::vector<Transition>& transitions) const {
  for (auto it = transitions.begin(); it != transitions.end(); ++it) {
    const auto same = [&](const Transition& other) { return other.message == it->message; };
    if (std::any_of(transitions.begin(), it, same)) continue;
    if (it->healthy)
      log_info(kPlugin, it->message);
    else
      log_warning(kPlugin, it->message);
  }
}

std::vector<SavedCheck> Monitors::present_state() const {
  std::vector<SavedCheck> state;
  for (const auto& [identity, place] : monitors_)
    if (const auto monitor = place.lock(); monitor && monitor->seen().verdict.known())
      state.push_back(
          {probed_thing(monitor->probe()), timing_text(monitor->timing()), monitor->seen()});
  return state;
}

void Monitors::save() {
  Control& control = *members_.front().control;
  control.save_state(kStateName, write_state(present_state()));
  saved_at_ms_ = control.now_ms();
  unsaved_ = false;
}

json::Array Monitors::describe() const {
  json::Array all, once;
  for (const Attached& attached : members_) attached.member->describe(all);
  for (json::Value& check : all)
    if (!std::ranges::count(once, check)) once.push_back(std::move(check));
  return once;
}

std::optional<int64_t> Monitors::since(const std::string& identity, bool healthy) const {
  for (const Attached& attached : members_)
    if (const auto since = attached.member->since(identity, healthy)) return since;
  return std::nullopt;
}

void Monitors::closing() {
  if (unsaved_) save();
}

void Monitors::leave(const Member& member) {
  const bool led = members_.front().member == &member;
  std::erase_if(members_, [&](const Attached& attached) { return attached.member == &member; });
  if (!led || members_.empty()) return;
  for (const auto& [identity, place] : monitors_)
    if (const auto monitor = place.lock()) monitor->move_to(*members_.front().control);
}

}  // namespace signpost::health
