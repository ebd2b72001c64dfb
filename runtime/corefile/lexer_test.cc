#include "corefile/lexer.h"

#include <gtest/gtest.h>

namespace signpost::corefile {
namespace {

struct Result {
  Problems problems;
  std::vector<Extension> extensions;
  Lexed lexed;
};

Result run(std::string_view text) {
  Result result;
  Report report(result.problems, result.extensions);
  result.lexed = lex(text, "Corefile", report);
  return result;
}

std::string joined(const Lexed& lexed) {
  std::string text;
  for (const Word& word : lexed.words) text += (&word == lexed.words.data() ? "" : "|") + word.text;
  return text;
}

struct Row {
  const char* name;
  std::string_view input, words;
  std::string_view problem = "";
};

class LexerTable : public testing::TestWithParam<Row> {};

TEST_P(LexerTable, GivesWords) {
  const Row& row = GetParam();
  const Result result = run(row.input);
  EXPECT_EQ(joined(result.lexed), row.words);
  const auto problems = result.problems.all();
  EXPECT_EQ(problems.empty() ? "" : problems[0].text(), row.problem);
  EXPECT_EQ(result.lexed.complete, !result.problems.any_error());
}

using namespace std::string_view_literals;

INSTANTIATE_TEST_SUITE_P(
    Spec20, LexerTable,
    testing::Values(Row{"L1_quoted", "log \"x y\" z", "log|x y|z"},
                    Row{"L2_escaped_quote", R"(log "he said \"hi\"")", "log|he said \"hi\""},
                    Row{"L3_other_backslashes", R"(log "c\\d" "e\nf")", R"(log|c\\d|e\nf)"},
                    Row{"L4_quote_within_word", "log c\"d e\"f \"x\"y z", "log|c\"d|e\"f|x|y|z"},
                    Row{"L5_empty", "log \"\" a", "log||a"},
                    Row{"L6_hash_in_quotes", "log \"a#b\" c", "log|a#b|c"},
                    Row{"L7_comment", "log x # y", "log|x"},
                    Row{"L8_D1_comment_in_word", "log a#b c d\nlog", "log|a|log",
                        "Corefile:1 - Warning: '#' within a word starts a comment that hides 'c "
                        "d'; put a space "
                        "before '#', or quote the word"},
                    Row{"L9_empty_braces", "log {}", "log|{}"},
                    Row{"L10_braced_word", "log {combined}", "log|{combined}"}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Section2, LexerTable,
    testing::Values(Row{"empty", "", ""}, Row{"only_a_comment", "# a \"b", ""},
                    Row{"byte_order_mark", "\xef\xbb\xbflog a", "log|a"},
                    Row{"no_break_and_ideographic_space",
                        "a\xc2\xa0"
                        "b\xe3\x80\x80"
                        "c\xc2\x85"
                        "d",
                        "a|b|c|d"},
                    Row{"form_feed_and_vertical_tab", "a\fb\vc\td", "a|b|c|d"},
                    Row{"carriage_return_is_nothing", "a\rb\r\nc", "ab|c"},
                    Row{"carriage_return_kept_in_quotes", "\"a\rb\"", "a\rb"},
                    Row{"other_alphabets", "m\xc3\xbcnchen \xf0\x9f\x98\x80",
                        "m\xc3\xbcnchen|\xf0\x9f\x98\x80"},
                    Row{"no_other_comments", "a // ; b", "a|//|;|b"},
                    Row{"no_continuation", "log \\\nfoo", "log|\\|foo"},
                    Row{"single_quotes_are_letters", "'a b'", "'a|b'"},
                    Row{"braces_only_alone", ".{ }} {combined}", ".{|}}|{combined}"},
                    Row{"backslashes_before_quote", R"("a\\" b)", R"(a\\|b)"},
                    Row{"D1_silent_when_nothing_is_lost", "a#b\nc#d # e", "a|c"},
                    Row{"comment_may_hold_anything", "a # \xff\0 \"\nb"sv, "a|b"}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Errors, LexerTable,
    testing::Values(
        Row{"D3_at_the_opening_quote", "a\nlog \"b\nc\n", "a|log",
            "Corefile:2 - Error during parsing: this quote is never closed; expected '\"' before "
            "the end of the file"},
        Row{"D3_backslash_at_the_end", "\"a\\", "",
            "Corefile:1 - Error during parsing: this quote is never closed; expected '\"' before "
            "the end of the file"},
        Row{"nul", "a b\0c"sv, "a",
            "Corefile:1 - Error during parsing: found a NUL byte; a Corefile is text"},
        Row{"latin_1", "a\nb\xe4 c", "a",
            "Corefile:2 - Error during parsing: found a byte that is not UTF-8; save the file as "
            "UTF-8"},
        Row{"overlong", "\xc0\xa0", "",
            "Corefile:1 - Error during parsing: found a byte that is not UTF-8; save the file as "
            "UTF-8"},
        Row{"surrogate_in_quotes", "\"\xed\xa0\x80\"", "",
            "Corefile:1 - Error during parsing: found a byte that is not UTF-8; save the file as "
            "UTF-8"},
        Row{"cut_character", "a \xf0\x9f\x98", "a",
            "Corefile:1 - Error during parsing: found a byte that is not UTF-8; save the file as "
            "UTF-8"},
        Row{"utf_16", "\xff\xfel\0o\0g\0"sv, "",
            "Corefile:1 - Error during parsing: the file is UTF-16; save it as UTF-8"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Lexer, MarksLinesAndQuotes) {
  const Result result = run("a b # c\n\n \"two\nlines\" x\ny\"z");
  const std::vector<Word>& words = result.lexed.words;
  ASSERT_EQ(words.size(), 5u);
  const auto is = [](const Word& w, uint32_t line, bool starts, bool quoted) {
    return w.where.line == line && w.starts_line == starts && w.quoted == quoted;
  };
  EXPECT_TRUE(is(words[0], 1, true, false));
  EXPECT_TRUE(is(words[1], 1, false, false));
  EXPECT_TRUE(is(words[2], 3, true, true));
  EXPECT_TRUE(is(words[3], 4, false, false)) << "inner newlines do not begin a line of words";
  EXPECT_TRUE(is(words[4], 5, true, false));
}

TEST(Lexer, TakesALongWord) {
  const std::string word(size_t{1} << 20, 'x');
  const Result result = run("a " + word + " \"" + word + "\"");
  ASSERT_EQ(result.lexed.words.size(), 3u);
  EXPECT_EQ(result.lexed.words[1].text, word);
  EXPECT_EQ(result.lexed.words[2].text, word);
}

}  // namespace
}  // namespace signpost::corefile
