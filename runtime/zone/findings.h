// What is told of one zone: the first hundred errors and the first hundred warnings, counted apart,
// so that no number of warnings hides an error; of the others how many there are. Any thread; not
// shared.
#pragma once

#include <cstddef>
#include <string>

#include "signpost/diagnostic.h"

namespace signpost::zone {

// Errors told, and warnings told, before the rest are only counted.
inline constexpr size_t kMaxFindings = 100;

class Findings {
 public:
  // `problems` takes what is told.
  explicit Findings(Problems& problems) : problems_(problems) {}

  void add(bool as_error, Location where, std::string message);
  bool any_error() const { return errors_ != 0; }
  // Says at `where` how many were not told. Once, behind the last.
  void tell_rest(Location where);

 private:
  Problems& problems_;
  size_t errors_ = 0, warnings_ = 0;
};

}  // namespace signpost::zone
