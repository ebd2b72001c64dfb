#include "zone/zone_lexer.h"

#include <algorithm>
#include <array>

namespace signpost::zone {

namespace {

// Characters that end an unquoted word.
constexpr auto kEndsWord = [] {
  std::array<bool, 256> table{};
  for (char c : std::string_view(" \t\r\n;()")) table[uint8_t(c)] = true;
  return table;
}();

constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

}  // namespace

ZoneLexer::ZoneLexer(std::string_view text) : text_(text) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
}

bool ZoneLexer::next() {
  while (at_ < text_.size()) {
    words_.clear();
    fault_ = {};
    entry_line_ = line_;
    starts_blank_ = text_[at_] == ' ' || text_[at_] == '\t';
    read_entry();
    if (!words_.empty() || !fault_.empty()) return true;
  }
  return false;
}

// Up to and with the line end that closes the entry.
void ZoneLexer::read_entry() {
  open_line_ = 0, depth_ = 0;
  while (at_ < text_.size() && fault_.empty()) {
    char c = text_[at_];
    if (is_blank(c)) {
      ++at_;
    } else if (c == '\n') {
      ++at_, ++line_;
      if (depth_ == 0) return;
    } else if (c == ';') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (c == '(') {
      if (depth_++ == 0) open_line_ = line_;
      ++at_;
    } else if (c == ')') {
      if (depth_ == 0) {
        set_fault("')' without '(' before it", line_);
      } else {
        --depth_;
      }
      ++at_;
    } else if (c == '"') {
      read_quoted();
    } else {
      read_word();
    }
  }
  if (fault_.empty() && depth_ > 0) set_fault("'(' is never closed", open_line_);
  if (!fault_.empty()) skip_line();
}

void ZoneLexer::read_word() {
  size_t start = at_;
  while (at_ < text_.size() && !kEndsWord[uint8_t(text_[at_])]) {
    if (text_[at_] == '\\') {
      if (!skip_escape()) return;
      continue;
    }
    if (text_[at_++] != '"') continue;
    // A quote starts the next word, but key="some value" is one (RFC 9460, section 2.1).
    if (text_[at_ - 2] != '=')
      --at_;
    else if (!skip_quoted())
      return;
    break;
  }
  words_.push_back({text_.substr(start, at_ - start), false});
}

void ZoneLexer::read_quoted() {
  size_t start = ++at_;
  if (skip_quoted()) words_.push_back({text_.substr(start, at_ - 1 - start), true});
}

bool ZoneLexer::skip_quoted() {
  const size_t start = at_;
  const uint32_t start_line = line_;
  while (at_ < text_.size() && (text_[at_] != '\n' || depth_ > 0)) {
    if (text_[at_] == '\n') {
      ++at_, ++line_;
    } else if (text_.substr(at_).starts_with("\\\n")) {
      at_ += 2, ++line_;  // RFC 1035, section 5.1: \X is any character but a digit
    } else if (text_[at_] == '\\') {
      if (!skip_escape()) return false;
    } else if (text_[at_++] == '"') {
      return true;
    }
  }
  if (depth_ == 0) {
    set_fault("quote is not closed before the end of the line", line_);
  } else {
    set_fault("quote is never closed", start_line);
    at_ = start, line_ = start_line;  // so that the lines behind are read all the same
  }
  return false;
}

bool ZoneLexer::skip_escape() {
  std::string_view rest = text_.substr(at_ + 1);
  if (rest.empty() || rest.starts_with('\n') || rest.starts_with("\r\n")) {
    set_fault("backslash at the end of the line", line_);
    return false;
  }
  at_ += 2;
  return true;
}

void ZoneLexer::skip_line() {
  at_ = std::min(text_.find('\n', at_), text_.size());
  if (at_ < text_.size()) ++at_, ++line_;
}

void ZoneLexer::set_fault(std::string_view what, uint32_t line) {
  fault_ = what;
  fault_line_ = line;
}

}  // namespace signpost::zone
