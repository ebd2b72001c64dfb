// The records of a reply: the order of values, and records that a plugin makes for one query.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "chain/serving_kit.h"

namespace signpost::chain {
namespace {

using Texts = std::vector<std::string>;

constexpr std::string_view kHead =
    "$TTL 60\n@ 900 SOA ns1 hostmaster 1 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\n";

std::string addresses(const std::string& owner, unsigned count) {
  std::string text;
  for (unsigned i = 0; i < count; ++i)
    text += owner + " A 10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256) + "\n";
  return text;
}

// --- order

TEST(ReplyRecords, ValuesInRandomOrder) {  // S-01, DN-16
  const auto source = zone_plugin();
  const std::string records = std::string(kHead) + addresses("three", 3) + addresses("many", 70);
  Serving serving({source.get()},
                  {zone_of("example.com.", records, 0, {Name::parse("example.com.").value()})});
  std::map<Texts, unsigned> orders;
  const unsigned asked = 6000;
  for (unsigned i = 0; i < asked; ++i) ++orders[texts(serving.ask("three A").answer)];
  EXPECT_EQ(orders.size(), 6u);
  for (const auto& [order, count] : orders) EXPECT_NEAR(count, asked / 6., asked * 0.02);
  std::set<std::string> first;
  for (unsigned i = 0; i < 500; ++i) {
    const auto reply = serving.ask(kit::Ask{.question = "many A", .tcp = true});
    const Texts all = sorted(reply.answer);
    EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), 70u) << "each once";
    first.insert(reply.answer[0].text());
  }
  EXPECT_GT(first.size(), 60u);
}

// --- records made for a query

TEST(ReplyRecords, MadeRecords) {
  Fake made("made");
  std::vector<bool> fitted;
  const std::vector<uint8_t> label{4, '_', 'u', 'd', 'p', 0}, data(100, 1);
  made.down = [&](Query& q) {
    fitted.clear();
    for (unsigned i = 0; i < 6; ++i)
      fitted.push_back(q.add_record(Section::additional, ReplyEntry::below_step_owner,
                                    {label.data(), label.size()}, 65280, i, data));
    return Down::answered;
  };
  Serving serving({&made});
  const auto reply = serving.ask(kit::Ask{.question = "www A", .payload = 1232});
  EXPECT_EQ(fitted, (std::vector<bool>{true, true, true, true, false, false}));
  ASSERT_EQ(reply.additional.size(), 4u);
  EXPECT_EQ(reply.additional[3].owner, "_udp.www.example.com.");
  EXPECT_EQ(reply.additional[3].ttl, 3u);
  EXPECT_EQ(reply.additional[3].data, data);
}

TEST(ReplyRecords, MadeRecordsOfMoreThan512BytesDoNotFit) {
  Fake made("made");
  const std::vector<uint8_t> data(300, 1);
  std::vector<bool> fitted;
  made.down = [&](Query& q) {
    for (unsigned i = 0; i < 2; ++i)
      fitted.push_back(q.add_record(Section::answer, ReplyEntry::step_owner, {}, 65280, i, data));
    return Down::answered;
  };
  Serving serving({&made});
  EXPECT_EQ(serving.ask("www A").answer.size(), 1u);
  EXPECT_EQ(fitted, (std::vector<bool>{true, false}));
}

// Names above 64 bytes, of which only as many labels are remembered as names in replies have: none
// where no zone answers, and none in a root zone that has no other name.
TEST(ReplyRecords, LongNamesWhereNoNameIsDeep) {
  const std::string host = std::string(31, 'a') + "." + std::string(31, 'b') + ".ccc.example.";
  Fake made("made");
  const std::vector<uint8_t> label{4, '_', 'u', 'd', 'p', 0}, data(16, 1);
  made.down = [&](Query& q) {
    q.add_record(Section::additional, ReplyEntry::below_step_owner, {label.data(), label.size()},
                 65280, 0, data);
    return Down::answered;
  };
  Serving without_zone({&made});
  for (unsigned i = 0; i < 3; ++i) {
    const auto reply = without_zone.ask(host + " A");
    ASSERT_EQ(reply.additional.size(), 1u);
    EXPECT_EQ(reply.additional[0].owner, "_udp." + host);
  }
  const auto source = zone_plugin();
  Serving root({source.get()}, {zone_of(".", "$TTL 60\n. SOA . . 1 2 3 4 5\n. NS .\n")});
  for (unsigned i = 0; i < 3; ++i) {
    const auto reply = root.ask(host + " A");
    EXPECT_EQ(reply.rcode, 3);
    ASSERT_EQ(reply.authority.size(), 1u);
    EXPECT_EQ(reply.authority[0].owner, ".");
  }
}

TEST(ReplyRecords, EntriesAreLimited) {
  Fake made("made");
  static constexpr uint8_t bytes[] = {0, 0, 255, 0, 0, 1, 0, 0, 0, 9, 0, 1, 7};
  static constexpr uint32_t starts[] = {0, sizeof bytes};
  static constexpr WireSet set{bytes, starts, nullptr, 1, 0, 9};
  unsigned added = 0;
  made.down = [&](Query& q) {
    while (q.add(Section::answer, set, ReplyEntry::step_owner)) ++added;
    return Down::answered;
  };
  Serving serving({&made});
  EXPECT_EQ(serving.ask(kit::Ask{.question = "www A", .payload = 1232}).answer.size(), 40u);
  EXPECT_EQ(added, 40u);
}

}  // namespace
}  // namespace signpost::chain
