#include "zone/findings.h"

#include <utility>

namespace signpost::zone {

namespace {

std::string more(size_t count, const char* what) {
  return std::to_string(count) + " more " + what + (count == 1 ? " is" : "s are") + " not told";
}

}  // namespace

void Findings::add(bool as_error, Location where, std::string message) {
  if (++(as_error ? errors_ : warnings_) > kMaxFindings) return;
  as_error ? problems_.error(where, std::move(message))
           : problems_.warning(where, std::move(message));
}

void Findings::tell_rest(Location where) {
  if (errors_ > kMaxFindings) problems_.error(where, more(errors_ - kMaxFindings, "error"));
  if (warnings_ > kMaxFindings) problems_.warning(where, more(warnings_ - kMaxFindings, "warning"));
}

}  // namespace signpost::zone
