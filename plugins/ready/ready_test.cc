#include <gtest/gtest.h>

#include "kit/agent.h"
#include "kit/bench.h"

extern "C" const signpost::PluginInfo* signpost_plugin_ready();

namespace signpost {
namespace {

using kit::AgentUnderTest;
using kit::Bench;
using kit::FakeControl;

const PluginInfo& plugin() { return *signpost_plugin_ready(); }

struct Reply {
  int status;
  std::string body;
  bool operator==(const Reply&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Reply& r) {
  return out << r.status << ' ' << r.body;
}

Reply get(const FakeControl& control, std::string_view address = ":8181") {
  const HttpReply reply = control.get(address, "/ready");
  return {reply.status, reply.body};
}

TEST(Ready, names_those_that_are_not_ready) {
  FakeControl control("ready"), health(control, "health"), alias(control, "alias");
  const AgentUnderTest agent(plugin(), "ready", control);
  health.ready(false);
  alias.ready(false);
  EXPECT_EQ(get(control).status, 503);
  EXPECT_NE(get(control).body.find("health"), std::string::npos);
  EXPECT_NE(get(control).body.find(','), std::string::npos);
  alias.ready(true);
  EXPECT_EQ(get(control), (Reply{503, "health"}));
  health.ready(true);
  EXPECT_EQ(get(control), (Reply{200, "OK"}));
}

TEST(Ready, once_ready_it_stays_so_unless_it_looks_continuously) {
  for (const bool continuously : {false, true}) {
    FakeControl control("ready"), health(control, "health");
    const AgentUnderTest agent(
        plugin(),
        continuously ? "ready {\n monitor continuously\n}" : "ready {\n monitor until-ready\n}",
        control);
    EXPECT_EQ(get(control), (Reply{200, "OK"}));
    health.ready(false);
    EXPECT_EQ(get(control), continuously ? (Reply{503, "health"}) : (Reply{200, "OK"}));
  }
}

TEST(Ready, says_no_as_soon_as_the_process_is_to_end) {
  FakeControl control("ready");
  const AgentUnderTest agent(plugin(), "ready", control);
  EXPECT_EQ(get(control), (Reply{200, "OK"}));
  control.stop();
  EXPECT_EQ(get(control), (Reply{503, "Shutting down"}));
}

TEST(Ready, listens_where_it_is_told_and_lets_go) {
  FakeControl control("ready");
  {
    const AgentUnderTest agent(plugin(), "ready 127.0.0.1:9181", control);
    EXPECT_EQ(get(control, "127.0.0.1:9181"), (Reply{200, "OK"}));
    EXPECT_EQ(get(control).status, 404);
  }
  EXPECT_EQ(control.live_handles(), 0u);
}

TEST(Ready, an_address_in_use_stops_the_start) {
  FakeControl control("ready");
  control.refuse_listening(":8181", std::errc::address_in_use);
  EXPECT_THROW(AgentUnderTest(plugin(), "ready", control), std::runtime_error);
}

TEST(Ready, lines_in_error) {
  const struct {
    std::string lines, problem;
  } cases[] = {
      {"ready 2001:db8::1",
       "Corefile:2 - '2001:db8::1' is no address to listen on: expected ADDRESS:PORT, "
       "[ADDRESS]:PORT or :PORT, such as :8080"},
      {"ready bla",
       "Corefile:2 - 'bla' is no address to listen on: expected ADDRESS:PORT, "
       "[ADDRESS]:PORT or :PORT, such as :8080"},
      {"ready :8181 :8182", "Corefile:2 - unexpected argument ':8182' behind ready"},
      {"ready {\n monitor 404\n}",
       "Corefile:3 - monitor takes until-ready or continuously, found '404'"},
      {"ready {\n monitor continuosly\n}",
       "Corefile:3 - monitor takes until-ready or continuously, found 'continuosly'; did you mean "
       "'continuously'?"},
      {"ready {\n monitro continuously\n}",
       "Corefile:3 - unknown property 'monitro'; did you mean 'monitor'?"},
      {"ready\nready", "Corefile:3 - this plugin can only be used once per Server Block"},
  };
  for (const auto& c : cases) {
    Bench bench(". {\n" + c.lines + "\nwhoami\n}\n");
    ASSERT_EQ(bench.problems().size(), 1u) << c.lines;
    EXPECT_EQ(bench.problems()[0], c.problem);
  }
}

}  // namespace
}  // namespace signpost
