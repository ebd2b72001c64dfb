// A directive of the Corefile after lexing, environment expansion and imports
// (spec/corefile.md, section 4). Values only; control side.
#pragma once

#include <string>
#include <vector>

#include "signpost/diagnostic.h"

namespace signpost {

struct Token {
  std::string text;
  Location where;
  bool quoted = false;  // a quoted word is never a keyword or a brace (D2)
  // Equal to `word` and not quoted.
  bool is(std::string_view word) const { return !quoted && text == word; }
};

// NAME ARGS... { BLOCK }; the lines of a block are directives again.
struct Directive {
  Token name;
  std::vector<Token> args;
  std::vector<Directive> block;
  bool has_block = false;
  const Location& where() const { return name.where; }
};

}  // namespace signpost
