// Splits presentation text into words for tests and fuzz targets, so that dns/ can be tried without
// the zone file lexer above it: blanks separate, quotes group, lone parentheses are dropped.
#pragma once

#include <string_view>
#include <vector>

#include "dns/rdata.h"

namespace signpost::dns {

inline std::vector<TextToken> split_tokens(std::string_view text) {
  std::vector<TextToken> tokens;
  for (size_t at = 0; at < text.size();) {
    if (text[at] == ' ') {
      ++at;
      continue;
    }
    bool quoted = text[at] == '"', inside = quoted;
    size_t start = quoted ? ++at : at;
    for (; at < text.size() && (inside || text[at] != ' '); ++at) {
      if (text[at] == '\\') {
        if (++at == text.size()) break;
      } else if (text[at] == '"') {
        if (quoted) break;
        inside = !inside;
      }
    }
    std::string_view word = text.substr(start, at - start);
    if (quoted && at < text.size()) ++at;
    if (quoted || (word != "(" && word != ")")) tokens.push_back({word, quoted});
  }
  return tokens;
}

}  // namespace signpost::dns
