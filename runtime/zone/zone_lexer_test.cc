#include "zone/zone_lexer.h"

#include <gtest/gtest.h>

#include <string>

namespace signpost::zone {
namespace {

// One entry per line of the result: "LINE:[ ]word|word" with quoted words in quotes.
std::string lex(std::string_view text) {
  std::string shown;
  for (ZoneLexer lexer(text); lexer.next();) {
    if (!lexer.fault().empty()) {
      shown += std::to_string(lexer.fault_line()) + "!" + std::string(lexer.fault()) + "\n";
      continue;
    }
    shown += std::to_string(lexer.line()) + (lexer.starts_blank() ? ": " : ":");
    for (const TextToken& word : lexer.words()) {
      if (&word != lexer.words().data()) shown += '|';
      const char* quote = word.quoted ? "\"" : "";
      shown += quote + std::string(word.text) + quote;
    }
    shown += '\n';
  }
  return shown;
}

struct Case {
  const char *rule, *text, *entries;
};

TEST(ZoneLexer, CutsEntries) {
  const Case cases[] = {
      {"empty file", "", ""},
      {"blank lines and comments", "\n  \n; note\n\t; note\n", ""},
      {"words", "a IN\tA 192.0.2.1\n", "1:a|IN|A|192.0.2.1\n"},
      {"no line end at the end", "a b", "1:a|b\n"},
      {"leading blank", " A 1\n\tB 2\n", "1: A|1\n2: B|2\n"},
      {"CRLF", "a b\r\nc d\r\n\r\n", "1:a|b\n2:c|d\n"},
      {"comment ends a word", "a b;c\nd", "1:a|b\n2:d\n"},
      {"parentheses join lines", "a ( b ; x ( y\n  c )d\ne", "1:a|b|c|d\n3:e\n"},
      {"parentheses need no blanks", "a(b)c", "1:a|b|c\n"},
      {"parentheses nest", "a ( b ( c )\n d )\ne", "1:a|b|c|d\n3:e\n"},
      {"blank line in parentheses", "a (\n\n) b", "1:a|b\n"},
      {"quotes", "a \"b c\" \"\" \"d;(e\"", "1:a|\"b c\"|\"\"|\"d;(e\"\n"},
      {"adjacent quotes", "\"a\"\"b\"c", "1:\"a\"|\"b\"|c\n"},
      {"escaped quote", "\"a\\\"b\" c\\\"d", "1:\"a\\\"b\"|c\\\"d\n"},
      {"escaped special", "a\\ b a\\;b a\\(b \\\\", "1:a\\ b|a\\;b|a\\(b|\\\\\n"},
      {"value of a parameter", "alpn=\"a b;c\" d", "1:alpn=\"a b;c\"|d\n"},
      {"a quote starts a word", "a\"b c\"d", "1:a|\"b c\"|d\n"},
      {"a parameter ends with its value", "k=\"a b\"c k=\"\"\"d\"", "1:k=\"a b\"|c|k=\"\"|\"d\"\n"},
      {"escaped line end in quotes", "a \"b\\\nc\" d\ne", "1:a|\"b\\\nc\"|d\n3:e\n"},
      {"escaped quote inside a word", "a\\\"b c", "1:a\\\"b|c\n"},
      {"line ends in quotes in parentheses", "a ( \"b\nc\n\" d\n) k\ne",
       "1:a|\"b\nc\n\"|d|k\n5:e\n"},
      {"the same in a parameter", "a ( k=\"b\nc\" )\ne", "1:a|k=\"b\nc\"\n3:e\n"},
      {"byte order mark",
       "\xef\xbb\xbf"
       "a b",
       "1:a|b\n"},
      {"quoted then comment", "\"a\";b", "1:\"a\"\n"},
  };
  for (const Case& c : cases) EXPECT_EQ(lex(c.text), c.entries) << c.rule;
}

TEST(ZoneLexer, GoesOnBehindFaults) {
  const Case cases[] = {
      {"open quote", "a\nb \"c\nd e\n",
       "1:a\n2!quote is not closed before the end of the line\n"
       "3:d|e\n"},
      {"open quote at the end", "\"", "1!quote is not closed before the end of the line\n"},
      {"open quote in a parameter", "k=\"a\nb",
       "1!quote is not closed before the end of the "
       "line\n2:b\n"},
      {"stray parenthesis", "a )\nb", "1!')' without '(' before it\n2:b\n"},
      {"open parenthesis", "a\nb\nc (\nd\n", "1:a\n2:b\n3!'(' is never closed\n"},
      {"backslash at line end", "a\\\nb", "1!backslash at the end of the line\n2:b\n"},
      {"backslash before CRLF", "a\\\r\nb", "1!backslash at the end of the line\n2:b\n"},
      {"backslash at file end", "a\\", "1!backslash at the end of the line\n"},
      {"fault inside parentheses", "a (\nb \"\nc )\nd",
       "2!quote is never closed\n3!')' without '(' before it\n4:d\n"},
      {"fault behind line ends in quotes", "a ( \"b\nc\\\r\n\" )\nd",
       "2!backslash at the end of the line\n3!quote is not closed before the end of the "
       "line\n4:d\n"},
  };
  for (const Case& c : cases) EXPECT_EQ(lex(c.text), c.entries) << c.rule;
}

}  // namespace
}  // namespace signpost::zone
