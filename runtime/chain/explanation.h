// Which replies tell the client why they are as they are, by Extended DNS Errors (RFC 8914):
//
//   REFUSED     no zone or plugin of ours answers     20 Not Authoritative
//               a transfer                            21 Not Supported
//               nothing is served yet                 14 Not Ready
//   SERVFAIL    Query::error_code with Query::error   as the plugin that failed says
//   steering    no member of the set is healthy       0 Other, with a text
//
// A plugin that calls Query::explain_error() itself (blocked, stale answer) has said enough.
// Worker; texts are static, nothing is formatted.
#pragma once

#include "signpost/query.h"

namespace signpost {

// Adds the explanation of a reply that is about to be encoded, if the query has EDNS.
void explain_reply(Query& query) noexcept;

}  // namespace signpost
