// Corefile text to tokens (spec/corefile.md, section 2, with divergences D1, D3 and D8). Control
// loop only. Errors go to the report with the line; the tokens before the error are still given.
//
// Differences from upstream: "#" within a word starts a comment to the end of the line, with a
// warning when that hides words (D1); a quote never closed is an error at its opening (D3); bytes
// that are no UTF-8, and NUL, are errors outside comments.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "corefile/report.h"
#include "signpost/diagnostic.h"

namespace signpost::corefile {

// One word of a Corefile. Braces and "import" have their meaning only unquoted (D2).
struct Token {
  std::string text;  // without quotes and escapes; not yet expanded
  Location where;    // the line the token begins on; it may hold newlines itself if quoted
  bool quoted = false;
  bool starts_line = false;  // first on its line (D8)

  bool is(std::string_view word) const { return !quoted && text == word; }
};

struct Lexed {
  std::vector<Token> tokens;
  bool complete = true;  // false: an error was reported, and the rest of the text was not read
};

// `file` as messages name it; kept for the life of the process.
Lexed lex(std::string_view text, std::string_view file, Report& report);

}  // namespace signpost::corefile
