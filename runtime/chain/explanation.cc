#include "chain/explanation.h"

namespace signpost {

namespace {

constexpr std::string_view kNothingHealthy = "no healthy member: answering with all";

}  // namespace

void explain_reply(Query& q) noexcept {
  if (!q.edns.present || q.explained()) return;
  switch (q.rcode) {
    case Rcode::servfail:
    case Rcode::refused:
      if (q.error_code != ede::other || !q.error.empty()) q.explain_error(q.error_code, q.error);
      break;
    case Rcode::noerror:
      if (q.routed_reason == RouteReason::last_resort) q.explain_error(ede::other, kNothingHealthy);
      break;
    default:
      break;
  }
}

}  // namespace signpost
