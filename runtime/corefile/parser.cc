#include "corefile/parser.h"

#include <algorithm>
#include <utility>

namespace signpost::corefile {
namespace {

constexpr unsigned kDeepest = 200;  // nested blocks; the parser and Directive's destructor recurse
constexpr std::string_view kStrayBrace = "Unexpected '}' because no matching opening brace";
constexpr std::string_view kBraceInLine =
    "Unexpected '}' because no matching opening brace; write it on a line of its own";

class Parser {
 public:
  Parser(std::string_view text, const ParseSettings& settings, Problems& problems)
      : settings_(settings),
        report_(problems, document_.extensions),
        stream_(text, settings_, report_) {}

  Document run() {
    while (stream_.peek() != nullptr) top_item();
    return std::move(document_);
  }

 private:
  void top_item();
  std::vector<Token> keys();
  bool add_key(Word word, std::vector<Token>& keys);
  void snippet(const Token& key);
  void server_block(std::vector<Token> keys);
  bool directives(ServerBlock& block, bool braces);
  Directive directive(unsigned depth);
  void open_block(Directive& owner, unsigned depth);
  void after_block();
  void properties(Directive& owner, unsigned depth);
  void judge_name(const Token& name);
  void warn_of_key_like_directive(const ServerBlock& block, bool braces);
  void suspect(const Directive& opening);
  void missing_brace(const Location& opened);
  void end_of_file(const std::string& more);

  bool known(std::string_view name) const {
    const auto& all = settings_.directives;
    return all.empty() || std::find(all.begin(), all.end(), name) != all.end();
  }
  // True if the next token is `word`, unquoted.
  bool next_is(std::string_view word) {
    const Word* next = stream_.peek();
    return next != nullptr && next->is(word);
  }
  bool next_on_same_line() {
    const Word* next = stream_.peek();
    return next != nullptr && !next->starts_line;
  }
  Word take_word();

  const ParseSettings& settings_;
  Document document_;
  Report report_;
  WordStream stream_;
  std::vector<const Directive*> open_;  // whose blocks are open, the outermost first
  std::string hint_;  // of a '}' that may be missing; told if the file ends too early
  bool end_reported_ = false;
};

Word Parser::take_word() {
  Word word = stream_.take();
  if (word.quoted && (word.text == "{" || word.text == "}"))
    report_.extension(word.where, "quoted brace as a word");
  word.text = expand(word.text, word.where, settings_.variables, report_);
  return word;
}

void Parser::top_item() {
  std::vector<Token> found = keys();
  if (found.empty() && stream_.peek() == nullptr) return;
  if (found.empty()) {
    report_.error(stream_.peek()->where,
                  "Found a block without a key; expected a zone before '{', such as '. {'");
    found.push_back({.text = {}, .where = stream_.peek()->where});
  }
  const std::string& first = found.front().text;
  if (found.size() == 1 && first.starts_with('(') && first.ends_with(')')) {
    snippet(found.front());
  } else {
    server_block(std::move(found));
  }
}

// Up to the "{" that opens the block, the end of the line, or the end of the file.
std::vector<Token> Parser::keys() {
  std::vector<Token> keys;
  bool expecting = false;
  while (const Word* next = stream_.peek()) {
    if (next->starts_line && !keys.empty() && !expecting) break;
    if (next->is("{")) {
      if (expecting)
        report_.error(next->where, "Expected another address but had '{' - check for extra comma");
      break;
    }
    if (next->is("}")) {
      report_.error(stream_.take().where, kStrayBrace);
      continue;
    }
    Word word = take_word();
    if (word.starts_line && word.is("import")) {  // expanded, as upstream has it in this place
      stream_.import();
    } else {
      expecting = add_key(std::move(word), keys);
    }
  }
  if (expecting && stream_.peek() == nullptr) end_of_file("; expected a key behind the comma");
  return keys;
}

// True if the word announces another key.
bool Parser::add_key(Word word, std::vector<Token>& keys) {
  const bool comma = word.text.ends_with(',');
  if (comma) word.text.pop_back();
  if (word.text.empty())
    report_.error(word.where, "Found an empty key; expected a zone, such as 'example.org' or '.'");
  if (word.text.starts_with('{') || word.text.ends_with('{') || word.text.starts_with('}') ||
      word.text.ends_with('}'))
    report_.error(word.where, "Found a brace in the key '" + shown(word.text) +
                                  "'; write it as a word of its own, with spaces around it");
  keys.push_back(std::move(word));
  return comma;
}

void Parser::snippet(const Token& key) {
  const std::string name = key.text.substr(1, key.text.size() - 2);
  if (name.empty()) report_.error(key.where, "Found '()'; expected a name, such as '(common)'");
  if (!next_is("{")) {
    const Word* next = stream_.peek();
    const Word found = next != nullptr ? *next : stream_.last();
    return report_.syntax(found.where,
                          "Unexpected token '" + shown(found.text) + "', expecting '{'");
  }
  const Location opened = stream_.take().where;
  std::vector<Word> body;
  for (unsigned open = 1; stream_.peek() != nullptr;) {
    Word word = stream_.take();
    if (word.is("{")) ++open;
    if (word.is("}") && --open == 0) {
      if (!name.empty()) stream_.define(name, key.where, std::move(body));
      return;
    }
    body.push_back(std::move(word));
  }
  missing_brace(opened);
}

void Parser::server_block(std::vector<Token> keys) {
  ServerBlock block{.keys = std::move(keys), .directives = {}};
  const bool braces = next_is("{");
  warn_of_key_like_directive(block, braces);
  if (braces) stream_.take();
  const Location opened = stream_.last().where;
  if (directives(block, braces))
    hint_.clear();  // what looked odd in here was closed after all
  else if (braces)
    missing_brace(opened);
  const auto empty = [](const Token& key) { return key.text.empty(); };
  if (std::none_of(block.keys.begin(), block.keys.end(), empty))
    document_.blocks.push_back(std::move(block));
}

// True if a "}" ended the block.
bool Parser::directives(ServerBlock& block, bool braces) {
  while (stream_.peek() != nullptr) {
    if (next_is("}")) {
      const Location where = stream_.take().where;
      if (braces) return true;
      report_.error(where, kStrayBrace);
    } else if (next_is("import")) {
      stream_.take();
      stream_.import();
    } else {
      Directive found = directive(0);
      if (next_is("}") && next_on_same_line()) report_.error(stream_.peek()->where, kBraceInLine);
      if (known(found.name.text)) block.directives.push_back(std::move(found));
    }
  }
  return false;
}

void Parser::judge_name(const Token& name) {
  if (!known(name.text))
    report_.error(name.where, "Unknown directive '" + shown(name.text) + "'" +
                                  did_you_mean(name.text, settings_.directives));
}

// Name, arguments and block. A "}" on the same line is left for the caller to judge.
Directive Parser::directive(unsigned depth) {
  Directive found;
  if (next_is("{")) {
    found.name = *stream_.peek();
    if (depth == 0) judge_name(found.name);
    open_block(found, depth);
    return found;
  }
  found.name = take_word();
  if (depth == 0) judge_name(found.name);
  while (next_on_same_line() && !next_is("{") && !next_is("}")) found.args.push_back(take_word());
  if (!next_is("{")) return found;
  if (stream_.peek()->starts_line)
    report_.error(stream_.peek()->where, "Found '{' at the start of a line; open the block of '" +
                                             shown(found.name.text) + "' on its own line, at " +
                                             found.where().text());
  open_block(found, depth);
  return found;
}

void Parser::open_block(Directive& owner, unsigned depth) {
  const Location where = stream_.take().where;
  owner.has_block = true;
  if (depth + 1 > kDeepest) {
    report_.error(where, "blocks nest deeper than " + std::to_string(kDeepest));
    return stream_.stop();
  }
  suspect(owner);
  open_.push_back(&owner);
  properties(owner, depth + 1);
  open_.pop_back();
  after_block();
}

void Parser::properties(Directive& owner, unsigned depth) {
  while (const Word* next = stream_.peek()) {
    if (next->is("}")) {
      const Word brace = stream_.take();
      if (!brace.starts_line && !owner.block.empty())
        report_.extension(brace.where, "block closed on the line of its last property");
      return;
    }
    if (next->is("{")) report_.error(next->where, "Found '{'; expected a property, or '}'");
    if (next->is("import") && !next->starts_line)
      report_.error(next->where, "Found 'import' after '{'; 'import' must stand first on its line");
    if (next->is("import") && next->starts_line) {
      stream_.take();
      stream_.import();
    } else {
      owner.block.push_back(directive(depth));
    }
  }
  end_of_file("; the block of '" + shown(owner.name.text) + "' at " + owner.where().text() +
              " is not closed" + hint_);
}

// A directive with a block, inside the block of another: the '}' before it was forgotten, unless
// the plugin has a property of that name.
void Parser::suspect(const Directive& opening) {
  if (open_.empty() || !hint_.empty() || settings_.directives.empty()) return;
  if (!known(opening.name.text)) return;
  hint_ = "; is a '}' missing before '" + opening.name.text + "' at " + opening.where().text() +
          ", which stands in the block of '" + shown(open_.back()->name.text) + "' at " +
          open_.back()->where().text() + "?";
}

// What follows the "}" of a plugin block on its line would be lost; upstream hands it to the
// plugin.
void Parser::after_block() {
  if (!next_on_same_line()) return;
  const Word next = *stream_.peek();
  if (next.is("}")) return report_.error(next.where, kBraceInLine);
  report_.error(next.where, "Found '" + shown(next.text) + "' after '}'; start a new line");
  while (next_on_same_line() && !next_is("{") && !next_is("}")) stream_.take();
}

// The classic slip: a directive above or beside the block instead of inside it.
void Parser::warn_of_key_like_directive(const ServerBlock& block, bool braces) {
  if (settings_.directives.empty()) return;
  for (size_t i = 0; i < block.keys.size(); ++i) {
    const Token& key = block.keys[i];
    if ((i > 0 || !braces) && known(key.text))
      report_.warning(key.where, "'" + key.text + "' is read as a zone here, not as a directive; " +
                                     "directives stand on lines of their own inside '{ }'");
  }
}

void Parser::missing_brace(const Location& opened) {
  if (end_reported_ || stream_.cut_short()) return;
  end_reported_ = true;
  const Word& last = stream_.last();
  if (last.is("}"))
    return report_.syntax(
        last.where,
        "Unexpected end of file, expecting '}' for the block opened at " + opened.text() + hint_);
  report_.syntax(last.where, "Unexpected token '" + shown(last.text) +
                                 "', expecting '}'; the file ends in the block opened at " +
                                 opened.text() + hint_);
}

void Parser::end_of_file(const std::string& more) {
  if (end_reported_ || stream_.cut_short()) return;
  end_reported_ = true;
  report_.error(stream_.last().where, "Unexpected EOF" + more);
}

}  // namespace

Document parse(std::string_view text, const ParseSettings& settings, Problems& problems) {
  const size_t before = problems.all().size();
  Document document = Parser(text, settings, problems).run();
  if (document.blocks.empty() && problems.all().size() == before)
    problems.warning(
        {keep_file_name(settings.name), 0},
        "there is no server block; the default one is served, '.' with whoami and log");
  return document;
}

}  // namespace signpost::corefile
