#include "kit/fake_control.h"

#include <gtest/gtest.h>

#include "kit/fake_setup.h"

namespace signpost::kit {
namespace {

using namespace std::chrono_literals;

struct Table {
  static constexpr std::string_view table_name = "t";
};

TEST(FakeControl, TimersRunInOrderAtTheirTime) {
  FakeControl control;
  std::string ran;
  const auto note = [&](char letter) {
    return [&ran, &control, letter] { ran += letter + std::to_string(control.now_ms()) + ' '; };
  };
  const Handle late = control.after(20ms, note('b'));
  const Handle early = control.after(10ms, note('a'));
  Handle dropped = control.after(15ms, note('x'));
  Handle again;
  const Handle first = control.after(5ms, [&] {
    dropped.drop();
    again = control.after(1ms, note('c'));
  });
  control.advance(19ms);
  EXPECT_EQ(ran, "c6 a10 ");
  control.advance(1ms);
  EXPECT_EQ(ran, "c6 a10 b20 ");
  EXPECT_EQ(control.wall_ms() - FakeControl().wall_ms(), 20);
}

TEST(FakeControl, LookupsEndAsScriptedOrByHand) {
  FakeControl control;
  const Name name = Name::parse("www.example.net").value();
  std::vector<uint32_t> ttls;
  const auto done = [&](const Resolution& result) { ttls.push_back(result.ttl); };
  Resolution answer;
  answer.ttl = 60;
  const Handle by_hand = control.resolve(name, rr::a, {}, done);
  Handle cancelled = control.resolve(name, rr::aaaa, {}, done);
  EXPECT_EQ(control.running_lookups().size(), 2u);
  cancelled.drop();
  EXPECT_TRUE(control.finish_lookup("www.example.net.", rr::a, answer));
  EXPECT_FALSE(control.finish_lookup("www.example.net.", rr::aaaa, answer));
  answer.ttl = 30;
  control.script_lookup("www.example.net.", rr::a, answer);
  const Handle scripted = control.resolve(name, rr::a, {}, done);
  EXPECT_EQ(ttls.size(), 1u) << "never within the call";
  control.advance(0ms);
  EXPECT_EQ(ttls, (std::vector<uint32_t>{60, 30}));
}

TEST(FakeControl, TheNewestRouteAnswers) {
  FakeControl control;
  const auto saying = [](std::string text) {
    return [text](const HttpRequest&) { return HttpReply{.body = text}; };
  };
  const Handle old = control.http(":8080", "/x", saying("old"));
  Handle newer = control.http(":8080", "/x", saying("new"));
  EXPECT_EQ(control.get(":8080", "/x").body, "new");
  newer.drop();
  EXPECT_EQ(control.get(":8080", "/x").body, "old");
  EXPECT_EQ(control.get(":8080", "/y").status, 404);
  EXPECT_EQ(control.live_handles(), 1u);
}

TEST(FakeControl, WatchesHearOfTheirFile) {
  FakeControl control;
  int calls = 0;
  Handle watch = control.watch("db.example.com", 1s, [&] { ++calls; });
  control.touch("db.example.com");
  control.touch("db.example.net");
  watch.drop();
  control.touch("db.example.com");
  EXPECT_EQ(calls, 1);
}

TEST(FakeControl, SiblingsShareTheProcess) {
  FakeControl first("health");
  FakeControl second(first, "alias");
  const auto make = [] { return std::make_shared<int>(7); };
  std::shared_ptr<int> kept = first.keep<int>("x", make);
  EXPECT_EQ(second.keep<int>("x", make), kept);
  *kept = 8;
  kept.reset();
  EXPECT_EQ(*first.keep<int>("x", make), 7) << "nobody held it";
  first.save_state("x", "text");
  EXPECT_EQ(second.load_state("x"), "text");
  first.ready(false);
  second.ready(false);
  EXPECT_EQ(second.not_ready(), (std::vector<std::string>{"health", "alias"}));
  second.advance(1s);
  EXPECT_EQ(first.now_ms(), 1000u);
}

TEST(FakeSetup, ReadsNestedBlocks) {
  const auto lines =
      directives("health :8080 {\n  check a {\n    expect \"a \\\"b\\\" {\"\n  }\n}\nlog");
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].args[0].text, ":8080");
  const Directive& expect = lines[0].block[0].block[0];
  EXPECT_EQ(expect.args[0].text, "a \"b\" {");
  EXPECT_TRUE(expect.args[0].quoted);
  EXPECT_EQ(expect.where().text(), "Corefile:3");
  EXPECT_FALSE(lines[1].has_block);
  EXPECT_THROW(directives("a {"), std::invalid_argument);
  EXPECT_THROW(directives("}"), std::invalid_argument);
}

TEST(FakeSetup, KnowsTablesByName) {
  FakeSetup setup("");
  EXPECT_EQ(setup.uses<Table>().slot, setup.offers<Table>().slot);
  EXPECT_TRUE(setup.slots[0].offered);
}

TEST(FakeControl, CountersAreToldAsLongAsTheirHandleLives) {
  FakeControl control;
  FakeControl sibling(control, "sibling");
  unsigned count = 0;
  Handle own = control.counters([&] { return std::to_string(count) + " seen"; });
  const Handle other = sibling.counters([] { return std::string("none"); });
  count = 3;
  EXPECT_EQ(control.counter_texts(), (std::vector<std::string>{"3 seen", "none"}));
  own.drop();
  EXPECT_EQ(sibling.counter_texts(), std::vector<std::string>{"none"});
}

}  // namespace
}  // namespace signpost::kit
