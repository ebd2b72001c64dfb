// What the lines of `acl` say. Read when a configuration is built, immutable from then on.
//
//   acl [ZONES...] {
//       ACTION [type QTYPE...] [net SOURCE...] [file PATH...]
//   }
#pragma once

#include <memory>
#include <string>

#include "rules.h"
#include "signpost/setup.h"
#include "signpost/tally.h"

namespace signpost::acl {

struct Settings {
  explicit Settings(Setup& setup);

  Rules rules;
  std::string block;                         // the first zone of the server block, for people
  std::unique_ptr<Tally<kActions>> decided;  // by action
};

// "block".
std::string_view action_word(Action action);

}  // namespace signpost::acl
