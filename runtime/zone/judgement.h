// Judges the records of a zone as a whole, beyond what ZoneBuilder tells: targets of NS, MX, SRV
// that are missing or aliases, missing glue, what delegations hide, duplicates, doubtful data. The
// rules are RFC 1034 (sections 3.6.2, 4.2.1), RFC 2181 (sections 5, 10.3), RFC 2782, RFC 4035
// (section 2.4) and RFC 6672 (section 3.3). Errors are what must not stand in a
// zone; what is merely never answered or surprising is a warning. Any thread.
#pragma once

#include "signpost/findings.h"
#include "signpost/name.h"
#include "zone/record_list.h"

namespace signpost::zone {

// `records` are sorted, not settled, and all at or below `apex`. What is wrong goes to `findings`,
// whose rest is for the caller to tell.
void judge_zone(const RecordList& records, NameView apex, Findings& findings);

}  // namespace signpost::zone
