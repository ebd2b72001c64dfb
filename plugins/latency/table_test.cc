#include "table.h"

#include <gtest/gtest.h>

#include "regions.h"

namespace signpost::latency {
namespace {

uint32_t to(const Table& table, const char* address, std::string_view region) {
  const Row* row = table.find(*Address::parse(address)).row;
  return row ? row->to(region_number(region)) : Row::unknown;
}

TEST(LatencyTable, header_comments_blanks_and_line_ends) {
  Problems problems;
  const ReadTable read = parse_table(
      "prefix,region,milliseconds,country\r\n\r\n# comment\r\n"
      " 198.51.100.0/24 , us-west-2 , 25.5 , US \r\n2001:db8::/32,eu-west-1,0\n",
      "t.csv", problems);
  EXPECT_TRUE(problems.all().empty());
  EXPECT_EQ(read.regions, (std::vector<std::string>{"eu-west-1", "us-west-2"}));
  EXPECT_EQ(to(*read.table, "198.51.100.9", "us-west-2"), 25500u);
  EXPECT_EQ(to(*read.table, "198.51.100.9", "eu-west-1"), Row::unknown);
  EXPECT_EQ(to(*read.table, "2001:db8::9", "eu-west-1"), 0u);
  EXPECT_EQ(to(*read.table, "192.0.2.1", "eu-west-1"), Row::unknown);
}

TEST(LatencyTable, the_longest_prefix_counts_alone) {
  Problems problems;
  const ReadTable read =
      parse_table("198.51.0.0/16,a,1\n198.51.0.0/16,b,2\n198.51.100.0/24,a,9\n", "t.csv", problems);
  EXPECT_EQ(to(*read.table, "198.51.1.1", "b"), 2000u);
  EXPECT_EQ(to(*read.table, "198.51.100.1", "a"), 9000u);
  EXPECT_EQ(to(*read.table, "198.51.100.1", "b"), Row::unknown);
  EXPECT_EQ(read.table->find(*Address::parse("198.51.100.1")).scope, 24);
}

TEST(LatencyTable, prefixes_that_know_the_same_do_not_lengthen_the_scope) {
  Problems problems;
  const ReadTable read = parse_table("198.51.0.0/16,a,1\n198.51.100.0/24,a,1\n", "t.csv", problems);
  EXPECT_EQ(read.table->find(*Address::parse("198.51.100.1")).scope, 16);
}

TEST(LatencyTable, problems_name_their_lines) {
  const struct {
    const char *text, *problem;
  } cases[] = {
      {"198.51.100.0/24,a",
       "t.csv:1 - '198.51.100.0/24,a' has 2 fields: expected "
       "prefix,region,milliseconds[,country]"},
      {"198.51.100.0/24,a,1,US,x",
       "t.csv:1 - '198.51.100.0/24,a,1,US,x' has 5 fields: expected "
       "prefix,region,milliseconds[,country]"},
      {"\nhost,a,1", "t.csv:2 - 'host' is no prefix: expected for example 198.51.100.0/24"},
      {"198.51.100.1/24,a,1",
       "t.csv:1 - '198.51.100.1/24' has bits set behind its length; the prefix is 198.51.100.0/24"},
      {"198.51.100.0/24,a,-1",
       "t.csv:1 - '-1' is no latency: expected milliseconds from 0 to 1000000"},
      {"198.51.100.0/24,a,nan",
       "t.csv:1 - 'nan' is no latency: expected milliseconds from 0 to 1000000"},
      {"198.51.100.0/24,a,1e3",
       "t.csv:1 - '1e3' is no latency: expected milliseconds from 0 to 1000000"},
      {"198.51.100.0/24,,1", "t.csv:1 - a Region has 1 to 64 characters, found ''"},
      {"198.51.100.0/24,a,1\n198.51.100.0/24,a,2",
       "t.csv:2 - 198.51.100.0/24 has a latency to a already, at line 1"},
      {"198.51.100.0/24,a,1,Us",
       "t.csv:1 - 'Us' is no country: expected two capital letters (ISO 3166-1)"},
      {"198.51.100.0/24,a,1,US\n198.51.100.0/24,b,1,CN",
       "t.csv:2 - 198.51.100.0/24 lies in US by an earlier line, not in CN"},
  };
  for (const auto& c : cases) {
    Problems problems;
    parse_table(c.text, "t.csv", problems);
    ASSERT_EQ(problems.all().size(), 1u) << c.text;
    EXPECT_EQ(problems.all()[0].text(), c.problem);
  }
}

TEST(LatencyTable, stops_after_a_hundred_problems) {
  Problems problems;
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "nonsense\n";
  parse_table(text, "t.csv", problems);
  EXPECT_EQ(problems.all().size(), 101u);
}

TEST(LatencyTable, arbitrary_bytes_are_read_without_harm) {
  for (std::string_view text : {std::string_view("\0\0\0", 3), std::string_view("\n\n,,,,,\n"),
                                std::string_view(",,"), std::string_view("\"\"\",\","),
                                std::string_view("1.2.3.4/,,"), std::string_view("::/0,x,5")}) {
    Problems problems;
    EXPECT_TRUE(parse_table(text, "t.csv", problems).table);
  }
}

TEST(Regions, known_ones_are_those_of_appendix_c) {
  EXPECT_EQ(known_regions().size(), 39u);
  EXPECT_EQ(region_code(region_number("eu-west-1")), "eu-west-1");
  EXPECT_EQ(region_number("home"), region_number("home"));
  EXPECT_EQ(region_code(region_number("home")), "home");
}

}  // namespace
}  // namespace signpost::latency
