// A block's checks at work: status, table, log, readiness, endpoint.
#include <gtest/gtest.h>

#include "block_under_test.h"
#include "kit/log_capture.h"
#include "signpost/plugin.h"

extern "C" const signpost::PluginInfo* signpost_plugin_health();

namespace signpost::health {
namespace {

using namespace std::chrono_literals;
using kit::FakeControl;
using kit::LogCapture;

constexpr const char* kTwoAndAny = R"(health :8080 {
    interval 10s
    check use1 http 192.0.2.1/healthz
    check euw1 http 192.0.2.2/healthz
    check site any use1 euw1
})";

class Health : public testing::Test {
 protected:
  LogCapture log_;
};

TEST_F(Health, StatusOfAChecksEveryForm) {
  struct {
    const char* row;
    const char* checks;
    const char*
        down;  // last digits of the addresses that fail, the others answer; "-" none was probed
    const char* expected;
  } const cases[] = {
      {"row 137, H-23", "check a tcp 192.0.2.1:1", "-", "H"},
      {"row 138, H-23, H-24", "check a tcp 192.0.2.1:1 {\ninvert\n}", "-", "U"},
      {"row 139, H-24", "check a tcp 192.0.2.1:1 {\ninvert\n}", "1", "H"},
      {"H-24", "check a tcp 192.0.2.1:1 {\ninvert\n}", "", "U"},
      {"H-25", "check a tcp 192.0.2.9:1 {\ndisabled\n}", "9", "H"},
      {"row 141, H-25, H-26", "check a tcp 192.0.2.9:1 {\ndisabled\ninvert\n}", "9", "U"},
      {"row 163, H-30", "check s at-least 2 a b c", "3", "HHUH"},
      {"row 163, H-30", "check s at-least 2 a b c", "23", "HUUU"},
      {"row 165, H-31: AND of all", "check s all a b c", "", "HHHH"},
      {"row 166, H-31: AND", "check s all a b c", "3", "HHUU"},
      {"row 166, H-31: OR", "check s any a b c", "23", "HUUH"},
      {"H-31: OR of none", "check s any a b c", "123", "UUUU"},
      {"H-31: threshold 0", "check s at-least 0 a b c", "123", "UUUH"},
      {"H-24: inverted calculated", "check s any a b c {\ninvert\n}", "123", "UUUH"},
      {"H-25: disabled calculated", "check s all a b c {\ndisabled\n}", "123", "UUUH"},
      {"row 167, H-30", "check i tcp 192.0.2.4:1 {\ninvert\n}\ncheck s all i", "4", "HHHHH"},
      {"H-33: disabled child", "check d tcp 192.0.2.9:1 {\ndisabled\n}\ncheck s all d", "",
       "HHHHH"},
      {"H-33: disabled and inverted child",
       "check d tcp 192.0.2.9:1 {\ndisabled\ninvert\n}\ncheck s any d", "", "HHHUU"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.row);
    std::string checks(c.checks);
    if (checks.find("check s") != std::string::npos)
      checks =
          "check a tcp 192.0.2.1:1\ncheck b tcp 192.0.2.2:1\ncheck c tcp 192.0.2.3:1\n" + checks;
    Block block("health {\n" + checks + "\n}");
    if (std::string_view(c.down) != "-") {
      block.control().script_probes([&](const ProbeSpec& probe) {
        const bool fails =
            std::string_view(c.down).find(probe.host.back()) != std::string_view::npos;
        return FakeControl::ScriptedProbe{1ms, fails ? kDown : kUp};
      });
      block.control().advance(5min);
    }
    EXPECT_EQ(block.states(), c.expected);
  }
}

TEST_F(Health, MoreWantedThanThereAreIsNeverHealthy) {  // row 165, H-31
  kit::FakeSetup setup("health {\ncheck a tcp 192.0.2.1:1\ncheck s at-least 2 a\n}");
  const Settings settings(setup);
  FakeControl control;
  Agent agent(settings, control);
  kit::FakeDraft draft;
  agent.publish(draft);
  EXPECT_FALSE(draft.get(settings.table)->checks[1].healthy);
}

TEST_F(Health, TransitionsAreLoggedOnceWithTheReason) {
  Block block(kTwoAndAny);
  block.end("192.0.2.1", kUp);
  block.end("192.0.2.2", kDown, 2);
  EXPECT_EQ(log_.take_lines(), "");
  block.end("192.0.2.2", kDown);
  EXPECT_EQ(
      log_.take_lines(),
      "[WARNING] plugin/health: check euw1 is unhealthy: Failure: connect: Connection refused "
      "(3 of 3)\n");
  block.end("192.0.2.2", kDown, 2);
  EXPECT_EQ(log_.take_lines(), "");
  block.end("192.0.2.1", kDown, 3);
  EXPECT_EQ(
      log_.take_lines(),
      "[WARNING] plugin/health: check use1 is unhealthy: Failure: connect: Connection refused "
      "(3 of 3)\n"
      "[WARNING] plugin/health: check site is unhealthy: 0 of 2 checks are healthy, 1 needed\n");
  block.end("192.0.2.1", kUp, 3);
  EXPECT_EQ(
      log_.take_lines(),
      "[INFO] plugin/health: check use1 is healthy: Success: HTTP Status Code 200, OK (3 of 3)\n"
      "[INFO] plugin/health: check site is healthy: 1 of 2 checks are healthy, 1 needed\n");
}

TEST_F(Health, PublishesOnFlipsAndFirstResults) {
  Block block(kTwoAndAny);
  unsigned before = block.control().changes();
  const auto changed = [&] { return std::exchange(before, block.control().changes()) != before; };
  block.end("192.0.2.1", kDown);
  EXPECT_TRUE(changed()) << "first result";
  block.end("192.0.2.1", kDown);
  EXPECT_FALSE(changed());
  block.end("192.0.2.1", kDown);
  EXPECT_TRUE(changed()) << "a flip";
  block.end("192.0.2.1", kDown, 3);
  EXPECT_FALSE(changed());
}

TEST_F(Health, TheTableTellsWhy) {
  Block block(R"(health {
    check a http 192.0.2.1
    check b http 192.0.2.2
    check c http 192.0.2.3
    check off http 192.0.2.4 {
        disabled
    }
    check site all a b {
        invert
    }
})");
  block.end("192.0.2.1", kUp);
  block.end("192.0.2.2", kDown);
  block.control().set_wall_ms(0);
  const HealthTable& table = block.table();
  ASSERT_EQ(table.checks.size(), 5u);
  EXPECT_EQ(table.checks[0].name, "a");
  EXPECT_EQ(table.checks[0].why.substr(0, 51),
            "Success: HTTP Status Code 200, OK, since 2026-01-01");
  EXPECT_EQ(table.checks[1].why.substr(0, 67),
            "Failure: connect: Connection refused (1 of 3), healthy since 2026-0");
  EXPECT_EQ(table.checks[2].why, "no result yet (counts as healthy, H-23)");
  EXPECT_EQ(table.checks[3].why, "disabled");
  EXPECT_EQ(table.checks[4].why, "inverted; 2 of 2 checks are healthy, 2 needed");
}

TEST_F(Health, ReadyWhenEveryProbedCheckHasAResult) {
  Block block(R"(health {
    check a tcp 192.0.2.1:1
    check b tcp 192.0.2.2:1
    check off tcp 192.0.2.3:1 {
        disabled
    }
})");
  EXPECT_FALSE(block.control().is_ready());
  block.end("192.0.2.1", kUp);
  EXPECT_EQ(block.control().not_ready(), (std::vector<std::string>{"health"}));
  block.end("192.0.2.2", kDown);
  EXPECT_TRUE(block.control().is_ready());
  EXPECT_TRUE(Block("health").control().is_ready()) << "nothing is probed";
}

TEST_F(Health, AddedForAnotherPluginItDoesNothing) {
  Block block("");
  EXPECT_TRUE(block.control().is_ready());
  EXPECT_FALSE(block.control().listens(":8080"));
  EXPECT_TRUE(block.table().checks.empty());
}

TEST_F(Health, AnswersOnItsEndpoint) {
  Block block("health {\nlameduck 5s\n}");
  const HttpReply reply = block.control().get(":8080", "/health");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "OK");
  EXPECT_EQ(block.control().get(":8080", "/health/checks").body, "[]\n");
  EXPECT_EQ(block.control().lameduck_wish(), 5s);
  Block silent("health {\ncheck a tcp 192.0.2.1:1\n}");
  EXPECT_FALSE(silent.control().listens(":8080"));
}

TEST_F(Health, AnAddressInUseIsRefusedWithItsLine) {
  kit::FakeSetup setup("health {\ncheck a tcp 192.0.2.1:1\n}\nhealth :8080");
  const Settings settings(setup);
  FakeControl control;
  const std::string refusal = "Corefile:4 - cannot serve /health on :8080: listen on :8080: ";
  for (const auto& [why, told] :
       {std::pair(std::errc::address_in_use,
                  "Address already in use; choose another address, or stop what holds it"),
        std::pair(std::errc::too_many_files_open, "Too many open files")}) {
    control.refuse_listening(":8080", why);
    try {
      Agent agent(settings, control);
      FAIL();
    } catch (const ConfigError& error) {
      EXPECT_EQ(error.what(), refusal + told);
    }
  }
  EXPECT_EQ(control.live_handles(), 0u);
  control.advance(1h);
  EXPECT_EQ(control.probes().size(), 0u);
}

TEST_F(Health, ReportsEveryCheckAsJson) {
  Block block(kTwoAndAny);
  block.end("192.0.2.1", kUp);
  block.end("192.0.2.1", kDown);
  block.control().advance(2s);
  EXPECT_EQ(block.control().get(":8080", "/health/checks").content_type, "application/json");
  const json::Value report = block.report();
  const json::Array& checks = *report.get<json::Array>();
  ASSERT_EQ(checks.size(), 3u);
  const auto text = [](const json::Value& check, const char* name) {
    return json::write(*check.find(name));
  };
  struct {
    const char* name;
    const char* values[3];  // of use1, euw1 and site
  } const cases[] = {
      {"name", {"\"use1\"", "\"euw1\"", "\"site\""}},
      {"zones", {"[\"example.com.\"]", "[\"example.com.\"]", "[\"example.com.\"]"}},
      {"kind", {"\"http\"", "\"http\"", "\"any\""}},
      {"target", {"\"192.0.2.1:80/healthz\"", "\"192.0.2.2:80/healthz\"", "\"1 of use1 euw1\""}},
      {"healthy", {"true", "true", "true"}},
      {"last_result", {"\"Failure: connect: Connection refused\"", "null", "null"}},
      {"last_error", {"\"connect: Connection refused\"", "null", "null"}},
      {"latency_ms", {"0.3", "null", "null"}},
      {"consecutive", {"1", "null", "null"}},
      {"age_ms", {"2000", "null", "null"}},
      {"inverted", {"false", "false", "false"}},
      {"disabled", {"false", "false", "false"}},
  };
  for (const auto& c : cases)
    for (size_t i = 0; i < 3; ++i) EXPECT_EQ(text(checks[i], c.name), c.values[i]) << c.name << i;
  EXPECT_EQ(text(checks[0], "since").substr(0, 12), "\"2026-01-01T");
  EXPECT_EQ(text(checks[1], "since"), "null");
  EXPECT_EQ(text(checks[2], "since"), "\"2026-01-01T00:00:00Z\"");
}

TEST_F(Health, AClockSetBackDoesNoHarm) {
  Block block(kTwoAndAny);
  block.end("192.0.2.1", kUp);
  block.control().set_wall_ms(0);
  EXPECT_EQ(json::write(*block.report().get<json::Array>()->at(0).find("age_ms")), "0");
  block.end("192.0.2.1", kDown, 3);
  EXPECT_EQ(block.states(), "UHH");
}

TEST_F(Health, DescribesItself) {
  const PluginInfo& info = *signpost_plugin_health();
  EXPECT_STREQ(info.name, "health");
  EXPECT_EQ(info.stage, Stage::judge);
  EXPECT_NE(info.up, nullptr);
  EXPECT_EQ(info.down, nullptr);
  EXPECT_EQ(info.done, nullptr);
  EXPECT_NE(info.publish, nullptr);
}

}  // namespace
}  // namespace signpost::health
