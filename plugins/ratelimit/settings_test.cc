#include "settings.h"

#include <gtest/gtest.h>

#include "kit/fake_setup.h"

namespace signpost::ratelimit {
namespace {

using Rates = std::array<double, kCategories>;

TEST(Settings, words_of_the_rrl_plugin) {
  kit::FakeSetup setup(
      "rrl example.com {\n window 5\n ipv4-prefix-length 32\n ipv6-prefix-length 64\n"
      " responses-per-second 10\n nodata-per-second 9.5\n nxdomains-per-second 8\n"
      " referrals-per-second 0\n errors-per-second 6\n slip-ratio 4\n requests-per-second 100\n"
      " max-table-size 5000\n report-only\n}");
  const Settings s(setup);
  EXPECT_EQ(setup.problem_text(), "");
  EXPECT_EQ(s.rates, (Rates{10, 9.5, 8, 0, 6, 100}));
  EXPECT_EQ(s.window.count(), 5);
  EXPECT_EQ(s.ipv4_length, 32);
  EXPECT_EQ(s.ipv6_length, 64);
  EXPECT_EQ(s.slip, 4u);
  EXPECT_EQ(s.table_size, 5000u);
  EXPECT_TRUE(s.report_only);
  EXPECT_FALSE(s.any_exempt);
  ASSERT_EQ(s.zones.size(), 1u);
  EXPECT_EQ(s.zones[0].text(), "example.com.");
}

TEST(Settings, defaults) {
  kit::FakeSetup setup("ratelimit {\n responses-per-second 20\n}");
  const Settings s(setup);
  EXPECT_EQ(s.rates, (Rates{20, 20, 20, 20, 20, 0}));
  EXPECT_EQ(s.window.count(), 15);
  EXPECT_EQ(s.ipv4_length, 24);
  EXPECT_EQ(s.ipv6_length, 56);
  EXPECT_EQ(s.slip, 2u);
  EXPECT_EQ(s.table_size, 100'000u);
  EXPECT_FALSE(s.report_only);
  EXPECT_TRUE(s.zones.empty());
}

TEST(Settings, words_of_bind_and_exempt_lists) {
  kit::FakeSetup setup(
      "ratelimit {\n all-per-second 0.5\n slip 0\n log-only\n exempt 192.0.2.0/24 ::1\n"
      " exempt 10.0.0.1\n}");
  const Settings s(setup);
  EXPECT_EQ(setup.problem_text(), "");
  EXPECT_EQ(s.rates, (Rates{0, 0, 0, 0, 0, 0.5}));
  EXPECT_EQ(s.slip, 0u);
  EXPECT_TRUE(s.report_only);
  for (const char* in : {"192.0.2.7", "::1", "10.0.0.1"})
    EXPECT_EQ(s.exempt.find(*Address::parse(in)).row, 0u) << in;
  for (const char* out : {"192.0.3.7", "::2", "10.0.0.2"})
    EXPECT_EQ(s.exempt.find(*Address::parse(out)).row, no_row) << out;
}

TEST(Settings, lines_in_error) {
  const struct {
    std::string line, problem;
  } cases[] = {
      {"response-per-second 5",
       "unknown property 'response-per-second'; did you mean 'responses-per-second'?"},
      {"slip-ratio 11", "'11' is no whole number from 0 to 10"},
      {"window 0", "'0' is no whole number from 1 to 3600"},
      {"window 5 s", "unexpected argument 's' behind window"},
      {"report-only yes", "unexpected argument 'yes' behind report-only"},
      {"errors-per-second",
       "Wrong argument count or unexpected line ending after "
       "'errors-per-second'"},
      {"errors-per-second five",
       "'five' is no rate: expected answers per second from 0.01 to 1000000, or 0 for no limit"},
      {"errors-per-second -1", "'-1' is no rate: "},
      {"errors-per-second 0.001", "'0.001' is no rate: "},
      {"errors-per-second 2000000", "'2000000' is no rate: "},
      {"errors-per-second nan", "'nan' is no rate: "},
      {"ipv4-prefix-length 33", "'33' is no whole number from 1 to 32"},
      {"ipv6-prefix-length 0", "'0' is no whole number from 1 to 128"},
      {"max-table-size 0", "'0' is no whole number from 8 to 16777216"},
      {"exempt", "Wrong argument count or unexpected line ending after 'exempt'"},
      {"exempt localhost", "'localhost' is no prefix and no address: "},
      {"slip 2\nslip-ratio 2", "slip-ratio is given already, at Corefile:3"},
  };
  for (const auto& c : cases) {
    kit::FakeSetup setup("ratelimit {\nresponses-per-second 5\n" + c.line + "\n}");
    const Settings s(setup);
    const std::string text = setup.problem_text();
    EXPECT_EQ(text.substr(0, 9), "Corefile:") << c.line;
    EXPECT_EQ(text.substr(13, c.problem.size()), c.problem) << c.line;
  }
}

TEST(Settings, a_line_without_a_rate_limits_nothing) {
  kit::FakeSetup setup("ratelimit {\n window 5\n}");
  const Settings s(setup);
  EXPECT_EQ(setup.problem_text(),
            "Corefile:1 - Warning: ratelimit limits nothing without a rate; add for example: "
            "responses-per-second 20\n");
}

TEST(Settings, zones_outside_the_block_are_warned_of) {
  kit::FakeSetup setup("ratelimit exmaple.com {\n responses-per-second 5\n}");
  const Settings s(setup);
  EXPECT_EQ(setup.problem_text(),
            "Corefile:1 - Warning: no question for exmaple.com. comes to this server block, which "
            "is for example.com.\n");
}

TEST(Settings, stands_once_in_a_block) {
  kit::FakeSetup setup("ratelimit {\n errors-per-second 5\n}\nrrl {\n errors-per-second 5\n}");
  const Settings s(setup);
  EXPECT_EQ(setup.problem_text(),
            "Corefile:4 - this plugin can only be used once per Server Block\n");
}

}  // namespace
}  // namespace signpost::ratelimit
