#include <gtest/gtest.h>

#include "kit/bench.h"
#include "kit/fake_control.h"
#include "kit/message.h"
#include "settings.h"
#include "signpost/plugin.h"

extern "C" const signpost::PluginInfo* signpost_plugin_acl();

namespace signpost {
namespace {

using kit::Bench;
using Lines = std::vector<std::string>;

constexpr const char* kAnswer = "ns1.example.com. 172800 A 192.0.2.53";

std::unique_ptr<Bench> bench(const std::string& lines, kit::Files files = {}) {
  files.emplace("db.example.com", kit::plain_zone);
  return std::make_unique<Bench>("example.com {\n" + lines + "\nzone db.example.com\n}\n", files);
}

TEST(Acl, each_action_has_its_answer) {
  const auto b = bench(
      "acl {\n allow net 192.0.2.1\n block net 192.0.2.2\n filter net 192.0.2.3\n"
      " drop net 192.0.2.4\n}");
  ASSERT_EQ(b->problems(), Lines{});
  const struct {
    std::string client, answer;
  } cases[] = {{"192.0.2.1", kAnswer},
               {"192.0.2.2", "REFUSED"},
               {"192.0.2.3", "NOERROR"},
               {"192.0.2.4", "no reply"},
               {"192.0.2.5", kAnswer}};
  for (const auto& c : cases) {
    EXPECT_EQ(b->ask("ns1 A", c.client), c.answer) << c.client;
    EXPECT_EQ(b->ask({.question = "ns1 A", .client = c.client, .tcp = true}), c.answer) << c.client;
  }
  EXPECT_FALSE(b->query({.question = "ns1 A", .client = "192.0.2.2"}).aa);
  EXPECT_EQ(b->query({.question = "ns1 A", .client = "192.0.2.3"}).authority, Lines{});
}

// The rules of CoreDNS' README, and of its tests.
TEST(Acl, rules_as_in_coredns) {
  const struct {
    std::string rules, client, question, answer;
  } cases[] = {
      {"block type A net 192.168.0.0/16", "192.168.3.1", "ns1 A", "REFUSED"},
      {"block type A net 192.168.0.0/16", "192.168.3.1", "ns1 AAAA", "NOERROR"},
      {"block type A net 192.168.0.0/16", "10.0.0.1", "ns1 A", kAnswer},
      {"BLOCK TYPE a aaaa NET 192.168.0.0/16", "192.168.3.1", "ns1 AAAA", "REFUSED"},
      {"allow net 192.168.1.0/24\nblock net 192.168.0.0/16", "192.168.1.2", "ns1 A", kAnswer},
      {"allow net 192.168.1.0/24\nblock net 192.168.0.0/16", "192.168.2.2", "ns1 A", "REFUSED"},
      {"allow net 192.168.0.0/24 192.168.1.0/24\nblock", "192.168.1.9", "ns1 A", kAnswer},
      {"allow net 192.168.0.0/24 192.168.1.0/24\nblock", "::1", "ns1 A", "REFUSED"},
      {"block type *", "10.0.0.1", "ns1 TXT", "REFUSED"},
      {"block type A type *", "10.0.0.1", "ns1 TXT", "REFUSED"},
      {"block type * type A", "10.0.0.1", "ns1 TXT", "REFUSED"},
      {"block type ANY", "10.0.0.1", "ns1 A", kAnswer},
      {"drop type ANY", "10.0.0.1", "ns1 ANY", "no reply"},
      {"block type TYPE1", "10.0.0.1", "ns1 A", "REFUSED"},
      {"block type TYPE65280", "10.0.0.1", "ns1 TYPE65280", "REFUSED"},
      {"block net *", "2001:db8::1", "ns1 A", "REFUSED"},
      {"block net any", "2001:db8::1", "ns1 A", "REFUSED"},
      {"block net 0.0.0.0/0", "2001:db8::1", "ns1 A", kAnswer},
      {"block net 2001:db8::1", "2001:db8::1", "ns1 A", "REFUSED"},
      {"block net 2001:db8::1", "2001:db8::2", "ns1 A", kAnswer},
      {"block net ::ffff:10.0.0.0/104", "10.0.0.1", "ns1 A", "REFUSED"},
      {"block net 10.0.0.0/8 type A", "10.0.0.1", "ns1 A", "REFUSED"},
  };
  for (const auto& c : cases) {
    const auto b = bench("acl {\n" + c.rules + "\n}");
    ASSERT_TRUE(b->good()) << c.rules;
    EXPECT_EQ(b->ask(c.question, c.client), c.answer) << c.rules;
  }
}

TEST(Acl, lines_with_zones_go_in_the_order_written) {
  const auto b = bench(
      "acl a.example.com {\n block net 192.168.1.0/24\n}\n"
      "acl example.com b.example.com {\n drop type MX\n allow type TXT\n}\n"
      "acl {\n filter net 192.168.1.0/24\n}");
  EXPECT_EQ(b->ask("x.A A", "192.168.1.1"), "REFUSED");
  EXPECT_EQ(b->ask("a MX", "192.168.1.1"), "REFUSED");
  EXPECT_EQ(b->ask("xa MX", "192.168.1.1"), "no reply");
  EXPECT_EQ(b->ask("ns1 TXT", "192.168.1.1"), "NOERROR");
  EXPECT_EQ(b->query({.question = "ns1 TXT", .client = "192.168.1.1"}).authority.size(), 1u);
  EXPECT_EQ(b->query({.question = "ns1 A", .client = "192.168.1.1"}).authority.size(), 0u);
  EXPECT_EQ(b->ask("ns1 A", "10.0.0.1"), kAnswer);
}

TEST(Acl, goes_by_the_source_address_and_not_by_the_client_subnet) {
  const auto b = bench("acl {\n block net 198.51.100.0/24\n}");
  EXPECT_EQ(b->ask({.question = "ns1 A", .client = "192.0.2.1", .ecs = "198.51.100.0/24"}),
            kAnswer);
  EXPECT_EQ(b->ask({.question = "ns1 A", .client = "198.51.100.1", .ecs = "192.0.2.0/24"}),
            "REFUSED");
}

TEST(Acl, a_list_may_be_a_device_that_ends) {
  EXPECT_EQ(bench("acl {\n block net 10.0.0.1 file /dev/null\n}")->problems(), Lines());
}

TEST(Acl, reads_lists_from_files) {
  const auto b =
      bench("acl {\n block net 10.0.0.1 file bad.txt\n drop file empty.txt\n}",
            {{"bad.txt", "# known to be bad\n192.0.2.0/24\r\n\n  2001:db8::7  # one host\n"},
             {"empty.txt", "# nothing yet\n"}});
  ASSERT_EQ(b->problems(), Lines{});
  for (const char* client : {"10.0.0.1", "192.0.2.9", "2001:db8::7"})
    EXPECT_EQ(b->ask("ns1 A", client), "REFUSED") << client;
  for (const char* client : {"10.0.0.2", "192.0.3.9", "2001:db8::8"})
    EXPECT_EQ(b->ask("ns1 A", client), kAnswer) << client;
}

TEST(Acl, names_the_rule_when_asked_why) {
  struct Notes final : Recorder {
    void note(std::string_view plugin, std::string text) override {
      if (plugin == "acl") texts.push_back(text);
    }
    void proposed(const Query&) override {}
    void judged(const Query&, MemberMask) override {}
    void drawn(const Query&, std::span<const uint64_t>) override {}
    Lines texts;
  } notes;
  const auto b = bench("acl {\n block type MX\n}");
  b->query({.question = "ns1 MX"}, &notes);
  b->query({.question = "ns1 A"}, &notes);
  ASSERT_EQ(notes.texts.size(), 2u);
  EXPECT_EQ(notes.texts[0], "192.0.2.200 asking for MX: block, by Corefile:3");
  EXPECT_EQ(notes.texts[1], "192.0.2.200 asking for A: no rule fits, so the query is allowed");
}

// The settings of the block that a Bench asks, and the text that its agent gives for the log.
TEST(Acl, counts_what_it_decides) {
  static acl::Settings* settings = nullptr;
  PluginInfo plugin = *signpost_plugin_acl();
  plugin.make_settings = [](signpost::Setup& setup) -> void* {
    return settings = new acl::Settings(setup);
  };
  Bench bench(
      "example.com {\n acl {\n block net 192.0.2.0/24\n filter net 198.51.100.1\n drop type MX\n "
      "}\n"
      " zone db.example.com\n}\n",
      {{"db.example.com", std::string(kit::plain_zone)}}, {&plugin});
  ASSERT_TRUE(bench.good());
  kit::FakeControl control("acl");
  void* agent = plugin.make_agent(settings, control);
  EXPECT_EQ(control.counter_texts(), Lines{""}) << "nothing was asked";
  for (unsigned i = 0; i < 4; ++i) bench.ask("ns1 A", "203.0.113.1");
  for (unsigned i = 0; i < 3; ++i) bench.ask("ns1 A", "192.0.2.1");
  for (unsigned i = 0; i < 2; ++i) bench.ask("ns1 A", "198.51.100.1");
  bench.ask("ns1 MX", "203.0.113.1");
  EXPECT_EQ(control.counter_texts(),
            Lines{"example.com.: 4 allowed, 3 blocked, 2 filtered, 1 dropped"});
  plugin.unmake_agent(agent);
}

TEST(Acl, lines_in_error) {
  const struct {
    std::string rules, problem;
  } cases[] = {
      {"blok net 10.0.0.0/8",
       "Corefile:3 - 'blok' is no action; did you mean 'block'? (allow, block, filter, drop)"},
      {"block nett 10.0.0.0/8",
       "Corefile:3 - 'nett' stands where one of type, net and file is expected; did you mean "
       "'net'?"},
      {"block 10.0.0.0/8",
       "Corefile:3 - '10.0.0.0/8' stands where one of type, net and file is expected"},
      {"block net", "Corefile:3 - nothing stands behind 'net'"},
      {"block type net 10.0.0.0/8", "Corefile:3 - nothing stands behind 'type'"},
      {"block type AAAAA", "Corefile:3 - 'AAAAA' is no record type; did you mean 'AAAA'?"},
      {"block type TYPE65536", "Corefile:3 - 'TYPE65536' is no record type"},
      {"block net 10.0.0.0/33",
       "Corefile:3 - '10.0.0.0/33' is no prefix and no address: expected for example "
       "198.51.100.0/24"},
      {"block net 10.0.0.7/8",
       "Corefile:3 - Warning: '10.0.0.7/8' has bits set behind its length; taken for 10.0.0.0/8"},
      {"block file nowhere.txt",
       "Corefile:3 - cannot read the list file nowhere.txt: No such file or directory"},
      {"block file list.txt",
       "list.txt:2 - '10.0.0' is no prefix and no address: expected for example 198.51.100.0/24"},
      {"block\nallow net 10.0.0.0/8",
       "Corefile:4 - Warning: this rule is never reached: the one at Corefile:3 fits every query"},
      {"", "Corefile:2 - Warning: acl without rules allows everything"},
  };
  for (const auto& c : cases) {
    const auto b = bench("acl {\n" + c.rules + "\n}", {{"list.txt", "10.0.0.1\n10.0.0\n"}});
    EXPECT_EQ(b->problems(), Lines{c.problem}) << c.rules;
    EXPECT_EQ(b->good(), c.problem.find("Warning") != std::string::npos) << c.rules;
  }
}

TEST(Acl, every_line_in_error_is_told) {
  const auto b = bench(
      "acl a..b {\n block\n}\nacl example.org {\n bloc\n allow typ A\n allow net 10.0.0.1\n}");
  EXPECT_EQ(
      b->problems(),
      (Lines{"Corefile:2 - 'a..b' is no domain name: empty label (two dots in a row, or "
             "a dot in front)",
             "Corefile:5 - Warning: no question for example.org. comes to this server block, which "
             "is for example.com.",
             "Corefile:6 - 'bloc' is no action; did you mean 'block'? (allow, block, filter, "
             "drop)",
             "Corefile:7 - 'typ' stands where one of type, net and file is expected; did you "
             "mean 'type'?"}));
}

}  // namespace
}  // namespace signpost
