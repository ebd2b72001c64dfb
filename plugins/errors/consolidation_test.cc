#include "consolidation.h"

#include <gtest/gtest.h>

#include "kit/fake_setup.h"
#include "kit/log_capture.h"

namespace signpost::errors {
namespace {

Directive line(std::string_view text) { return kit::directives(text)[0]; }

TEST(Consolidation, sums_up_after_its_time) {
  kit::LogCapture log;
  Consolidation c(line("consolidate 30s \"^read .* timeout$\""));
  EXPECT_TRUE(c.matches("read udp timeout"));
  EXPECT_FALSE(c.matches("read udp timeout again"));
  EXPECT_FALSE(c.count());
  EXPECT_FALSE(c.count());
  c.report(1000);
  c.report(30'999);
  EXPECT_EQ(log.take_lines(), "");
  c.report(31'000);
  EXPECT_EQ(log.take_lines(),
            "[ERROR] plugin/errors: 2 errors like '^read .* timeout$' occurred in last 30s\n");
  c.report(100'000);
  EXPECT_EQ(log.take_lines(), "");
}

TEST(Consolidation, show_first_needs_no_sum_of_one) {
  kit::LogCapture log;
  Consolidation c(line("consolidate 1s x info show_first"));
  EXPECT_TRUE(c.count());
  c.report_now();
  EXPECT_EQ(log.take_lines(), "");
  EXPECT_TRUE(c.count());
  EXPECT_FALSE(c.count());
  c.report_now();
  EXPECT_EQ(log.take_lines(), "[INFO] plugin/errors: 2 errors like 'x' occurred in last 1s\n");
}

TEST(Consolidations, the_first_that_matches_counts) {
  Consolidations all;
  all.add(line("consolidate 1s timeout warning"));
  all.add(line("consolidate 1s read info"));
  EXPECT_EQ(all.match("read timeout")->level(), Level::warning);
  EXPECT_EQ(all.match("read refused")->level(), Level::info);
  EXPECT_EQ(all.match("refused"), nullptr);
}

}  // namespace
}  // namespace signpost::errors
