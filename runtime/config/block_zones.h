// The zones of a block when a configuration is built: finds those of folders and lists, reads all,
// and makes the first zone table. Zones in force whose files did not change are taken over instead
// of read again, and so are those whose files are in error now, for want of better. Control thread
// or libuv's pool.
#pragma once

#include <string>
#include <string_view>

#include "config/configuration.h"
#include "config/present_zones.h"
#include "signpost/findings.h"

namespace signpost {

// Fills in `served`, `inside`, `outside` and the tables of zones and verdicts. What is wrong with a
// zone of a line, or with one that lines add record sets to, goes to `problems`; what is wrong with
// another zone of a source goes to `broken`, and the zone stays as it is in `present`. If that is
// not possible, because Corefile lines are in it that are no more, it goes to `problems`; if there
// is none, questions for the zone fail.
void load_zones(BlockConfiguration& block, const PresentZones* present, Problems& problems,
                Problems& broken);

// Problems in one text, a line each.
std::string text_of(const Problems& problems);
// Warns of what a source has though another zone of this origin comes first.
class RepeatedZones {
 public:
  explicit RepeatedZones(Problems& problems) : findings_(problems) {}
  void add(const ZoneFile& file);
  void tell_rest();  // once, behind the last

 private:
  Findings findings_;
  std::string_view file_;
};

// Whether the block's lines add record sets to the zone, or aliases lead into it.
bool has_sets(const BlockConfiguration& block, const Name& origin);
bool is_aliased(const BlockConfiguration& block, const Name& origin);

}  // namespace signpost
