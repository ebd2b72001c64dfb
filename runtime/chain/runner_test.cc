#include "chain/runner.h"

#include <gtest/gtest.h>

#include "chain/serving_kit.h"
#include "signpost/zones.h"

namespace signpost::chain {
namespace {

using Texts = std::vector<std::string>;

constexpr std::string_view kHead =
    "$TTL 60\n@ 900 SOA ns1 hostmaster 1 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\n";

std::shared_ptr<const Zone> example(const std::string& records = "www A 192.0.2.1\n") {
  return zone_of("example.com.", std::string(kHead) + records);
}

// Plugins that write their names down as they are asked.
class Walk : public testing::Test {
 protected:
  Fake& plugin(const char* name, Stage stage, Down verdict = Down::next) {
    Fake& fake = *fakes_.emplace_back(std::make_unique<Fake>(name, stage));
    fake.down = [this, name, verdict](Query&) {
      journal.push_back(std::string("down ") + name);
      return verdict;
    };
    fake.up = [this, name](Query&) {
      journal.push_back(std::string("up ") + name);
      return Up::next;
    };
    fake.done = [this, name](const Query&, const Outcome&) {
      journal.push_back(std::string("done ") + name);
    };
    chain.push_back(&fake);
    return fake;
  }

  std::vector<Fake*> chain;
  Texts journal;

 private:
  std::vector<std::unique_ptr<Fake>> fakes_;
};

TEST_F(Walk, DownToTheSourceAndUpAgain) {
  plugin("log", Stage::observe);
  plugin("acl", Stage::guard);
  plugin("one", Stage::source, Down::answered);
  plugin("two", Stage::source, Down::answered);
  Serving serving(chain);
  EXPECT_EQ(serving.ask("www A").rcode, 0);
  EXPECT_EQ(journal, (Texts{"down log", "down acl", "down one", "up acl", "up log", "done log",
                            "done acl", "done one", "done two"}));
}

TEST_F(Walk, WhoeverAnswersIsNotAskedOnTheWayUp) {
  plugin("log", Stage::observe);
  plugin("acl", Stage::guard, Down::answered).down = [](Query& q) {
    q.rcode = Rcode::refused;
    return Down::answered;
  };
  plugin("one", Stage::source, Down::answered);
  Serving serving(chain);
  EXPECT_EQ(serving.ask("www A").rcode, 5);
  EXPECT_EQ(journal, (Texts{"down log", "up log", "done log", "done acl", "done one"}));
}

TEST_F(Walk, NobodyAnswersIsRefusedAndGoesUp) {
  plugin("log", Stage::observe);
  plugin("one", Stage::source);
  uint8_t seen = 0;
  chain[1]->up = [&](Query& q) {
    seen = uint8_t(q.rcode);
    return Up::next;
  };
  Serving serving(chain);
  const auto reply = serving.ask("www A");
  EXPECT_EQ(reply.rcode, 5);
  EXPECT_FALSE(reply.aa());
  EXPECT_EQ(seen, 5);
  EXPECT_EQ(journal, (Texts{"down log", "down one", "up log", "done log", "done one"}));
}

TEST_F(Walk, DropSendsNothingAndIsSeen) {
  Outcome outcome{Rcode::servfail, 1, 1, 1};
  const auto watch = [&](const Query&, const Outcome& o) { outcome = o; };
  plugin("acl", Stage::guard, Down::drop).done = watch;
  plugin("one", Stage::source, Down::answered);
  Serving serving(chain);
  EXPECT_TRUE(serving.send(kit::Ask{"www A"}).empty());
  EXPECT_EQ(journal, (Texts{"down acl", "done one"}));
  EXPECT_EQ(outcome.bytes, 0);
  EXPECT_EQ(outcome.flags, 0);
  EXPECT_EQ(serving.runner().counters().dropped.load(), 1u);
}

TEST_F(Walk, DropOnTheWayUp) {
  plugin("log", Stage::observe);
  plugin("acl", Stage::guard).up = [](Query&) { return Up::drop; };
  plugin("one", Stage::source, Down::answered);
  Serving serving(chain);
  EXPECT_TRUE(serving.send(kit::Ask{"www A"}).empty());
  EXPECT_EQ(journal,
            (Texts{"down log", "down acl", "down one", "done log", "done acl", "done one"}));
}

TEST_F(Walk, DoneSeesWhatWasSent) {
  Outcome outcome{};
  std::string name;
  auto zone = zone_plugin();
  plugin("log", Stage::observe).done = [&](const Query& q, const Outcome& o) {
    outcome = o;
    name = q.name().text();
  };
  chain.push_back(zone.get());
  Serving serving(chain, {example()});
  const auto reply = serving.send(kit::Ask{"nowhere A"});
  EXPECT_EQ(outcome.rcode, Rcode::nxdomain);
  EXPECT_EQ(outcome.bytes, reply.size());
  EXPECT_EQ(outcome.flags, reply[2] << 8 | reply[3]);
  EXPECT_EQ(name, "nowhere.example.com.");
}

// Up to 32 queries wait for their done hooks; a 33rd ends the batch by itself.
TEST_F(Walk, DoneRunsForEveryQueryOfABatch) {
  unsigned done = 0;
  plugin("one", Stage::source, Down::answered).done = [&](const Query&, const Outcome&) { ++done; };
  Serving serving(chain);
  const auto packet = kit::query_packet({"www A"}, Name());
  std::vector<uint8_t> out(512);
  Arrival arrival;
  arrival.packet = packet;
  for (unsigned i = 0; i < 40; ++i) ASSERT_NE(serving.runner().respond(arrival, out), 0u);
  EXPECT_EQ(done, 32u);
  serving.runner().end_batch(5);
  EXPECT_EQ(done, 40u);
  serving.runner().end_batch(6);
  EXPECT_EQ(done, 40u);
}

// What is answered before any plugin: DN-21, DN-23, RFC 1035, section 4.1.1.
TEST_F(Walk, AnsweredWithoutPlugins) {
  plugin("one", Stage::source, Down::answered);
  Serving serving(chain);
  const struct {
    const char* what;
    uint16_t type, klass;
    uint8_t opcode;
    unsigned rcode;
  } rows[] = {
      {"AXFR", rr::axfr, rr::class_in, 0, 5},    {"IXFR", rr::ixfr, rr::class_in, 0, 5},
      {"class CH", rr::txt, rr::class_ch, 0, 5}, {"class NONE", rr::a, rr::class_none, 0, 5},
      {"NOTIFY", rr::soa, rr::class_in, 4, 4},   {"UPDATE", rr::soa, rr::class_in, 5, 4},
  };
  for (const auto& row : rows) {
    auto packet = kit::query_packet({"www A"}, Name());
    packet[2] = uint8_t(packet[2] | row.opcode << 3);
    packet[packet.size() - 4] = uint8_t(row.type >> 8);
    packet[packet.size() - 3] = uint8_t(row.type);
    packet[packet.size() - 2] = 0;
    packet[packet.size() - 1] = uint8_t(row.klass);
    EXPECT_EQ(kit::decode(serving.send(packet)).rcode, row.rcode) << row.what;
  }
  EXPECT_TRUE(journal.empty());
}

TEST_F(Walk, CutShortIsFormerrAndResponsesGetNothing) {
  plugin("one", Stage::source, Down::answered);
  Serving serving(chain);
  auto packet = kit::query_packet({"www A"}, Name());
  std::vector<uint8_t> out(512);
  Arrival arrival;
  arrival.packet = packet;
  arrival.cut_short = true;
  const size_t size = serving.runner().respond(arrival, out);
  EXPECT_EQ(kit::decode(std::span(out).first(size)).rcode, 1);
  packet[2] |= 0x80;
  EXPECT_TRUE(serving.send(packet).empty());
  EXPECT_TRUE(journal.empty());
  EXPECT_EQ(serving.runner().counters().discarded.load(), 1u);
  EXPECT_EQ(serving.runner().counters().malformed.load(), 1u);
}

TEST_F(Walk, UnknownListenerAndNoSnapshotAreRefused) {
  plugin("one", Stage::source, Down::answered);
  Serving serving(chain);
  const auto packet = kit::query_packet({"www A"}, Name());
  std::vector<uint8_t> out(512);
  Arrival arrival;
  arrival.packet = packet;
  arrival.listener = 7;
  EXPECT_EQ(kit::decode(std::span(out).first(serving.runner().respond(arrival, out))).rcode, 5);
  Runner bare({});
  EXPECT_EQ(kit::decode(std::span(out).first(bare.respond(arrival, out))).rcode, 5);
}

// --- restart

// A follow plugin that leads names to others, as `alias` does.
class Restart : public Walk {
 protected:
  Fake& alias(std::map<std::string, std::string> targets) {
    for (const auto& [from, to] : targets) names_[from] = Name::parse(to).value();
    Fake& fake = plugin("alias", Stage::follow);
    fake.up = [this](Query& q) {
      journal.push_back("up alias at " + q.looked_for().text());
      const auto found = names_.find(q.looked_for().text());
      if (found == names_.end()) return Up::next;
      q.restart(found->second);
      return Up::restart;
    };
    return fake;
  }

  Fake& source() {
    Fake& fake = plugin("zone", Stage::source);
    fake.down = [this](Query& q) {
      journal.push_back("down zone for " + q.looked_for().text());
      q.authoritative = true;
      return Down::answered;
    };
    return fake;
  }

 private:
  std::map<std::string, Name> names_;
};

TEST_F(Restart, EntersAgainJustBelowTheAsker) {
  plugin("log", Stage::observe);
  alias({{"www.example.com.", "target.example.com."}});
  plugin("weighted", Stage::choose);
  source();
  Serving serving(chain);
  const auto reply = serving.ask("www A");
  EXPECT_EQ(reply.questions.at(0).name, "www.example.com.");
  journal.resize(journal.size() - chain.size());  // done
  EXPECT_EQ(journal,
            (Texts{"down log", "down alias", "down weighted", "down zone for www.example.com.",
                   "up weighted", "up alias at www.example.com.", "down weighted",
                   "down zone for target.example.com.", "up weighted",
                   "up alias at target.example.com.", "up log"}))
      << "plugins above the asker run once";
}

TEST_F(Restart, ACircleIsServfail) {
  std::string_view error;
  plugin("errors", Stage::observe).done = [&](const Query& q, const Outcome&) { error = q.error; };
  alias({{"a.example.com.", "b.example.com."}, {"b.example.com.", "a.example.com."}});
  source();
  Serving serving(chain);
  const auto reply = serving.ask("a A");
  EXPECT_EQ(reply.rcode, 2);
  EXPECT_FALSE(reply.aa());
  EXPECT_FALSE(error.empty());
  EXPECT_EQ(journal.at(journal.size() - 3), "up errors") << "a failure goes up as well";
}

TEST_F(Restart, ToItselfIsServfail) {
  alias({{"a.example.com.", "a.example.com."}});
  source();
  EXPECT_EQ(Serving(chain).ask("a A").rcode, 2);
}

TEST_F(Restart, EightStepsAreTheMost) {
  std::map<std::string, std::string> targets;
  for (unsigned i = 0; i < 9; ++i)
    targets["n" + std::to_string(i) + ".example.com."] =
        "n" + std::to_string(i + 1) + ".example.com.";
  alias(targets);
  source();
  Serving serving(chain);
  EXPECT_EQ(serving.ask("n1 A").rcode, 0) << "8 steps";
  EXPECT_EQ(serving.ask("n0 A").rcode, 2) << "9 steps";
}

// --- CNAME

class Cname : public Walk {
 protected:
  Cname() : zone_(zone_plugin()) {
    plugin("log", Stage::observe);
    plugin("weighted", Stage::choose);
    chain.push_back(zone_.get());
  }

 private:
  std::unique_ptr<Fake> zone_;
};

TEST_F(Cname, IsFollowedInsideTheZone) {
  Serving serving(chain, {example("a CNAME b\nb CNAME c\nc A 192.0.2.1\n")});
  const auto reply = serving.ask("a A");
  EXPECT_EQ(texts(reply.answer),
            (Texts{"a.example.com. 60 CNAME b.example.com.",
                   "b.example.com. 60 CNAME c.example.com.", "c.example.com. 60 A 192.0.2.1"}));
  EXPECT_TRUE(reply.aa());
  EXPECT_EQ(std::count(journal.begin(), journal.end(), "up log"), 1);
  EXPECT_EQ(std::count(journal.begin(), journal.end(), "up weighted"), 3);
}

TEST_F(Cname, EndsWhereItLeadsOut) {
  Serving serving(chain, {example("a CNAME b\nb CNAME www.example.net.\n")});
  const auto reply = serving.ask("a A");
  EXPECT_EQ(reply.rcode, 0);
  EXPECT_EQ(texts(reply.answer), (Texts{"a.example.com. 60 CNAME b.example.com.",
                                        "b.example.com. 60 CNAME www.example.net."}));
}

// Each record once, and the chain ends where it closes.
TEST_F(Cname, ALoopEndsTheChain) {
  Serving serving(chain, {example("a CNAME b\nb CNAME a\nself CNAME self\n")});
  const auto reply = serving.ask("a A");
  EXPECT_EQ(reply.rcode, 0);
  EXPECT_EQ(texts(reply.answer), (Texts{"a.example.com. 60 CNAME b.example.com.",
                                        "b.example.com. 60 CNAME a.example.com."}));
  EXPECT_EQ(texts(serving.ask("self A").answer),
            Texts{"self.example.com. 60 CNAME self.example.com."});
}

TEST_F(Cname, SixteenStepsAreTheMost) {
  std::string records;
  for (int i = 0; i < 18; ++i)
    records += "n" + std::to_string(i) + " CNAME n" + std::to_string(i + 1) + "\n";
  Serving serving(chain, {example(records + "n18 A 192.0.2.1\n")});
  EXPECT_EQ(serving.ask("n2 A").answer.size(), 17u);
  const auto reply = serving.ask("n0 A");
  EXPECT_EQ(reply.rcode, 0);
  EXPECT_EQ(reply.answer.size(), 17u) << "the target of the last is left to the resolver";
}

TEST_F(Cname, AskedForItselfOrAnyIsNotFollowed) {  // RFC 1034, section 4.3.2, 3a
  Serving serving(chain, {example("a CNAME b\nb A 192.0.2.1\n")});
  EXPECT_EQ(serving.ask("a CNAME").answer.size(), 1u);
  EXPECT_EQ(serving.ask("a ANY").answer.size(), 1u);
}

TEST_F(Cname, RcodeIsOfTheLastName) {  // RFC 6604, section 3
  Serving serving(chain, {example("a CNAME nowhere\nb CNAME www\nwww A 192.0.2.1\n")});
  const auto nowhere = serving.ask("a A");
  EXPECT_EQ(nowhere.rcode, 3);
  EXPECT_EQ(nowhere.answer.size(), 1u);
  EXPECT_EQ(texts(nowhere.authority),
            Texts{"example.com. 300 SOA ns1.example.com. hostmaster.example.com. 1 7200 900 "
                  "1209600 300"});
  const auto nodata = serving.ask("b AAAA");
  EXPECT_EQ(nodata.rcode, 0);
  EXPECT_EQ(nodata.authority.size(), 1u);
}

TEST_F(Cname, OfAWildcardAnswersForTheNameAsked) {  // RFC 4592, section 3.3.1
  Serving serving(chain, {example("*.w CNAME www\nwww A 192.0.2.1\n")});
  EXPECT_EQ(
      texts(serving.ask("x.y.w A").answer),
      (Texts{"x.y.w.example.com. 60 CNAME www.example.com.", "www.example.com. 60 A 192.0.2.1"}));
}

TEST_F(Cname, AReferralBehindIt) {
  Serving serving(chain, {example("a CNAME x.sub\nsub NS ns.sub\nns.sub A 192.0.2.54\n")});
  const auto reply = serving.ask("a A");
  EXPECT_TRUE(reply.aa()) << "AA speaks of the first owner (RFC 1035, section 4.1.1)";
  EXPECT_EQ(texts(reply.answer), Texts{"a.example.com. 60 CNAME x.sub.example.com."});
  EXPECT_EQ(texts(reply.authority), Texts{"sub.example.com. 60 NS ns.sub.example.com."});
  EXPECT_EQ(texts(reply.additional), Texts{"ns.sub.example.com. 60 A 192.0.2.54"});
}

// RFC 4035, section 3.1.4.1: the parent answers for DS, also where the block has both zones.
TEST_F(Cname, DsIsOfTheParentsSide) {
  const auto names = {Name::parse("example.com.").value(), Name::parse("sub.example.com.").value()};
  const auto zone = [&](std::string_view origin, const char* records, unsigned position) {
    return zone_of(origin, std::string(kHead) + records, position, names);
  };
  Serving serving(chain, {zone("example.com.",
                               "sub NS ns.sub\nsub DS 1 8 2 00112233445566778899AABBCCDDEEFF"
                               "00112233445566778899AABBCCDDEEFF\nns.sub A 192.0.2.54\n",
                               0),
                          zone("sub.example.com.", "", 1)});
  const auto reply = serving.ask("sub DS");
  EXPECT_TRUE(reply.aa());
  EXPECT_EQ(reply.answer.size(), 1u);
  EXPECT_EQ(texts(serving.ask("sub AAAA").authority).size(), 1u) << "the child's SOA";
  EXPECT_TRUE(serving.ask("x.sub DS").answer.empty());
}

}  // namespace
}  // namespace signpost::chain
