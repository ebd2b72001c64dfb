// The zones of folders and lists.
#include "sources.h"

#include <gtest/gtest.h>

#include "kit/temporary_folder.h"
#include "signpost/file_names.h"

namespace signpost::zone {
namespace {

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
  EXPECT_EQ(find(*listed_files(line(), path("nothing"))).substr(0, 7), "failed\n");
  EXPECT_EQ(find(*listed_files(line(), folder_.path())).substr(0, 7), "failed\n");
}

TEST_F(Sources, Auto) {
  for (const char* file : {"db.example.com", "deep/er/db.example.net", "other", "x.zone"})
    folder_.write(file, "");
  EXPECT_EQ(find(*files_in_folder(line(), folder_.path(), word("db\\.(.*)"), word("{1}"))),
            "example.com. db.example.com\nexample.net. deep/er/db.example.net\n");
  EXPECT_EQ(find(*files_in_folder(line(), folder_.path(), word("^(.*)\\.zone$"),
                                  word("{1}.example.org"))),
            "x.example.org. x.zone\n");
  EXPECT_EQ(find(*files_in_folder(line(), path("none"), word("."), word("a"))).substr(0, 7),
            "failed\n");
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
