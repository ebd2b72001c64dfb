#include "zone/zone_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include "dns/rdata.h"
#include "dns/types.h"

namespace signpost {
namespace {

using Files = std::map<std::string, std::string>;

// Records as "owner ttl type data" lines and problems as "FILE:LINE - message" lines.
struct Result {
  std::string records, problems;
  bool clean = false;
};

Result read(const Files& files, const std::string& path = "zone.db") {
  Result result;
  Problems problems;
  auto read_file = [&](const std::string& name, std::string& why) -> std::optional<std::string> {
    auto at = files.find(std::filesystem::path(name).lexically_normal().string());
    if (at != files.end()) return at->second;
    why = "not there";
    return std::nullopt;
  };
  auto sink = [&](const ZoneRecord& r) {
    result.records += r.owner.text() + " " + std::to_string(r.ttl) + " " + type_text(r.type) + " " +
                      print_rdata(r.type, r.rdata) + "\n";
  };
  Name origin = Name::parse("example.com.").value();
  result.clean = read_zone_file(path, origin, sink, problems, read_file);
  for (const Problem& p : problems.all()) result.problems += p.text() + "\n";
  return result;
}

struct Feature {
  const char *rule, *text, *records;
};

TEST(ZoneFile, ReadsFeatures) {
  const Feature cases[] = {
      {"empty file", "", ""},
      {"relative and absolute owners", "www 1 A 192.0.2.1\nwww.net. 1 A 192.0.2.2\n",
       "www.example.com. 1 A 192.0.2.1\nwww.net. 1 A 192.0.2.2\n"},
      {"@ is the origin, in data too", "@ 1 NS @\n", "example.com. 1 NS example.com.\n"},
      {"owner omitted", "a 1 A 192.0.2.1\n\tA 192.0.2.2\n  5 IN A 192.0.2.3\n",
       "a.example.com. 1 A 192.0.2.1\na.example.com. 1 A 192.0.2.2\na.example.com. 5 A "
       "192.0.2.3\n"},
      {"owner called like a type or a number",
       "a 1 A 192.0.2.1\nmx A 192.0.2.2\n10 A 192.0.2.3\n"
       "in IN A 192.0.2.4\n",
       "a.example.com. 1 A 192.0.2.1\nmx.example.com. 1 A 192.0.2.2\n10.example.com. 1 A "
       "192.0.2.3\n"
       "in.example.com. 1 A 192.0.2.4\n"},
      {"TTL and class in either order",
       "a 1h IN A 192.0.2.1\na IN 1h A 192.0.2.2\n"
       "a in 2h a 192.0.2.3\n",
       "a.example.com. 3600 A 192.0.2.1\na.example.com. 3600 A 192.0.2.2\n"
       "a.example.com. 7200 A 192.0.2.3\n"},
      {"class by number", "a 1 CLASS1 TYPE1 \\# 4 C0000201\n", "a.example.com. 1 A 192.0.2.1\n"},
      {"$ORIGIN, relative to the one before",
       "$ORIGIN sub\na 1 A 192.0.2.1\n$ORIGIN net.\n"
       "b 1 NS c\n",
       "a.sub.example.com. 1 A 192.0.2.1\nb.net. 1 NS c.net.\n"},
      {"$TTL, before the last written TTL",
       "$TTL 1h30m\na A 192.0.2.1\nb 7 A 192.0.2.2\n"
       "c A 192.0.2.3\n$ttl 9\nd A 192.0.2.4\n",
       "a.example.com. 5400 A 192.0.2.1\nb.example.com. 7 A 192.0.2.2\n"
       "c.example.com. 5400 A 192.0.2.3\nd.example.com. 9 A 192.0.2.4\n"},
      {"last TTL (RFC 1035, section 5.1)", "a 5 A 192.0.2.1\nb A 192.0.2.2\n",
       "a.example.com. 5 A 192.0.2.1\nb.example.com. 5 A 192.0.2.2\n"},
      {"SOA minimum when no TTL is written", "@ SOA ns admin 1 2 3 4 77\na A 192.0.2.1\n",
       "example.com. 77 SOA ns.example.com. admin.example.com. 1 2 3 4 77\n"
       "a.example.com. 77 A 192.0.2.1\n"},
      {"last TTL beats the SOA minimum", "@ 5 SOA ns admin 1 2 3 4 77\na A 192.0.2.1\n",
       "example.com. 5 SOA ns.example.com. admin.example.com. 1 2 3 4 77\n"
       "a.example.com. 5 A 192.0.2.1\n"},
      {"parentheses and comments",
       "@ 1 SOA ns admin ( ; names\r\n 7 ; serial\r\n 1h 15m 2w\r\n 1d ) ; end\r\n",
       "example.com. 1 SOA ns.example.com. admin.example.com. 7 3600 900 1209600 86400\n"},
      {"escapes", "a\\.b 1 TXT a\\032b \"c\\\"d\" \\\"e\n\\$x 1 TXT f\\;g;h\n",
       "a\\.b.example.com. 1 TXT \"a b\" \"c\\\"d\" \"\\\"e\"\n\\$x.example.com. 1 TXT \"f;g\"\n"},
      {"wildcard", "*.w 1 A 192.0.2.1", "*.w.example.com. 1 A 192.0.2.1\n"},
      {"quoted parameter value", "a 1 HTTPS 1 . alpn=\"h2,h3\" port=443",
       "a.example.com. 1 HTTPS 1 . alpn=\"h2,h3\" port=443\n"},
      {"hex split over lines",
       "a 1 DS 1 8 2 ( 00112233445566778899AABBCCDDEEFF\n"
       "  00112233445566778899AABBCCDDEEFF )",
       "a.example.com. 1 DS 1 8 2 "
       "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF\n"},
      {"unknown type (RFC 3597)", "a 1 TYPE65280 \\# 2 ab CD",
       "a.example.com. 1 TYPE65280 \\# 2 "
       "ABCD\n"},
      {"$GENERATE", "$GENERATE 1-3 h-$ 60 A 192.0.2.$\n",
       "h-1.example.com. 60 A 192.0.2.1\nh-2.example.com. 60 A 192.0.2.2\n"
       "h-3.example.com. 60 A 192.0.2.3\n"},
      {"$GENERATE with step and format",
       "$TTL 1\n$GENERATE 8-10/2 ${-8,3,d}.${0,2,x} IN CNAME $$.\\$.${0,2,X}.${0,3,o}\n",
       "000.08.example.com. 1 CNAME \\$.\\$.08.010.example.com.\n"
       "002.0a.example.com. 1 CNAME \\$.\\$.0A.012.example.com.\n"},
      {"$GENERATE with nibbles", "$GENERATE 4660-4660 ${0,7,n} 1 PTR a.${171,0,N}.\n",
       "4.3.2.1.example.com. 1 PTR a.F.D.2.1.\n"},
      {"$GENERATE with data in quotes, as BIND has it", "$GENERATE 1-2 @ 1 MX \"10 mail$\"\n",
       "example.com. 1 MX 10 mail1.example.com.\nexample.com. 1 MX 10 mail2.example.com.\n"},
      {"$GENERATE with strings",
       "$GENERATE 1-1 a 1 TXT \"b$ c\\;\"\n$GENERATE 1-1 a 1 TXT \"b $\" c$\n",
       "a.example.com. 1 TXT \"b1\" \"c;\"\na.example.com. 1 TXT \"b 1\" \"c1\"\n"},
      {"$GENERATE with numbers below zero", "$GENERATE 1-3 a${-2} 1 TXT ${-2,3}\n",
       "a-1.example.com. 1 TXT \"-01\"\na0.example.com. 1 TXT \"000\"\n"
       "a1.example.com. 1 TXT \"001\"\n"},
      {"$GENERATE with class", "$GENERATE 1-1 a$ CLASS1 1 A 192.0.2.$\n",
       "a1.example.com. 1 A 192.0.2.1\n"},
      {"key=\"value\" is two strings but for service parameters",
       "a 1 TXT k=\"a b\"c\na 1 HTTPS 1 . key667=\"a b\"\n",
       "a.example.com. 1 TXT \"k=\" \"a b\" \"c\"\na.example.com. 1 HTTPS 1 . key667=\"a b\"\n"},
      {"a quote starts a string", "a 1 TXT a\"b c\"", "a.example.com. 1 TXT \"a\" \"b c\"\n"},
      {"owner in parentheses", "( a\n 1 ) IN A 192.0.2.1\n", "a.example.com. 1 A 192.0.2.1\n"},
      {"byte order mark, CRLF, tabs, no line end at the end",
       "\xef\xbb\xbf"
       "a\t1\tA\t192.0.2.1\r\n\tTXT\tx\r",
       "a.example.com. 1 A 192.0.2.1\na.example.com. 1 TXT \"x\"\n"},
      {"octets beyond ASCII", "\xc3\xa9 1 TXT \xc3\xa9\n",
       "\\195\\169.example.com. 1 TXT \"\\195\\169\"\n"},
      {"class in front of the TTL, or alone", "a IN 1h A 192.0.2.1\n CLASS1 A 192.0.2.2\n",
       "a.example.com. 3600 A 192.0.2.1\na.example.com. 3600 A 192.0.2.2\n"},
      {"a known type by number (RFC 3597, section 5)",
       "a 1 TYPE15 10 b\na 1 MX \\# 5 000A 016300\n",
       "a.example.com. 1 MX 10 b.example.com.\na.example.com. 1 MX 10 c.\n"},
      {"$GENERATE leaves the owner from before",
       "b 1 TXT x\n$GENERATE 1-2 a$ 1 A 192.0.2.$\n 2 A 192.0.2.9\n",
       "b.example.com. 1 TXT \"x\"\na1.example.com. 1 A 192.0.2.1\na2.example.com. 1 A 192.0.2.2\n"
       "b.example.com. 2 A 192.0.2.9\n"},
      {"line end in quotes in parentheses", "a 1 TXT ( \"b\nc\" )\nd 1 TXT e\n",
       "a.example.com. 1 TXT \"b\\010c\"\nd.example.com. 1 TXT \"e\"\n"},
      {"largest TTL", "a 2147483647 A 192.0.2.1", "a.example.com. 2147483647 A 192.0.2.1\n"},
  };
  for (const Feature& c : cases) {
    Result r = read({{"zone.db", c.text}});
    EXPECT_EQ(r.problems, "") << c.rule;
    EXPECT_TRUE(r.clean) << c.rule;
    EXPECT_EQ(r.records, c.records) << c.rule;
  }
}

struct Fault {
  const char *rule, *text, *problems;  // problems: how the report begins
};

TEST(ZoneFile, ReportsEachErrorAtItsLine) {
  const Fault cases[] = {
      {"unknown type", "a 1 AA 192.0.2.1",
       "zone.db:1 - found 'AA', expected a record type; did you "
       "mean"},
      {"no type", "a 1 IN\n", "zone.db:1 - record without type\n"},
      {"query type", "\na 1 AXFR x",
       "zone.db:2 - AXFR is no type that records of a zone can have\n"},
      {"other class", "a 1 CH TXT x", "zone.db:1 - class CH, expected IN\n"},
      {"bad owner", "\n\na..b 1 A 192.0.2.1",
       "zone.db:3 - owner 'a..b': empty label (two dots in a "
       "row, or a dot in front)\n"},
      {"bad data", "a 1 A 192.0.2\n",
       "zone.db:1 - A address: found '192.0.2', expected an IPv4 "
       "address\n"},
      {"no owner yet", " 1 A 192.0.2.1\n",
       "zone.db:1 - record without owner, and no record before "
       "it to take the owner from\n"},
      {"owner lost", "a 1 A 192.0.2.1\nb..c 1 A 192.0.2.2\n 1 A 192.0.2.3\n",
       "zone.db:2 - owner 'b..c': empty label (two dots in a row, or a dot in front)\n"
       "zone.db:3 - record without owner, and no record before it to take the owner from\n"},
      {"no TTL", "a A 192.0.2.1\n",
       "zone.db:1 - record without TTL; write one here, or $TTL before "
       "the first record\n"},
      {"TTL too large", "a 2147483648 A 192.0.2.1\n",
       "zone.db:1 - found '2147483648', expected a "
       "TTL such as 3600 or 1h30m, at most "
       "2147483647 seconds\n"},
      {"TTL twice", "a 1 2 A 192.0.2.1\n", "zone.db:1 - found '2', expected a record type\n"},
      {"lexer fault", "a 1 TXT \"x\nb 1 A x\n",
       "zone.db:1 - quote is not closed before the end of the line\n"
       "zone.db:2 - A address: found 'x', expected an IPv4 address\n"},
      {"first line of a long record", "\na 1 SOA ns admin (\n 1 2 3\n x 5 )\n",
       "zone.db:2 - SOA expire: found 'x', expected a time such as 3600 or 1h30m, at most "
       "4294967295 seconds\n"},
      {"unknown directive", "$ORIGN a.\n",
       "zone.db:1 - unknown directive '$ORIGN'; did you mean "
       "'$ORIGIN'?\n"},
      {"$ORIGIN without name", "$ORIGIN", "zone.db:1 - expected: $ORIGIN NAME\n"},
      {"$ORIGIN with bad name", "$ORIGIN a..",
       "zone.db:1 - $ORIGIN 'a..': empty label (two dots in "
       "a row, or a dot in front)\n"},
      {"$TTL with bad time", "$TTL x",
       "zone.db:1 - $TTL: found 'x', expected a time such as 3600 or "
       "1h30m, at most 2147483647 seconds\n"},
      {"$INCLUDE without file", "$INCLUDE", "zone.db:1 - expected: $INCLUDE FILE [ORIGIN]\n"},
      {"words fit for one line",
       "\x1b[31ma..b 1 A 192.0.2.1\na 1 A \"x\\\nz:1 - y\"\n$\x07\n"
       "$ORIGIN a..\x07\n$TTL \x07\n$INCLUDE x\x07\n$GENERATE \x07 a A x\na \x07\na 1\x07 A x\n",
       "zone.db:1 - owner '\\x1b[31ma..b': empty label (two dots in a row, or a dot in front)\n"
       "zone.db:2 - A address: found 'x\\\\x0az:1 - y', expected an IPv4 address\n"
       "zone.db:4 - unknown directive '$\\x07'\n"
       "zone.db:5 - $ORIGIN 'a..\\x07': empty label (two dots in a row, or a dot in front)\n"
       "zone.db:6 - $TTL: found '\\x07', expected a time such as 3600 or 1h30m, at most 2147483647 "
       "seconds\n"
       "zone.db:7 - cannot read zone file 'x\\x07': not there\n"
       "zone.db:8 - $GENERATE: found '\\x07', expected a range such as 1-10 or 0-255/2\n"
       "zone.db:9 - found '\\x07', expected a record type\n"
       "zone.db:10 - found '1\\x07', expected a TTL such as 3600 or 1h30m, at most 2147483647 "
       "seconds\n"},
      {"no owner before $GENERATE", "$GENERATE 1-2 a$ 1 A 192.0.2.$\n 2 A 192.0.2.9\n",
       "zone.db:2 - record without owner, and no record before it to take the owner from\n"},
      {"$GENERATE too short", "$GENERATE 1-2 a A",
       "zone.db:1 - expected: $GENERATE RANGE OWNER "
       "[TTL] [CLASS] TYPE DATA\n"},
      {"$GENERATE bad range", "$GENERATE 2-1 a 1 A 192.0.2.1",
       "zone.db:1 - $GENERATE: found '2-1', expected a range such as 1-10 or 0-255/2, from the "
       "lower number to the higher, of at most 2147483647\n"},
      {"$GENERATE beyond the numbers", "$GENERATE 0-4294967296 a 1 A 192.0.2.1",
       "zone.db:1 - $GENERATE: found '0-4294967296', expected a range such as 1-10 or 0-255/2, "
       "from the lower number to the higher, of at most 2147483647\n"},
      {"$GENERATE too many", "$GENERATE 1-2000000 a$ 1 A 192.0.2.1",
       "zone.db:1 - $GENERATE: range '1-2000000' makes more than 1000000 records\n"},
      {"$GENERATE bad format", "$GENERATE 1-2 ${1,x} 1 A 192.0.2.1",
       "zone.db:1 - $GENERATE: found '${1,x}', expected ${OFFSET[,WIDTH[,BASE]]} with a base of d, "
       "o, x, X, n or N\n"},
      {"$GENERATE open brace", "$GENERATE 1-2 a${1 1 A 192.0.2.1",
       "zone.db:1 - $GENERATE: found '${1', expected ${OFFSET[,WIDTH[,BASE]]} with a base of d, o, "
       "x, X, n or N\n"},
      {"$GENERATE negative", "$GENERATE 1-2 ${-2,0,x} 1 A 192.0.2.1",
       "zone.db:1 - $GENERATE: '${-2,0,x}' becomes negative at 1\n"},
      {"$GENERATE with a fault in quotes", "$GENERATE 1-2 a 1 TXT \"a ) b\"",
       "zone.db:1 - $GENERATE: ')' without '(' before it\n"},
      {"string too long",
       "a 1 TXT xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
       "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
       "xxx"
       "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
       "xxx\n",
       "zone.db:1 - TXT text: found "
       "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...', "
       "expected a string of at most 255 octets; split it\n"},
      {"$GENERATE stops at its first error", "$GENERATE 255-300 a$ 1 A 192.0.2.$",
       "zone.db:1 - A address: found '192.0.2.256', expected an IPv4 address\n"},
  };
  for (const Fault& c : cases) {
    Result r = read({{"zone.db", c.text}});
    EXPECT_FALSE(r.clean) << c.rule;
    EXPECT_TRUE(r.problems.starts_with(c.problems)) << c.rule << "\n" << r.problems;
  }
}

TEST(ZoneFile, KeepsGoodRecordsAroundBadOnes) {
  Result r = read({{"zone.db", "a 1 A 192.0.2.1\nb 1 A x\nc 1 A 192.0.2.3\nd 1 MX y z\n"}});
  EXPECT_EQ(r.records, "a.example.com. 1 A 192.0.2.1\nc.example.com. 1 A 192.0.2.3\n");
  EXPECT_EQ(std::count(r.problems.begin(), r.problems.end(), '\n'), 2);
}

TEST(ZoneFile, StopsAfterAHundredErrors) {
  std::string text;
  for (int i = 0; i < 150; ++i) text += "a 1 A x\n";
  Result r = read({{"zone.db", text}});
  EXPECT_EQ(std::count(r.problems.begin(), r.problems.end(), '\n'), kMaxZoneErrors + 1);
  EXPECT_TRUE(r.problems.ends_with("zone.db:100 - reading stopped after 100 errors\n"));
}

// RFC 1035, section 5.1: origin and owner come back after an included file.
TEST(ZoneFile, IncludesFiles) {
  Result r = read({{"d/zone.db",
                    "$TTL 1\na A 192.0.2.1\n$INCLUDE sub/one.db sub\n A 192.0.2.2\n"
                    "$INCLUDE \"two.db\"\nz A 192.0.2.9\n"},
                   {"d/sub/one.db", "$ORIGIN in\nb A 192.0.2.3\n$INCLUDE ../two.db\n"},
                   {"d/two.db", "c A 192.0.2.4"}},
                  "d/zone.db");
  EXPECT_EQ(r.problems, "");
  EXPECT_EQ(r.records,
            "a.example.com. 1 A 192.0.2.1\nb.in.sub.example.com. 1 A 192.0.2.3\n"
            "c.in.sub.example.com. 1 A 192.0.2.4\na.example.com. 1 A 192.0.2.2\n"
            "c.example.com. 1 A 192.0.2.4\nz.example.com. 1 A 192.0.2.9\n");
}

TEST(ZoneFile, ReportsErrorsOfIncludedFilesThere) {
  Result r = read({{"zone.db", "\n$INCLUDE one.db\n$INCLUDE none.db\n$INCLUDE one.db a..b\n"},
                   {"one.db", "\n\na 1 A x\n$INCLUDE zone.db\n"}});
  EXPECT_EQ(r.problems,
            "one.db:3 - A address: found 'x', expected an IPv4 address\n"
            "one.db:4 - $INCLUDE: 'zone.db' includes itself\n"
            "zone.db:3 - cannot read zone file 'none.db': not there\n"
            "zone.db:4 - $INCLUDE origin 'a..b': empty label (two dots in a row, or a dot in "
            "front)\n");
}

// RFC 1035, section 5.1: 65,535 octets of data are the most a record can have.
TEST(ZoneFile, ReadsTheLongestData) {
  std::string text = "a 1 TXT (";
  for (int i = 0; i < 255; ++i) text += "\n\"" + std::string(255, 'x') + "\"";
  const std::string longest = text + " \"" + std::string(254, 'y') + "\" )\nb 1 TXT z\n";
  Result r = read({{"zone.db", longest}});
  EXPECT_EQ(r.problems, "");
  EXPECT_GT(r.records.size(), 65535u);
  r = read({{"zone.db", text + " \"" + std::string(255, 'y') + "\" )\n"}});
  EXPECT_EQ(r.problems, "zone.db:1 - TXT: data longer than 65535 octets\n");
}

TEST(ZoneFile, LimitsIncludeDepth) {
  Files files{{"zone.db", "$INCLUDE 1.db"}};
  for (int i = 1; i < 30; ++i) {
    files[std::to_string(i) + ".db"] = "$INCLUDE " + std::to_string(i + 1) + ".db";
  }
  EXPECT_EQ(read(files).problems, "15.db:1 - $INCLUDE nested more than 16 files deep\n");
}

// Twenty files that include twenty, and so on, are few files, but more than anyone can read.
TEST(ZoneFile, LimitsFiles) {
  Files files;
  for (int depth = 0; depth < 15; ++depth)
    for (int i = 0; i < 20; ++i)
      files[depth == 0 ? "zone.db" : std::to_string(depth) + ".db"] +=
          "$INCLUDE " + std::to_string(depth + 1) + ".db\n";
  files["15.db"] = "a 1 A x";
  files["5.db"] = "";
  EXPECT_EQ(read(files).problems,
            "4.db:18 - $INCLUDE: more than 10000 files, counted as often as they are included; "
            "reading stopped\n");
}

TEST(ZoneFile, LimitsGeneratedRecords) {
  std::string text;
  for (int i = 0; i < 12; ++i) text += "$GENERATE 1-1000000 a 1 A x$\n";
  const std::string said = read({{"zone.db", text}}).problems;
  EXPECT_TRUE(
      said.ends_with("zone.db:11 - $GENERATE: the zone would have more than 10000000 "
                     "generated records; reading stopped\n"))
      << said;
}

// ".." behind a symbolic link leads out of the folder that the link leads to.
TEST(ZoneFile, OpensWhatIsWritten) {
  namespace fs = std::filesystem;
  const fs::path top = testing::TempDir() + "zone_file_links." + std::to_string(getpid());
  fs::create_directories(top / "real" / "sub");
  fs::create_directory_symlink("real/sub", top / "link");
  const auto write = [&](const char* name, const char* text) { std::ofstream(top / name) << text; };
  write("z.db", "$INCLUDE link/../inc\n$INCLUDE link/../z.db\n");
  write("inc", "wrong 1 A 192.0.2.1\n");
  write("real/inc", "right 1 A 192.0.2.1\n");
  write("real/z.db", "other 1 A 192.0.2.1\n$INCLUDE sub/../../link/../z.db\n");
  Problems problems;
  std::string seen;
  auto sink = [&](const ZoneRecord& r) { seen += r.owner.text(); };
  for (const char* path : {"z.db", "link/../z.db"})
    EXPECT_FALSE(read_zone_file(top / path, NameView(), sink, problems));
  EXPECT_EQ(seen, "right.other.other.");
  ASSERT_EQ(problems.all().size(), 2u);
  for (const Problem& p : problems.all())
    EXPECT_TRUE(p.message.ends_with("z.db' includes itself")) << p.message;
  fs::remove_all(top);
}

TEST(ZoneFile, ReadsFromDisk) {
  std::string path = testing::TempDir() + "zone_file_test." + std::to_string(getpid()) + ".db";
  std::ofstream(path) << "a 1 A 192.0.2.1\n";
  Problems problems;
  std::string seen;
  auto sink = [&](const ZoneRecord& r) { seen += r.owner.text() + r.where.text(); };
  EXPECT_TRUE(read_zone_file(path, NameView(), sink, problems));
  EXPECT_EQ(seen, "a." + path + ":1");
  unlink(path.c_str());
  EXPECT_FALSE(read_zone_file(path, NameView(), sink, problems));
  EXPECT_FALSE(read_zone_file(testing::TempDir(), NameView(), sink, problems));
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  EXPECT_FALSE(read_zone_file(path, NameView(), sink, problems));
  unlink(path.c_str());
  ASSERT_EQ(problems.all().size(), 3u);
  EXPECT_EQ(problems.all()[0].text(),
            path + " - cannot read zone file '" + path + "': No such file or directory");
  EXPECT_TRUE(problems.all()[1].message.ends_with("Is a directory"));
  EXPECT_EQ(problems.all()[2].text(),
            path + " - cannot read zone file '" + path + "': it is no regular file");
}

}  // namespace
}  // namespace signpost
