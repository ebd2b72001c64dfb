// Reads one `check` line of the directive with its block. Set-up only. Errors: ConfigError for the
// line itself; what is wrong inside its block is reported through Problems, line by line, so that
// all of it shows at once.
#pragma once

#include <vector>

#include "check_spec.h"
#include "signpost/directive.h"
#include "timing_words.h"

namespace signpost::health {

struct CheckLine {
  CheckSpec spec;      // timing: only what `timing` says over nothing; row and children unset
  TimingWords timing;  // of this check's own block
  std::vector<Token> children;  // names as written, if calculated
  Token name;
};

// `line` is `check NAME KIND ...`; args[0] exists.
CheckLine read_check_line(const Directive& line, Problems& problems);

}  // namespace signpost::health
