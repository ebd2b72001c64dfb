// Cuts the text of a zone file into entries, one record or directive each (RFC 1035, section 5.1):
// parentheses join lines, semicolons start comments, quotes group (line ends as well, but only in
// parentheses, where a forgotten quote is less likely than a long text), backslashes escape. Words
// are views into the text with their escapes left in; key="some value" is one word with its quotes.
// One lexer per file; any thread. A fault spoils its entry only; the next entry starts on the next
// line.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "dns/rdata.h"

namespace signpost::zone {

class ZoneLexer {
 public:
  // `text` must outlive the lexer and all words it gives out.
  explicit ZoneLexer(std::string_view text);

  // Moves to the next entry that has words or a fault; false at the end of the file.
  bool next();

  // Valid until next(). With a fault the words are incomplete.
  std::span<const TextToken> words() const { return words_; }
  // Whether the entry starts with a blank, which stands for the owner of the entry before.
  bool starts_blank() const { return starts_blank_; }
  // The line the entry starts on, from 1.
  uint32_t line() const { return entry_line_; }
  // Empty, or what is wrong, and the line it is wrong on.
  std::string_view fault() const { return fault_; }
  uint32_t fault_line() const { return fault_line_; }

 private:
  void read_entry();
  void read_word();
  void read_quoted();
  // Moves behind the quote that closes the one before at_; false, with a fault, if none does.
  bool skip_quoted();
  // Moves behind the escape at at_; false, with a fault, if the line ends in it.
  bool skip_escape();
  void skip_line();
  void set_fault(std::string_view what, uint32_t line);

  std::string_view text_;
  size_t at_ = 0;
  uint32_t line_ = 1;
  std::vector<TextToken> words_;
  bool starts_blank_ = false;
  uint32_t entry_line_ = 1;
  unsigned depth_ = 0;      // of parentheses
  uint32_t open_line_ = 0;  // where the outermost of them stands
  std::string_view fault_;
  uint32_t fault_line_ = 0;
};

}  // namespace signpost::zone
