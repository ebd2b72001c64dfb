// For tests of the parser and of imports: parses a text with a tree of files in memory, and prints
// what came out on one line, so that a case of a table is readable.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "corefile/parser.h"

namespace signpost::corefile {

// The vectors write line ends as this sign.
inline std::string with_newlines(std::string text) {
  static constexpr std::string_view kSign = "⏎";
  for (size_t at; (at = text.find(kSign)) != text.npos;) text.replace(at, kSign.size(), "\n");
  return text;
}

inline std::string outline(const Directive& directive) {
  std::string text = directive.name.text + ":" + std::to_string(directive.where().line);
  for (const Token& arg : directive.args) text += "|" + arg.text;
  if (!directive.has_block) return text;
  text += " {";
  for (const Directive& property : directive.block) text += " " + outline(property);
  return text + " }";
}

// "KEY KEY { NAME:LINE|ARG|ARG NAME:LINE { PROPERTY:LINE } } KEY { ..."
inline std::string outline(const Document& document) {
  std::string text;
  for (const ServerBlock& block : document.blocks) {
    for (const Token& key : block.keys) text += (text.empty() ? "" : " ") + key.text;
    text += " {";
    for (const Directive& directive : block.directives) text += " " + outline(directive);
    text += " }";
  }
  return text;
}

struct Parsed {
  Document document;
  Problems problems;

  std::string text() const { return outline(document); }
  std::string first_problem() const {
    return problems.all().empty() ? "" : problems.all()[0].text();
  }
  std::string all_problems() const {
    std::string text;
    for (const Problem& p : problems.all()) text += (text.empty() ? "" : "\n") + p.text();
    return text;
  }
};

inline Parsed parse_with(std::string_view text, std::map<std::string, std::string> files = {},
                         std::map<std::string, std::string> variables = {},
                         size_t most_spliced = size_t{128} << 20) {
  static constexpr std::string_view kDirectives[] = {"log",     "errors", "whoami",
                                                     "forward", "health", "cache"};
  const MemoryFiles tree(std::move(files));
  ParseSettings settings;
  settings.path = "/etc/signpost/Corefile";
  settings.files = &tree;
  settings.variables = [&](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(std::string(name));
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
  settings.most_spliced = most_spliced;
  settings.directives = kDirectives;
  Parsed parsed;
  parsed.document = parse(text, settings, parsed.problems);
  return parsed;
}

}  // namespace signpost::corefile
