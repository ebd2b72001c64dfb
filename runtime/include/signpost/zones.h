// Asking the zones of a block. Worker.
#pragma once

#include "signpost/query.h"

namespace signpost {

// The zone with the longest apex at or above `name` among this block's zones, or null.
SIGNPOST_API const Zone* find_zone(const Query& query, const SplitName& name) noexcept;

// Answers the step under way from `zone` (RFC 1034, section 4.3.2; RFC 4592; RFC 2308): proposes
// the record set, or writes the referral, the negative or the ANY answer (RFC 8482) into the reply.
// SERVFAIL if the zone could not be read.
SIGNPOST_API void answer_from(const Zone& zone, Query& query) noexcept;

// ZoneFile::tag of the zone.
SIGNPOST_API uint32_t tag_of(const Zone& zone) noexcept;

// True if `zone` answers NXDOMAIN for `name`, a name within it.
SIGNPOST_API bool denies(const Zone& zone, const SplitName& name) noexcept;

// Adds the records that an alias stands for outside our zones as the answer of this step.
SIGNPOST_API void answer_with(Query& query, const WireSet& records) noexcept;

// The members of `set` that are healthy now (spec 4.1), from the verdicts in the snapshot.
SIGNPOST_API MemberMask healthy_members(const Query& query, const RecordSet& set) noexcept;

}  // namespace signpost
