#include "app/command_line.h"

#include <gtest/gtest.h>

namespace signpost {
namespace {

using Words = std::vector<std::string>;

CommandLine parse(const Words& words) { return parse_command_line(words); }

std::string error_of(const Words& words) {
  try {
    parse_command_line(words);
  } catch (const UsageError& e) {
    return e.what();
  }
  return "";
}

TEST(CommandLine, NothingMeansServe) {
  const CommandLine line = parse({});
  EXPECT_EQ(line.command, CommandLine::serve);
  EXPECT_EQ(line.port, 53);
  EXPECT_EQ(line.workers, 0u);
  EXPECT_EQ(line.udp_payload, 1232);
  EXPECT_TRUE(line.conf.empty() && !line.quiet);
}

TEST(CommandLine, GoStyleFlags) {  // spec/corefile.md, section 12
  for (const Words& words :
       {Words{"-conf", "a", "-dns.port", "1053"}, Words{"--conf", "a", "--p", "1053"},
        Words{"-conf=a", "-p=1053"}, Words{"--conf=a", "--dns.port=1053"}}) {
    const CommandLine line = parse(words);
    EXPECT_EQ(line.conf, "a");
    EXPECT_EQ(line.port, 1053);
  }
  EXPECT_TRUE(parse({"-quiet"}).quiet);
  EXPECT_TRUE(parse({"-quiet=true"}).quiet);
  EXPECT_FALSE(parse({"-quiet=false"}).quiet);
  EXPECT_EQ(parse({"-pidfile", "/run/x"}).pidfile, "/run/x");
  EXPECT_EQ(parse({"-conf=a=b"}).conf, "a=b") << "only the first = separates";
  EXPECT_EQ(parse({"-conf", "-x"}).conf, "-x") << "the word behind is the value, as in Go";
  EXPECT_EQ(parse({"-conf", "a", "-conf", "b"}).conf, "b");
}

TEST(CommandLine, TcpLimits) {
  EXPECT_EQ(parse({}).tcp.connections, 8192u);
  EXPECT_EQ(parse({}).tcp.per_client, 64u);
  EXPECT_EQ(parse({}).tcp.idle_ms, 10'000u);
  EXPECT_EQ(parse({"-tcp-connections", "100"}).tcp.connections, 100u);
  EXPECT_EQ(parse({"-tcp-per-client=8"}).tcp.per_client, 8u);
  EXPECT_EQ(parse({"-tcp-idle", "1m30s"}).tcp.idle_ms, 90'000u);
  EXPECT_EQ(error_of({"-tcp-connections", "0"}),
            "-tcp-connections: '0' is no number from 1 to 1000000");
  EXPECT_EQ(error_of({"-tcp-idle", "500ms"}),
            "-tcp-idle: '500ms' is out of range: expected 1s to 1h");
  EXPECT_EQ(error_of({"-tcp-idle", "10"}),
            "-tcp-idle: '10' is no duration (a unit is missing): expected for example 500ms, 10s "
            "or 1h30m");
}

TEST(CommandLine, Commands) {
  EXPECT_EQ(parse({"check", "-conf", "x"}).command, CommandLine::check);
  EXPECT_EQ(parse({"-conf", "x", "check"}).command, CommandLine::check);
  EXPECT_FALSE(parse({"check"}).broken_zones);
  EXPECT_TRUE(parse({"check", "-allow-broken-zones"}).broken_zones);
  EXPECT_EQ(parse({"plugins"}).command, CommandLine::plugins);
  EXPECT_EQ(parse({"-plugins"}).command, CommandLine::plugins);
  EXPECT_EQ(parse({"-version"}).command, CommandLine::version);
  EXPECT_EQ(parse({"help"}).command, CommandLine::help);
  EXPECT_EQ(parse({"man", "health"}).words, Words{"health"});
  EXPECT_EQ(parse({"man", "check"}).words, Words{"check"}) << "a word of man is no command";
  EXPECT_EQ(parse({"zone", "dump", "F"}).command, CommandLine::zone);
  EXPECT_EQ(parse({"zone", "check", "F", "O"}).words, (Words{"check", "F", "O"}));
  EXPECT_EQ(parse({"zone", "diff", "A", "B"}).words, (Words{"diff", "A", "B"}));
  EXPECT_EQ(parse({"zone", "dump", "-"}).words, (Words{"dump", "-"})) << "standard input";
  const CommandLine explain =
      parse({"explain", "www.example.com", "A", "-client", "192.0.2.1", "-ecs", "192.0.2.0/24",
             "-down", "use1", "-down", "euw1", "-json"});
  EXPECT_EQ(explain.command, CommandLine::explain);
  EXPECT_EQ(explain.words, (Words{"www.example.com", "A"}));
  EXPECT_EQ(explain.client, "192.0.2.1");
  EXPECT_EQ(explain.ecs, "192.0.2.0/24");
  EXPECT_EQ(explain.down, (Words{"use1", "euw1"}));
  EXPECT_TRUE(explain.json);
  EXPECT_TRUE(parse({"zone", "diff", "-json", "A", "B"}).json);
}

TEST(CommandLine, Errors) {
  const std::pair<Words, const char*> rows[] = {
      {{"-cnof", "x"}, "flag provided but not defined: -cnof; did you mean 'conf'?"},
      {{"-conf"}, "flag needs an argument: -conf"},
      {{"-quiet=maybe"}, "-quiet takes no value"},
      {{"-p", "65536"}, "'65536' is no number from"},
      {{"-p", "x"}, "'x' is no number from"},
      {{"-p", ""}, "'' is no number from"},
      {{"-udp-payload", "511"}, "-udp-payload: '511' is no number from 512 to 4096"},
      {{"-udp-payload=4097"}, "-udp-payload: '4097' is no number from 512 to 4096"},
      {{"chekc"}, "extra command line arguments: [chekc]; did you mean 'check'?"},
      {{"check", "x", "y"}, "extra command line arguments: [x y]"},
      {{"man"}, "expected: signpost man PLUGIN"},
      {{"man", "a", "b"}, "expected: signpost man PLUGIN"},
      {{"explain"}, "expected: signpost explain NAME [TYPE]"},
      {{"explain", "a", "b", "c"}, "expected: signpost explain NAME [TYPE]"},
      {{"zone"}, "expected: signpost zone dump|check|diff FILE..."},
      {{"zone", "dump"}, "expected: signpost zone dump FILE [ORIGIN]"},
      {{"zone", "check", "a", "b", "c"}, "expected: signpost zone check FILE [ORIGIN]"},
      {{"zone", "diff", "a"}, "expected: signpost zone diff OLD NEW [ORIGIN] [-json]"},
      {{"zone", "diff", "-", "-", "x.test"}, "standard input can be read only once"},
      {{"zone", "fiff", "a"}, "expected dump, check or diff; did you mean 'diff'?"},
      {{"-"}, "extra command line arguments: [-]"},
  };
  for (const auto& [words, error] : rows)
    EXPECT_NE(error_of(words).find(error), std::string::npos) << error << "\n" << error_of(words);
}

TEST(CommandLine, TroubleOfADiffHasItsOwnStatus) {  // as with diff(1)
  const auto status_of = [](const Words& words) {
    try {
      parse_command_line(words);
    } catch (const UsageError& e) {
      return e.status;
    }
    return 0;
  };
  EXPECT_EQ(status_of({"zone", "diff", "a"}), 2);
  EXPECT_EQ(status_of({"zone", "diff", "a", "b", "-cnof"}), 2);
  EXPECT_EQ(status_of({"-quiet", "zone", "diff", "a"}), 2);
  EXPECT_EQ(status_of({"zone", "-json", "diff", "a"}), 2);
  EXPECT_EQ(status_of({"zone", "--json=true", "diff", "a", "b", "c", "d"}), 2);
  EXPECT_EQ(status_of({"zone", "dump"}), 1);
  EXPECT_EQ(status_of({"-cnof"}), 1);
}

TEST(CommandLine, RefusesFlagsOfOtherCommands) {
  const std::pair<Words, const char*> rows[] = {
      {{"-json"},
       "'signpost' has no flag -json, which is of 'signpost explain', 'signpost zone diff'"},
      {{"-client", "1"}, "'signpost' has no flag -client, which is of 'signpost explain'"},
      {{"-conf", "x", "-portable"},
       "'signpost' has no flag -portable, which is of 'signpost check'"},
      {{"check", "-json=false"}, "'signpost check' has no flag -json, which is of"},
      {{"plugins", "-portable"}, "'signpost plugins' has no flag -portable"},
      {{"zone", "dump", "-json", "F"}, "'signpost zone dump' has no flag -json"},
      {{"zone", "check", "F", "-conf", "x"}, "'signpost zone check' has no flag -conf"},
      {{"zone", "diff", "A", "B", "-workers", "2"},
       "'signpost zone diff' has no flag -workers, which is of "
       "'signpost', 'signpost check', 'signpost plugins', 'signpost explain'"},
      {{"man", "zone", "-conf", "x"}, "'signpost man' has no flag -conf"},
      {{"man", "a", "-plugins", "-conf", "x"}, "extra command line arguments"},
  };
  for (const auto& [words, error] : rows)
    EXPECT_NE(error_of(words).find(error), std::string::npos) << error << "\n" << error_of(words);
  for (const Words& words :
       {Words{"-plugins", "-quiet", "-conf", "x", "-pidfile", "y"}, Words{"-version", "-json"},
        Words{"check", "-help"}, Words{"zone", "dump", "-help"},
        Words{"zone", "check", "F", "-quiet"}, Words{"man", "zone", "-plugin-dir", "x"},
        Words{"explain", "a", "-p", "1053"}, Words{"zone", "dump", "F", "-quiet"},
        // What stands in a unit's variable for the start may stand in front of it as well.
        Words{"check", "-conf", "x", "-workers", "2", "-pidfile", "y", "-state-dir", "z",
              "-udp-payload", "1232", "-tcp-connections", "9", "-tcp-per-client", "9", "-tcp-idle",
              "9s", "-quiet"}})
    EXPECT_EQ(error_of(words), "");
}

TEST(CommandLine, UsageNamesEveryFlag) {
  const std::string usage = usage_text();
  for (const char* flag :
       {"-conf", "-dns.port", "-p ", "-pidfile", "-plugins", "-quiet", "-version", "-state-dir",
        "-plugin-dir", "-client", "-ecs", "-down", "-json"})
    EXPECT_NE(usage.find(flag), std::string::npos) << flag;
}

}  // namespace
}  // namespace signpost
