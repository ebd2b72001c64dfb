#include "corefile/parser.h"

#include <gtest/gtest.h>

#include "corefile/parse_kit.h"

namespace signpost::corefile {
namespace {

struct Row {
  const char *name, *input;
  std::string outline, problem = "";  // the first problem; errors make the outline irrelevant
  std::map<std::string, std::string> variables = {};
};

class ParserTable : public testing::TestWithParam<Row> {};

TEST_P(ParserTable, ReadsAsTheSpecSays) {
  const Row& row = GetParam();
  const Parsed parsed = parse_with(with_newlines(row.input), {}, row.variables);
  EXPECT_EQ(parsed.first_problem(), row.problem);
  if (!parsed.problems.any_error()) {
    EXPECT_EQ(parsed.text(), row.outline);
  }
  EXPECT_EQ(parsed.problems.any_error(), row.outline == "error") << parsed.all_problems();
}

const auto kName = [](const auto& row) { return std::string(row.param.name); };
constexpr char kParsing[] = " - Error during parsing: ";

std::string at(int line, std::string_view message) {
  return "Corefile:" + std::to_string(line) + kParsing + std::string(message);
}
std::string syntax(int line, std::string_view message) {
  return "Corefile:" + std::to_string(line) + " - Syntax error: " + std::string(message);
}
std::string zone_warning(int line, const std::string& word) {
  return "Corefile:" + std::to_string(line) + " - Warning: '" + word +
         "' is read as a zone here, not as a directive; directives stand on lines of their own "
         "inside '{ }'";
}
const std::string kStray = "Unexpected '}' because no matching opening brace";
const std::string kInLine = kStray + "; write it on a line of its own";
const std::string kNoBlock =
    "Corefile - Warning: there is no server block; the default one is served, '.' with whoami and "
    "log";

INSTANTIATE_TEST_SUITE_P(
    Spec20, ParserTable,
    testing::Values(
        Row{"P1", "a., b.,⏎c. {⏎ whoami⏎}", "a. b. c. { whoami:3 }"},
        Row{"P2", ".⏎whoami⏎log", ". { whoami:2 log:3 }"},
        Row{"P3", ". whoami", ". whoami { }", zone_warning(1, "whoami")},
        Row{"P4", ". { whoami }", "error", at(1, kInLine)},
        Row{"P5", ". {⏎ log", "error",
            syntax(2,
                   "Unexpected token 'log', expecting '}'; the file ends in the block opened at "
                   "Corefile:1")},
        Row{"P6", ". {⏎ forward . 192.0.2.1 {⏎  policy random", "error",
            at(3, "Unexpected EOF; the block of 'forward' at Corefile:2 is not closed")},
        Row{"P8", "a, {⏎log⏎}", "error",
            at(1, "Expected another address but had '{' - check for extra comma")},
        Row{"P9", "a,", "error", at(1, "Unexpected EOF; expected a key behind the comma")},
        Row{"P10", ". {⏎ foo⏎}", "error", at(2, "Unknown directive 'foo'")},
        Row{"P11", ". {⏎ log \\⏎ foo⏎}", "error", at(3, "Unknown directive 'foo'")},
        Row{"P12", ". {⏎ log⏎}}", "error", at(3, "Unknown directive '}}'")},
        Row{"P13", ". {⏎ log⏎} extra {⏎ errors⏎}", ". { log:2 } extra { errors:4 }"},
        Row{"P14", "(s) {⏎ log⏎ errors⏎}⏎. {⏎ import s⏎ whoami⏎}", ". { log:2 errors:3 whoami:7 }"},
        Row{"P15", "(s) {⏎ log⏎}⏎(s) {⏎ errors⏎}⏎. {⏎ import s⏎}", "error",
            at(4, "redeclaration of previously declared snippet s; the first is at Corefile:1")},
        Row{"P16", ". {⏎ import s a b⏎}", "error",
            at(2, "Import takes only one argument (glob pattern or file)")},
        Row{"P17", ". {⏎ import nosuch⏎}", "error", at(2, "File to import not found: nosuch")},
        Row{"P18", ". {⏎ import nosuch*⏎}", ". { }",
            "Corefile:2 - Warning: No files matching import glob pattern: nosuch*"},
        Row{"P19", ". {⏎ import⏎}", "error",
            at(2, "Wrong argument count or unexpected line ending after 'import'")},
        Row{"P20",
            "(opts) {⏎ policy random⏎}⏎. {⏎ forward . 192.0.2.1 {⏎  import opts⏎  expire 5s⏎ }⏎}",
            ". { forward:5|.|192.0.2.1 { policy:2|random expire:7|5s } }"},
        Row{"P21", "(s) {⏎ a. {⏎  log⏎ }⏎}⏎import s⏎b. {⏎}", "a. { log:3 } b. { }"},
        Row{"P22", ". {⏎ log \"two⏎lines\" x⏎ errors⏎}", ". { log:2|two\nlines|x errors:4 }"},
        Row{"P23", "(s)⏎{⏎ log⏎}⏎. {⏎ import s⏎}", ". { log:3 }"},
        Row{"P24", "(s) (t) {⏎ log⏎}", "(s) (t) { log:2 }"},
        Row{"P25_comments", "# nothing⏎", "", kNoBlock},
        Row{"P25_snippets", "(s) {⏎ log⏎}", "", kNoBlock},
        Row{"P28", ". {⏎ {$DIR} x⏎}", ". { whoami:2|x }", "", {{"DIR", "whoami"}}},
        Row{"P27", ". {⏎ log {$ZONE⏎}", ". { log:2|{$ZONE }"},
        Row{"P29", "(b) {⏎ import a⏎ log⏎}⏎(a) {⏎ errors⏎ cache 30⏎}⏎. {⏎ import b⏎}",
            ". { errors:6 cache:7|30 log:3 }"},
        Row{"P30", ". {⏎ log⏎}⏎}", "error", at(4, kStray)}),
    kName);

TEST(Parser, P7NamesTheMisplacedDirective) {
  const Parsed parsed = parse_with("health\n. {\n log\n}");
  EXPECT_EQ(parsed.all_problems(),
            zone_warning(1, "health") + "\n" + at(2, "Unknown directive '.'"));
}

TEST(Parser, P26ExpandsKeysAndArguments) {
  const Parsed parsed =
      parse_with("{$ZONE}.example:{%PORT%} {\n log {$NONE} \"{$TWO}\" x{$TWO}y\n}", {},
                 {{"ZONE", "edge"}, {"PORT", "1053"}, {"TWO", "a b"}});
  EXPECT_EQ(parsed.text(), "edge.example:1053 { log:2||a b|xa by }");
  EXPECT_EQ(parsed.all_problems(),
            "Corefile:2 - Warning: environment variable 'NONE' is not set and stands for nothing");
}

INSTANTIATE_TEST_SUITE_P(
    Section5, ParserTable,
    testing::Values(
        Row{"keys_on_one_line", "a b.:53 tls://c {⏎}", "a b.:53 tls://c { }"},
        Row{"inner_comma_stays", "a,b {⏎}", "a,b { }"},
        Row{"leading_comma_stays", "a ,b {⏎}", "a ,b { }"},
        Row{"brace_on_next_line", "a⏎{⏎ log⏎}", "a { log:3 }"},
        Row{"comma_from_variable", "{$K}⏎b {⏎}", "a b { }", "", {{"K", "a,"}}},
        Row{"comment_after_brace", ". {⏎} # end⏎b {⏎}", ". { } b { }"},
        Row{"empty_block_on_a_line", ". { }", ". { }"},
        Row{"directive_beside_brace", ". { log⏎ errors⏎}", ". { log:1 errors:2 }"},
        Row{"repeated_directive", ". {⏎ log a⏎ log b⏎}", ". { log:2|a log:3|b }"},
        Row{"nested_blocks", ". {⏎ log {⏎  a x {⏎   b⏎  }⏎  c⏎ }⏎}",
            ". { log:2 { a:3|x { b:4 } c:6 } }"},
        Row{"empty_plugin_block", ". {⏎ log { }⏎ errors {⏎ }⏎}", ". { log:2 { } errors:3 { } }"},
        Row{"property_beside_brace", ". {⏎ log { a b⏎  c⏎ }⏎}", ". { log:2 { a:2|b c:3 } }"},
        Row{"import_as_argument", ". {⏎ log import s⏎}", ". { log:2|import|s }"},
        Row{"braceless_after_block", "a {⏎ log⏎}⏎b⏎errors", "a { log:2 } b { errors:5 }"},
        Row{"D2_quoted_braces", ". {⏎ log \"{\" \"}\"⏎ \"errors\"⏎}", ". { log:2|{|} errors:3 }"},
        Row{"D2_quoted_import", ". {⏎ log {⏎  \"import\" s⏎ }⏎}", ". { log:2 { import:3|s } }"},
        Row{"brace_from_variable", ". {⏎ log {$B}⏎}", ". { log:2|{ }", "", {{"B", "{"}}},
        Row{"D6_one_line_block", ". {⏎ log { class denial }⏎ errors⏎}",
            ". { log:2 { class:2|denial } errors:3 }"},
        Row{"D6_one_line_property", ". {⏎ health {⏎  check a { expect \"ok\" }⏎  b⏎ }⏎}",
            ". { health:2 { check:3|a { expect:3|ok } b:4 } }"},
        Row{"D6_last_property_line", ". {⏎ log {⏎  a⏎  b c }⏎}", ". { log:2 { a:3 b:4|c } }"}),
    kName);

INSTANTIATE_TEST_SUITE_P(
    Refused, ParserTable,
    testing::Values(
        Row{"D4_missing_last_brace", ". {⏎ log {⏎  a⏎ }⏎", "error",
            syntax(4, "Unexpected end of file, expecting '}' for the block opened at Corefile:1")},
        Row{"D4_nothing_but_a_brace", ". {", "error",
            syntax(1,
                   "Unexpected token '{', expecting '}'; the file ends in the block opened at "
                   "Corefile:1")},
        Row{"D4_no_key", "⏎{⏎ log⏎}", "error",
            at(2, "Found a block without a key; expected a zone before '{', such as '. {'")},
        Row{"D4_empty_key", "\"\" {⏎ log⏎}", "error",
            at(1, "Found an empty key; expected a zone, such as 'example.org' or '.'")},
        Row{"D4_lone_comma", "a , b {⏎}", "error",
            at(1, "Found an empty key; expected a zone, such as 'example.org' or '.'")},
        Row{"D4_brace_in_keys", "a } b {⏎}", "error", at(1, kStray)},
        Row{"D4_brace_in_braceless", ".⏎log⏎}", "error", at(3, kStray)},
        Row{"D4_brace_from_variable",
            "a {$B}⏎log⏎}",
            "error",
            at(1,
               "Found a brace in the key '{'; write it as a word of its own, with spaces "
               "around it"),
            {{"B", "{"}}},
        Row{"glued_brace", "a.{⏎ log⏎}", "error",
            at(1,
               "Found a brace in the key 'a.{'; write it as a word of its own, with spaces "
               "around it")},
        Row{"brace_glued_in_front", ". {whoami}", "error",
            at(1,
               "Found a brace in the key '{whoami}'; write it as a word of its own, with spaces "
               "around it")},
        Row{"brace_glued_behind", ". whoami}⏎log", "error",
            at(1,
               "Found a brace in the key 'whoami}'; write it as a word of its own, with spaces "
               "around it")},
        Row{"closed_by_the_block_around_it", ". {⏎ health {⏎  a b⏎⏎ forward . {⏎  c⏎ }⏎ log⏎}⏎",
            "error",
            syntax(9,
                   "Unexpected end of file, expecting '}' for the block opened at Corefile:1; is "
                   "a '}' missing before 'forward' at Corefile:5, which stands in the block of "
                   "'health' at Corefile:2?")},
        Row{"an_odd_name_in_a_block_that_is_closed",
            "a {⏎ health {⏎  cache {⏎  }⏎ }⏎}⏎b {⏎ log {⏎ }⏎", "error",
            syntax(9, "Unexpected end of file, expecting '}' for the block opened at Corefile:7")},
        Row{"two_blocks_not_closed", ". {⏎ health {⏎  a b⏎ forward . {⏎  c⏎", "error",
            at(5,
               "Unexpected EOF; the block of 'forward' at Corefile:4 is not closed; is a '}' "
               "missing before 'forward' at Corefile:4, which stands in the block of 'health' at "
               "Corefile:2?")},
        Row{"D5_brace_on_next_line", ". {⏎ log⏎ {⏎  class all⏎ }⏎}", "error",
            at(3,
               "Found '{' at the start of a line; open the block of 'log' on its own line, at "
               "Corefile:2")},
        Row{"brace_as_directive", ". {⏎ {⏎ log⏎ }⏎}", "error", at(2, "Unknown directive '{'")},
        Row{"brace_as_property", ". {⏎ log {⏎  { a }⏎ }⏎}", "error",
            at(3, "Found '{'; expected a property, or '}'")},
        Row{"word_after_plugin_block", ". {⏎ log {⏎ } x y⏎}", "error",
            at(3, "Found 'x' after '}'; start a new line")},
        Row{"D6_two_closed_on_a_line", ". {⏎ log { a { b } }⏎}", "error", at(2, kInLine)},
        Row{"D6_server_block_too", ". { log { a } }", "error", at(1, kInLine)},
        Row{"unknown_but_near", ". {⏎ forwrad . 192.0.2.1⏎}", "error",
            at(2, "Unknown directive 'forwrad'; did you mean 'forward'?")},
        Row{"snippet_without_block", "(s)⏎log", "error",
            syntax(2, "Unexpected token 'log', expecting '{'")},
        Row{"snippet_never_closed", "(s) {⏎ log {⏎ }", "error",
            syntax(3, "Unexpected end of file, expecting '}' for the block opened at Corefile:1")},
        Row{"snippet_without_name", "() {⏎ log⏎}", "error",
            at(1, "Found '()'; expected a name, such as '(common)'")},
        Row{"import_beside_brace", ". {⏎ log { import s⏎ }⏎}", "error",
            at(2, "Found 'import' after '{'; 'import' must stand first on its line")},
        Row{"D3_quote_is_the_only_error", ". {⏎ log \"a⏎}", "error",
            at(2, "this quote is never closed; expected '\"' before the end of the file")},
        Row{"D9_variable",
            ". {⏎ log {$A}⏎}",
            "error",
            at(2, "environment variable 'A' refers to itself, or grows without end, when expanded"),
            {{"A", "{$A}"}}}),
    kName);

TEST(Parser, D16ReportsEverything) {
  const Parsed parsed =
      parse_with(". {\n foo {\n  a\n }\n log\n bar x\n import nosuch\n}\n}\nb {\n errors { x\n}\n");
  EXPECT_EQ(parsed.all_problems(),
            at(2, "Unknown directive 'foo'") + "\n" + at(6, "Unknown directive 'bar'") + "\n" +
                at(7, "File to import not found: nosuch") + "\n" + at(9, kStray) + "\n" +
                syntax(12,
                       "Unexpected end of file, expecting '}' for the block opened at "
                       "Corefile:10"));
  EXPECT_EQ(parsed.text(), ". { log:5 } b { errors:11 { x:11 } }");
}

TEST(Parser, AnUnfinishedQuoteHidesNoEarlierError) {
  const Parsed parsed = parse_with(". {\n foo\n log \"x\n");
  ASSERT_EQ(parsed.problems.all().size(), 2u) << parsed.all_problems();
  EXPECT_EQ(parsed.problems.all()[1].text(), at(2, "Unknown directive 'foo'"));
}

TEST(Parser, ListsExtensions) {
  const Parsed parsed = parse_with(
      "(s) {\n log {args[0]}\n}\n"
      ". {\n import s a\n errors { x }\n cache {$N:30}\n whoami \"{\"\n forward . {\n }\n}",
      {}, {});
  ASSERT_FALSE(parsed.problems.any_error()) << parsed.all_problems();
  std::string text;
  for (const Extension& e : parsed.document.extensions)
    text += e.where.text() + " " + e.what + "\n";
  EXPECT_EQ(text,
            "Corefile:5 arguments for a snippet\n"
            "Corefile:6 block closed on the line of its last property\n"
            "Corefile:7 default value in {$N:30}\n"
            "Corefile:8 quoted brace as a word\n");
}

// The secret of a plugin, on a line where it does not belong.
TEST(Parser, RepeatsNoSecrets) {
  const std::string plain = "e5e973e5a6b2a43f48e7dc849e37bfcf",
                    colons = "e5:e9:73:e5:a6:b2:a4:3f:48:e7:dc:84:9e:37:bf:cf";
  for (const std::string& secret : {plain, colons, plain + plain, "x" + plain})
    for (const std::string& text :
         {". {\n " + secret + "\n}", ". {\n " + secret + " {\n}\n}", ". {\n log " + secret,
          ". {\n log {\n } " + secret + "\n}", ". {\n log " + secret + "\n {\n }\n}",
          secret + "{\n}", "(s) " + secret + "{\n}", ". {\n log x# " + secret + "\n}",
          ". {\n log {\n " + secret + " {\n"}) {
      const Parsed parsed = parse_with(text);
      EXPECT_NE(parsed.all_problems(), "") << text;
      EXPECT_EQ(parsed.all_problems().find(secret.substr(0, 8)), std::string::npos)
          << parsed.all_problems();
    }
  EXPECT_EQ(parse_with(". {\n " + plain + "\n}").all_problems(),
            at(2, "Unknown directive '(32 digits, hidden)'"));
  EXPECT_EQ(parse_with(". {\n " + plain.substr(1) + "\n}").all_problems(),
            at(2, "Unknown directive '" + plain.substr(1) + "'"));
}

TEST(Parser, StopsAtDeepNesting) {
  const auto nested = [](int depth) {
    std::string text = ". {\n";
    for (int i = 0; i < depth; ++i) text += "log {\n";
    for (int i = 0; i < depth; ++i) text += "}\n";
    return text + "}\n";
  };
  EXPECT_EQ(parse_with(nested(200)).all_problems(), "");
  EXPECT_EQ(parse_with(nested(201)).all_problems(), at(202, "blocks nest deeper than 200"));
  EXPECT_EQ(parse_with(nested(100'000)).all_problems(), at(202, "blocks nest deeper than 200"));
}

TEST(Parser, StopsAfterAThousandProblems) {
  std::string text = ". {\n";
  for (int i = 0; i < 100'000; ++i) text += "nonsense\n";
  EXPECT_EQ(parse_with(text).problems.all().size(), 1000u);
}

TEST(Parser, TakesLongWordsAndShortensThemInMessages) {
  const std::string word(size_t{1} << 20, 'x');
  EXPECT_EQ(parse_with(". {\n log " + word + "\n}").document.blocks[0].directives[0].args[0].text,
            word);
  EXPECT_LT(parse_with(". {\n " + word + "\n}").first_problem().size(), 200u);
}

TEST(Parser, TakesAnyDirectiveWithoutAList) {
  ParseSettings settings;
  Problems problems;
  EXPECT_EQ(outline(parse(". {\n foo\n}", settings, problems)), ". { foo:2 }");
  EXPECT_TRUE(problems.all().empty());
}

TEST(Parser, NamesTheFileAsTold) {
  ParseSettings settings;
  settings.name = "/dev/stdin";
  Problems problems;
  parse("a,", settings, problems);
  EXPECT_EQ(problems.all()[0].text(),
            "/dev/stdin:1 - Error during parsing: Unexpected EOF; expected a key behind the comma");
}

TEST(Parser, ReadsTheDefaultCorefile) {
  const Parsed parsed = parse_with(kDefaultCorefile);
  EXPECT_EQ(parsed.text(), ". { whoami:2 log:3 }");
  EXPECT_EQ(parsed.all_problems(), "");
}

}  // namespace
}  // namespace signpost::corefile
