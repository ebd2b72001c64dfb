// The rules of `log` in one block (spec/corefile.md, section 13). Immutable once built; any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "signpost/health.h"
#include "signpost/setup.h"

namespace signpost::log {

// Classes of replies, as bits.
enum Class : uint8_t { success = 1, denial = 2, error = 4, all = 7 };

struct Rule {
  Name scope;  // this name and those below it
  uint8_t classes = all;
  bool tells_route = false;
  RegisteredFormatter formatter;
};

struct Settings {
  explicit Settings(Setup& setup);  // problems go to `setup`

  std::vector<Rule> rules;  // the first whose scope fits is used, whether or not its class fits
  Key<HealthTable> health;
};

}  // namespace signpost::log
