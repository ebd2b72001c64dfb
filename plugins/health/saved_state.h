// Health state as it is kept over restarts: JSON text in the state directory. Pure; any thread.
//
//   {"version":1,"checks":[{"target":"http 192.0.2.10:80/ ...","timing":"interval=...",
//     "healthy":true,"success":true,"consecutive":5,"since":1700000000000,"checked":1700000000000,
//     "reason":"HTTP Status Code 200, OK","last_error":""}]}
//
// Times are wall clock milliseconds.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "check_spec.h"
#include "observation.h"

namespace signpost::health {

struct SavedCheck {
  std::string target;  // probed_thing()
  std::string timing;  // timing_text()
  Observation seen;
};

std::string write_state(const std::vector<SavedCheck>& checks);

struct ReadState {
  std::vector<SavedCheck> checks;
  std::string complaint;  // why the text, or a part of it, was ignored; empty if all was read
};

// Never throws on bad text; what cannot be read is left out.
ReadState read_state(std::string_view text);

// What is known about `target`: of the same timing if there is such an entry, else of another.
// nullptr if there is none.
const SavedCheck* find_saved(const std::vector<SavedCheck>& checks, const std::string& target,
                             const std::string& timing);

// True if the last probe of `seen` is young enough to answer by: at most ten intervals away, before
// or (the clock was set back) after `now_ms`.
bool is_fresh(const Observation& seen, const Timing& timing, int64_t now_ms);

}  // namespace signpost::health
