// What a Corefile says, before any plugin has looked at it: server blocks of directives, every word
// with the line it stands on. Plain values, made by parse(); any thread.
#pragma once

#include <vector>

#include "corefile/report.h"
#include "signpost/directive.h"

namespace signpost::corefile {

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
