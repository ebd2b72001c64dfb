#include "loop/listener_set.h"

#include <gtest/gtest.h>

#include "net/test_socket.h"

namespace signpost {
namespace {

// A port that was free a moment ago.
uint16_t free_port() {
  return open_listener({*Address::parse("127.0.0.1"), 0, 0, false}, 1).bound.port;
}

BlockConfiguration block(uint32_t line, std::vector<std::pair<const char*, uint16_t>> keys,
                         std::vector<std::string> bind = {"127.0.0.1"}) {
  BlockConfiguration made;
  made.where = {"Corefile", line};
  for (const auto& [zone, port] : keys)
    made.keys.push_back(
        {corefile::Transport::dns, Name::parse(zone).value(), port, {"Corefile", line}});
  for (std::string& word : bind) made.bind.push_back({std::move(word), {"Corefile", line + 1}});
  return made;
}

Configuration configuration(std::vector<BlockConfiguration> blocks) {
  Configuration made;
  made.blocks = std::move(blocks);
  return made;
}

bool bound(uint16_t port) {
  try {
    open_listener({*Address::parse("127.0.0.1"), port, 0, false}, 1);
    return false;
  } catch (const ListenError&) {
    return true;
  }
}

// The block that is asked for addresses of `name`.
uint32_t block_of(const Dispatch& listener, const char* name) {
  const Name asked = Name::parse(name).value();
  const LabelStarts labels(asked);
  return listener.find(SplitName(asked, labels), rr::a);
}

TEST(ListenerSet, OneListenerForEachPort) {
  const uint16_t first = free_port(), second = free_port();
  ListenerSet set;
  auto plan = set.prepare(configuration({block(1, {{"a.test.", first}, {"b.test.", first}}),
                                         block(5, {{"c.test.", first}, {"a.test.", second}})}),
                          2);
  ASSERT_EQ(plan.added.size(), 2u);
  EXPECT_EQ(plan.added[0].second.size(), 2u) << "a pair of sockets for each worker";
  ASSERT_EQ(plan.listeners.size(), 2u);
  const auto find = [&](uint32_t listener, const char* name) {
    return block_of(plan.listeners[listener], name);
  };
  EXPECT_EQ(find(0, "x.a.test."), 0u);
  EXPECT_EQ(find(0, "c.test."), 1u);
  EXPECT_EQ(find(1, "a.test."), 1u);
  EXPECT_EQ(find(1, "b.test."), Dispatch::none);
  EXPECT_EQ(plan.lines.size(), 4u);
  EXPECT_EQ(plan.lines[0].substr(0, 8), "a.test.:");
}

TEST(ListenerSet, ReloadKeepsWhatBothWant) {
  const uint16_t kept = free_port(), gone = free_port(), fresh = free_port();
  ListenerSet set;
  const auto first =
      set.prepare(configuration({block(1, {{"a.test.", kept}, {"a.test.", gone}})}), 1);
  set.commit(first);
  ASSERT_EQ(first.added.size(), 2u);
  const auto second =
      set.prepare(configuration({block(1, {{"b.test.", fresh}, {"b.test.", kept}})}), 1);
  ASSERT_EQ(second.added.size(), 1u) << "only what is new is opened";
  EXPECT_EQ(second.added[0].first, 2u) << "1 is in use until the reload is done";
  EXPECT_EQ(second.removed, std::vector<uint32_t>{1});
  EXPECT_EQ(block_of(second.listeners.at(0), "b.test."), 0u);
  set.commit(second);
  const auto third = set.prepare(configuration({block(1, {{"b.test.", kept}})}), 1);
  EXPECT_TRUE(third.added.empty());
  EXPECT_EQ(third.removed, std::vector<uint32_t>{2});
  set.commit(third);
  const auto fourth =
      set.prepare(configuration({block(1, {{"b.test.", kept}, {"b.test.", free_port()}})}), 1);
  EXPECT_EQ(fourth.added.at(0).first, 1u) << "reloads without end need no more ids than listeners";
}

TEST(ListenerSet, AFailureLeavesEverythingAsItWas) {
  const uint16_t kept = free_port(), fresh = free_port();
  const Listener other = open_listener({*Address::parse("127.0.0.1"), 0, 0, false}, 1);
  ListenerSet set;
  const auto first = set.prepare(configuration({block(1, {{"a.test.", kept}})}), 1);
  set.commit(first);
  try {
    set.prepare(
        configuration({block(3, {{"a.test.", fresh}}), block(7, {{"a.test.", other.bound.port}})}),
        1);
    FAIL() << "the port is taken";
  } catch (const ConfigError& e) {
    EXPECT_EQ(e.where().line, 7u);
    EXPECT_NE(e.message().find(std::to_string(other.bound.port)), std::string::npos) << e.what();
  }
  EXPECT_FALSE(bound(fresh)) << "closed again";
  EXPECT_TRUE(bound(kept));
  const auto again = set.prepare(configuration({block(1, {{"a.test.", kept}})}), 1);
  EXPECT_TRUE(again.added.empty() && again.removed.empty());
}

TEST(ListenerSet, AbandonClosesWhatWasOpened) {
  const uint16_t port = free_port();
  ListenerSet set;
  auto plan = set.prepare(configuration({block(1, {{"a.test.", port}})}), 1);
  EXPECT_TRUE(bound(port));
  set.abandon(plan);
  EXPECT_FALSE(bound(port));
  EXPECT_EQ(set.prepare(configuration({block(1, {{"a.test.", port}})}), 1).added.size(), 1u);
}

TEST(ListenerSet, BindNamesInterfaces) {
  ListenerSet set;
  const auto plan = set.prepare(configuration({block(1, {{"a.test.", 0}}, {"lo"})}), 1);
  EXPECT_GE(plan.added.size(), 1u);
  try {
    ListenerSet().prepare(configuration({block(1, {{"a.test.", 0}}, {"loo"})}), 1);
    FAIL();
  } catch (const ConfigError& e) {
    EXPECT_EQ(e.where().line, 2u);
    EXPECT_NE(e.message().find("did you mean 'lo'?"), std::string::npos) << e.what();
  }
}

TEST(ListenerSet, AnAddressNamedTwiceIsServedOnce) {
  ListenerSet set;
  const auto plan =
      set.prepare(configuration({block(1, {{"a.test.", 0}}, {"127.0.0.1", "127.0.0.1"})}), 1);
  EXPECT_EQ(plan.added.size(), 1u);
  EXPECT_EQ(plan.lines.size(), 1u);
}

}  // namespace
}  // namespace signpost
