#include "corefile/import.h"

#include <gtest/gtest.h>

#include "corefile/parse_kit.h"

namespace signpost::corefile {
namespace {

constexpr char kAt2[] = "Corefile:2 - Error during parsing: ";

TEST(Import, SplicesFilesRelativeToTheImporter) {
  const Parsed parsed = parse_with(
      ". {\n import conf.d/a\n errors\n}",
      {{"/etc/signpost/conf.d/a", "log x\nimport ../b\nlog z"}, {"/etc/signpost/b", "log y"}});
  EXPECT_EQ(parsed.all_problems(), "");
  EXPECT_EQ(parsed.text(), ". { log:1|x log:1|y log:3|z errors:3 }");
  const auto& directives = parsed.document.blocks[0].directives;
  EXPECT_EQ(directives[0].where().text(), "/etc/signpost/conf.d/a:1");
  EXPECT_EQ(directives[1].where().text(), "/etc/signpost/b:1");
  EXPECT_EQ(directives[3].where().text(), "Corefile:3");
}

TEST(Import, SplicesPartsOfBlocks) {
  EXPECT_EQ(parse_with("import head\n log\n import /tail\nb {\n}",
                       {{"/etc/signpost/head", ". {"}, {"/tail", "errors\n}"}})
                .text(),
            ". { log:2 errors:1 } b { }");
  EXPECT_EQ(parse_with("import keys\n{\n log\n}", {{"/etc/signpost/keys", "a, b,\nc"}}).text(),
            "a b c { log:3 }");
  EXPECT_EQ(parse_with("import n*\n. {\n log\n}", {{"/etc/signpost/n1", ""}}).text(),
            ". { log:3 }");
}

TEST(Import, TakesGlobsInOrder) {
  const std::map<std::string, std::string> files = {{"/etc/signpost/d/b.conf", "b.conf {\n}"},
                                                    {"/etc/signpost/d/a.conf", "a.conf {\n}"},
                                                    {"/etc/signpost/d/ab.txt", "no {\n}"},
                                                    {"/etc/signpost/e/a.conf", "e {\n}"}};
  EXPECT_EQ(parse_with("import d/*.conf", files).text(), "a.conf { } b.conf { }");
  EXPECT_EQ(parse_with("import d/?.conf", files).text(), "a.conf { } b.conf { }");
  EXPECT_EQ(parse_with("import */a.conf", files).text(), "a.conf { } e { }");
}

TEST(Import, D22KeepsUpstreamsLimitOfWildcards) {
  for (const char* pattern : {"*/*", "??", "[ab]"})
    EXPECT_EQ(parse_with(std::string(". {\n import ") + pattern + "\n}").all_problems(),
              std::string(kAt2) +
                  "Glob pattern may only contain one wildcard (*), but has "
                  "others: /etc/signpost/" +
                  pattern);
}

TEST(Import, D19SkipsDotFilesAndBackups) {
  const std::map<std::string, std::string> files = {{"/etc/signpost/d/a", "a {\n}"},
                                                    {"/etc/signpost/d/a~", "backup {\n}"},
                                                    {"/etc/signpost/d/.h", "hidden {\n}"}};
  const Parsed parsed = parse_with("import d/*", files);
  EXPECT_EQ(parsed.text(), "a { }");
  EXPECT_EQ(parsed.all_problems(),
            "Corefile:1 - Warning: '/etc/signpost/d/a~' matches but looks like an editor's backup; "
            "it is not imported");
  EXPECT_EQ(parse_with("import d/.*", files).text(), "hidden { }");
  EXPECT_EQ(parse_with("import d/*~", files).text(), "backup { }");
  EXPECT_EQ(parse_with("import d/a~", files).text(), "backup { }") << "named in full";
}

// A file that is there but cannot be read.
class Unreadable : public MemoryFiles {
 public:
  std::string read(const std::string& path) const override {
    throw std::system_error(EACCES, std::generic_category(), path);
  }
};

TEST(Import, SaysWhyAFileCannotBeRead) {
  EXPECT_EQ(parse_with(". {\n import d\n}", {{"/etc/signpost/d/a", ""}}).all_problems(),
            std::string(kAt2) + "Could not import /etc/signpost/d: is a directory");
  EXPECT_EQ(parse_with(". {\n import *\n}", {{"/etc/signpost/d/a", ""}}).all_problems(),
            std::string(kAt2) + "Could not import /etc/signpost/d: is a directory");
  EXPECT_EQ(parse_with(". {\n import {$NONE}\n}").problems.all()[1].text(),
            std::string(kAt2) + "Import requires a non-empty filepath");
  const Unreadable files;
  ParseSettings settings;
  settings.files = &files;
  Problems problems;
  parse(". {\n import a\n}", settings, problems);
  EXPECT_EQ(problems.all()[0].text(), std::string(kAt2) + "Could not import /a: Permission denied");
}

TEST(Import, ReportsErrorsInsideFilesThere) {
  const Parsed parsed =
      parse_with(". {\n import a\n foo\n}\n", {{"/etc/signpost/a", "log\nbar\n"}});
  EXPECT_EQ(parsed.all_problems(),
            "/etc/signpost/a:2 - Error during parsing: Unknown directive 'bar'\n"
            "Corefile:3 - Error during parsing: Unknown directive 'foo'");
  EXPECT_EQ(parse_with(". {\n import a\n}", {{"/etc/signpost/a", "log\n\"x"}}).all_problems(),
            "/etc/signpost/a:2 - Error during parsing: this quote is never closed; expected '\"' "
            "before the end of the file");
}

TEST(Import, D8FindsImportsInImportedSnippets) {
  const Parsed parsed = parse_with(
      ". {\n}\n(inner) {\n expire 5s\n}\n(outer) {\n policy random\n import inner\n x\n}\n"
      "b {\n forward . 192.0.2.1 {\n  import outer\n  y\n }\n}");
  EXPECT_EQ(parsed.all_problems(), "");
  EXPECT_EQ(parsed.text(),
            ". { } b { forward:12|.|192.0.2.1 { policy:7|random expire:4|5s x:9 y:14 } }");
}

TEST(Import, D8SplitsOneLineSnippets) {
  EXPECT_EQ(parse_with("(s) { log }\n. {\n errors x\n import s\n import s\n}").text(),
            ". { errors:3|x log:1 log:1 }");
}

TEST(Import, ReportsCyclesWithBothPlaces) {
  const auto first = [](std::string_view text, std::map<std::string, std::string> files = {}) {
    return parse_with(text, std::move(files)).all_problems();
  };
  EXPECT_EQ(first("(s) {\n import s\n}\n. {\n import s\n}"),
            std::string(kAt2) +
                "import cycle: snippet 's' imports itself; it was first imported at Corefile:5");
  EXPECT_EQ(first("(a) {\n log\n import b\n}\n(b) {\n import a\n errors\n}\n. {\n import a\n}"),
            "Corefile:6 - Error during parsing: import cycle: snippet 'a' imports itself by way of "
            "Corefile:3; it was first imported at Corefile:10");
  EXPECT_EQ(
      first("import a", {{"/etc/signpost/a", "log {\n}\nimport *"}}),
      "/etc/signpost/a:3 - Error during parsing: import cycle: file '/etc/signpost/a' imports "
      "itself; it was first imported at Corefile:1");
  EXPECT_EQ(first("import a", {{"/etc/signpost/a", "import Corefile"}}),
            "/etc/signpost/a:1 - Error during parsing: import cycle: file '/etc/signpost/Corefile' "
            "imports itself by way of Corefile:1");
}

TEST(Import, TwiceIsNoCycle) {
  const Parsed parsed = parse_with(
      "(a) {\n import c\n}\n(b) {\n import c\n}\n(c) {\n log\n}\n"
      ". {\n import a\n import b\n import a\n import f*\n}",
      {{"/etc/signpost/f1", "import f2"}, {"/etc/signpost/f2", "errors"}});
  EXPECT_EQ(parsed.all_problems(), "");
  EXPECT_EQ(parsed.text(), ". { log:8 log:8 log:8 errors:1 errors:1 }");
}

TEST(Import, D20FillsInArguments) {
  const Parsed parsed = parse_with(
      "(s) {\n forward {args[0]} {args[1]}:53 {\n  {args[2]} \"x {args[0]}\"\n }\n log "
      "{args[x]}\n}\n"
      "(t) {\n import s . {args[0]} y\n}\n. {\n import t 192.0.2.1\n}");
  EXPECT_EQ(parsed.all_problems(), "");
  EXPECT_EQ(parsed.text(), ". { forward:2|.|192.0.2.1:53 { y:3|x . } log:5|{args[x]} }");
}

TEST(Import, D20ArgumentsAreNeverStructureAndNotSearchedAgain) {
  EXPECT_EQ(
      parse_with("(s) {\n log {args[0]} {args[1]}\n}\n. {\n import s \"{\" {args[0]}\n}").text(),
      ". { log:2|{|{args[0]} }");
}

TEST(Import, D20CountsArguments) {
  const std::string snippet = "(s) {\n log {args[1]}\n}\n(n) {\n log\n}\n. {\n import ";
  const auto problem = [&](const char* words) {
    return parse_with(snippet + words + "\n}").all_problems();
  };
  EXPECT_EQ(problem("s a"),
            "Corefile:8 - Error during parsing: snippet 's' at Corefile:1 uses {args[0]} to "
            "{args[1]}; found 1 arguments, expected 2");
  EXPECT_NE(problem("s"), "");
  EXPECT_NE(problem("s a b c"), "");
  EXPECT_EQ(problem("s a b"), "");
  EXPECT_EQ(problem("n a"),
            "Corefile:8 - Error during parsing: Import takes only one argument (glob pattern or "
            "file)");
  EXPECT_EQ(problem("s a {"),
            "Corefile:8 - Error during parsing: Import takes only one argument (glob pattern or "
            "file)");
}

TEST(Import, PrefersSnippetsToFiles) {
  EXPECT_EQ(parse_with("(a) {\n log\n}\n. {\n import a\n}", {{"/etc/signpost/a", "errors"}}).text(),
            ". { log:2 }");
}

TEST(Import, CapsExpansion) {
  std::string text = "(s0) {\n log\n}\n";
  for (int i = 1; i < 40; ++i) {
    const std::string before = std::to_string(i - 1);
    text += "(s" + std::to_string(i) + ") {\n import s" + before + "\n import s" + before + "\n}\n";
  }
  EXPECT_EQ(parse_with(text + ". {\n import s39\n}").problems.all().back().message,
            "Error during parsing: maximum snippet import depth (10000) exceeded");
  EXPECT_NE(parse_with(text + ". {\n import s39\n}", {}, {}, 100'000)
                .first_problem()
                .find("imports add more than"),
            std::string::npos);
}

TEST(Import, CapsGrowthByArguments) {
  std::string text = "(s0) {\n log {args[0]}\n}\n";
  for (int i = 1; i < 40; ++i)
    text += "(s" + std::to_string(i) + ") {\n import s" + std::to_string(i - 1) +
            " {args[0]}{args[0]}\n}\n";
  EXPECT_NE(parse_with(text + ". {\n import s39 0123456789\n}", {}, {}, 1'000'000)
                .first_problem()
                .find("imports add more than"),
            std::string::npos);
}

TEST(Import, SurvivesLongPatterns) {
  std::string deep;
  for (int i = 0; i < 200'000; ++i) deep += "a/";
  EXPECT_TRUE(parse_with("import " + deep + "*").document.blocks.empty());
  EXPECT_TRUE(parse_with("import " + deep).problems.any_error());
}

}  // namespace
}  // namespace signpost::corefile
