// The targets that this process monitors, shared by the health agents of all blocks and carried
// from one configuration to the next. Control loop only.
//
// It works by the Control of the agent that has been a member for longest; when that one leaves,
// every monitor moves on to the next. With the last member it ends.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "monitor.h"
#include "saved_state.h"
#include "signpost/json.h"

namespace signpost::health {

struct Transition {
  bool healthy;
  std::string message;  // "check use1 is unhealthy: Failure: ..."
};

class Monitors {
 public:
  // An agent as the monitors see it.
  class Member {
   public:
    // A probe of `monitor` ended. Appends what changed by it.
    virtual void probe_ended(const Monitor& monitor, std::vector<Transition>& transitions) = 0;
    // Appends one object per check, for /health/checks.
    virtual void describe(json::Array& checks) const = 0;
    // Since when the calculated check described by `identity` has been in the state `healthy`.
    virtual std::optional<int64_t> since(const std::string& identity, bool healthy) const = 0;

   protected:
    ~Member() = default;
  };

  // Membership, from construction to destruction; holds the monitors that are kept for the process.
  class Seat {
   public:
    Seat(Member& member, Control& control);
    ~Seat();
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;
    Monitors& operator*() const { return *monitors_; }
    Monitors* operator->() const { return monitors_.get(); }

   private:
    std::shared_ptr<Monitors> monitors_;
    Member& member_;
  };

  explicit Monitors(Control& control);  // reads the saved state

  // The monitor of this target and timing, started if there is none. It runs as long as it is held,
  // and must not be held longer than a seat.
  std::shared_ptr<Monitor> watch(const CheckSpec& check);
  // All checks of the process, each once.
  json::Array describe() const;
  std::optional<int64_t> since(const std::string& identity, bool healthy) const;
  // To be called by a member about to let go of its monitors: nothing known is lost by that.
  void closing();

 private:
  struct Attached {
    Member* member;
    Control* control;
  };
  Observation remembered(const std::string& target, const Timing& timing);
  void probe_ended(const Monitor& monitor, bool flipped);
  void log(const std::vector<Transition>& transitions) const;
  std::vector<SavedCheck> present_state() const;
  void save();
  void leave(const Member& member);

  std::vector<Attached> members_;
  std::map<std::string, std::weak_ptr<Monitor>> monitors_;  // by target and timing
  std::vector<SavedCheck> saved_;                           // by the process before this one
  uint64_t saved_at_ms_ = 0;                                // monotonic
  bool unsaved_ = false;
};

}  // namespace signpost::health
