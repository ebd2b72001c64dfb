// Resolution in the background: first answers, refreshing, failures, reloads.
#include <gtest/gtest.h>

#include <chrono>
#include <optional>

#include "kit/agent.h"
#include "kit/log_capture.h"
#include "signpost/addresses.h"

extern "C" const signpost::PluginInfo* signpost_plugin_alias();

namespace signpost {
namespace {

using namespace std::chrono_literals;
using kit::FakeControl;

constexpr const char* kHost = "lb.example.net.";

Resolution answered(const std::string& address, uint32_t ttl) {
  return {Resolution::answered, {Address::parse(address).value()}, ttl, ""};
}
const Resolution kFailed{Resolution::failed, {}, 0, "time-out"};
const Resolution kNone{Resolution::no_data, {}, 900, ""};

class AliasAgent : public testing::Test {
 protected:
  AliasAgent() : control_("alias") { control_.set_outside_names({Name::parse(kHost).value()}); }

  void start(const std::string& lines = "alias www lb.example.net") {
    agent_.emplace(*signpost_plugin_alias(), lines, control_);
  }
  // What would be answered: "192.0.2.1 60", "none", "cold" or "failed".
  std::string answer(uint16_t type = rr::a) {
    kit::FakeDraft draft = agent_->publish();
    const OutsideAddresses& row =
        draft.get(agent_->setup().offers<AddressTable>())->names.at(0).of(type);
    if (!row.known) return row.failed ? "failed" : "cold";
    const WireSet& wire = row.records.wire();
    if (wire.count == 0) return "none";
    Address address;
    address.family = type == rr::a ? 4 : 6;
    std::copy(wire.bytes + 12, wire.bytes + wire.starts[1], address.bytes.begin());
    return address.text() + " " + std::to_string(wire.ttl);
  }
  size_t asked() { return control_.running_lookups().size(); }

  kit::LogCapture log_;
  FakeControl control_;
  std::optional<kit::AgentUnderTest> agent_;
};

TEST_F(AliasAgent, asks_for_both_families_at_once_and_publishes_each) {
  start();
  ASSERT_EQ(asked(), 2u);
  EXPECT_EQ(control_.running_lookups()[0].name, kHost);
  EXPECT_TRUE(control_.running_lookups()[0].servers.empty());
  EXPECT_FALSE(control_.is_ready());
  EXPECT_EQ(answer(), "cold");
  const unsigned before = control_.changes();
  ASSERT_TRUE(control_.finish_lookup(kHost, rr::a, answered("192.0.2.1", 300)));
  EXPECT_EQ(control_.changes(), before + 1);
  EXPECT_EQ(answer(), "192.0.2.1 60");
  EXPECT_EQ(answer(rr::aaaa), "cold");
  EXPECT_FALSE(control_.is_ready());
  ASSERT_TRUE(control_.finish_lookup(kHost, rr::aaaa, answered("2001:db8::1", 20)));
  EXPECT_EQ(answer(rr::aaaa), "2001:db8::1 20");
  EXPECT_TRUE(control_.is_ready());
  EXPECT_EQ(log_.take_lines(), "");
}

TEST_F(AliasAgent, asks_the_resolvers_that_are_set) {
  start("alias {\nresolver 192.0.2.53 [2001:db8::53]:5353\nresolver 192.0.2.54:54\n}");
  const FakeControl::Lookup lookup = control_.running_lookups().at(0);
  std::string servers;
  for (const Endpoint& e : lookup.servers) servers += e.text() + " ";
  EXPECT_EQ(servers, "192.0.2.53:53 [2001:db8::53]:5353 192.0.2.54:54 ");
}

TEST_F(AliasAgent, refreshes_before_the_addresses_expire) {
  start();
  control_.finish_lookup(kHost, rr::aaaa, kNone);
  control_.finish_lookup(kHost, rr::a, answered("192.0.2.1", 20));
  EXPECT_EQ(answer(), "192.0.2.1 20");
  const unsigned before = control_.changes();
  control_.advance(15'999ms);
  EXPECT_EQ(asked(), 0u);
  control_.advance(1'601ms);
  EXPECT_EQ(asked(), 1u);
  control_.finish_lookup(kHost, rr::a, answered("192.0.2.1", 20));
  EXPECT_EQ(control_.changes(), before) << "nothing changed";
  control_.advance(17'600ms);
  control_.finish_lookup(kHost, rr::a, answered("192.0.2.2", 20));
  EXPECT_EQ(control_.changes(), before + 1);
  EXPECT_EQ(answer(), "192.0.2.2 20");
}

TEST_F(AliasAgent, serves_the_last_addresses_while_upstream_fails) {
  start();
  control_.finish_lookup(kHost, rr::aaaa, kNone);
  control_.finish_lookup(kHost, rr::a, answered("192.0.2.1", 20));
  EXPECT_EQ(answer(), "192.0.2.1 20");
  for (int i = 0; i < 5; ++i) {
    control_.advance(18s);
    ASSERT_TRUE(control_.finish_lookup(kHost, rr::a, kFailed)) << i;
    EXPECT_EQ(answer(), "192.0.2.1 20");
  }
  EXPECT_EQ(log_.take_lines(),
            "[WARNING] plugin/alias: lb.example.net. A cannot be resolved: time-out; the last "
            "answer stays in use\n");
  control_.advance(18s);
  control_.finish_lookup(kHost, rr::a, answered("192.0.2.2", 20));
  EXPECT_EQ(answer(), "192.0.2.2 20");
  EXPECT_EQ(log_.take_lines(), "[INFO] plugin/alias: lb.example.net. A is resolved again\n");
}

TEST_F(AliasAgent, a_first_failure_is_published) {
  start();
  control_.finish_lookup(kHost, rr::a, kFailed);
  control_.finish_lookup(kHost, rr::aaaa, kNone);
  EXPECT_EQ(answer(), "failed");
  EXPECT_EQ(answer(rr::aaaa), "none");
  EXPECT_TRUE(control_.is_ready());
  EXPECT_EQ(log_.take_lines(),
            "[WARNING] plugin/alias: lb.example.net. A cannot be resolved: time-out; aliases to it "
            "answer SERVFAIL\n");
  control_.advance(1100ms);
  ASSERT_TRUE(control_.finish_lookup(kHost, rr::a, answered("192.0.2.1", 20)));
  EXPECT_EQ(answer(), "192.0.2.1 20");
}

TEST_F(AliasAgent, tells_when_the_addresses_are_gone) {
  start();
  control_.finish_lookup(kHost, rr::aaaa, kNone);
  control_.finish_lookup(kHost, rr::a, answered("192.0.2.1", 20));
  control_.advance(18s);
  control_.finish_lookup(kHost, rr::a, kNone);
  EXPECT_EQ(answer(), "192.0.2.1 20");
  control_.advance(2200ms);
  ASSERT_TRUE(control_.finish_lookup(kHost, rr::a, {Resolution::no_such_name, {}, 900, ""}));
  EXPECT_EQ(answer(), "none");
  EXPECT_EQ(log_.take_lines(),
            "[WARNING] plugin/alias: lb.example.net. A does not exist any more\n");
}

TEST_F(AliasAgent, a_reload_starts_with_what_is_known) {
  start();
  control_.finish_lookup(kHost, rr::aaaa, kNone);
  control_.finish_lookup(kHost, rr::a, answered("192.0.2.1", 60));
  control_.advance(10s);
  FakeControl next(control_, "alias");
  next.set_outside_names({Name::parse("other.example.net.").value(), Name::parse(kHost).value()});
  kit::AgentUnderTest after(*signpost_plugin_alias(), "alias www lb.example.net", next);
  agent_.reset();
  EXPECT_EQ(next.running_lookups().size(), 2u) << "of the new name alone";
  kit::FakeDraft draft = after.publish();
  const AddressTable& table = *draft.get(after.setup().offers<AddressTable>());
  EXPECT_FALSE(table.names.at(0).a.known);
  EXPECT_EQ(table.names.at(1).a.records.wire().count, 1);
  next.advance(43s);
  EXPECT_EQ(next.running_lookups().size(), 4u) << "refreshed in its time";
}

TEST_F(AliasAgent, other_resolvers_are_asked_anew) {
  start();
  control_.finish_lookup(kHost, rr::a, answered("192.0.2.1", 60));
  FakeControl next(control_, "alias");
  next.set_outside_names({Name::parse(kHost).value()});
  kit::AgentUnderTest after(*signpost_plugin_alias(), "alias {\nresolver 192.0.2.53\n}", next);
  EXPECT_FALSE(after.publish().get(after.setup().offers<AddressTable>())->names.at(0).a.known);
}

TEST_F(AliasAgent, two_blocks_share_what_is_learned) {
  start();
  FakeControl second(control_, "alias");
  second.set_outside_names({Name::parse(kHost).value()});
  control_.finish_lookup(kHost, rr::aaaa, kNone);
  control_.finish_lookup(kHost, rr::a, answered("192.0.2.1", 60));
  kit::AgentUnderTest other(*signpost_plugin_alias(), "alias www lb.example.net", second);
  other.publish();
  size_t asked = 0;
  for (int i = 0; i < 60; ++i) {
    control_.advance(1s);
    while (control_.finish_lookup(kHost, rr::a, answered("192.0.2.2", 60))) ++asked;
  }
  EXPECT_EQ(asked, 1u);
  EXPECT_EQ(answer(), "192.0.2.2 60");
  EXPECT_GE(second.changes(), 1u);
}

TEST_F(AliasAgent, without_outside_names_it_is_ready_and_silent) {
  control_.set_outside_names({});
  start("alias www t");
  EXPECT_TRUE(control_.is_ready());
  EXPECT_EQ(control_.live_handles(), 0u);
}

}  // namespace
}  // namespace signpost
