// Names in replies are as short as RFC 1035, section 4.1.4 lets them be: exact sizes of plain
// cases, and generated replies against a reference that knows every suffix written before.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "chain/serving_kit.h"
#include "dns/name_text.h"
#include "dns/rdata.h"

namespace signpost::chain {
namespace {

constexpr std::string_view kSoa = "$TTL 60\n@ 900 SOA ns1 hostmaster 1 7200 900 1209600 300\n";

const std::vector<Name> kZones{Name::parse("example.com.").value(),
                               Name::parse("other.com.").value()};

std::shared_ptr<const Zone> zone(const std::string& records, unsigned position = 0) {
  return zone_of(kZones[position].text(), std::string(kSoa) + records, position, kZones);
}

// Header and question of "www.example.com. A": 12 + 17 + 4. A record: 10 and owner and data.
TEST(Compression, ExactSizes) {
  const struct {
    const char *what, *records, *question;
    size_t size;
  } rows[] = {
      {"a name of the zone", "@ NS ns1\nwww A 192.0.2.1\n", "www A", 33 + 16 + 18},
      {"names elsewhere share what they have in common",
       "@ NS ns1.p09.example.net.\n@ NS ns2.p09.example.net.\nwww A 192.0.2.1\n", "www A",
       33 + 16 + 33 + 18},
      {"a name under the zone's parent", "@ NS ns1.other.com.\nwww A 192.0.2.1\n", "www A",
       33 + 16 + 12 + 4 + 6 + 2},
      {"data that is QNAME", "www NS x\nwww MX 1 www\n@ NS ns.org.\n", "@ MX", 29 + 12 + 20 + 19},
      {"data that is QNAME", "www MX 1 www\n@ NS www\n", "www MX", 33 + 16 + 14},
      {"data that is the apex", "www MX 1 @\n@ NS @\n@ A 192.0.2.1\n", "www MX", 33 + 16 + 14 + 16},
      {"data above QNAME", "*.ns1 A 192.0.2.1\n@ NS ns1\n", "x.ns1 A", 35 + 16 + 14},
      {"data below QNAME", "www MX 1 a.b.www\n@ NS www\n", "www MX", 33 + 14 + 4 + 2 + 14},
      {"letters of either case", "www MX 1 A.WWW.Example.COM.\n@ NS WWW\n", "www MX",
       33 + 14 + 2 + 2 + 14},
      {"MNAME and RNAME", "@ NS ns1\n", "nope A", 34 + 12 + 20 + 6 + 13},
      {"RNAME below MNAME", "@ NS ns1\n", "ns1 A", 33 + 12 + 20 + 2 + 13},
      {"the owner of an address is the name in the data before",
       "@ NS n\nwww MX 1 mail\nmail A 192.0.2.1\nmail A 192.0.2.2\n", "www MX",
       33 + 21 + 16 + 2 * 16},
      {"several such", "@ NS n\nwww MX 1 ma\nwww MX 2 mb\nma A 192.0.2.1\nmb A 192.0.2.2\n",
       "www MX", 33 + 19 * 2 + 16 + 2 * 16},
      {"a name that is never shortened lends its suffixes (RFC 3597, section 4)",
       "@ NS n\nwww SRV 1 1 1 mail\nmail A 192.0.2.1\n", "www SRV", 33 + 12 + 6 + 18 + 16 + 16},
      {"a referral", "@ NS n\nsub NS ns.sub\nns.sub A 192.0.2.1\n", "www.sub A", 37 + 12 + 5 + 16},
      {"a referral to names elsewhere", "@ NS n\nsub NS a.example.net.\nsub NS b.example.net.\n",
       "www.sub A", 37 + 12 + 2 + 8 + 4 + 1 + 12 + 2 + 2},
      {"the target of a CNAME and what stands below it",
       "@ NS n\nwww CNAME mail\nmail MX 1 mx.mail\nmx.mail A 192.0.2.1\n", "www MX",
       33 + 19 + 19 + 16 + 16},
      {"two names in the data", "@ NS n\nwww MINFO a.b c.b\n", "www MINFO", 33 + 12 + 6 + 4 + 16},
  };
  for (const auto& row : rows) {
    const auto source = zone_plugin();
    Serving serving({source.get()}, {zone(row.records)});
    const auto bytes = serving.send(kit::Ask{row.question});
    EXPECT_EQ(bytes.size(), row.size) << row.what << ": " << row.question;
    EXPECT_NO_THROW(kit::decode(bytes)) << row.what;
  }
}

// Of a long QNAME only labels that names of the zone can have are looked for: here all of them.
TEST(Compression, DeepNamesAreAsShortAsOthers) {
  std::string deep;
  for (char label = 'a'; label <= 'z'; ++label) deep += std::string(3, label) + ".";
  deep.pop_back();  // 26 labels, 104 bytes
  const auto source = zone_plugin();
  Serving serving({source.get()}, {zone("@ NS n\n" + deep + " MX 1 x." + deep + "\n")});
  // QNAME; NS; MX whose data is "x" and a pointer to QNAME.
  EXPECT_EQ(serving.send(kit::Ask{deep + " MX"}).size(), 12u + 104 + 13 + 4 + 16 + 18);
}

TEST(Compression, TheRootIsOneByte) {
  const auto source = zone_plugin();
  Serving serving({source.get()}, {zone_of(".",
                                           "$TTL 60\n. SOA a.x. h.x. 1 2 3 4 5\n. NS a.x.\n"
                                           "x. MX 0 .\na.x. A 192.0.2.1\n")});
  EXPECT_EQ(serving.send(kit::Ask{". NS"}).size(), 12u + 5 + 11 + 5 + 16);
  EXPECT_EQ(serving.send(kit::Ask{"nope. A"}).size(), 12u + 10 + 11 + 20 + 5 + 4);
  EXPECT_EQ(serving.send(kit::Ask{"x. MX"}).size(), 12u + 7 + 15 + 11 + 4);
}

// --- the reference

// The size of a message with these records, each name as short as all suffixes before it allow.
class Reference {
 public:
  size_t size_of(const kit::Message& m) {
    at_ = 12;
    name(wire(m.questions.at(0).name));
    at_ += 4;
    for (const auto* section : {&m.answer, &m.authority, &m.additional})
      for (const kit::Record& r : *section) record(r);
    return at_;
  }

 private:
  static Name wire(const std::string& text) { return Name::parse(text).value(); }

  void record(const kit::Record& r) {
    name(wire(r.owner));
    at_ += 10;
    size_t copied = 0;
    for_each_name(r.type, r.data, [&](size_t offset, NameView n, bool compressible) {
      at_ += offset - copied;
      copied = offset + n.size();
      const Name lower = dns::lower_case(n);
      if (compressible) return name(lower);
      remember(lower, lower.size());
      at_ += n.size();
    });
    at_ += r.data.size() - copied;
  }

  void name(NameView n) {
    NameView rest = n;
    while (!rest.is_root() && !seen_.contains(Name(rest))) rest = rest.parent();
    const size_t spelt = n.size() - rest.size();
    remember(n, spelt);
    at_ += spelt + (rest.is_root() ? 1 : 2);
  }

  void remember(NameView n, size_t spelt) {
    for (NameView rest = n; !rest.is_root() && n.size() - rest.size() < spelt; rest = rest.parent())
      if (at_ + n.size() - rest.size() < 0x4000) seen_.insert(Name(rest));
  }

  size_t at_ = 0;
  std::set<Name> seen_;
};

// Zones of few labels, so that names have much in common.
class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  std::string records(unsigned count) {
    std::string text = "@ NS " + target() + "\n@ NS " + target() + "\n";
    for (unsigned i = 0; i < count; ++i) text += record();
    return text;
  }
  std::string question() {
    static const char* const types[] = {"A",   "MX",    "NS",  "SRV", "CNAME",
                                        "PTR", "MINFO", "TXT", "DS",  "AAAA"};
    return name() + " " + types[below(std::size(types))];
  }
  unsigned below(size_t n) { return unsigned(random_() % n); }

 private:
  std::string label() {
    static const char* const labels[] = {"a", "b", "ns1", "ns2", "mail", "example", "com"};
    return labels[below(std::size(labels))];
  }
  std::string name() {
    std::string text = label();
    for (unsigned i = below(3); i > 0; --i) text += "." + label();
    return below(9) == 0 ? "@" : text;
  }
  std::string target() {
    static const char* const ends[] = {"", "", "", ".other.com.", ".example.net.", ".net."};
    std::string text = name();
    if (text == "@") return text;
    if (below(6) == 0) std::transform(text.begin(), text.end(), text.begin(), ::toupper);
    return text + ends[below(std::size(ends))];
  }
  // Names of several records of one type, so that no CNAME stands beside others.
  std::string record() {
    const std::string to = target();
    switch (below(9)) {
      case 0:
        return "c" + std::to_string(below(9)) + "." + name_below() + " CNAME " + to + "\n";
      case 1:
        return name() + " MX 1 " + to + "\n";
      case 2:
        return name() + " SRV 1 1 1 " + to + "\n";
      case 3:
        return name() + " PTR " + to + "\n";
      case 4:
        return name() + " MINFO " + to + " " + target() + "\n";
      case 5:
        return "sub." + name_below() + " NS " + to + "\n";
      case 6:
        return "*." + name_below() + " MX 1 " + to + "\n";
      default:
        return name() + " A 192.0.2." + std::to_string(below(250)) + "\n";
    }
  }
  std::string name_below() {
    const std::string text = name();
    return text == "@" ? "b" : text;
  }

  std::mt19937 random_;
};

// Drops the records that the judgement of zones would refuse: a second CNAME at a name.
std::string without_conflicts(const std::string& text) {
  std::set<std::string> cnames;
  std::string kept;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at) + 1;
    const std::string line = text.substr(at, end - at);
    if (line.find(" CNAME ") == line.npos || cnames.insert(line.substr(0, line.find(' '))).second)
      kept += line;
    at = end;
  }
  return kept;
}

TEST(Compression, GeneratedRepliesAreAsShortAsTheReference) {
  size_t answered = 0, records = 0;
  for (unsigned seed = 0; seed < 60; ++seed) {
    Generator make(seed);
    const auto source = zone_plugin();
    Serving serving({source.get()}, {zone(without_conflicts(make.records(40))),
                                     zone(without_conflicts(make.records(20)), 1)});
    for (unsigned i = 0; i < 150; ++i) {
      std::string question = make.question();
      if (i % 5 == 0) question = "sub." + question;
      if (i % 7 == 0) question = "c" + std::to_string(i % 9) + "." + question;
      const auto bytes = serving.send(kit::Ask{.question = question, .tcp = i % 2 == 0});
      const auto reply = kit::decode(bytes);
      answered += reply.rcode == 0;
      records += reply.answer.size() + reply.authority.size() + reply.additional.size();
      EXPECT_EQ(bytes.size(), Reference().size_of(reply)) << "seed " << seed << ": " << question;
    }
  }
  EXPECT_GT(answered, 2000u);
  EXPECT_GT(records, 10000u);
}

// Names of one-letter labels fill what the table of names holds; beyond that they are written as
// they come, and every record is still right.
TEST(Compression, MoreLabelsThanAreRemembered) {
  std::string records = "@ NS n\n";
  std::set<std::string> expected;
  for (unsigned i = 0; i < 400; ++i) {
    std::string name;
    for (unsigned k = 0; k < 20; ++k)
      name += std::string(1, char('a' + (i * 7 + k * k) % 26)) + ".";
    name += std::to_string(i) + ".example.net.";
    records += "www MX 1 " + name + "\n";
    expected.insert("www.example.com. 60 MX 1 " + name);
  }
  const auto source = zone_plugin();
  Serving serving({source.get()}, {zone(records)});
  const auto reply = serving.ask(kit::Ask{.question = "www MX", .tcp = true});
  std::set<std::string> found;
  for (const std::string& text : texts(reply.answer)) found.insert(text);
  EXPECT_EQ(found, expected);
}

}  // namespace
}  // namespace signpost::chain
