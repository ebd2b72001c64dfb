// Rows of the decision table of the steering law (spec, section 10): what stands in a group, what
// is unhealthy, and what is answered.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "kit/bench.h"

namespace signpost::kit {

// A block for example.com with checks hc1, hc2 … as in section 10.0, and `groups` in it.
inline std::string example_block(const std::string& groups) {
  std::string checks;
  for (const char* n : {"1", "2", "3", "9", "11", "12", "31", "32", "33", "34", "35", "99"})
    checks += "  check hc" + std::string(n) + " tcp 192.0.2." + n + ":80\n";
  return "example.com {\n zone db.example.com\n health {\n" + checks + " }\n" + groups + "\n}\n";
}

using Shares = std::map<std::string, double>;  // by the data of the answer, as Bench::shares()

struct Row {
  const char* name;  // number in the table and rules: "6 W-01 W-02"
  std::string groups;
  std::vector<std::string> unhealthy;
  Shares shares;  // 1: every answer
  std::string question = "www A";
  std::string client = "198.51.100.10";
};

// Share rows: 10,000 queries and two percentage points either way; "always" rows: 200, all the
// same.
inline void expect_row(Bench& bench, const Row& row) {
  const bool always = row.shares.size() == 1;
  const Shares found = bench.shares(row.question, always ? 200 : 10000, row.client);
  for (const auto& [data, share] : row.shares) {
    const auto at = found.find(data);
    EXPECT_NEAR(at == found.end() ? 0 : at->second, share, always ? 0 : 0.02)
        << row.name << ": " << data;
  }
  for (const auto& [data, share] : found)
    EXPECT_TRUE(row.shares.contains(data)) << row.name << ": also answers " << data;
}

inline void expect_rows(const std::vector<Row>& rows, const Files& files = {}) {
  for (const Row& row : rows) {
    Files all = files;
    all.emplace("db.example.com", plain_zone);
    Bench bench(example_block(row.groups), all);
    ASSERT_TRUE(bench.good()) << row.name << ": " << bench.problems()[0];
    bench.health(row.unhealthy);
    expect_row(bench, row);
  }
}

}  // namespace signpost::kit
