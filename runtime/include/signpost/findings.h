// What is told of one zone, list or folder: the first hundred errors and the first hundred
// warnings, counted apart, so that no number of warnings hides an error; of the others how many
// there are. Any thread; not shared.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "signpost/diagnostic.h"

namespace signpost {

// Errors told, and warnings told, before the rest are only counted.
inline constexpr size_t kMaxFindings = 100;

class SIGNPOST_API Findings {
 public:
  // `problems` takes what is told.
  explicit Findings(Problems& problems) : problems_(problems) {}

  void add(bool as_error, Location where, std::string message);
  // Whether one more is told: if not, add() needs neither its place nor its message.
  bool tells(bool as_error) const { return (as_error ? errors_ : warnings_) < kMaxFindings; }
  bool any_error() const { return errors_ != 0; }
  // Says at `where` how many of `subject` ("zone example.com.") were not told. Once, behind the
  // last.
  void tell_rest(Location where, std::string_view subject);

 private:
  Problems& problems_;
  size_t errors_ = 0, warnings_ = 0;
};

}  // namespace signpost
