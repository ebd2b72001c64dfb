// Words of a directive's line: durations, numbers, types, prefixes, arguments.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "kit/fake_setup.h"
#include "kit/temporary_folder.h"
#include "signpost/setup.h"

namespace signpost {
namespace {

Token word(std::string text) { return {std::move(text), {"Corefile", 4}}; }

template <class Read>
std::string error_of(Read&& read) {
  try {
    read();
  } catch (const ConfigError& e) {
    return e.what();
  }
  return "";
}

TEST(ReadDuration, Good) {
  const std::pair<const char*, int64_t> rows[] = {
      {"0", 0},
      {"0s", 0},
      {"300ms", 300},
      {"5s", 5000},
      {"2m", 120'000},
      {"1h", 3'600'000},
      {"1h30m", 5'400'000},
      {"1m0.5s", 60'500},
      {"1.5s", 1500},
      {".5s", 500},
      {"2000us", 2},
      {"2000µs", 2},
      {"1000000ns", 1},
      {"1us", 1},
      {"1400us", 1},
      {"0us", 0},
      {"24h", 86'400'000},
  };
  for (const auto& [text, ms] : rows) EXPECT_EQ(read_duration(word(text)).count(), ms) << text;
}

TEST(ReadDuration, Bad) {
  for (const char* text : {"", "5", "s", "5 s", "-5s", "+5s", "5x", "1d", "5s3", "1.2.3s", "1e3s",
                           "infs", "nans", ".s", "99999999999999999999h", "0x5s"}) {
    const std::string error = error_of([&] { read_duration(word(text)); });
    EXPECT_TRUE(error.starts_with("Corefile:4 - '" + std::string(text) + "' is no duration"))
        << text << ": " << error;
    EXPECT_NE(error.find("10s"), std::string::npos) << "says what was expected";
  }
}

TEST(ReadDuration, TheRangeIsThatOfWhatIsWritten) {
  using namespace std::chrono_literals;
  const auto read = [](const char* text) { return read_duration(word(text), 100ms, 1h); };
  for (const char* text : {"100ms", "0.1s", "100000us", "1h", "60m", "3600s", "100.4ms"})
    EXPECT_EQ(error_of([&] { read(text); }), "") << text;
  EXPECT_EQ(read("100.4ms"), 100ms);
  for (const char* text : {"0", "1us", "1ns", "99ms", "99.9ms", "99999us", "3600000.1ms", "1h1ns"})
    EXPECT_EQ(error_of([&] { read(text); }),
              "Corefile:4 - '" + std::string(text) + "' is out of range: expected 100ms to 1h");
  EXPECT_EQ(error_of([] { read_duration(word("1500ms"), 0ms, 1s); }),
            "Corefile:4 - '1500ms' is out of range: expected 0ms to 1s");
  EXPECT_NE(error_of([&] { read("x"); }).find("is no duration"), std::string::npos);
}

TEST(ReadListenAddress, AddressAndPort) {
  const std::pair<const char*, const char*> rows[] = {{"192.0.2.1:80", "192.0.2.1:80"},
                                                      {"localhost:80", "127.0.0.1:80"},
                                                      {"[2001:db8::1]:80", "[2001:db8::1]:80"},
                                                      {"0.0.0.0:0", "0.0.0.0:0"}};
  for (const auto& [text, address] : rows)
    EXPECT_EQ(read_listen_address(word(text)).text(), address) << text;
  const Endpoint all = read_listen_address(word(":8080"));
  EXPECT_EQ(all.address.family, 0);
  EXPECT_EQ(all.port, 8080);
  for (const char* text : {"", "8080", ":", ":x", ":-1", ":65536", "192.0.2.1", "2001:db8::1",
                           "example.com:80", "[2001:db8::1]", "[::1]80"})
    EXPECT_TRUE(error_of([&] {
                  read_listen_address(word(text));
                }).starts_with("Corefile:4 - '" + std::string(text) + "' is no address"))
        << text;
}

TEST(ReadFile, SaysWhyItCannotBeRead) {
  const kit::TemporaryFolder folder;
  folder.write("list", "a\nb\n");
  EXPECT_EQ(read_file(word(folder.path() + "/list"), "the list"), "a\nb\n");
  const auto error = [&](const std::string& name) {
    return error_of([&] { read_file(word(folder.path() + name), "the list"); });
  };
  const std::string start = "Corefile:4 - cannot read the list " + folder.path();
  EXPECT_EQ(error("/none"), start + "/none: No such file or directory");
  EXPECT_EQ(error("/list/x"), start + "/list/x: Not a directory");
  EXPECT_EQ(error(""), start + ": is a directory");
  ASSERT_EQ(mkfifo((folder.path() + "/pipe").c_str(), 0600), 0);
  EXPECT_EQ(error("/pipe"), start + "/pipe: not a regular file");
}

TEST(ReadNumber, RangeIncluded) {
  EXPECT_EQ(read_number(word("1"), 1, 10), 1u);
  EXPECT_EQ(read_number(word("10"), 1, 10), 10u);
  EXPECT_EQ(read_number(word("007"), 1, 10), 7u);
  EXPECT_EQ(read_number(word("4294967295"), 0, UINT32_MAX), UINT32_MAX);
  for (const char* text : {"", "0", "11", "-1", "+1", "1.0", "1x", " 1", "4294967296", "0x1"})
    EXPECT_EQ(error_of([&] { read_number(word(text), 1, 10); }),
              "Corefile:4 - '" + std::string(text) + "' is no whole number from 1 to 10");
}

TEST(ReadQtype, MnemonicsAndNumbers) {
  const std::pair<const char*, uint16_t> rows[] = {
      {"A", 1}, {"aaaa", 28}, {"ANY", 255}, {"TYPE65280", 65280}, {"type0", 0}, {"HTTPS", 65}};
  for (const auto& [text, type] : rows) EXPECT_EQ(read_qtype(word(text)), type) << text;
  EXPECT_EQ(error_of([] { read_qtype(word("AAAAA")); }),
            "Corefile:4 - 'AAAAA' is no record type; did you mean 'AAAA'?");
  EXPECT_EQ(error_of([] { read_qtype(word("TYPE65536")); }),
            "Corefile:4 - 'TYPE65536' is no record type");
}

TEST(ReadPrefix, PrefixesAndAddresses) {
  const std::pair<const char*, const char*> rows[] = {
      {"192.0.2.0/24", "192.0.2.0/24"},      {"192.0.2.1", "192.0.2.1/32"},
      {"2001:db8::/32", "2001:db8::/32"},    {"::1", "::1/128"},
      {"::ffff:10.0.0.0/104", "10.0.0.0/8"}, {"0.0.0.0/0", "0.0.0.0/0"}};
  Problems problems;
  for (const auto& [text, prefix] : rows)
    EXPECT_EQ(read_prefix(word(text), problems).text(), prefix) << text;
  EXPECT_TRUE(problems.all().empty());
  EXPECT_EQ(read_prefix(word("10.1.2.3/8"), problems).text(), "10.0.0.0/8");
  ASSERT_EQ(problems.all().size(), 1u);
  EXPECT_EQ(problems.all()[0].text(),
            "Corefile:4 - Warning: '10.1.2.3/8' has bits set behind its length; taken for "
            "10.0.0.0/8");
  for (const char* text : {"", "10.0.0.0/33", "10.0.0", "::1/129", "localhost", "10.0.0.0/"})
    EXPECT_EQ(error_of([&] { read_prefix(word(text), problems); }),
              "Corefile:4 - '" + std::string(text) +
                  "' is no prefix and no address: expected for example 198.51.100.0/24");
}

Directive line(std::vector<std::string> args, bool block = false) {
  Directive made;
  made.name = word("cache");
  for (std::string& arg : args) made.args.push_back(word(std::move(arg)));
  made.has_block = block;
  return made;
}

TEST(ReadZones, NamesWithAndWithoutFinalDot) {
  const std::vector<Token> words{word("Example.com"), word("example.net."), word(".")};
  const std::vector<Name> zones = read_zones(words);
  ASSERT_EQ(zones.size(), 3u);
  EXPECT_EQ(zones[0].text(), "example.com.");
  EXPECT_EQ(zones[1].text(), "example.net.");
  EXPECT_TRUE(zones[2].view().is_root());
  const std::vector<Token> bad{word("example.com"), word("a..b")};
  EXPECT_TRUE(
      error_of([&] { read_zones(bad); }).starts_with("Corefile:4 - 'a..b' is no domain name: "));
}

TEST(ReadZones, PrefixesStandForTheirReverseZones) {  // spec/corefile.md, sections 7 and 10
  const std::pair<const char*, std::vector<std::string>> rows[] = {
      {"10.0.0.0/24", {"0.0.10.in-addr.arpa."}},
      {"10.1.2.3/8", {"10.in-addr.arpa."}},
      {"10.0.0.0/15", {"0.10.in-addr.arpa.", "1.10.in-addr.arpa."}},
      {"2001:db8::/32", {"8.b.d.0.1.0.0.2.ip6.arpa."}},
      {"10.0.0.0", {"10.0.0.0."}},
      {"0/25.2.0.192.in-addr.arpa", {"0/25.2.0.192.in-addr.arpa."}},
  };
  for (const auto& [text, names] : rows) {
    const Token token = word(text);
    std::vector<std::string> found;
    for (const Name& zone : read_zones({&token, 1})) found.push_back(zone.text());
    EXPECT_EQ(found, names) << text;
  }
  const Token bad = word("10.0.0.0/33");
  EXPECT_EQ(error_of([&] { read_zones({&bad, 1}); }), "Corefile:4 - invalid CIDR 10.0.0.0/33");
}

TEST(ReadZones, WarnsOfZonesThatTheBlockIsNotAskedFor) {
  const struct {
    const char* words;
    std::vector<std::string> block;
    std::string problems;
  } rows[] = {
      {"example.com a.example.com com .", {"example.com."}, ""},
      {"a.example.org example.com",
       {"example.com."},
       "Corefile:1 - Warning: no question for a.example.org. comes to this server block, which is "
       "for example.com.\n"},
      {"example.org",
       {"example.com.", "example.net."},
       "Corefile:1 - Warning: no question for example.org. comes to this server block, which is "
       "for example.com. and others\n"},
      {"10.0.0.0/15", {"1.10.in-addr.arpa."}, ""},
      {"10.2.0.0/15 10.4.0.0/16",
       {"1.10.in-addr.arpa."},
       "Corefile:1 - Warning: no question for 10.2.0.0/15 comes to this server block, which is for "
       "1.10.in-addr.arpa.\n"
       "Corefile:1 - Warning: no question for 4.10.in-addr.arpa. comes to this server block, which "
       "is for 1.10.in-addr.arpa.\n"},
  };
  for (const auto& row : rows) {
    kit::FakeSetup setup("plugin " + std::string(row.words), row.block);
    read_zones(setup.lines()[0].args, setup);
    EXPECT_EQ(setup.problem_text(), row.problems) << row.words;
  }
}

TEST(ExpectOneLine, ReportsTheOthers) {
  kit::FakeSetup setup("a\nb\nc");
  expect_one_line(setup);
  EXPECT_EQ(setup.problem_text(),
            "Corefile:2 - this plugin can only be used once per Server Block\n"
            "Corefile:3 - this plugin can only be used once per Server Block\n");
  kit::FakeSetup none("");
  expect_one_line(none);
  EXPECT_EQ(none.problem_text(), "");
}

// A quoted word may hold anything, and a message is one line of a log.
TEST(Words, AreFitForALineOfAMessage) {
  const std::string odd = "a\n[INFO] b" + std::string(200, 'x');
  const std::string shown = excerpt(odd);
  Problems problems;
  Directive named = line({});
  named.name = word(odd);
  const std::string errors[] = {
      error_of([&] { read_duration(word(odd)); }),
      error_of([&] { read_number(word(odd), 0, 1); }),
      error_of([&] { read_qtype(word(odd)); }),
      error_of([&] { read_prefix(word(odd), problems); }),
      error_of([&] { expect_args(line({odd}), 2, 2, false); }),
      error_of([&] { expect_args(line({odd}), 0, 0, false); }),
      error_of([&] { expect_args(named, 1, 1, false); }),
      error_of([&] { unknown_property(named, {}); }),
  };
  for (const std::string& error : errors) {
    EXPECT_NE(error.find(shown), std::string::npos) << error;
    EXPECT_EQ(error.find('\n'), std::string::npos) << error;
  }
}

TEST(ExpectArgs, CountsAndBlocks) {
  EXPECT_EQ(error_of([] { expect_args(line({"a"}), 1, 2, false); }), "");
  EXPECT_EQ(error_of([] { expect_args(line({"a", "b"}, true), 1, 2, true); }), "");
  EXPECT_EQ(error_of([] { expect_args(line({}), 1, 2, false); }),
            "Corefile:4 - Wrong argument count or unexpected line ending after 'cache'");
  EXPECT_EQ(error_of([] { expect_args(line({"a"}), 2, 2, false); }),
            "Corefile:4 - Wrong argument count or unexpected line ending after 'a'");
  EXPECT_EQ(error_of([] {
              expect_args(line({"a", "b"}), 0, 1, false);
            }),
            "Corefile:4 - unexpected argument 'b' behind cache");
  EXPECT_EQ(error_of([] { expect_args(line({}, true), 0, 1, false); }),
            "Corefile:4 - cache takes no block");
}

TEST(UnknownProperty, SuggestsTheNearest) {
  Directive property = line({});
  property.name = word("treshold");
  const std::string_view known[] = {"interval", "threshold"};
  EXPECT_EQ(error_of([&] { unknown_property(property, known); }),
            "Corefile:4 - unknown property 'treshold'; did you mean 'threshold'?");
}

}  // namespace
}  // namespace signpost
