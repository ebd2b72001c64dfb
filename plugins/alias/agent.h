// Keeps the addresses of the names outside the block's zones that its aliases stand for, and
// publishes them as the AddressTable. What was learned outlives reloads and is shared between
// blocks. Control loop only. Source: spec sections 4.4 and 5.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "learned.h"
#include "settings.h"
#include "signpost/control.h"

namespace signpost::alias {

class Agent {
 public:
  Agent(const Settings& settings, Control& control);
  Agent(const Agent&) = delete;  // timers and questions point to it
  Agent& operator=(const Agent&) = delete;

  void publish(Draft& draft);

 private:
  // One name, asked for one family.
  struct Lookup {
    Name name;
    uint16_t type;
    std::shared_ptr<Learned> learned;
    uint64_t published = 0;  // version of what was learned when it was last published
    Handle timer, question;
  };

  void add(const Name& name, uint16_t type);
  void look(Lookup& lookup);
  void wait(Lookup& lookup);
  void take(Lookup& lookup, const Resolution& outcome);
  void update_ready();
  std::shared_ptr<const AddressTable> make_table();

  const Settings& settings_;
  Control& control_;
  bool ready_ = true;
  std::deque<Lookup> lookups_;                 // A and AAAA of each row, in turn
  std::shared_ptr<const AddressTable> table_;  // as last published
};

}  // namespace signpost::alias
