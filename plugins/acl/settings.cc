#include "settings.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <sstream>
#include <string_view>
#include <utility>

namespace signpost::acl {

namespace {

constexpr std::array<std::string_view, kActions> kWords = {"allow", "block", "filter", "drop"};
constexpr unsigned kMostErrors = 100;  // in a list file

enum class Part : uint8_t { type, net, file, none };
constexpr std::array<std::string_view, 3> kParts = {"type", "net", "file"};

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = char(std::tolower(uint8_t(c)));
  return lower;
}

// Where `word` stands in `words`, in either case; their number if it is none of them.
template <size_t N>
size_t place(const Token& word, const std::array<std::string_view, N>& words) {
  if (word.quoted) return N;
  return size_t(std::find(words.begin(), words.end(), lower_case(word.text)) - words.begin());
}

Action read_action(const Token& word) {
  const size_t at = place(word, kWords);
  if (at == kWords.size())
    throw ConfigError(word.where, "'" + excerpt(word.text) + "' is no action" +
                                      did_you_mean(word.text, kWords) +
                                      " (allow, block, filter, drop)");
  return Action(at);
}

bool blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

// One prefix or address a line; # begins a comment.
void read_list(const Token& path, Rule& rule, Problems& problems) {
  std::istringstream in(read_file(path, "the list file"));
  Token word{{}, {keep_file_name(path.text), 0}};
  unsigned errors = 0;
  for (std::string line; std::getline(in, line) && errors < kMostErrors;) {
    ++word.where.line;
    line.erase(std::min(line.find('#'), line.size()));
    while (!line.empty() && blank(line.back())) line.pop_back();
    line.erase(0, size_t(std::find_if_not(line.begin(), line.end(), blank) - line.begin()));
    if (line.empty()) continue;
    word.text = line;
    try {
      rule.sources.push_back(read_prefix(word, problems));
    } catch (const ConfigError& e) {
      problems.add(e);
      ++errors;
    }
  }
}

// A word behind `type`, `net` or `file`; `every` are the parts that said `*`.
void read_word(const Token& word, Part part, Rule& rule, std::array<bool, 3>& every,
               Problems& problems) {
  if (part == Part::file) return read_list(word, rule, problems);
  if (word.is("*") || (part == Part::net && word.is("any")))
    every[size_t(part)] = true;
  else if (part == Part::type)
    rule.types.add(read_qtype(word));
  else
    rule.sources.push_back(read_prefix(word, problems));
}

// ACTION [type QTYPE...] [net SOURCE...] [file PATH...]
Rule read_rule(const Directive& line, const std::vector<Name>& zones, Problems& problems) {
  Rule rule;
  rule.action = read_action(line.name);
  rule.zones = zones;
  rule.where = line.where();
  if (line.has_block) throw ConfigError(line.where(), line.name.text + " takes no block");
  Part part = Part::none;
  std::array<bool, 3> written{}, every{};  // by part
  const Token* opened = nullptr;           // `type`, `net` or `file` that nothing follows yet
  const auto expect_word = [&] {
    if (opened) throw ConfigError(opened->where, "nothing stands behind '" + opened->text + "'");
  };
  for (const Token& word : line.args) {
    if (const size_t at = place(word, kParts); at != kParts.size()) {
      expect_word();
      part = Part(at);
      opened = &word;
      written[at] = true;
      continue;
    }
    if (part == Part::none)
      throw ConfigError(word.where, "'" + excerpt(word.text) + "' stands where one of type, net " +
                                        "and file is expected" + did_you_mean(word.text, kParts));
    read_word(word, part, rule, every, problems);
    opened = nullptr;
  }
  expect_word();
  const auto is = [](const std::array<bool, 3>& parts, Part p) { return parts[size_t(p)]; };
  rule.every_type = !is(written, Part::type) || is(every, Part::type);
  rule.every_source = (!is(written, Part::net) && !is(written, Part::file)) || is(every, Part::net);
  return rule;
}

}  // namespace

std::string_view action_word(Action action) { return kWords[size_t(action)]; }

Settings::Settings(Setup& setup) : decided(std::make_unique<Tally<kActions>>()) {
  if (!setup.zones().empty()) block = setup.zones()[0].text();
  std::vector<Rule> all;
  Location last;  // of a rule that fits every query
  const auto read = [&](const Directive& written, const std::vector<Name>& zones) {
    Rule rule = read_rule(written, zones, setup.problems());
    if (last.line != 0)
      setup.problems().warning(rule.where, "this rule is never reached: the one at " + last.text() +
                                               " fits every query");
    else if (rule.every_source && rule.any_question())
      last = rule.where;
    all.push_back(std::move(rule));
  };
  for (const Directive& line : setup.lines()) {
    try {
      const std::vector<Name> zones = read_zones(line.args, setup);
      if (line.block.empty())
        setup.problems().warning(line.where(), "acl without rules allows everything");
      for (const Directive& written : line.block) {
        try {
          read(written, zones);
        } catch (const ConfigError& e) {
          setup.problems().add(e);
        }
      }
    } catch (const ConfigError& e) {
      setup.problems().add(e);
    }
  }
  rules = Rules(std::move(all));
}

}  // namespace signpost::acl
