// Corefile text to Document (spec/corefile.md, sections 3 to 6, with divergences D1 to D10, D16,
// D19, D20 and D22). Control loop only. Goes on after an error where it can, so that one run
// reports everything; the messages of section 20 are kept word for word.
//
// Extensions to upstream's grammar, each listed in Document::extensions when used:
//   {$NAME:default}           a default for a variable that is not set (environment.h)
//   import NAME ARG...        arguments for a snippet (import.h)
//   name words { property }   a block may close on the line of its last property, if "}" is the
//                             last word of that line; server blocks may not
// A quoted brace, which is a word here and structure upstream (D2), is listed as well.
#pragma once

#include <span>
#include <string_view>

#include "corefile/document.h"
#include "corefile/import.h"
#include "signpost/diagnostic.h"

namespace signpost::corefile {

// Served when there is no Corefile, or one without server blocks; on the default port.
inline constexpr std::string_view kDefaultCorefile = ". {\n    whoami\n    log\n}\n";

struct ParseSettings : ImportSettings {
  // Names of all directives there are; anything else is an error. Empty: every name will do.
  std::span<const std::string_view> directives;
};

// Errors and warnings go to `problems`; the document holds what could be read. A text without
// server blocks gives an empty document and a warning.
Document parse(std::string_view text, const ParseSettings& settings, Problems& problems);

}  // namespace signpost::corefile
