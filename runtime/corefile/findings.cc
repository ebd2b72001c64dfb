#include "signpost/findings.h"

#include <utility>

namespace signpost {

namespace {

std::string more(size_t count, const char* what, std::string_view subject) {
  return std::to_string(count) + " more " + what + (count == 1 ? "" : "s") + " of " +
         std::string(subject) + (count == 1 ? " is" : " are") + " not told";
}

}  // namespace

void Findings::add(bool as_error, Location where, std::string message) {
  const bool told = tells(as_error);
  ++(as_error ? errors_ : warnings_);
  if (!told) return;
  as_error ? problems_.error(where, std::move(message))
           : problems_.warning(where, std::move(message));
}

void Findings::tell_rest(Location where, std::string_view subject) {
  if (errors_ > kMaxFindings)
    problems_.error(where, more(errors_ - kMaxFindings, "error", subject));
  if (warnings_ > kMaxFindings)
    problems_.warning(where, more(warnings_ - kMaxFindings, "warning", subject));
}

}  // namespace signpost
