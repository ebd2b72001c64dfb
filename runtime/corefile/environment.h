// Environment references in Corefile words: {$NAME} and {%NAME%} (spec/corefile.md, section 3).
// Control loop only. Never throws for what a file says; what is wrong goes to the report.
//
// Extension (D10): {$NAME:default} gives the text after the colon when NAME is not set. Upstream
// reads it as a variable called "NAME:default".
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "corefile/report.h"
#include "signpost/diagnostic.h"

namespace signpost::corefile {

// The value of an environment variable; empty optional if it is not set.
using VariableLookup = std::function<std::optional<std::string>(std::string_view name)>;

// Looks into the environment of this process.
VariableLookup process_environment();

// `text` with every reference replaced: first all of {%..%}, then all of {$..}; each replacement is
// searched again. A variable that is not set gives nothing and a warning (D10). An error (D9), with
// `text` returned as it was, if expansion takes more than 1000 replacements or gains over 1 MiB.
std::string expand(std::string_view text, Location where, const VariableLookup& lookup,
                   Report& report);

}  // namespace signpost::corefile
