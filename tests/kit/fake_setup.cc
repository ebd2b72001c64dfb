#include "fake_setup.h"

#include <algorithm>
#include <stdexcept>

namespace signpost::kit {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t'; }

// The words of one line.
std::vector<Token> words(std::string_view line, Location where) {
  std::vector<Token> found;
  size_t at = 0;
  while (at < line.size()) {
    if (is_space(line[at])) {
      ++at;
      continue;
    }
    Token word{"", where, line[at] == '"'};
    at += word.quoted;
    for (; at < line.size(); ++at) {
      if (word.quoted ? line[at] == '"' : is_space(line[at])) break;
      if (word.quoted && line[at] == '\\' && at + 1 < line.size() && line[at + 1] == '"') ++at;
      word.text += line[at];
    }
    at += word.quoted;
    found.push_back(std::move(word));
  }
  return found;
}

// Reads the lines of a text into directives and the blocks within them.
class LineReader {
 public:
  LineReader(std::string_view text, std::string_view file)
      : text_(text), file_(keep_file_name(file)) {}

  std::vector<Directive> read(bool nested) {
    std::vector<Directive> found;
    while (!text_.empty()) {
      std::vector<Token> line = next_line();
      if (line.empty()) continue;
      if (line.size() == 1 && line[0].is("}")) {
        if (!nested) throw std::invalid_argument("'}' without '{'");
        return found;
      }
      found.push_back(directive(std::move(line)));
    }
    if (nested) throw std::invalid_argument("'{' without '}'");
    return found;
  }

 private:
  std::vector<Token> next_line() {
    const size_t end = std::min(text_.find('\n'), text_.size());
    const std::string_view line = text_.substr(0, end);
    text_.remove_prefix(std::min(end + 1, text_.size()));
    return words(line, {file_, ++line_});
  }

  Directive directive(std::vector<Token> line) {
    Directive made;
    made.has_block = line.back().is("{");
    if (made.has_block) line.pop_back();
    if (line.empty()) throw std::invalid_argument("'{' without a directive");
    made.name = std::move(line.front());
    made.args.assign(std::make_move_iterator(line.begin() + 1),
                     std::make_move_iterator(line.end()));
    if (made.has_block) made.block = read(true);
    return made;
  }

  std::string_view text_, file_;
  uint32_t line_ = 0;
};

}  // namespace

std::vector<Directive> directives(std::string_view text, std::string_view file) {
  return LineReader(text, file).read(false);
}

FakeSetup::FakeSetup(std::vector<Directive> lines, std::vector<std::string> zones)
    : lines_(std::move(lines)) {
  for (const std::string& zone : zones) zones_.push_back(Name::parse(zone).value());
}

Location FakeSetup::where() const {
  return lines_.empty() ? Location{keep_file_name("Corefile"), 1} : lines_.front().where();
}

uint32_t FakeSetup::declare_check(const Token& name) {
  if (std::ranges::count(checks, name.text))
    problems_.error(name.where, "check '" + name.text + "' is declared twice");
  checks.push_back(name.text);
  return uint32_t(checks.size() - 1);
}

std::string FakeSetup::problem_text() const {
  std::string text;
  for (const Problem& problem : problems_.all()) text += problem.text() + '\n';
  return text;
}

uint16_t FakeSetup::slot(std::string_view name, const std::type_info& type,
                         std::shared_ptr<const void>, bool offered) {
  for (size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].name != name) continue;
    if (*slots[i].type != type) throw std::logic_error("two types of table " + slots[i].name);
    slots[i].offered |= offered;
    return uint16_t(i);
  }
  slots.push_back({std::string(name), &type, offered});
  return uint16_t(slots.size() - 1);
}

void FakeSetup::set_table(uint16_t slot, std::shared_ptr<const void> table) {
  tables[slot] = std::move(table);
}

}  // namespace signpost::kit
