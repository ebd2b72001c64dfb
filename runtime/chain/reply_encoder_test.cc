#include "chain/reply_encoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "chain/serving_kit.h"

namespace signpost::chain {
namespace {

using Texts = std::vector<std::string>;

constexpr std::string_view kHead =
    "$TTL 60\n@ 900 SOA ns1 hostmaster 1 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\n";

const std::string kDigest(64, '0');

const Name kSiblings[] = {Name::parse("example.com.").value(), Name::parse("other.net.").value(),
                          Name::parse("sub.example.com.").value()};

std::shared_ptr<const Zone> zone(std::string_view origin, const std::string& records,
                                 unsigned position = 0) {
  return zone_of(origin, std::string(kHead) + records, position,
                 {std::begin(kSiblings), std::end(kSiblings)});
}

class Reply : public testing::Test {
 protected:
  Reply() : follow_("alias", Stage::follow), alias_sets_("aliases"), zone_(zone_plugin()) {}

  // Serves the zones, in this order; `aliases` are names that an alias stands at.
  Serving serve(std::vector<std::shared_ptr<const Zone>> zones,
                std::map<std::string, std::string> aliases = {}) {
    for (const auto& [from, to] : aliases) aliases_[from] = Name::parse(to).value();
    follow_.up = [this](Query& q) {
      const auto found = aliases_.find(q.looked_for().text());
      if (found == aliases_.end()) return Up::next;
      q.restart(found->second);
      return Up::restart;
    };
    alias_sets_.down = [this](Query& q) {  // what stands at such a name is the alias alone
      return aliases_.contains(q.looked_for().text()) ? Down::answered : Down::next;
    };
    return Serving({&follow_, &alias_sets_, zone_.get()}, std::move(zones));
  }

 private:
  Fake follow_, alias_sets_;
  std::unique_ptr<Fake> zone_;
  std::map<std::string, Name> aliases_;
};

// How often the bytes of `label` stand in the packet: once means that it was compressed elsewhere.
size_t occurrences(const std::vector<uint8_t>& packet, std::string_view label) {
  const std::string text(packet.begin(), packet.end());
  size_t count = 0;
  for (size_t at = 0; (at = text.find(label, at)) != std::string::npos; ++at) ++count;
  return count;
}

TEST_F(Reply, HeaderRepeatsTheQuestion) {  // DN-08, DN-22; RFC 4035, section 3.1.6
  Serving serving = serve({zone("example.com.", "www A 192.0.2.1\n")});
  auto packet = kit::query_packet({"www A"}, kSiblings[0]);
  packet[13] = 'W';
  packet[3] = 0x30;  // AD, CD
  const auto bytes = serving.send(packet);
  const auto reply = kit::decode(bytes);
  EXPECT_EQ(reply.id, 0x1234);
  EXPECT_EQ(reply.flags, 0x8000 | 0x0400 | 0x0100) << "QR AA RD, neither AD nor CD";
  ASSERT_EQ(reply.questions.size(), 1u);
  EXPECT_EQ(reply.questions[0].name, "Www.example.com.") << "as sent";
  EXPECT_EQ(reply.questions[0].type, rr::a);
  EXPECT_EQ(reply.questions[0].klass, rr::class_in);
}

TEST_F(Reply, OwnersAndNamesOfTheZoneArePointers) {
  Serving serving =
      serve({zone("example.com.", "@ MX 10 mail\nmail A 192.0.2.25\nmail AAAA 2001:db8::25\n")});
  const auto bytes = serving.send(kit::Ask{"@ MX"});
  const auto reply = kit::decode(bytes);
  EXPECT_EQ(texts(reply.answer), Texts{"example.com. 60 MX 10 mail.example.com."});
  EXPECT_EQ(texts(reply.authority), Texts{"example.com. 60 NS ns1.example.com."});
  EXPECT_EQ(texts(reply.additional),
            (Texts{"mail.example.com. 60 A 192.0.2.25", "mail.example.com. 60 AAAA 2001:db8::25"}));
  EXPECT_EQ(occurrences(bytes, "\7example"), 1u);
}

TEST_F(Reply, NegativeAnswers) {  // DN-03, DN-05 to DN-07
  Serving serving = serve({zone("example.com.", "a.ent A 192.0.2.1\nwww A 192.0.2.1\n")});
  const struct {
    const char* question;
    unsigned rcode;
  } rows[] = {{"nowhere A", 3}, {"ent A", 0}, {"www AAAA", 0}, {"x.www A", 3}};
  for (const auto& row : rows) {
    const auto reply = serving.ask(row.question);
    EXPECT_EQ(reply.rcode, row.rcode) << row.question;
    EXPECT_TRUE(reply.aa() && reply.answer.empty() && reply.additional.empty());
    EXPECT_EQ(texts(reply.authority),
              Texts{"example.com. 300 SOA ns1.example.com. hostmaster.example.com. 1 7200 900 "
                    "1209600 300"});
  }
}

// DN-18; DS goes with the proofs of signed zones (RFC 4035, section 3.1.4.1).
TEST_F(Reply, Referral) {
  Serving serving = serve({zone("example.com.", "sub NS ns.sub\nsub NS ns1\nsub DS 1 13 2 " +
                                                    kDigest + "\nns.sub A 192.0.2.54\n")});
  for (const bool dnssec : {false, true}) {
    const auto reply = serving.ask(kit::Ask{.question = "x.y.sub A", .dnssec_ok = dnssec});
    EXPECT_FALSE(reply.aa());
    EXPECT_TRUE(reply.answer.empty());
    Texts authority{"sub.example.com. 60 NS ns.sub.example.com.",
                    "sub.example.com. 60 NS ns1.example.com."};
    EXPECT_EQ(sorted(reply.authority), authority);
    EXPECT_EQ(sorted(reply.additional),
              (Texts{"ns.sub.example.com. 60 A 192.0.2.54", "ns1.example.com. 60 A 192.0.2.53"}));
  }
  const auto ds = serving.ask("sub DS");  // DN-19
  EXPECT_TRUE(ds.aa());
  EXPECT_EQ(texts(ds.answer), Texts{"sub.example.com. 60 DS 1 13 2 " + kDigest});
}

// --- several zones

// An alias has no CNAME whose target could be pointed at: the second zone's names are written out.
TEST_F(Reply, AliasIntoAZoneElsewhereIsWrittenOut) {
  Serving serving = serve({zone("example.com.", "www A 192.0.2.1\n"),
                           zone("other.net.", "mail MX 5 mx\nmail MX 6 @\nmx A 192.0.2.9\n", 1)},
                          {{"www.example.com.", "mail.other.net."}});
  const auto reply = serving.ask("www MX");
  EXPECT_EQ(sorted(reply.answer), (Texts{"www.example.com. 60 MX 5 mx.other.net.",
                                         "www.example.com. 60 MX 6 other.net."}));
  EXPECT_EQ(texts(reply.authority), Texts{"other.net. 60 NS ns1.other.net."});
  EXPECT_EQ(texts(reply.additional), Texts{"mx.other.net. 60 A 192.0.2.9"});
}

TEST_F(Reply, AliasElsewhereWithoutData) {
  Serving serving = serve(
      {zone("example.com.", "www A 192.0.2.1\n"), zone("other.net.", "mail A 192.0.2.9\n", 1)},
      {{"www.example.com.", "mail.other.net."}});
  const auto reply = serving.ask("www AAAA");
  EXPECT_EQ(reply.rcode, 0);
  EXPECT_EQ(
      texts(reply.authority),
      Texts{"other.net. 300 SOA ns1.other.net. hostmaster.other.net. 1 7200 900 1209600 300"});
}

TEST_F(Reply, AliasAmongCnames) {
  Serving serving = serve({zone("example.com.", "a CNAME b\nb A 192.0.2.1\n"),
                           zone("other.net.", "c CNAME d\nd A 192.0.2.9\nd A 192.0.2.10\n", 1)},
                          {{"b.example.com.", "c.other.net."}});
  EXPECT_EQ(sorted(serving.ask("a A").answer),
            (Texts{"a.example.com. 60 CNAME b.example.com.", "b.example.com. 60 CNAME d.other.net.",
                   "d.other.net. 60 A 192.0.2.10", "d.other.net. 60 A 192.0.2.9"}));
}

TEST_F(Reply, CnameBetweenParentAndChildEndsAtTheEdge) {
  Serving serving = serve(
      {zone("example.com.", "down CNAME www.sub\nback A 192.0.2.7\nsub NS ns1.sub\n"),
       zone("sub.example.com.", "www MX 1 mx\nup CNAME back.example.com.\nmx A 192.0.2.2\n", 1)});
  const auto down = serving.ask("down MX");
  EXPECT_EQ(texts(down.answer), Texts{"down.example.com. 60 CNAME www.sub.example.com."});
  EXPECT_TRUE(down.authority.empty() && down.additional.empty());
  const auto up = serving.ask("up.sub A");
  EXPECT_EQ(texts(up.answer), Texts{"up.sub.example.com. 60 CNAME back.example.com."});
  EXPECT_TRUE(up.authority.empty() && up.additional.empty());
}

TEST_F(Reply, TheRootZone) {
  Serving serving =
      serve({zone_of(".",
                     "$TTL 60\n. SOA ns1. h. 1 2 3 4 5\n. NS ns1.\nns1. A 192.0.2.53\n"
                     "com. NS ns.com.\nns.com. A 192.0.2.54\nx. MX 1 ns1.\n")});
  EXPECT_EQ(texts(serving.ask("x. MX").answer), Texts{"x. 60 MX 1 ns1."});
  EXPECT_EQ(texts(serving.ask(". NS").answer), Texts{". 60 NS ns1."});
  const auto referral = serving.ask("www.example.com. A");
  EXPECT_EQ(texts(referral.authority), Texts{"com. 60 NS ns.com."});
  EXPECT_EQ(texts(referral.additional), Texts{"ns.com. 60 A 192.0.2.54"});
}

// --- sizes

std::string addresses(const std::string& owner, unsigned count) {
  std::string text;
  for (unsigned i = 0; i < count; ++i)
    text += owner + " A 10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256) + "\n";
  return text;
}

// Every number of records, so that every distance to the limit is met.
TEST_F(Reply, NeverExceedsTheLimit) {
  std::string records;
  for (unsigned i = 1; i <= 60; ++i) {
    const std::string n = std::to_string(i);
    records += addresses("n" + n, i) + "mx" + n + " MX 1 " + std::string(i, 'm') + ".n" + n + "\n" +
               std::string(i, 'm') + ".n" + n + " A 192.0.2.1\n" + "t" + n + " TXT " +
               std::string(i * 4, 't') + "\n";
  }
  Serving serving = serve({zone("example.com.", records), zone("other.net.", records, 1)},
                          {{"n1.example.com.", "n60.other.net."}});
  for (unsigned i = 1; i <= 60; ++i)
    for (const char* question : {"n# A", "mx# MX", "t# TXT"})
      for (const uint16_t payload : {0, 512, 700}) {
        std::string text = question;
        text.replace(text.find('#'), 1, std::to_string(i));
        const auto bytes = serving.send(kit::Ask{.question = text, .payload = payload});
        EXPECT_LE(bytes.size(), std::max<size_t>(512, payload)) << text;
        EXPECT_NO_THROW(kit::decode(bytes)) << text;
      }
}

// --- EDNS

TEST_F(Reply, ClientSubnetIsEchoedWithOurScope) {  // C-04, RFC 7871, section 7.2.1
  Fake geo("geo", Stage::choose);
  unsigned bits = 0;
  geo.up = [&](Query& q) {
    q.client.narrow(bits);
    return Up::next;
  };
  auto source = zone_plugin();
  Serving serving({&geo, source.get()}, {zone("example.com.", "www A 192.0.2.1\n")});
  const struct {
    const char* ecs;
    unsigned looked, scope;
    std::vector<uint8_t> address;
  } rows[] = {
      {"203.0.113.0/24", 0, 0, {203, 0, 113}},
      {"203.0.113.0/24", 16, 16, {203, 0, 113}},
      {"203.0.112.0/20", 24, 24, {203, 0, 112}},
      {"2001:db8:100::/40", 32, 32, {0x20, 0x01, 0x0d, 0xb8, 0x01}},
      {"0.0.0.0/0", 24, 0, {}},  // C-03, row 119
      {"::/0", 48, 0, {}},
  };
  for (const auto& row : rows) {
    bits = row.looked;
    const auto reply = serving.ask(kit::Ask{.question = "www A", .ecs = row.ecs});
    ASSERT_TRUE(reply.subnet.has_value()) << row.ecs;
    EXPECT_EQ(reply.subnet->scope, row.scope) << row.ecs;
    EXPECT_EQ(reply.subnet->address, row.address) << row.ecs;
    const auto prefix = Prefix::parse(row.ecs).value();
    EXPECT_EQ(reply.subnet->source, prefix.length);
    EXPECT_EQ(reply.subnet->family, prefix.address.family == 4 ? 1 : 2);
  }
  EXPECT_FALSE(serving.ask(kit::Ask{.question = "www A", .edns = true}).subnet.has_value())
      << "row 118";
}

TEST_F(Reply, DnssecOkIsCopied) {  // RFC 3225, section 3
  Serving serving = serve({zone("example.com.", "www A 192.0.2.1\n")});
  EXPECT_TRUE(serving.ask(kit::Ask{.question = "www A", .dnssec_ok = true}).dnssec_ok);
  EXPECT_FALSE(serving.ask(kit::Ask{.question = "www A", .edns = true}).dnssec_ok);
}

TEST_F(Reply, BadversHasTheUpperBitsInOpt) {  // RFC 6891, section 6.1.3
  Serving serving = serve({zone("example.com.", "www A 192.0.2.1\n")});
  auto packet = kit::query_packet({.question = "www A", .edns = true}, kSiblings[0]);
  packet[packet.size() - 5] = 1;  // version
  const auto reply = kit::decode(serving.send(packet));
  EXPECT_EQ(reply.rcode, 16);
  EXPECT_EQ(reply.flags & 15, 0);
  EXPECT_TRUE(reply.edns);
  EXPECT_EQ(reply.questions.size(), 1u);
}

TEST_F(Reply, OptStaysWithRefusals) {
  Serving serving = serve({zone("example.com.", "")});
  const auto reply = serving.ask(kit::Ask{.question = "www.example.org. A", .edns = true});
  EXPECT_EQ(reply.rcode, 5);
  EXPECT_TRUE(reply.edns);
  EXPECT_EQ(reply.questions.at(0).name, "www.example.org.");
}

}  // namespace
}  // namespace signpost::chain
