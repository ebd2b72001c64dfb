// How much a reply holds: whole sets only, what is needed or TC, and the longest messages.
#include <gtest/gtest.h>

#include <algorithm>

#include "chain/serving_kit.h"

namespace signpost::chain {
namespace {

constexpr std::string_view kHead =
    "$TTL 60\n@ 900 SOA ns1 hostmaster 1 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\n";

std::shared_ptr<const Zone> zone(std::string_view origin, const std::string& records) {
  return zone_of(origin, std::string(kHead) + records);
}

std::string addresses(const std::string& owner, unsigned count) {
  std::string text;
  for (unsigned i = 0; i < count; ++i)
    text += owner + " A 10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256) + "\n";
  return text;
}

class ReplySize : public testing::Test {
 protected:
  ReplySize() : zone_(zone_plugin()) {}
  Serving serve(std::vector<std::shared_ptr<const Zone>> zones) {
    return Serving({zone_.get()}, std::move(zones));
  }

 private:
  std::unique_ptr<Fake> zone_;
};

// DN-01. An address takes 16 bytes, the question 12 + 21, an OPT record 11.
TEST_F(ReplySize, TruncatesAtTheClientsSize) {
  Serving serving = serve({zone("example.com.", addresses("a29", 29) + addresses("a30", 30) +
                                                    addresses("a73", 73) + addresses("a99", 99))});
  const struct {
    const char* question;
    uint16_t payload;  // 0: no EDNS
    bool tcp, truncated;
  } rows[] = {
      {"a29 A", 0, false, false},    {"a30 A", 0, false, true},    {"a30 A", 100, false, true},
      {"a29 A", 512, false, false},  {"a30 A", 512, false, true},  {"a30 A", 600, false, false},
      {"a73 A", 1232, false, false}, {"a99 A", 4096, false, true},  // our own limit: 1232
      {"a99 A", 0, true, false},     {"a99 A", 512, true, false},
  };
  for (const auto& row : rows) {
    const auto bytes =
        serving.send(kit::Ask{.question = row.question, .payload = row.payload, .tcp = row.tcp});
    const auto reply = kit::decode(bytes);
    const auto what = std::string(row.question) + " " + std::to_string(row.payload);
    EXPECT_EQ(reply.tc(), row.truncated) << what;
    EXPECT_EQ(reply.answer.empty(), row.truncated) << "whole sets only: " << what;
    EXPECT_EQ(reply.edns, row.payload != 0) << "OPT is always kept: " << what;
    if (!row.tcp) {
      EXPECT_LE(bytes.size(), std::clamp<size_t>(row.payload, 512, 1232)) << what;
    }
    if (reply.edns) {
      EXPECT_EQ(reply.edns_payload, 1232);
    }
  }
}

TEST_F(ReplySize, WhatIsNotNeededIsLeftOutWithoutTC) {
  Serving serving =
      serve({zone("example.com.", "big TXT " + std::string(200, 'x') + " " + std::string(200, 'y') +
                                      "\nbig2 MX 1 " + "m\n" + addresses("m", 30))});
  const auto txt = serving.ask("big TXT");
  EXPECT_FALSE(txt.tc());
  EXPECT_EQ(txt.answer.size(), 1u);
  const auto mx = serving.ask("big2 MX");
  EXPECT_FALSE(mx.tc()) << "additional addresses are a courtesy (RFC 2181, section 9)";
  EXPECT_EQ(mx.answer.size(), 1u);
  EXPECT_EQ(mx.authority.size(), 1u);
  EXPECT_TRUE(mx.additional.empty());
}

TEST_F(ReplySize, GlueThatDoesNotFitIsTruncation) {  // RFC 9471
  std::string records;
  for (unsigned i = 0; i < 12; ++i) {
    const std::string ns = "name-server-" + std::to_string(i) + ".sub";
    records += "sub NS " + ns + "\n" + ns + " A 192.0.2." + std::to_string(i) + "\n";
  }
  Serving serving = serve({zone("example.com.", records)});
  EXPECT_TRUE(serving.ask("x.sub A").tc());
  const auto whole = serving.ask(kit::Ask{.question = "x.sub A", .payload = 1232});
  EXPECT_FALSE(whole.tc());
  EXPECT_EQ(whole.additional.size(), 12u);
}

// A message over TCP may pass the reach of a compression pointer (RFC 1035, section 4.1.4).
TEST_F(ReplySize, BeyondTheReachOfPointers) {
  const std::string label(60, 'm'), mail = label + "." + label + "." + label;
  std::string records = "far MX 1 " + mail + "\n" + addresses(mail, 60);
  for (unsigned i = 0; i < 100; ++i)
    records += "far MX 2 " + std::string(60, char('a' + i % 26)) + std::to_string(i / 26) + "." +
               label + "." + label + "\n";
  for (unsigned i = 0; i < 100; ++i)
    records += "far MX 3 " + std::string(60, char('a' + i % 26)) + std::to_string(i / 26) + "." +
               label + "\n";
  Serving serving = serve({zone("example.com.", records)});
  const auto bytes = serving.send(kit::Ask{.question = "far MX", .tcp = true});
  ASSERT_GT(bytes.size(), 0x4000u);
  const auto reply = kit::decode(bytes);
  EXPECT_EQ(reply.answer.size(), 201u);
  ASSERT_EQ(reply.additional.size(), 60u);
  EXPECT_EQ(reply.additional.back().owner, mail + ".example.com.");
}

// Close to 65535 bytes, what is optional is left out and nothing is written over the end.
TEST_F(ReplySize, TheLongestMessageOverTcp) {
  std::string records = "@ MX 1 mail\n" + addresses("mail", 90);
  for (unsigned i = 100; i < 357; ++i) {
    const std::string n = std::to_string(i);
    records += "@ MX 2 " + n + std::string(57, 'a') + "." + n + std::string(57, 'b') + "." + n +
               std::string(57, 'c') + "." + n + std::string(50, 'd') + "\n";
  }
  Serving serving = serve({zone("example.com.", records)});
  const auto bytes = serving.send(kit::Ask{.question = "@ MX", .tcp = true});
  const auto reply = kit::decode(bytes);
  EXPECT_GT(bytes.size(), 65000u);
  EXPECT_FALSE(reply.tc());
  EXPECT_EQ(reply.answer.size(), 258u);
  EXPECT_TRUE(reply.additional.empty());
}

// A QNAME of 255 bytes below `owner`, which takes 15.
std::string longest_below(const std::string& owner) {
  const std::string label(63, 'x');
  return label + "." + label + "." + label + "." + std::string(47, 'y') + "." + owner;
}

// A client that was told TC over TCP would ask for ever.
TEST_F(ReplySize, AnswersTooLongForTcpAreServfail) {
  Serving serving = serve({zone("example.com.", "*.n CNAME big\n" + addresses("big", 4079))});
  const std::string question = longest_below("n") + " A";
  EXPECT_TRUE(serving.ask(question).tc()) << "over UDP";
  EXPECT_EQ(serving.ask(kit::Ask{.question = "x.n A", .tcp = true}).answer.size(), 4080u);
  const auto reply = serving.ask(kit::Ask{.question = question, .payload = 1232, .tcp = true});
  EXPECT_EQ(reply.rcode, 2);
  EXPECT_FALSE(reply.tc());
  EXPECT_TRUE(reply.answer.empty() && reply.edns);
}

// What the builder of zones lets pass is answered, whatever options are in the reply.
TEST_F(ReplySize, TheLongestSetsAreAnsweredWithAllOptions) {
  const auto record = [](const std::string& owner, size_t bytes) {
    const std::string size = std::to_string(bytes), data(2 * bytes, 'A');
    return owner + " TYPE65280 \\# " + size + " " + data + "\n";
  };
  constexpr size_t kBeside = 12 + 4 + 235 + 12;  // header, question, OPT, head of the record
  const auto served = zone(
      "example.com.", record("n", 65535 - kBeside - 15) + record("*.w", 65535 - kBeside - 255));
  ASSERT_NE(served, nullptr);
  Fake adds("adds");
  adds.down = [](Query& q) {
    return q.add_option(65001, std::vector<uint8_t>(196)) ? Down::next : Down::drop;
  };
  const auto source = zone_plugin();
  Serving serving({&adds, source.get()}, {served});
  for (const std::string& question : {std::string("n"), longest_below("w")}) {
    const auto bytes = serving.send(
        kit::Ask{.question = question + " TYPE65280", .ecs = "2001:db8::1/128", .tcp = true});
    EXPECT_EQ(bytes.size(), 65535u) << question;
    const auto reply = kit::decode(bytes);
    EXPECT_EQ(reply.answer.size(), 1u) << question;
    EXPECT_TRUE(reply.subnet && reply.option(65001)) << question;
  }
}

// Many names of few domains, each of which pointers reach only where it stands in the file: in
// another order the answer would be 400 KiB.
TEST_F(ReplySize, SetsBeyondTheReachOfPointersKeepTheirOrder) {
  std::string records;
  const auto domain = [](unsigned i) {
    const std::string label = std::to_string(i) + std::string(57, 'd');
    return "." + label + "." + label + "." + label + ".example.net.\n";
  };
  for (unsigned i = 0; i < 60; ++i) records += "far MX 1 first" + domain(i);
  for (unsigned i = 0; i < 1800; ++i) records += "far MX 2 m" + std::to_string(i) + domain(i / 30);
  Serving serving = serve({zone("example.com.", records)});
  for (unsigned i = 0; i < 5; ++i) {
    const auto reply = serving.ask(kit::Ask{.question = "far MX", .tcp = true});
    EXPECT_EQ(reply.rcode, 0);
    ASSERT_EQ(reply.answer.size(), 1860u);
    EXPECT_EQ(reply.answer[59].data_text().substr(0, 10), "1 first.59");
  }
}

// RFC 9471, sections 3.1 and 3.2: what is in the delegated domain is needed, what is in another one
// is not.
TEST_F(ReplySize, GlueOfSiblingsIsOptional) {
  std::string records = "sub NS ns.sub\nns.sub A 192.0.2.99\n";
  for (unsigned i = 0; i < 12; ++i) {
    const std::string ns = "name-server-" + std::to_string(i) + ".sibling";
    records += "sub NS " + ns + "\nsibling NS " + ns + "\n" + ns + " A 192.0.2." +
               std::to_string(i) + "\n";
  }
  Serving serving = serve({zone("example.com.", records)});
  const auto cut = serving.ask("x.sub A");
  EXPECT_FALSE(cut.tc());
  EXPECT_EQ(cut.authority.size(), 13u);
  EXPECT_LT(cut.additional.size(), 13u);
  EXPECT_EQ(cut.additional.at(0).owner, "ns.sub.example.com.") << "goes first";
  EXPECT_EQ(serving.ask(kit::Ask{.question = "x.sub A", .payload = 1232}).additional.size(), 13u);
  EXPECT_TRUE(serving.ask("x.sibling A").tc());
}

// However many addresses belong to a set.
TEST_F(ReplySize, AllGlueIsSent) {
  std::string records;
  for (unsigned i = 0; i < 200; ++i) {
    const std::string ns = "n" + std::to_string(i) + ".sub";
    records += "sub NS " + ns + "\n" + ns + " A 192.0.2.1\n" + ns + " AAAA 2001:db8::1\n";
  }
  Serving serving = serve({zone("example.com.", records)});
  const auto reply = serving.ask(kit::Ask{.question = "x.sub A", .tcp = true});
  EXPECT_EQ(reply.authority.size(), 200u);
  EXPECT_EQ(reply.additional.size(), 400u);
}

}  // namespace
}  // namespace signpost::chain
