#include "corefile/lexer.h"

#include <cstdint>

namespace signpost::corefile {
namespace {

struct Character {
  char32_t code = 0;
  size_t size = 1;  // bytes
  bool valid = true;
};

// The UTF-8 character at the start of `text`, which is not empty (RFC 3629: no overlong forms, no
// surrogates). Invalid: one byte.
Character decode(std::string_view text) {
  const auto lead = uint8_t(text[0]);
  if (lead < 0x80) return {lead};
  const size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return {lead, 1, false};
  char32_t code = lead & (0x7fu >> size);
  for (size_t i = 1; i < size; ++i) {
    const auto next = uint8_t(text[i]);
    if ((next & 0xc0) != 0x80) return {lead, 1, false};
    code = code << 6 | (next & 0x3f);
  }
  const bool overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
  if (overlong || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return {lead, 1, false};
  return {code, size};
}

// Unicode property White_Space. CR is no separator (rule 2) and is handled before this.
bool is_space(const Character& c) {
  if (!c.valid) return false;
  return (c.code >= 0x09 && c.code <= 0x0d) || c.code == 0x20 || c.code == 0x85 || c.code == 0xa0 ||
         c.code == 0x1680 || (c.code >= 0x2000 && c.code <= 0x200a) || c.code == 0x2028 ||
         c.code == 0x2029 || c.code == 0x202f || c.code == 0x205f || c.code == 0x3000;
}

class Lexer {
 public:
  Lexer(std::string_view text, std::string_view file, Report& report)
      : rest_(text), file_(keep_file_name(file)), report_(report) {}

  Lexed run() {
    if (rest_.starts_with("\xff\xfe") || rest_.starts_with("\xfe\xff")) {
      fail("the file is UTF-16; save it as UTF-8");
    } else if (rest_.starts_with("\xef\xbb\xbf")) {
      rest_.remove_prefix(3);
    }
    while (result_.complete && skip_blank()) {
      Word word{{.text = {}, .where = here(), .quoted = rest_[0] == '"'}, fresh_line_};
      fresh_line_ = false;
      word.quoted ? read_quoted(word) : read_plain(word);
      if (result_.complete) result_.words.push_back(std::move(word));
    }
    return std::move(result_);
  }

 private:
  Location here() const { return {file_, line_}; }

  void fail(std::string_view message) {
    report_.error(here(), message);
    result_.complete = false;
  }

  // To the first character of the next word; false at the end of the text.
  bool skip_blank() {
    while (!rest_.empty()) {
      const Character c = decode(rest_);
      if (c.code == '#') {
        skip_comment();
        continue;
      }
      if (c.code != '\r' && !is_space(c)) return true;
      if (c.code == '\n') ++line_, fresh_line_ = true;
      rest_.remove_prefix(c.size);
    }
    return false;
  }

  void skip_comment() { rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size())); }

  void read_plain(Word& word) {
    while (!rest_.empty()) {
      const Character c = decode(rest_);
      if (c.code == '#') {
        warn_of_hidden_words();
        return skip_comment();
      }
      if (c.code != '\r') {
        if (is_space(c) || !acceptable(c)) return;
        word.text += rest_.substr(0, c.size);
      }
      rest_.remove_prefix(c.size);
    }
  }

  void read_quoted(Word& word) {
    rest_.remove_prefix(1);
    while (!rest_.empty()) {
      if (rest_[0] == '"') return rest_.remove_prefix(1);
      if (rest_.starts_with("\\\"")) {
        word.text += '"';
        rest_.remove_prefix(2);
        continue;
      }
      // Any other backslash stays, and shields the character after it: "c\\" ends at its quote.
      if (!take_quoted_character(word)) return;
      if (word.text.back() == '\\' && !rest_.empty() && !take_quoted_character(word)) return;
    }
    line_ = word.where.line;
    fail("this quote is never closed; expected '\"' before the end of the file");
  }

  bool take_quoted_character(Word& word) {
    const Character c = decode(rest_);
    if (!acceptable(c)) return false;
    if (c.code == '\n') ++line_;
    word.text += rest_.substr(0, c.size);
    rest_.remove_prefix(c.size);
    return true;
  }

  bool acceptable(const Character& c) {
    if (!c.valid) {
      fail("found a byte that is not UTF-8; save the file as UTF-8");
    } else if (c.code == 0) {
      fail("found a NUL byte; a Corefile is text");
    }
    return result_.complete;
  }

  // D1: upstream hides only up to the next white space and reads on after it.
  void warn_of_hidden_words() {
    std::string_view line = rest_.substr(0, rest_.find('\n'));
    const auto skip = [&](bool space) {
      while (!line.empty()) {
        const Character c = decode(line);
        if (c.code != '\r' && is_space(c) != space) break;
        line.remove_prefix(c.size);
      }
    };
    skip(false);
    skip(true);
    if (!line.empty() && line[0] != '#')
      report_.warning(here(), "'#' within a word starts a comment that hides '" + shown(line) +
                                  "'; put a space before '#', or quote the word");
  }

  std::string_view rest_;
  const std::string_view file_;
  Report& report_;
  uint32_t line_ = 1;
  bool fresh_line_ = true;
  Lexed result_;
};

}  // namespace

Lexed lex(std::string_view text, std::string_view file, Report& report) {
  return Lexer(text, file, report).run();
}

}  // namespace signpost::corefile
