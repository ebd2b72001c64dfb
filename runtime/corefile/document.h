// What a Corefile says, before any plugin has looked at it: server blocks of directives, every word
// with the line it stands on. Plain values, made by parse(); any thread.
#pragma once

#include <vector>

#include "corefile/lexer.h"
#include "corefile/report.h"

namespace signpost::corefile {

// A line of a server block, or of the block of another directive (a property): a name, the words
// after it, and possibly a block of its own. All words are expanded.
struct Directive {
  Token name;
  std::vector<Token> args;
  std::vector<Directive> block;
  bool has_block = false;  // "{ }" is a block too

  const Location& where() const { return name.where; }
};

struct ServerBlock {
  std::vector<Token> keys;  // expanded, commas removed; parse_key() reads them
  std::vector<Directive> directives;

  const Location& where() const { return keys.front().where; }
};

struct Document {
  std::vector<ServerBlock> blocks;    // each with at least one key
  std::vector<Extension> extensions;  // in the order they were met
};

}  // namespace signpost::corefile
