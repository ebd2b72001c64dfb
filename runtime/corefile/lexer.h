// Corefile text to words (spec/corefile.md, section 2, with divergences D1, D3 and D8). Control
// loop only. Errors go to the report with the line; the words before the error are still given.
//
// Differences from upstream: "#" within a word starts a comment to the end of the line, with a
// warning when that hides words (D1); a quote never closed is an error at its opening (D3); bytes
// that are no UTF-8, and NUL, are errors outside comments.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "corefile/report.h"
#include "signpost/directive.h"

namespace signpost::corefile {

// A word, not yet expanded, and whether it is the first of its line (D8). Its line is the one it
// begins on; quoted, it may hold newlines itself.
struct Word : Token {
  bool starts_line = false;
};

struct Lexed {
  std::vector<Word> words;
  bool complete = true;  // false: an error was reported, and the rest of the text was not read
};

// `file` as messages name it; kept for the life of the process.
Lexed lex(std::string_view text, std::string_view file, Report& report);

}  // namespace signpost::corefile
