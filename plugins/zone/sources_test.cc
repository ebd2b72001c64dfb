// The zones of folders and lists.
#include "sources.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "kit/ordinary_user.h"
#include "kit/temporary_folder.h"
#include "signpost/file_names.h"

namespace signpost::zone {
namespace {

namespace fs = std::filesystem;

class Sources : public testing::Test {
 protected:
  static Token word(const std::string& text) { return {text, {"Corefile", 3}}; }
  static SourceLine line(std::vector<const char*> accepted = {"."}, bool tell = true) {
    SourceLine line;
    line.model.where = {"Corefile", 2};
    line.model.minimal = true;
    for (const char* zone : accepted) line.accepted.push_back(Name::parse(zone).value());
    line.tell = tell;
    return line;
  }
  std::string path(const std::string& name) const { return folder_.path() + "/" + name; }

  // "ORIGIN FILE" of each zone found, the folder left out, "failed" in front if it cannot be told,
  // then the problems.
  std::string find(const ZoneSource& source) const {
    std::vector<ZoneFile> zones;
    Problems problems;
    std::string text = source.find(zones, problems) ? "" : "failed\n";
    for (const ZoneFile& zone : zones) {
      EXPECT_TRUE(zone.minimal) << "the line's options";
      text += zone.origin.text() + " " + zone.path + "\n";
    }
    for (const Problem& p : problems.all()) text += p.text() + "\n";
    for (size_t at; (at = text.find(folder_.path() + "/")) != std::string::npos;)
      text.erase(at, folder_.path().size() + 1);
    return text;
  }

  kit::TemporaryFolder folder_;
};

TEST_F(Sources, Pattern) {
  for (const char* file :
       {"z/example.com.zone", "z/Example.ORG.zone", "z/.zone", "z/.hidden.zone", "z/x.zone~",
        "z/example.net", "z/sub/deep.zone", "db.example.net", "db.", "db.x~"})
    folder_.write(file, "");
  const auto zones = [&](const std::string& pattern) {
    return find(*matching_files(line(), word(path(pattern))));
  };
  EXPECT_EQ(zones("z/*.zone"),
            "example.org. z/Example.ORG.zone\nexample.com. z/example.com.zone\n");
  EXPECT_EQ(zones("db.*"), "example.net. db.example.net\n");
  EXPECT_EQ(zones("z/none*"), "");
}

TEST_F(Sources, PatternFollowsTheFolder) {
  folder_.write("a.zone", "");
  const auto source = matching_files(line(), word(path("*.zone")));
  EXPECT_EQ(find(*source), "a. a.zone\n");
  folder_.write("b.zone", "");
  EXPECT_EQ(find(*source), "a. a.zone\nb. b.zone\n");
}

TEST_F(Sources, NamesThatAreNoZones) {
  folder_.write("a..b.zone", "");
  folder_.write("c.zone", "");
  EXPECT_EQ(find(*matching_files(line(), word(path("*.zone")))),
            "c. c.zone\n"
            "a..b.zone - 'a..b' is no domain name: empty label (two dots in a row, or a dot in "
            "front); a..b.zone is not read\n");
}

TEST_F(Sources, OnlyZonesOfTheBlock) {
  folder_.write("a.example.com.zone", "");
  folder_.write("example.net.zone", "");
  const Token pattern = word(path("*.zone"));
  EXPECT_EQ(find(*matching_files(line({"example.com", "example.org"}), pattern)),
            "a.example.com. a.example.com.zone\n"
            "example.net.zone - Warning: no question for example.net. comes to this block; it is "
            "not read\n");
  EXPECT_EQ(find(*matching_files(line({"example.com"}, false), pattern)),
            "a.example.com. a.example.com.zone\n")
      << "zones written behind the pattern choose";
}

TEST_F(Sources, List) {
  folder_.write("lists/all",
                "# comment\n\nexample.com db.com ; comment\n  example.net\t ../db.net \r\n"
                "a;b.example.org /zones/with blank.zone #x\n. root");
  EXPECT_EQ(find(*listed_files(line(), path("lists/all"))),
            "example.com. lists/db.com\nexample.net. lists/../db.net\n"
            "a\\;b.example.org. /zones/with blank.zone\n. lists/root\n");
}

TEST_F(Sources, AListInErrorTellsNothing) {
  folder_.write("list", "example.com db.com\nexample.net\na..b db.b\n");
  EXPECT_EQ(
      find(*listed_files(line(), path("list"))),
      "failed\nexample.com. db.com\nlist:2 - found 'example.net', expected: ORIGIN FILE\n"
      "list:3 - 'a..b' is no domain name: empty label (two dots in a row, or a dot in front); "
      "db.b is not read\n");
  EXPECT_EQ(find(*listed_files(line(), path("nothing"))),
            "failed\nCorefile:2 - list of zones nothing: No such file or directory\n");
  folder_.write("folder/file", "");
  EXPECT_EQ(find(*listed_files(line(), path("folder"))),
            "failed\nCorefile:2 - list of zones folder is no regular file\n");
}

// A list that is something else, as a table of 20,000 lines.
TEST_F(Sources, TellsAHundredErrorsOfAList) {
  std::string text;
  for (unsigned i = 0; i < 20'000; ++i) text += "a..b" + std::to_string(i) + " db\n";
  folder_.write("list", text + "example.net db.net\n");
  const std::string found = find(*listed_files(line({"example.com"}), path("list")));
  EXPECT_EQ(std::count(found.begin(), found.end(), '\n'), 1 + 100 + 1 + 1);
  EXPECT_NE(found.find("list:100 - 'a..b99' is no domain name"), found.npos);
  EXPECT_TRUE(
      found.ends_with("list:20001 - Warning: no question for example.net. comes to this "
                      "block; it is not read\n"
                      "list - 19900 more errors of this list are not told\n"))
      << found.substr(found.size() - 300);
}

TEST_F(Sources, TellsAHundredWarningsOfAFolder) {
  for (unsigned i = 0; i < 130; ++i) folder_.write(std::to_string(i) + ".zone", "");
  folder_.write("x..y.zone", "");
  const size_t before = kept_file_names();
  for (const auto& source : {matching_files(line({"example.com"}), word(path("*.zone"))),
                             files_in_folder(line({"example.com"}), folder_.path(),
                                             word("^(.*)\\.zone$"), word("{1}"))}) {
    const std::string found = find(*source);
    EXPECT_EQ(std::count(found.begin(), found.end(), '\n'), 100 + 1 + 1);
    EXPECT_NE(found.find("x..y.zone - 'x..y' is no domain name"), found.npos);
    const size_t last = found.rfind("Corefile:2 - Warning: 30 more warnings of folder '");
    ASSERT_NE(last, found.npos) << found.substr(found.size() - 300);
    EXPECT_TRUE(found.ends_with("' are not told\n"));
  }
  EXPECT_EQ(kept_file_names(), before + 101) << "of those that are told";
}

TEST_F(Sources, AListThatCannotBeRead) {
  folder_.write("list", "example.com db.com\n");
  fs::permissions(folder_.path(), fs::perms(0755));
  fs::permissions(path("list"), fs::perms::none);
  const kit::OrdinaryUser user;
  EXPECT_EQ(find(*listed_files(line(), path("list"))),
            "failed\nCorefile:2 - list of zones list: Permission denied\n");
}

TEST_F(Sources, Auto) {
  for (const char* file : {"db.example.com", "deep/er/db.example.net", "other", "x.zone"})
    folder_.write(file, "");
  EXPECT_EQ(find(*files_in_folder(line(), folder_.path(), word("db\\.(.*)"), word("{1}"))),
            "example.com. db.example.com\nexample.net. deep/er/db.example.net\n");
  EXPECT_EQ(find(*files_in_folder(line(), folder_.path(), word("^(.*)\\.zone$"),
                                  word("{1}.example.org"))),
            "x.example.org. x.zone\n");
}

TEST_F(Sources, AutoLeavesOutWhatEditorsLeaveBehind) {
  for (const char* file : {"db.a", ".db.b", "db.c~", "deep/.db.d", "deep/db.e~", "deep/db.f"})
    folder_.write(file, "");
  EXPECT_EQ(find(*files_in_folder(line(), folder_.path(), word("db\\.(.*)"), word("{1}"))),
            "a. db.a\nf. deep/db.f\n");
}

TEST_F(Sources, AutoWaitsForAFolderThatIsNotThere) {
  const auto source = files_in_folder(line(), path("none"), word("db\\.(.*)"), word("{1}"));
  EXPECT_EQ(find(*source),
            "failed\nCorefile:2 - Warning: folder 'none' cannot be read: No such file or "
            "directory\n");
  folder_.write("none/db.a", "");
  EXPECT_EQ(find(*source), "a. none/db.a\n");
  EXPECT_EQ(find(*files_in_folder(line(), path("none/db.a"), word("."), word("a"))),
            "failed\nCorefile:2 - folder 'none/db.a' cannot be read: Not a directory\n");
}

TEST_F(Sources, AutoLeavesOutSubfoldersThatCannotBeRead) {
  for (const char* file : {"db.a", "lost+found/db.b", "sub/db.c", "sub/lost/db.d"})
    folder_.write(file, "");
  fs::permissions(folder_.path(), fs::perms(0755));
  for (const char* folder : {"lost+found", "sub/lost"})
    fs::permissions(path(folder), fs::perms::none);
  const auto source = files_in_folder(line(), folder_.path(), word("db\\.(.*)"), word("{1}"));
  std::string found;
  {
    const kit::OrdinaryUser user;
    found = find(*source);
  }
  for (const char* folder : {"lost+found", "sub/lost"})
    fs::permissions(path(folder), fs::perms::owner_all);
  EXPECT_EQ(found.substr(0, found.find("Corefile")), "a. db.a\nc. sub/db.c\n");
  for (const char* folder : {"lost+found", "sub/lost"})
    EXPECT_NE(found.find(std::string("Corefile:2 - Warning: folder '") + folder +
                         "' cannot be read: Permission denied; its zones are left out\n"),
              std::string::npos)
        << found;
}

TEST_F(Sources, LinksToNothingGiveWay) {
  folder_.write("y/db.a", "");
  folder_.write("z/db.b", "");
  fs::create_directory(path("x"));
  for (const char* link : {"x/db.a", "x/db.c"}) fs::create_symlink("nowhere", path(link));
  fs::create_symlink(path("z/db.b"), path("x/db.d"));
  EXPECT_EQ(find(*files_in_folder(line(), folder_.path(), word("db\\.(.*)"), word("{1}"))),
            "d. x/db.d\na. y/db.a\nb. z/db.b\na. x/db.a\nc. x/db.c\n");
  EXPECT_EQ(find(*matching_files(line(), word(path("x/db.*")))),
            "d. x/db.d\na. x/db.a\nc. x/db.c\n")
      << "told when they are read";
}

TEST_F(Sources, OnlyRegularFiles) {
  folder_.write("db.a", "");
  fs::create_symlink("/dev/null", path("db.b"));
  EXPECT_EQ(find(*matching_files(line(), word(path("db.*")))), "a. db.a\n");
}

TEST_F(Sources, KeepsOnlyTheNamesOfZonesAndOfProblems) {
  for (unsigned i = 0; i < 20; ++i) folder_.write("other-" + std::to_string(i) + ".zone", "");
  folder_.write("example.com.zone", "");
  folder_.write("a..b.zone", "");
  const auto ours = [](bool tell) { return line({"example.com"}, tell); };
  const Token name_of = word("^(.*)\\.zone$"), origin = word("{1}");
  const size_t before = kept_file_names();
  find(*matching_files(ours(false), word(path("*.zone"))));
  EXPECT_EQ(kept_file_names(), before + 2);
  find(*files_in_folder(ours(false), folder_.path(), name_of, origin));
  EXPECT_EQ(kept_file_names(), before + 2) << "they are the same";
  find(*matching_files(ours(true), word(path("*.zone"))));
  EXPECT_EQ(kept_file_names(), before + 22) << "each is warned of";
}

}  // namespace
}  // namespace signpost::zone
