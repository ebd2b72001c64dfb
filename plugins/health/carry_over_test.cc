// What lasts beyond one block and one configuration: shared monitors, reloads, restarts.
#include <gtest/gtest.h>

#include <memory>

#include "block_under_test.h"
#include "kit/log_capture.h"

namespace signpost::health {
namespace {

using namespace std::chrono_literals;
using kit::FakeControl;
using kit::LogCapture;

constexpr const char* kCheck = "health {\ninterval 10s\ncheck use1 tcp 192.0.2.1:1\n}";
constexpr const char* kSlower = "health {\ninterval 20s\ncheck use1 tcp 192.0.2.1:1\n}";
constexpr const char* kOther = "health {\ninterval 10s\ncheck use2 tcp 192.0.2.2:1\n}";
constexpr const char* kReporting = "health :8080 {\ninterval 10s\ncheck use1 tcp 192.0.2.1:1\n}";

class CarryOver : public testing::Test {
 protected:
  LogCapture log_;
};

TEST_F(CarryOver, EqualChecksOfTwoBlocksAreProbedOnce) {
  Block first(kCheck);
  Block second(first, kCheck, "example.net.");
  first.control().advance(1s);
  EXPECT_EQ(first.control().running_probes().size(), 1u);
  first.end("192.0.2.1", kDown, 3);
  EXPECT_EQ(first.states(), "U");
  EXPECT_EQ(second.states(), "U");
  EXPECT_TRUE(second.control().is_ready());
  EXPECT_GT(second.control().changes(), 0u);
  EXPECT_EQ(
      log_.take_lines(),
      "[WARNING] plugin/health: check use1 is unhealthy: Failure: connect: Connection refused "
      "(3 of 3)\n")
      << "one line for both";
}

TEST_F(CarryOver, EqualChecksOfOneBlockAreProbedOnce) {
  Block block("health {\ncheck a tcp 192.0.2.1:1\ncheck b tcp 192.0.2.1:1 {\ninvert\n}\n}");
  block.control().advance(1s);
  EXPECT_EQ(block.control().probes().size(), 1u);
  block.end("192.0.2.1", kDown, 3);
  EXPECT_EQ(block.states(), "UH");
  EXPECT_NE(log_.take_lines().find("check b is healthy: inverted; Failure: "), std::string::npos);
}

TEST_F(CarryOver, DifferentChecksAreProbedApart) {
  Block first(kCheck);
  Block second(first, kSlower);
  Block third(first, "health {\ninterval 10s\ncheck use1 http 192.0.2.1:1\n}");
  first.control().advance(1s);
  EXPECT_EQ(first.control().running_probes().size(), 3u);
}

TEST_F(CarryOver, AnyBlockReportsAllChecksOfTheProcess) {
  Block first(kReporting);
  Block second(first, kOther, "example.net.");
  Block third(first, kReporting);  // the new configuration while the old one still stands
  const json::Value report = first.report();
  ASSERT_EQ(report.get<json::Array>()->size(), 2u);
  EXPECT_EQ(json::write(*report.get<json::Array>()->at(1).find("zones")), "[\"example.net.\"]");
}

TEST_F(CarryOver, TheSecondBlockGoesOnWhenTheFirstEnds) {
  auto first = std::make_unique<Block>(kCheck);
  Block second(*first, kCheck, "example.net.");
  first->end("192.0.2.1", kDown, 2);
  first.reset();
  second.end("192.0.2.1", kDown);
  EXPECT_EQ(second.states(), "U");
}

TEST_F(CarryOver, AReloadKeepsTimersAndState) {
  auto before = std::make_unique<Block>(kCheck);
  before->end("192.0.2.1", kDown, 3);
  before->control().advance(4s);
  Block after(*before, kCheck);
  EXPECT_EQ(after.states(), "U");
  EXPECT_TRUE(after.control().is_ready());
  before.reset();
  log_.take_lines();
  const size_t probes = after.control().probes().size();
  after.control().advance(5999ms);
  EXPECT_EQ(after.control().probes().size(), probes);
  after.control().advance(1ms);
  EXPECT_EQ(after.control().probes().size(), probes + 1) << "ten seconds after the last one's end";
  EXPECT_EQ(log_.take_lines(), "");
}

TEST_F(CarryOver, AReloadThatChangesTimingOrNameKeepsState) {
  auto before = std::make_unique<Block>(kCheck);
  before->end("192.0.2.1", kDown, 3);
  Block after(*before, "health {\ninterval 20s\ncheck web tcp 192.0.2.1:1\n}");
  before.reset();
  EXPECT_EQ(after.states(), "U");
  EXPECT_TRUE(after.control().is_ready());
}

TEST_F(CarryOver, ADroppedCheckIsNoLongerProbed) {
  auto before = std::make_unique<Block>(kCheck);
  Block after(*before, kOther);
  before.reset();
  after.control().advance(1h);
  for (const FakeControl::Probe& probe : after.control().probes())
    EXPECT_EQ(probe.spec.host, "192.0.2.2");
  EXPECT_FALSE(after.control().is_ready());
}

TEST_F(CarryOver, AFailedReloadChangesNothing) {
  Block block(kCheck);
  block.end("192.0.2.1", kUp);
  const size_t probes = block.control().probes().size();
  {
    Block refused(block, kCheck);
    Block other(block, kOther);
  }
  EXPECT_TRUE(block.control().is_ready());
  block.control().advance(10s);
  EXPECT_EQ(block.control().probes().size(), probes + 1);
}

TEST_F(CarryOver, ACalculatedCheckKeepsItsDateOverAReload) {
  constexpr const char* text = "health :8080 {\ncheck a tcp 192.0.2.1:1\ncheck s any a\n}";
  auto before = std::make_unique<Block>(text);
  before->control().advance(90s);
  Block after(*before, text);
  before.reset();
  EXPECT_EQ(json::write(*after.report().get<json::Array>()->at(1).find("since")),
            "\"2026-01-01T00:00:00Z\"");
}

// A process that ran, saw the endpoint go down and ended; its state files.
std::map<std::string, std::string> files_of_a_run() {
  Block block(kCheck);
  block.end("192.0.2.1", kDown, 3);
  return block.control().state_files();
}

TEST_F(CarryOver, SavedStateCountsAtOnce) {
  const auto files = files_of_a_run();
  log_.take_lines();
  struct {
    const char* what;
    std::chrono::milliseconds later;  // than the first moment of the run before
    bool counts;
  } const cases[] = {
      {"right after", 30s, true},
      {"within ten intervals", 90s, true},
      {"much later", 10min, false},
      {"the clock was set back", -60s, true},
      {"the clock was set back far", -1h, false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    Block block(kCheck, [&](FakeControl& control) {
      control.state_files() = files;
      control.set_wall_ms(control.wall_ms() + c.later.count());
    });
    EXPECT_EQ(block.states(), c.counts ? "U" : "H");
    EXPECT_EQ(block.control().is_ready(), c.counts);
    EXPECT_EQ(block.table().checks[0].why.find("earlier run") != std::string::npos, c.counts);
    EXPECT_EQ(log_.take_lines(), "");
    block.control().advance(1s);
    EXPECT_EQ(block.control().running_probes().size(), 1u) << "probed in the first round as well";
  }
}

TEST_F(CarryOver, DamagedStateIsLoggedAndIgnored) {
  for (const char* text : {"{", "{\"version\":7}", "nonsense"}) {
    Block block(kCheck, [&](FakeControl& control) { control.state_files()["health"] = text; });
    EXPECT_EQ(block.states(), "H");
    EXPECT_FALSE(block.control().is_ready());
    EXPECT_EQ(log_.take_lines().find("[WARNING] plugin/health: saved health state ignored: "), 0u);
  }
}

TEST_F(CarryOver, SavesAfterTransitionsAndElseSeldom) {
  Block block("health {\ninterval 100ms\ncheck a tcp 192.0.2.1:1\n}");
  block.control().script_probes([](const ProbeSpec&) {
    return FakeControl::ScriptedProbe{1ms, kUp};
  });
  block.control().advance(60s);
  EXPECT_GE(block.control().state_writes(), 10u);
  EXPECT_LE(block.control().state_writes(), 12u);
  const unsigned before = block.control().state_writes();
  block.control().script_probes([](const ProbeSpec&) {
    return FakeControl::ScriptedProbe{1ms, kDown};
  });
  block.control().advance(400ms);
  EXPECT_EQ(block.control().state_writes(), before + 1);
}

TEST_F(CarryOver, TheLastResultsOfAllBlocksAreSavedAtTheEnd) {
  auto first = std::make_unique<Block>(kCheck);
  auto second = std::make_unique<Block>(*first, kOther, "example.net.");
  FakeControl observer(first->control(), "observer");
  first->end("192.0.2.1", kDown);
  second->end("192.0.2.2", kUp);
  EXPECT_EQ(observer.state_writes(), 0u) << "too early for another file";
  second.reset();
  first.reset();
  EXPECT_EQ(read_state(observer.load_state("health")).checks.size(), 2u);
}

TEST_F(CarryOver, ADiskThatFailsDoesNotStopTheChecks) {
  Block block(kCheck, [](FakeControl& control) { control.fail_state(true); });
  block.end("192.0.2.1", kDown, 3);
  EXPECT_EQ(block.states(), "U");
  EXPECT_EQ(block.control().state_writes(), 0u);
}

}  // namespace
}  // namespace signpost::health
