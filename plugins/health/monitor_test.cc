#include "monitor.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <vector>

#include "kit/fake_control.h"

namespace signpost::health {
namespace {

using namespace std::chrono_literals;
using kit::FakeControl;

ProbeSpec target(std::string host) {
  ProbeSpec probe;
  probe.kind = ProbeSpec::tcp;
  probe.host = std::move(host);
  return probe;
}

Timing every(std::chrono::milliseconds interval) {
  Timing timing;
  timing.interval = interval;
  return timing;
}

std::vector<uint64_t> starts(const FakeControl& control, size_t from) {
  std::vector<uint64_t> times;
  for (size_t i = from; i < control.probes().size(); ++i)
    times.push_back(control.probes()[i].started_ms);
  return times;
}

TEST(Monitor, TheIntervalRunsFromTheEndOfAProbe) {  // row 161, H-13
  FakeControl control;
  control.script_probes([](const ProbeSpec&) {
    return FakeControl::ScriptedProbe{1500ms, {true, "connected", {}, 1500ms}};
  });
  const Monitor monitor(target("192.0.2.1"), every(10s), {}, control, [](const Monitor&, bool) {});
  control.advance(120s);
  const auto times = starts(control, 1);  // the gap after the first spreads the checks
  ASSERT_GE(times.size(), 9u);
  for (size_t i = 1; i < times.size(); ++i) EXPECT_EQ(times[i] - times[i - 1], 11'500u);
}

TEST(Monitor, NeverTwoProbesAtOnce) {
  FakeControl control;
  const Monitor monitor(target("192.0.2.1"), every(100ms), {}, control,
                        [](const Monitor&, bool) {});
  control.advance(1h);
  EXPECT_EQ(control.running_probes().size(), 1u);
  EXPECT_EQ(control.probes().size(), 1u);
  control.finish_probe("192.0.2.1", {false, "timeout", {}, 1h});
  EXPECT_EQ(control.running_probes().size(), 0u);
  control.advance(99ms);
  EXPECT_EQ(control.running_probes().size(), 0u);
  control.advance(1ms);
  EXPECT_EQ(control.running_probes().size(), 1u);
}

TEST(Monitor, TheFirstRoundIsOverInASecondAndLaterOnesAreSpread) {
  FakeControl control;
  control.script_probes([](const ProbeSpec&) {
    return FakeControl::ScriptedProbe{1ms, {true, "connected", {}, 1ms}};
  });
  std::vector<std::unique_ptr<Monitor>> monitors;
  for (int i = 0; i < 100; ++i)
    monitors.push_back(std::make_unique<Monitor>(target("192.0.2." + std::to_string(i)), every(10s),
                                                 Observation{}, control,
                                                 [](const Monitor&, bool) {}));
  control.advance(1s);
  std::set<std::string> looked_at;
  for (const FakeControl::Probe& probe : control.probes()) looked_at.insert(probe.spec.host);
  EXPECT_EQ(looked_at.size(), 100u);
  control.advance(30s);
  const size_t before = control.probes().size();
  std::vector<int> by_second(10);
  control.advance(10s);
  for (uint64_t time : starts(control, before)) ++by_second[size_t(time - 31'000) / 1000 % 10];
  for (int count : by_second) {
    EXPECT_GE(count, 2);
    EXPECT_LE(count, 25);
  }
}

TEST(Monitor, ShortIntervalsStartWithinTheInterval) {
  FakeControl control;
  const Monitor monitor(target("192.0.2.1"), every(100ms), {}, control,
                        [](const Monitor&, bool) {});
  control.advance(100ms);
  EXPECT_EQ(control.probes().size(), 1u);
}

TEST(Monitor, RemembersWhatItSaw) {
  FakeControl control;
  Timing timing = every(1s);
  timing.thresholds = {2, 2};
  std::vector<bool> flips;
  const Monitor monitor(target("192.0.2.1"), timing, {}, control,
                        [&](const Monitor&, bool flipped) { flips.push_back(flipped); });
  const auto end = [&](bool success, const char* reason) {
    control.advance(1s);
    ASSERT_TRUE(control.finish_probe("192.0.2.1", {success, reason, {}, 1234us}));
  };
  end(true, "connected");
  const int64_t first = control.wall_ms();
  EXPECT_EQ(monitor.seen().since_ms, first);
  end(false, "refused");
  end(false, "timeout");
  EXPECT_EQ(flips, (std::vector<bool>{false, false, true}));
  EXPECT_EQ(monitor.seen().since_ms, control.wall_ms());
  EXPECT_EQ(monitor.seen().latency, 1234us);
  EXPECT_EQ(result_text(monitor.seen()), "Failure: timeout");
  end(true, "connected");
  EXPECT_EQ(monitor.seen().last_error, "timeout");
  EXPECT_EQ(state_text(monitor.seen(), timing.thresholds),
            "Success: connected (1 of 2), unhealthy since 2026-01-01T00:00:03Z");
}

TEST(Monitor, GoesOnByAnotherControl) {
  FakeControl first("old");
  auto second = std::make_unique<FakeControl>(first, "new");
  Monitor monitor(target("192.0.2.1"), every(1s), {}, first, [](const Monitor&, bool) {});
  monitor.move_to(*second);  // while waiting
  EXPECT_EQ(first.live_handles(), 0u);
  first.advance(1s);
  ASSERT_EQ(second->running_probes().size(), 1u) << "the wait went on where it was";
  second->finish_probe("192.0.2.1", {true, "connected", {}, 1ms});
  first.advance(1s);
  ASSERT_EQ(first.probes().size(), 2u);
  FakeControl third(first, "newer");
  monitor.move_to(third);  // while probing
  EXPECT_EQ(second->live_handles(), 0u);
  second.reset();
  EXPECT_EQ(third.running_probes().size(), 1u);
  EXPECT_TRUE(third.finish_probe("192.0.2.1", {true, "connected", {}, 1ms}));
  EXPECT_EQ(monitor.seen().verdict.consecutive(), 2u);
}

TEST(Monitor, StopsWhenItEnds) {
  FakeControl control;
  auto monitor = std::make_unique<Monitor>(target("192.0.2.1"), every(1s), Observation{}, control,
                                           [](const Monitor&, bool) { FAIL(); });
  control.advance(1s);
  monitor.reset();
  EXPECT_EQ(control.live_handles(), 0u);
  EXPECT_FALSE(control.finish_probe("192.0.2.1", {true, "connected", {}, 1ms}));
}

}  // namespace
}  // namespace signpost::health
