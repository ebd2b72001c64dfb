// Extended DNS Errors of replies (RFC 8914), and what else goes along in OPT.
#include "chain/explanation.h"

#include <gtest/gtest.h>

#include "chain/serving_kit.h"

namespace signpost::chain {
namespace {

constexpr uint16_t kExtendedError = 15, kKeepalive = 11;

const std::string kZone =
    "$TTL 60\n@ SOA ns1 h 1 2 3 4 5\n@ NS ns1\nns1 A 192.0.2.53\nwww A 192.0.2.1\n";

std::string error_text(uint16_t code, std::string_view text) {
  return std::string{char(code >> 8), char(code)} + std::string(text);
}

// Asks with EDNS what a source that does `answer` says.
kit::Message ask(const std::function<Down(Query&)>& answer, bool edns = true) {
  Fake source("source");
  source.down = answer;
  Serving serving({&source});
  return serving.ask(kit::Ask{.question = "www A", .edns = edns});
}

TEST(Explanation, TellsWhyItFailed) {
  const struct {
    Rcode rcode;
    uint16_t code;
    std::string_view error;
    std::optional<std::string> sent;
  } rows[] = {
      {Rcode::servfail, ede::other, "the answer took too long",
       error_text(0, "the answer took too long")},
      {Rcode::servfail, ede::no_reachable_authority, "no way", error_text(22, "no way")},
      {Rcode::servfail, ede::not_ready, "", error_text(14, "")},
      {Rcode::servfail, ede::other, "", std::nullopt},
      {Rcode::refused, ede::prohibited, "", error_text(18, "")},
      {Rcode::refused, ede::other, "", std::nullopt},
      {Rcode::nxdomain, ede::other, "never mind", std::nullopt},
      {Rcode::noerror, ede::other, "never mind", std::nullopt},
  };
  for (const auto& row : rows) {
    const auto answer = [&](Query& q) {
      q.rcode = row.rcode;
      q.error = row.error;
      q.error_code = row.code;
      return Down::answered;
    };
    EXPECT_EQ(ask(answer).option(kExtendedError), row.sent) << row.error;
    const kit::Message plain = ask(answer, false);
    EXPECT_FALSE(plain.edns) << "RFC 6891, section 7";
    EXPECT_EQ(plain.rcode, uint16_t(row.rcode));
  }
}

TEST(Explanation, LeavesPluginsTheLastWord) {
  const kit::Message reply = ask([](Query& q) {
    q.rcode = Rcode::refused;
    q.error_code = ede::not_authoritative;
    q.explain_error(ede::blocked, "not you");
    return Down::answered;
  });
  ASSERT_EQ(reply.options.size(), 1u);
  EXPECT_EQ(reply.option(kExtendedError), error_text(15, "not you"));
}

TEST(Explanation, TellsThatNothingIsHealthy) {
  const kit::Message reply = ask([](Query& q) {
    q.routed_reason = RouteReason::last_resort;
    return Down::answered;
  });
  EXPECT_EQ(reply.rcode, 0);
  EXPECT_EQ(reply.option(kExtendedError), error_text(0, "no healthy member: answering with all"));
}

// Of a routed set that turns out too long, only that is said; but a plugin has the last word.
TEST(Explanation, TellsOfNoChoiceThatIsNotSent) {
  const std::string label(63, 'x'),
      name = label + "." + label + "." + label + "." + std::string(47, 'y') + ".n";
  std::string records = "*.n CNAME big\n";
  for (unsigned i = 0; i < 4079; ++i)
    records += "big A 10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256) + "\n";
  const auto served = zone_of("example.com.", kZone + records);
  const auto source = zone_plugin();
  for (const bool plugin : {false, true}) {
    Fake policy("policy");
    policy.up = [plugin](Query& q) {
      q.routed_reason = RouteReason::last_resort;
      if (plugin && !q.explained()) q.explain_error(ede::stale_answer, "old");
      return Up::next;
    };
    Serving serving({&policy, source.get()}, {served});
    const auto ask = [&](const std::string& question) {
      return serving.ask(kit::Ask{.question = question, .edns = true, .tcp = true});
    };
    const kit::Message sent = ask("x.n A"), failed = ask(name + " A");
    EXPECT_EQ(sent.rcode, 0);
    EXPECT_EQ(failed.rcode, 2);
    EXPECT_EQ(failed.options.size(), 1u);
    const auto old = error_text(3, "old");
    EXPECT_EQ(sent.option(kExtendedError),
              plugin ? old : error_text(0, "no healthy member: answering with all"));
    EXPECT_EQ(failed.option(kExtendedError),
              plugin ? old : error_text(0, "the answer is longer than a message can be"));
  }
}

TEST(Explanation, TellsWhoseNameItIsNot) {
  const kit::Message reply = ask([](Query&) { return Down::next; });
  EXPECT_EQ(reply.rcode, 5);
  EXPECT_EQ(reply.option(kExtendedError), error_text(20, ""));
}

TEST(Explanation, TellsThatNothingIsServedYet) {
  Serving serving({});
  serving.runner().adopt(nullptr);
  const kit::Message reply = serving.ask(kit::Ask{.question = "www A", .edns = true});
  EXPECT_EQ(reply.rcode, 5);
  EXPECT_EQ(reply.option(kExtendedError), error_text(14, ""));
}

TEST(Explanation, TellsThatNoMessageHoldsTheAnswer) {
  std::vector<uint8_t> bytes(12 + 40000, 1);
  const uint8_t head[] = {0, 0, 255, 0, 0, 1, 0, 0, 0, 9, 40000 >> 8, 40000 & 255};
  std::copy(std::begin(head), std::end(head), bytes.begin());
  const uint32_t starts[] = {0, uint32_t(bytes.size())};
  const WireSet set{bytes.data(), starts, nullptr, 1, 0, 9};
  Fake source("source");
  source.down = [&](Query& q) {
    q.add(Section::answer, set, ReplyEntry::step_owner);
    q.add(Section::answer, set, ReplyEntry::step_owner);
    return Down::answered;
  };
  Serving serving({&source});
  const auto reply = serving.ask(kit::Ask{.question = "www A", .edns = true, .tcp = true});
  EXPECT_EQ(reply.rcode, 2);
  EXPECT_EQ(reply.option(kExtendedError),
            error_text(0, "the answer is longer than a message can be"));
}

TEST(Explanation, IsOfThisQueryAlone) {
  unsigned count = 0;
  Fake source("source");
  source.down = [&](Query& q) {
    q.rcode = Rcode::servfail;
    q.error = "x";
    if (count++ == 0) q.explain_error(ede::blocked);
    return Down::answered;
  };
  Serving serving({&source});
  EXPECT_EQ(serving.ask(kit::Ask{.question = "www A", .edns = true}).option(kExtendedError),
            error_text(15, ""));
  EXPECT_EQ(serving.ask(kit::Ask{.question = "www A", .edns = true}).option(kExtendedError),
            error_text(0, "x"));
}

// RFC 7828, section 3.1: units of 100 ms, over TCP, to who offers it.
TEST(Keepalive, TellsHowLongConnectionsMayIdle) {
  auto source = zone_plugin();
  const struct {
    uint32_t idle_ms;
    bool tcp, asked;
    std::optional<std::string> sent;
  } rows[] = {
      {10'000, true, true, std::string("\0\x64", 2)},
      {2'550, true, true, std::string("\0\x19", 2)},
      {3'600'000, true, true, std::string("\x8c\xa0", 2)},
      {0xffffffff, true, true, std::string("\xff\xff", 2)},
      {10'000, false, true, std::nullopt},
      {10'000, true, false, std::nullopt},
  };
  for (const auto& row : rows) {
    RunnerOptions options;
    options.tcp_idle_ms = &row.idle_ms;
    Serving serving({source.get()}, {zone_of("example.com.", kZone)}, options);
    kit::Ask ask{.question = "www A", .edns = true, .tcp = row.tcp};
    if (row.asked) ask.options = {{kKeepalive, ""}};
    const kit::Message reply = serving.ask(ask);
    EXPECT_EQ(reply.answer.size(), 1u);
    EXPECT_EQ(reply.option(kKeepalive), row.sent) << row.idle_ms;
  }
}

// The OPT record is reserved before records are written: whatever options there are, the reply fits
// and none of them is lost.
TEST(Options, AlwaysFit) {
  std::string records = kZone;
  for (unsigned i = 0; i < 30; ++i) records += "many A 10.0.0." + std::to_string(i) + "\n";
  for (size_t size = 0; size <= 196; ++size) {
    auto source = zone_plugin();
    Fake teller("teller", Stage::guard);
    teller.down = [&](Query& q) {
      EXPECT_TRUE(q.add_option(65001, std::vector<uint8_t>(size, 'x')));
      EXPECT_FALSE(q.add_option(65002, std::vector<uint8_t>(200 - size, 'x')));
      return Down::next;
    };
    Serving serving({&teller, source.get()}, {zone_of("example.com.", records)});
    const auto bytes =
        serving.send(kit::Ask{.question = "many A", .ecs = "2001:db8::1/128", .payload = 512});
    EXPECT_LE(bytes.size(), 512u);
    const kit::Message reply = kit::decode(bytes);
    ASSERT_TRUE(reply.option(65001).has_value());
    EXPECT_EQ(reply.option(65001)->size(), size);
    EXPECT_TRUE(reply.subnet.has_value());
    EXPECT_TRUE(reply.tc());
  }
}

}  // namespace
}  // namespace signpost::chain
