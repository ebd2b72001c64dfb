// What the lines of `alias` in one block say. Immutable once built; any thread.
#pragma once

#include <vector>

#include "signpost/addresses.h"
#include "signpost/setup.h"

namespace signpost::alias {

struct Settings {
  explicit Settings(Setup& setup);  // problems go to `setup`

  std::vector<Endpoint> resolvers;  // empty: the system's
  Key<AddressTable> table;
};

}  // namespace signpost::alias
