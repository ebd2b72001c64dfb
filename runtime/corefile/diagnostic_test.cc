#include "signpost/diagnostic.h"

#include <gtest/gtest.h>

namespace signpost {
namespace {

TEST(Location, PrintsFileAndLine) {
  EXPECT_EQ((Location{"Corefile", 3}.text()), "Corefile:3");
  EXPECT_EQ((Location{"Corefile", 0}.text()), "Corefile");
}

TEST(ConfigError, CarriesPlaceAndText) {
  const ConfigError error({"Corefile", 3}, "no");
  EXPECT_STREQ(error.what(), "Corefile:3 - no");
  EXPECT_EQ(error.where().line, 3u);
  EXPECT_STREQ(ConfigError({}, "no").what(), "no");
}

TEST(KeepFileName, GivesOneCopyForLife) {
  std::string name = "kept_by_test";
  const std::string_view kept = keep_file_name(name);
  name = "changed_after";
  EXPECT_EQ(kept, "kept_by_test");
  EXPECT_EQ(kept.data(), keep_file_name("kept_by_test").data());
}

TEST(Problems, CountsSortsAndMerges) {
  Problems problems, more;
  problems.warning({"b", 9}, "w");
  EXPECT_FALSE(problems.any_error());
  more.error({"a", 1}, "e");
  more.error({"b", 2}, "first");
  more.error({"b", 2}, "second");
  problems.add(more);
  problems.add(ConfigError({"b", 0}, "whole"));
  EXPECT_TRUE(problems.any_error());
  problems.sort();
  std::string text;
  for (const Problem& p : problems.all()) text += p.text() + "\n";
  EXPECT_EQ(text, "b - whole\nb:2 - first\nb:2 - second\nb:9 - Warning: w\na:1 - e\n");
}

TEST(Problems, SaysOnceWhatWasReportedForBothAddressTypes) {
  Problems problems;
  for (int type = 0; type < 2; ++type) {
    problems.error({"a", 1}, "e");
    problems.warning({"a", 1}, "e");
    problems.error({"a", 2}, "e");
  }
  problems.sort();
  EXPECT_EQ(problems.all().size(), 3u);
  EXPECT_TRUE(problems.any_error());
}

// What is said again need not stand beside the first; what stays, stays in order.
TEST(Problems, SortsManyOfOnePlace) {
  constexpr int kMany = 1000;
  Problems problems;
  for (int i = 0; i < kMany; ++i) {
    problems.warning({"a", 1}, std::to_string(i));
    problems.warning({"a", 1}, std::to_string(i / 2));
  }
  problems.sort();
  ASSERT_EQ(problems.all().size(), size_t(kMany));
  for (int i = 0; i < kMany; ++i) EXPECT_EQ(problems.all()[size_t(i)].message, std::to_string(i));
}

TEST(Problems, AddsToItself) {
  Problems problems;
  problems.error({"a", 1}, "e");
  problems.add(problems);
  EXPECT_EQ(problems.all().size(), 2u);
}

TEST(Excerpt, IsFitForOneLine) {
  EXPECT_EQ(excerpt("m\xc3\xbc x"), "m\xc3\xbc x");
  EXPECT_EQ(excerpt("a\n\x1b[1m\x7f"), "a\\x0a\\x1b[1m\\x7f");
  EXPECT_EQ(excerpt(std::string(81, 'x')), std::string(80, 'x') + "...");
}

TEST(DidYouMean, SuggestsLikelySlipsOnly) {
  static constexpr std::string_view kNames[] = {"log", "health", "weighted", "whoami", "forward"};
  const auto suggested = [](std::string_view word) { return nearest(word, kNames); };
  EXPECT_EQ(suggested("helth"), "health");
  EXPECT_EQ(suggested("haelth"), "health") << "neighbours swapped";
  EXPECT_EQ(suggested("Weighted"), "weighted");
  EXPECT_EQ(suggested("lgo"), "log");
  EXPECT_EQ(suggested("foo"), "");
  EXPECT_EQ(suggested("."), "");
  EXPECT_EQ(suggested(""), "");
  EXPECT_EQ(suggested(std::string(1 << 20, 'x')), "");
  EXPECT_EQ(nearest("log", {}), "");
  EXPECT_EQ(did_you_mean("helth", kNames), "; did you mean 'health'?");
  EXPECT_EQ(did_you_mean("xyz", kNames), "");
}

}  // namespace
}  // namespace signpost
