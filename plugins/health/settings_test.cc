#include "settings.h"

#include <gtest/gtest.h>

#include <string>

#include "kit/fake_setup.h"

namespace signpost::health {
namespace {

using namespace std::chrono_literals;
using kit::FakeSetup;

Settings read(std::string_view text) {
  FakeSetup setup(text);
  Settings settings(setup);
  EXPECT_EQ(setup.problem_text(), "") << text;
  return settings;
}

// One check of a block, as the text of its lines.
CheckSpec read_check(const std::string& lines) {
  Settings settings = read("health {\n" + lines + "\n}\n");
  if (settings.checks.empty()) throw std::logic_error("no check in " + lines);
  return settings.checks.back();
}

TEST(Settings, ListensAsCoreDnsDoes) {
  struct {
    const char* text;
    std::vector<std::string> addresses;
  } const cases[] = {
      {"health", {":8080"}},
      {"health :8091", {":8091"}},
      {"health 127.0.0.1:8080", {"127.0.0.1:8080"}},
      {"health [::1]:8080", {"[::1]:8080"}},
      {"health localhost:8080", {"127.0.0.1:8080"}},
      {"health {\nlameduck 5s\n}", {":8080"}},
      {"health {\ncheck a tcp 192.0.2.1:1\n}", {}},
      {"health :8080 {\ncheck a tcp 192.0.2.1:1\n}", {":8080"}},
      {"health {\ncheck a tcp 192.0.2.1:1\n}\nhealth :1\nhealth :2", {":1", ":2"}},
      {"", {}},
  };
  for (const auto& c : cases) {
    std::vector<std::string> addresses;
    for (const ListenAddress& address : read(c.text).endpoints) addresses.push_back(address.text);
    EXPECT_EQ(addresses, c.addresses) << c.text;
  }
}

TEST(Settings, TheLongestLameduckCounts) {
  EXPECT_EQ(read("health").lameduck, std::nullopt);
  EXPECT_EQ(read("health {\nlameduck 5s\n}\nhealth :1 {\nlameduck 2s\n}").lameduck, 5s);
}

TEST(Settings, Targets) {
  struct {
    const char* words;
    const char* thing;
  } const cases[] = {
      {"http 192.0.2.10", "http 192.0.2.10:80/ host= status=200-399"},
      {"http 192.0.2.10/healthz", "http 192.0.2.10:80/healthz host= status=200-399"},
      {"http 192.0.2.10:8080/a/b?c=d/e", "http 192.0.2.10:8080/a/b?c=d/e host= status=200-399"},
      {"http 192.0.2.10?x=1", "http 192.0.2.10:80/?x=1 host= status=200-399"},
      {"http [2001:DB8:0::1]/x", "http [2001:db8::1]:80/x host= status=200-399"},
      {"http [2001:db8::1]:81", "http [2001:db8::1]:81/ host= status=200-399"},
      {"http Origin.Example.NET.", "http origin.example.net:80/ host= status=200-399"},
      {"http 192.0.2.1/?to=http://a", "http 192.0.2.1:80/?to=http://a host= status=200-399"},
      {"https 192.0.2.10", "https 192.0.2.10:443/ host= status=200-399 verify=on sni=on"},
      {"tcp 192.0.2.30:5432", "tcp 192.0.2.30:5432"},
      {"tcp [2001:db8::1]:53", "tcp [2001:db8::1]:53"},
      {"tcp db.example.net:5432", "tcp db.example.net:5432"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(probed_thing(read_check(std::string("check a ") + c.words).probe), c.thing);
}

TEST(Settings, Properties) {
  struct {
    const char* check;
    const char* thing;
  } const cases[] = {
      {"http 192.0.2.1 {\nexpect \"all is well\"\n}",
       "http 192.0.2.1:80/ host= status=200-399 expect=all is well"},
      {"http 192.0.2.1 {\nstatus 200\n}", "http 192.0.2.1:80/ host= status=200-200"},
      {"http 192.0.2.1 {\nstatus 200-299\n}", "http 192.0.2.1:80/ host= status=200-299"},
      {"http 192.0.2.1 {\nhost www.example.com\n}",
       "http 192.0.2.1:80/ host=www.example.com status=200-399"},
      {"http 192.0.2.1:8080 {\nhost www.example.com\n}",
       "http 192.0.2.1:8080/ host=www.example.com:8080 status=200-399"},
      {"http 192.0.2.1:8080 {\nhost www.example.com:80\n}",
       "http 192.0.2.1:8080/ host=www.example.com:80 status=200-399"},
      {"https 192.0.2.1 {\nhost www.example.com\nverify off\nsni off\n}",
       "https 192.0.2.1:443/ host=www.example.com status=200-399 verify=off sni=off"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(probed_thing(read_check(std::string("check a ") + c.check).probe), c.thing);
  const CheckSpec plain = read_check("check a tcp 192.0.2.1:1");
  EXPECT_FALSE(plain.inverted || plain.disabled);
  const CheckSpec marked = read_check("check a tcp 192.0.2.1:1 {\ninvert\ndisabled\n}");
  EXPECT_TRUE(marked.inverted && marked.disabled);
}

TEST(Settings, TimingComesFromTheCheckThenTheDirectiveThenRoute53) {
  struct {
    const char* lines;
    const char* timing;
  } const cases[] = {
      {"check a tcp 192.0.2.1:1", "interval=30000 timeout=0 rise=3 fall=3"},
      {"interval 10s\ntimeout 2s\nthreshold 2\ncheck a tcp 192.0.2.1:1",
       "interval=10000 timeout=2000 rise=2 fall=2"},
      {"check a tcp 192.0.2.1:1\ninterval 10s", "interval=10000 timeout=0 rise=3 fall=3"},
      {"threshold 5\nrise 1\ncheck a tcp 192.0.2.1:1", "interval=30000 timeout=0 rise=1 fall=5"},
      {"rise 1\nfall 2\ncheck a tcp 192.0.2.1:1 {\nthreshold 7\n}",
       "interval=30000 timeout=0 rise=7 fall=7"},
      {"threshold 5\ncheck a tcp 192.0.2.1:1 {\nfall 2\ninterval 100ms\ntimeout 50ms\n}",
       "interval=100 timeout=50 rise=5 fall=2"},
  };
  for (const auto& c : cases) {
    const CheckSpec check = read_check(c.lines);
    EXPECT_EQ(timing_text(check.timing), c.timing) << c.lines;
    EXPECT_EQ(check.probe.timeout, check.timing.timeout);
  }
}

TEST(Settings, CalculatedChecks) {
  const Settings settings = read(R"(health {
    check site all b a
    check a tcp 192.0.2.1:1
    check b tcp 192.0.2.2:1
    check one any a b
    check none at-least 0 a {
        invert
    }
})");
  ASSERT_EQ(settings.checks.size(), 5u);
  EXPECT_EQ(settings.rows, 5u);
  EXPECT_EQ(settings.checks[0].children, (std::vector<size_t>{2, 1}));
  EXPECT_EQ(settings.checks[0].wanted, 2u);
  EXPECT_EQ(settings.checks[0].target, "2 of b a");
  EXPECT_EQ(settings.checks[3].wanted, 1u);
  EXPECT_EQ(settings.checks[4].wanted, 0u);
  EXPECT_TRUE(settings.checks[4].inverted);
}

TEST(Settings, Errors) {
  struct {
    const char* text;
    const char* problem;  // whole text of the only problem, or its beginning if it ends in "..."
  } const cases[] = {
      {"health :8080 :9090", "Corefile:1 - ..."},
      {"health 8080",
       "Corefile:1 - '8080' is no address to listen on: expected ADDRESS:PORT, [ADDRESS]:PORT or "
       ":PORT, such as :8080"},
      {"health :70000", "Corefile:1 - ':70000' is no address to listen on: ..."},
      {"health {\nlameduk 5s\n}",
       "Corefile:2 - unknown property 'lameduk'; did you mean 'lameduck'?"},
      {"health {\ninterval 50ms\n}", "Corefile:2 - '50ms' is out of range: expected 100ms to 1h"},
      {"health {\ninterval 99.9ms\n}", "Corefile:2 - '99.9ms' is out of range: ..."},
      {"health {\ninterval 2h\n}", "Corefile:2 - '2h' is out of range: ..."},
      {"health {\ntimeout 9.9ms\n}", "Corefile:2 - '9.9ms' is out of range: expected 10ms to 1m"},
      {"health {\ntimeout 60000.1ms\n}", "Corefile:2 - '60000.1ms' is out of range: ..."},
      {"health {\nthreshold 11\n}", "Corefile:2 - ..."},
      {"health {\nrise 0\n}", "Corefile:2 - ..."},
      {"health {\ncheck\n}", "Corefile:2 - expected: check NAME KIND TARGET"},
      {"health {\ncheck \"\" tcp 192.0.2.1:1\n}", "Corefile:2 - a check needs a name"},
      {"health {\ncheck a\n}",
       "Corefile:2 - check 'a' needs a kind: http, https, tcp, any, all or at-least"},
      {"health {\ncheck a htttp 192.0.2.1\n}",
       "Corefile:2 - unknown kind of check 'htttp'; did you mean 'http'?; expected ..."},
      {"health {\ncheck a http\n}",
       "Corefile:2 - check 'a' needs a target: check a http HOST:PORT"},
      {"health {\ncheck a http 192.0.2.1 192.0.2.2\n}", "Corefile:2 - ..."},
      {"health {\ncheck a http http://192.0.2.1/\n}", "Corefile:2 - leave out 'http://': ..."},
      {"health {\ncheck a http 2001:db8::1\n}",
       "Corefile:2 - write an IPv6 address in brackets, as in [2001:db8::1]:80; found "
       "'2001:db8::1'"},
      {"health {\ncheck a http [2001:db8::1\n}", "Corefile:2 - '[' without ']' ..."},
      {"health {\ncheck a http [192.0.2.1]\n}", "Corefile:2 - '192.0.2.1' is no IPv6 address"},
      {"health {\ncheck a http [::1]x\n}",
       "Corefile:2 - expected ':PORT' or '/PATH' after ']' ..."},
      {"health {\ncheck a http 192.0.2.256\n}",
       "Corefile:2 - '192.0.2.256' is no host: it is no IPv4 address"},
      {"health {\ncheck a http /healthz\n}",
       "Corefile:2 - no host in '/healthz'; expected HOST:PORT"},
      {"health {\ncheck a http \"exam ple.net\"\n}", "Corefile:2 - 'exam ple.net' is no host: ..."},
      {"health {\ncheck a http 192.0.2.1:0\n}", "Corefile:2 - bad port '0'; expected 1 to 65535"},
      {"health {\ncheck a http 192.0.2.1:65536\n}", "Corefile:2 - bad port '65536'; ..."},
      {"health {\ncheck a http 192.0.2.1:/\n}", "Corefile:2 - bad port ''; ..."},
      {"health {\ncheck a http \"192.0.2.1/a b\"\n}", "Corefile:2 - a path has no spaces ..."},
      {"health {\ncheck a http 192.0.2.1/a#b\n}", "Corefile:2 - '#' and what follows ..."},
      {"health {\ncheck a tcp 192.0.2.1\n}",
       "Corefile:2 - a tcp check needs a port: 192.0.2.1:PORT"},
      {"health {\ncheck a tcp 192.0.2.1:1/x\n}", "Corefile:2 - a tcp check has no path; ..."},
      {"health {\ncheck a tcp 192.0.2.1:1 {\nexpect ok\n}\n}",
       "Corefile:3 - 'expect' does not apply to a tcp check, which sends nothing; use http or "
       "https, "
       "or remove it"},
      {"health {\ncheck a http 192.0.2.1 {\nverify off\n}\n}",
       "Corefile:3 - 'verify' does not apply to a http check; only https has certificates"},
      {"health {\ncheck a https 192.0.2.1 {\nverify no\n}\n}",
       "Corefile:3 - expected 'on' or 'off' after 'verify', found 'no'"},
      {"health {\ncheck a http 192.0.2.1 {\nexpct ok\n}\n}",
       "Corefile:3 - unknown property 'expct'; did you mean 'expect'?"},
      {"health {\ncheck a http 192.0.2.1 {\nexpect \"\"\n}\n}",
       "Corefile:3 - the text expected must have 1 to 255 characters; it has 0"},
      {"health {\ncheck a http 192.0.2.1 {\nstatus 399-200\n}\n}",
       "Corefile:3 - status range '399-200' runs backwards; write 200-399"},
      {"health {\ncheck a http 192.0.2.1 {\nstatus 200-\n}\n}", "Corefile:3 - ..."},
      {"health {\ncheck a http 192.0.2.1 {\nstatus 99\n}\n}", "Corefile:3 - ..."},
      {"health {\ncheck a http 192.0.2.1 {\nhost http://www.example.com\n}\n}",
       "Corefile:3 - leave out 'http://'; expected a host name"},
      {"health {\ncheck a http 192.0.2.1 {\nhost \"a\rX-Evil:1\"\n}\n}", "Corefile:3 - ..."},
      {"health {\ncheck a http 192.0.2.1 {\ninvert\ninvert\n}\n}",
       "Corefile:4 - 'invert' is given twice; keep one"},
      {"health {\ncheck a http 192.0.2.1 {\ninvert yes\n}\n}", "Corefile:3 - ..."},
      {"health {\ncheck a tcp 192.0.2.1:1\ncheck a tcp 192.0.2.2:1\n}",
       "Corefile:3 - check 'a' is declared twice"},
      {"health {\ncheck a any\n}", "Corefile:2 - check 'a' counts no checks; name at least one"},
      {"health {\ncheck a at-least\n}", "Corefile:2 - expected: check a at-least N CHECK..."},
      {"health {\ncheck a at-least 257 b\ncheck b tcp 192.0.2.1:1\n}", "Corefile:2 - ..."},
      {"health {\ncheck use1 tcp 192.0.2.1:1\ncheck a any use2\n}",
       "Corefile:3 - no check is named 'use2'; did you mean 'use1'?"},
      {"health {\ncheck a any a\n}",
       "Corefile:2 - check 'a' is itself calculated and cannot be counted (H-32); ..."},
      {"health {\ncheck b tcp 192.0.2.1:1\ncheck c any b\ncheck d all b c\n}",
       "Corefile:4 - check 'c' is itself calculated and cannot be counted (H-32); name the checks "
       "that "
       "it counts"},
      {"health {\ncheck b tcp 192.0.2.1:1\ncheck c any b b\n}",
       "Corefile:3 - check 'b' is named twice; name it once"},
      {"health {\ncheck b tcp 192.0.2.1:1\ncheck c any b {\nexpect ok\n}\n}",
       "Corefile:4 - 'expect' does not apply to a calculated check; ..."},
      // Warnings.
      {"health {\ninterval 1s\ntimeout 2s\ncheck b tcp 192.0.2.1:1\n}",
       "Corefile:1 - Warning: check 'b' has a timeout longer than its interval; ..."},
      {"health {\ninterval 1s\ncheck b tcp 192.0.2.1:1 {\ntimeout 2s\n}\n}",
       "Corefile:3 - Warning: check 'b' has a timeout longer than its interval; ..."},
      {"health {\ncheck b tcp www.example.com:80\n}",
       "Corefile:2 - Warning: check 'b' probes www.example.com, a name of this block itself; ..."},
      {"health {\ncheck b tcp 192.0.2.1:1\ncheck c at-least 2 b\n}",
       "Corefile:3 - Warning: check 'c' can never be healthy: it wants 2 of 1 checks (H-31)"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    FakeSetup setup(c.text);
    const Settings settings(setup);
    ASSERT_EQ(setup.problems().all().size(), 1u) << setup.problem_text();
    std::string expected = c.problem, found = setup.problem_text();
    found.pop_back();
    if (expected.ends_with("...") && !expected.ends_with("CHECK...")) {
      expected.resize(expected.size() - 3);
      found.resize(std::min(found.size(), expected.size()));
    }
    EXPECT_EQ(found, expected);
  }
}

TEST(Settings, LimitsOnLengthAndNumber) {
  const auto problems = [](const std::string& text) {
    FakeSetup setup(text);
    const Settings settings(setup);
    return setup.problem_text();
  };
  const auto with_expect = [](size_t length) {
    return "health {\ncheck a http 192.0.2.1 {\nexpect " + std::string(length, 'x') + "\n}\n}";
  };
  EXPECT_EQ(problems(with_expect(255)), "");
  EXPECT_NE(problems(with_expect(256)), "");
  const auto with_path = [](size_t length) {
    return "health {\ncheck a http 192.0.2.1/" + std::string(length - 1, 'x') + "\n}";
  };
  EXPECT_EQ(problems(with_path(255)), "");
  EXPECT_NE(problems(with_path(256)), "");
  const auto counting = [](size_t number) {
    std::string checks, names;
    for (size_t i = 0; i < number; ++i) {
      checks += "check c" + std::to_string(i) + " tcp 192.0.2.1:1\n";
      names += " c" + std::to_string(i);
    }
    return "health {\n" + checks + "check all all" + names + "\n}";
  };
  EXPECT_EQ(problems(counting(256)), "");
  EXPECT_NE(problems(counting(257)), "");
}

TEST(Settings, ReportsEveryProblemAtOnce) {
  FakeSetup setup(R"(health {
    intervall 10s
    check a http 192.0.2.1 {
        statuss 200
        verify off
    }
    check b tcp 192.0.2.1
    check c any a b d
})");
  const Settings settings(setup);
  std::vector<uint32_t> lines;
  for (const Problem& problem : setup.problems().all()) lines.push_back(problem.where.line);
  EXPECT_EQ(lines, (std::vector<uint32_t>{2, 4, 5, 7, 8})) << setup.problem_text();
  EXPECT_EQ(setup.checks, (std::vector<std::string>{"a", "b", "c"}))
      << "a check in error is still declared, so that members naming it are not blamed";
}

TEST(Settings, TheRootZoneIsNoReasonToWarn) {
  FakeSetup setup("health {\ncheck a tcp www.example.net:80\n}", {"."});
  const Settings settings(setup);
  EXPECT_EQ(setup.problem_text(), "");
}

}  // namespace
}  // namespace signpost::health
