#include "report.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace signpost::ratelimit {
namespace {

constexpr std::array<double, kCategories> kRates{5, 5, 2.5, 5, 5, 100};

Incident incident(const char* client, uint64_t at_ms, Category category = Category::nxdomain) {
  Incident incident;
  incident.client = Prefix::parse(client).value();
  incident.category = category;
  incident.at_ms = at_ms;
  return incident;
}

Incident ended(const char* client, uint64_t at_ms, uint64_t dropped, uint64_t truncated,
               uint64_t lasted_ms) {
  Incident incident = ratelimit::incident(client, at_ms);
  incident.ended = true;
  incident.dropped = dropped;
  incident.truncated = truncated;
  incident.lasted_ms = lasted_ms;
  return incident;
}

std::string line(Report& report, const Incident& incident) {
  std::vector<uint8_t> record(sizeof incident);
  std::memcpy(record.data(), &incident, sizeof incident);
  std::string out;
  report.format(record, out);
  return out;
}

TEST(Report, tells_beginning_and_end) {
  Report report(kRates, false);
  EXPECT_EQ(
      line(report, incident("192.0.2.0/24", 1000)),
      "[WARNING] plugin/ratelimit: limiting NXDOMAIN answers to 192.0.2.0/24: more than 2.5 a "
      "second");
  EXPECT_EQ(line(report, ended("192.0.2.0/24", 33'000, 7, 3, 16'001)),
            "[INFO] plugin/ratelimit: no longer limiting NXDOMAIN answers to 192.0.2.0/24: 7 were "
            "dropped, 3 truncated in 17s");
  EXPECT_EQ(line(report, incident("2001:db8::/56", 40'000, Category::request)),
            "[WARNING] plugin/ratelimit: limiting answers of all kinds to 2001:db8::/56: more than "
            "100 a second");
}

TEST(Report, a_client_that_several_workers_limit_makes_one_line) {
  Report report(kRates, false);
  EXPECT_NE(line(report, incident("192.0.2.0/24", 1000)), "");
  EXPECT_EQ(line(report, incident("192.0.2.0/24", 1100)), "");
  EXPECT_NE(line(report, incident("192.0.2.0/24", 1200, Category::error)), "");
  EXPECT_EQ(line(report, ended("192.0.2.0/24", 20'000, 10, 1, 4000)), "");
  EXPECT_EQ(line(report, ended("192.0.2.0/24", 21'000, 5, 1, 2000)),
            "[INFO] plugin/ratelimit: no longer limiting NXDOMAIN answers to 192.0.2.0/24: 15 were "
            "dropped, 2 truncated in 4s");
  EXPECT_NE(line(report, incident("192.0.2.0/24", 30'000)), "");
}

TEST(Report, says_what_would_have_been) {
  Report report(kRates, true);
  EXPECT_EQ(
      line(report, incident("192.0.2.0/24", 0)),
      "[WARNING] plugin/ratelimit: would limit NXDOMAIN answers to 192.0.2.0/24: more than 2.5 "
      "a second");
  EXPECT_EQ(line(report, ended("192.0.2.0/24", 15'000, 1, 0, 0)),
            "[INFO] plugin/ratelimit: would no longer limit NXDOMAIN answers to 192.0.2.0/24: 1 "
            "would have been dropped, 0 truncated in 0s");
}

TEST(Report, writes_a_few_lines_a_second) {
  Report report(kRates, false);
  unsigned lines = 0;
  for (unsigned i = 0; i < 100; ++i) {
    const std::string client = "10.0." + std::to_string(i) + ".0/24";
    lines += !line(report, incident(client.c_str(), 5000 + i)).empty();
  }
  EXPECT_EQ(lines, Report::kLinesPerSecond);
  const std::string next = line(report, incident("192.0.2.0/24", 6000));
  EXPECT_EQ(next.substr(next.find(" (")), " (96 more lines were held back)");
}

// A full ring drops records: of a beginning, or of an end.
TEST(Report, survives_lost_records) {
  Report report(kRates, false);
  EXPECT_NE(line(report, ended("192.0.2.0/24", 1000, 5, 1, 2000)), "");
  EXPECT_NE(line(report, incident("198.51.100.0/24", 2000)), "");
  EXPECT_EQ(line(report, incident("198.51.100.0/24", 500'000)), "");
  EXPECT_NE(line(report, incident("198.51.100.0/24", 1'200'000)), "");
  for (unsigned i = 0; i < 2 * Report::kMostKnown; ++i)
    line(report,
         incident(
             ("10." + std::to_string(i / 256) + "." + std::to_string(i % 256) + ".0/24").c_str(),
             1'300'000 + 1000 * i));
  std::string out;
  report.format(std::vector<uint8_t>(3), out);
  EXPECT_EQ(out, "");
}

}  // namespace
}  // namespace signpost::ratelimit
