#include "settings.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "kit/fake_setup.h"
#include "kit/temporary_folder.h"

namespace signpost::cookies {
namespace {

constexpr const char *kA = "000102030405060708090a0b0c0d0e0f",
                     *kB = "F0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF";

TEST(CookieSettings, ReadsSecretsInTheirOrder) {
  kit::TemporaryFolder folder;
  folder.write("secrets", std::string("# the first one signs\n\n  ") + kB + "  # since May\r\n");
  kit::FakeSetup setup("cookies " + std::string(kA) + " {\n file " + folder.path() +
                       "/secrets\n require all\n}");
  const Settings settings(setup);
  EXPECT_EQ(setup.problem_text(), "");
  ASSERT_EQ(settings.secrets().size(), 2u);
  EXPECT_EQ(settings.secrets()[0][15], 0x0f);
  EXPECT_EQ(settings.secrets()[1][0], 0xf0);
  EXPECT_EQ(settings.require(), Settings::Require::of_all);
}

TEST(CookieSettings, DrawsASecretOnce) {
  kit::FakeSetup first("cookies"), second("cookies {\n require\n}"),
      written("cookies " + std::string(kA));
  const Settings a(first), b(second), c(written);
  ASSERT_EQ(a.secrets().size(), 1u);
  EXPECT_EQ(a.secrets(), b.secrets()) << "the same as long as the process lives";
  EXPECT_NE(a.secrets(), c.secrets());
  EXPECT_NE(a.secrets()[0], Secret());
  EXPECT_EQ(b.require(), Settings::Require::of_cookies);
}

TEST(CookieSettings, ReportsWhatIsWrong) {
  kit::TemporaryFolder folder;
  folder.write("empty", "# nothing\n");
  folder.write("bad", std::string(kA) + "\nabc\n");
  const std::string no_secret =
      "a secret is 32 hexadecimal digits (openssl rand -hex 16); this word of ";
  const struct {
    std::string text, problem;
  } rows[] = {
      {"cookies hunter2", "Corefile:1 - " + no_secret + "7 characters is none\n"},
      {std::string("cookies ") + "g" + (kA + 1),
       "Corefile:1 - " + no_secret + "32 characters is none\n"},
      {std::string("cookies ") + kA + " " + kA + " " + kA + " " + kA + " " + kA,
       "Corefile:1 - more than 4 secrets; retire the oldest\n"},
      {"cookies {\n file " + folder.path() + "/none\n}",
       "Corefile:2 - cannot read the file of secrets " + folder.path() +
           "/none: No such file or directory\n"},
      {"cookies {\n file " + folder.path() + "/empty\n}",
       "Corefile:2 - the file of secrets " + folder.path() + "/empty holds none\n"},
      {"cookies {\n file " + folder.path() + "/bad\n}",
       folder.path() + "/bad:2 - " + no_secret + "3 characters is none\n"},
      {"cookies {\n require some\n}", "Corefile:2 - 'some' is unknown; expected: require [all]\n"},
      {"cookies {\n requir\n}",
       "Corefile:2 - unknown property 'requir'; did you mean 'require'?\n"},
  };
  for (const auto& row : rows) {
    kit::FakeSetup setup(row.text);
    const Settings settings(setup);
    EXPECT_EQ(setup.problem_text(), row.problem) << row.text;
  }
}

// A file of another kind, put there by mistake.
TEST(CookieSettings, TellsOfAHundredErrorsOfAFile) {
  kit::TemporaryFolder folder;
  std::string text;
  for (unsigned i = 0; i < 130; ++i) text += "no secret\n";
  folder.write("other", text);
  kit::FakeSetup setup("cookies {\n file " + folder.path() + "/other\n}");
  const Settings settings(setup);
  const std::string said = setup.problem_text();
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 101) << said;
  EXPECT_TRUE(said.ends_with("30 more errors of the file of secrets are not told\n")) << said;
}

TEST(CookieSettings, NeverRepeatsASecret) {
  const std::string cut(kA, 31), slip = "g" + std::string(kA + 1);
  std::string colons;  // as fingerprints are written
  for (size_t i = 0; i < 32; i += 2) colons += (i ? ":" : "") + std::string(kA + i, 2);
  for (const std::string& word : {std::string(kA), std::string(kB), cut, slip, colons})
    for (const std::string& line : {"file " + word, "require " + word, "file nowhere " + word,
                                    "require all " + word, word, word + " all", "requir " + word}) {
      kit::FakeSetup setup("cookies {\n " + line + "\n}");
      const Settings settings(setup);
      EXPECT_EQ(setup.problem_text(),
                "Corefile:2 - a word like a secret stands where none is expected: secrets stand "
                "behind cookies, or in a file\n")
          << line;
    }
}

TEST(CookieSettings, ReportsEveryMistakeAtOnce) {
  const kit::TemporaryFolder folder;
  folder.write("bad", "abc\n" + std::string(kA) + "\nabcd\n");
  kit::FakeSetup setup("cookies x y {\n require some\n file " + folder.path() + "/bad\n requir\n}");
  const Settings settings(setup);
  std::string places;
  for (const Problem& p : setup.problems().all())
    places +=
        std::string(p.where.file == "Corefile" ? "" : "bad:") + std::to_string(p.where.line) + " ";
  EXPECT_EQ(places, "1 1 2 bad:1 bad:3 4 ") << setup.problem_text();
}

TEST(CookieSettings, WordsInMessagesStayOnOneLine) {
  std::vector<Directive> lines = kit::directives("cookies {\n require x\n file x\n}");
  for (Directive& property : lines[0].block) property.args[0].text = "a\nb";
  kit::FakeSetup broken(lines);
  const Settings settings(broken);
  EXPECT_EQ(broken.problem_text(),
            "Corefile:2 - 'a\\x0ab' is unknown; expected: require [all]\n"
            "Corefile:3 - cannot read the file of secrets a\\x0ab: No such file or directory\n");
}

}  // namespace
}  // namespace signpost::cookies
