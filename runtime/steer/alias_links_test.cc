#include "steer/alias_links.h"

#include <gtest/gtest.h>

#include "steer/block_kit.h"

namespace signpost::steer {
namespace {

std::string links(std::string_view lines, std::vector<std::string> zones = {"example.com."}) {
  Block block(lines, std::move(zones));
  EXPECT_EQ(block.problem_text(), "");
  check_alias_links(block.zones, block.problems());
  return block.problem_text();
}

TEST(AliasLinks, Good) {
  const std::pair<const char*, const char*> rows[] = {
      {"values only", "weighted www A {\n 192.0.2.1\n}\n"},
      {"row 213", "alias www plain\n"},
      {"row 217, A-12", "alias @ plain\n"},
      {"row 219", "alias x CNAME cname\n"},
      {"A-33", "alias www A x.wild.example.com.\n"},
      {"A-33 the other way", "alias *.w A plain\n"},
      {"row 225", "alias a A b\nalias b A plain\n"},
      {"outside", "alias www lb.example.net.\n"},
      {"other types", "alias www TXT txt\n"},
  };
  for (const auto& [rule, lines] : rows) EXPECT_EQ(links(lines), "") << rule;
}

TEST(AliasLinks, MissingTargets) {  // row 223
  const struct {
    const char *lines, *problems;
  } rows[] = {
      {"alias www A nowhere\n",
       "Corefile:1 - Tried to create an alias that targets nowhere.example.com., type A in zone "
       "example.com., but that target was not found\n"},
      {"weighted www A {\n 192.0.2.1\n alias nowhere\n}\n",
       "Corefile:3 - Tried to create an alias that targets nowhere.example.com., type A in zone "
       "example.com., but that target was not found\n"},
      {"alias www TXT plain\n",
       "Corefile:1 - Tried to create an alias that targets plain.example.com., type TXT in zone "
       "example.com., but that target was not found\n"},
      {"alias www A cname\n",
       "Corefile:1 - Tried to create an alias that targets cname.example.com., type A in zone "
       "example.com., but that target was not found; it is a CNAME: alias the name that the CNAME "
       "leads to\n"},
      {"alias www A glue.sub.example.com.\n",  // below a delegation: not ours to answer
       "Corefile:1 - Tried to create an alias that targets glue.sub.example.com., type A in zone "
       "example.com., but that target was not found\n"},
      {"alias a A b\nalias b A nowhere\n",  // said once, where it is written
       "Corefile:2 - Tried to create an alias that targets nowhere.example.com., type A in zone "
       "example.com., but that target was not found\n"},
  };
  for (const auto& row : rows) EXPECT_EQ(links(row.lines), row.problems);
}

TEST(AliasLinks, ImpliedTypesNeedOneOfTheTwo) {
  EXPECT_EQ(links("alias www p\nweighted p A {\n 192.0.2.1\n}\n"), "");
  EXPECT_EQ(links("alias www p\nweighted p AAAA {\n 2001:db8::1\n}\n"), "");
  EXPECT_NE(links("alias www A p\nweighted p AAAA {\n 2001:db8::1\n}\n"), "");
  const std::string neither = links("alias www nowhere\n");
  EXPECT_NE(neither.find("nowhere.example.com."), std::string::npos);
}

constexpr const char* kLevels =
    "weighted d A {\n 192.0.2.1\n}\nalias c A d\nweighted b A {\n 192.0.2.2\n alias c\n}\n"
    "alias a A b\n";

TEST(AliasLinks, ThreeLevelsAndNoMore) {  // E-17, row 211
  EXPECT_EQ(links(kLevels), "");
  EXPECT_EQ(links(kLevels + std::string("alias top A a\n")),
            "Corefile:10 - aliases nest deeper than three levels: top.example.com. -> "
            "a.example.com. -> b.example.com. -> c.example.com. -> d.example.com.\n");
}

TEST(AliasLinks, Cycles) {  // E-17, row 211
  EXPECT_EQ(links("alias a A a\n"), "Corefile:1 - alias cycle: a.example.com. -> a.example.com.\n");
  const std::string two = links("alias a A b\nalias b A a\n");
  EXPECT_NE(
      two.find("Corefile:1 - alias cycle: a.example.com. -> b.example.com. -> a.example.com."),
      std::string::npos)
      << two;
  EXPECT_NE(
      two.find("Corefile:2 - alias cycle: b.example.com. -> a.example.com. -> b.example.com."),
      std::string::npos)
      << two;
  const std::string led = links("alias start A a\nalias a A b\nalias b A a\n");
  EXPECT_EQ(led.find("Corefile:1"), std::string::npos)
      << "who only leads into a cycle is not in it";
  EXPECT_NE(links("alias *.w A x.w.example.com.\n").find("alias cycle"), std::string::npos)
      << "through the wildcard itself";
}

TEST(AliasLinks, AcrossZonesOfTheBlock) {
  const std::vector<std::string> zones{"example.com.", "example.net."};
  EXPECT_EQ(links("alias www.example.com. A plain.example.net.\n", zones), "");
  EXPECT_NE(
      links("alias www.example.com. A nowhere.example.net.\n", zones).find("in zone example.net."),
      std::string::npos);
}

TEST(AliasLinks, ZoneThatCouldNotBeReadIsPassedOver) {
  Block block("alias www.example.com. A nowhere.example.net.\n", {"example.com.", "example.net."});
  block.zones.zones[1] = nullptr;
  check_alias_links(block.zones, block.problems());
  EXPECT_EQ(block.problem_text(), "");
}

}  // namespace
}  // namespace signpost::steer
