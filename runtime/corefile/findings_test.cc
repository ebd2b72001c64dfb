#include "signpost/findings.h"

#include <gtest/gtest.h>

namespace signpost {
namespace {

std::string told(size_t errors, size_t warnings) {
  Problems problems;
  Findings findings(problems);
  for (size_t i = 0; i < warnings; ++i) {
    EXPECT_EQ(findings.tells(false), i < kMaxFindings);
    findings.add(false, {"f", 7}, "w");
  }
  for (size_t i = 0; i < errors; ++i) {
    EXPECT_EQ(findings.tells(true), i < kMaxFindings);
    findings.add(true, {"f", 9}, "e" + std::to_string(i));
  }
  EXPECT_EQ(findings.any_error(), errors != 0);
  findings.tell_rest({"f", Location::behind}, "zone z.");
  problems.sort();
  std::string text;
  for (const Problem& p : problems.all()) text += p.text() + "\n";
  return text;
}

TEST(Findings, AreToldOrCounted) {
  EXPECT_EQ(told(1, 1), "f:7 - Warning: w\nf:9 - e0\n");
  EXPECT_EQ(told(0, kMaxFindings), "f:7 - Warning: w\n") << "the same at one place is told once";
  EXPECT_EQ(told(0, kMaxFindings + 1),
            "f:7 - Warning: w\nf - Warning: 1 more warning of zone z. is not told\n");
}

TEST(Findings, NoErrorIsLostBehindWarnings) {
  const std::string text = told(kMaxFindings + 12, kMaxFindings + 3);
  EXPECT_NE(text.find("f:9 - e99\n"), text.npos) << text;
  EXPECT_EQ(text.find("f:9 - e100\n"), text.npos) << text;
  EXPECT_TRUE(
      text.ends_with("f - 12 more errors of zone z. are not told\n"
                     "f - Warning: 3 more warnings of zone z. are not told\n"))
      << text;
}

}  // namespace
}  // namespace signpost
