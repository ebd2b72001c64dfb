#include "zone/record_list.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "dns/name_text.h"
#include "dns/types.h"
#include "zone/testing_records.h"

namespace signpost::zone {
namespace {

Name name(std::string_view text) { return Name::parse(text).value(); }
Name apex() { return name("example."); }

std::vector<uint8_t> key(std::string_view text) {
  std::vector<uint8_t> out;
  append_order_key(name(text), out);
  return out;
}

// However many records an owner has and wherever it stands among others.
TEST(RecordList, FindsOwnersAndTypes) {
  for (size_t count = 1; count < 40; ++count) {
    std::string text = "@ 1 SOA a b 1 2 3 4 5\na 1 A 192.0.2.1\n";
    for (size_t i = 0; i < count; ++i) text += "m 1 TXT " + std::to_string(i) + "\n";
    text += "m 1 MX 1 a\nm 1 AAAA ::1\n";
    if (count % 2 == 0) text += "z 1 A 192.0.2.1\n";
    const RecordList records = records_of(text, apex());
    const RecordList::Owner owner = records.find(name("m.example."));
    EXPECT_EQ(owner.first, 2u);
    EXPECT_EQ(owner.last, count + 4);
    EXPECT_EQ(records.find(owner, rrtype::mx), 2u);
    EXPECT_EQ(records.find(owner, rrtype::txt), 3u);
    EXPECT_EQ(records.find(owner, rrtype::aaaa), count + 3);
    for (const uint16_t none : {rrtype::a, rrtype::soa, rrtype::caa})
      EXPECT_EQ(records.find(owner, none), records.size());
    EXPECT_EQ(records.find(records.find(apex()), rrtype::soa), 0u);
    EXPECT_EQ(records.find({}, rrtype::a), records.size());
  }
}

// The example of RFC 4034, section 6.1, with the root in front.
TEST(RecordList, OrdersNames) {
  const char* names[] = {".",
                         "example.",
                         "a.example.",
                         "yljkjljk.a.example.",
                         "Z.a.example.",
                         "zABC.a.EXAMPLE.",
                         "z.example.",
                         "\\001.z.example.",
                         "*.z.example.",
                         "\\200.z.example."};
  for (size_t i = 1; i < std::size(names); ++i) {
    EXPECT_LT(key(names[i - 1]), key(names[i])) << names[i];
  }
}

// Keys compare as names do, and tell what lies below what, whatever octets the labels have.
TEST(RecordList, KeysCompareLikeNames) {
  std::mt19937 random(20241122);
  std::vector<Name> names;
  for (int i = 0; i < 120; ++i) {
    std::string text;
    for (unsigned labels = random() % 4; labels > 0; --labels) {
      for (unsigned octets = 1 + random() % 3; octets > 0; --octets) {
        const char* few[] = {"\\000", "\\001", "\\002", "a", "b", "\\255"};
        text += few[random() % std::size(few)];
      }
      text += '.';
    }
    names.push_back(name(text.empty() ? "." : text));
  }
  for (const Name& a : names) {
    for (const Name& b : names) {
      std::vector<uint8_t> x, y;
      append_order_key(a, x), append_order_key(b, y);
      ASSERT_EQ(x < y, dns::compare_canonical(a, b) < 0) << a.text() << " " << b.text();
      const bool starts = x.size() >= y.size() && std::equal(y.begin(), y.end(), x.begin());
      ASSERT_EQ(starts, a.view().within(b)) << a.text() << " " << b.text();
    }
  }
}

TEST(RecordList, PrintsCanonicalText) {
  const struct {
    const char *rule, *text, *canonical;
  } cases[] = {
      {"names absolute and in order, TTL and class written (RFC 4034, section 6.1)",
       "$TTL 1h\nb A 192.0.2.2\na A 192.0.2.1\n@ NS b\n",
       "example.\t3600\tIN\tNS\tb.example.\na.example.\t3600\tIN\tA\t192.0.2.1\n"
       "b.example.\t3600\tIN\tA\t192.0.2.2\n"},
      {"SOA first", "@ 1 A 192.0.2.1\n@ 1 NS a\n@ 1 SOA a b 1 2 3 4 5\n",
       "example.\t1\tIN\tSOA\ta.example. b.example. 1 2 3 4 5\n"
       "example.\t1\tIN\tA\t192.0.2.1\nexample.\t1\tIN\tNS\ta.example.\n"},
      {"data in order (RFC 4034, section 6.3)", "a 1 TXT b\na 1 TXT aa\na 1 TXT a\n",
       "a.example.\t1\tIN\tTXT\t\"a\"\na.example.\t1\tIN\tTXT\t\"b\"\n"
       "a.example.\t1\tIN\tTXT\t\"aa\"\n"},
      {"names in data in lower case (RFC 4034, section 6.2)", "A 1 MX 1 B.\nA 1 SVCB 1 B.\n",
       "a.example.\t1\tIN\tMX\t1 b.\na.example.\t1\tIN\tSVCB\t1 B.\n"},
      {"duplicates once (RFC 2181, section 5)", "a 1 MX 1 B.\nb 1 A 192.0.2.1\na 1 MX 1 b.\n",
       "a.example.\t1\tIN\tMX\t1 b.\nb.example.\t1\tIN\tA\t192.0.2.1\n"},
      {"lowest TTL (RFC 2181, section 5.2)", "a 9 A 192.0.2.1\na 5 A 192.0.2.2\na 7 TXT x\n",
       "a.example.\t5\tIN\tA\t192.0.2.1\na.example.\t5\tIN\tA\t192.0.2.2\n"
       "a.example.\t7\tIN\tTXT\t\"x\"\n"},
      {"signatures are a set with those of the same type (RFC 4034, section 3)",
       "a 9 RRSIG A 5 1 9 2 1 1 . AQID\na 5 RRSIG A 5 1 9 2 1 1 . AQIE\n"
       "a 7 RRSIG MX 5 1 9 2 1 1 . AQID\n",
       "a.example.\t5\tIN\tRRSIG\tA 5 1 9 19700101000002 19700101000001 1 . AQID\n"
       "a.example.\t5\tIN\tRRSIG\tA 5 1 9 19700101000002 19700101000001 1 . AQIE\n"
       "a.example.\t7\tIN\tRRSIG\tMX 5 1 9 19700101000002 19700101000001 1 . AQID\n"},
      {"empty data", "b 1 APL\na 1 TYPE65280 \\# 0\na 1 APL\n",
       "a.example.\t1\tIN\tAPL\t\na.example.\t1\tIN\tTYPE65280\t\\# 0\nb.example.\t1\tIN\tAPL\t\n"},
  };
  for (const auto& c : cases) {
    RecordList records = records_of(c.text, apex());
    records.settle();
    const std::string text = text_of(records);
    EXPECT_EQ(text, c.canonical) << c.rule;
    RecordList again = records_of(text, NameView());
    again.settle();
    EXPECT_EQ(text_of(again), text) << c.rule;
  }
}

TEST(RecordList, FindsOwners) {
  const RecordList records =
      records_of("@ 1 NS a\na 1 A 192.0.2.1\na 1 TXT x\nb.c 1 A 192.0.2.2\n", apex());
  const auto a = records.find(name("a.example."));
  EXPECT_EQ(a.last - a.first, 2u);
  EXPECT_EQ(records[records.find(a, rrtype::txt)].where.text(), "z:3");
  EXPECT_EQ(records.find(a, rrtype::mx), records.size());
  EXPECT_TRUE(records.find(name("c.example.")).empty());
  EXPECT_TRUE(records.exists(name("c.example."))) << "an empty non-terminal";
  EXPECT_FALSE(records.exists(name("d.example.")));
  EXPECT_FALSE(records.exists(name("x.a.example.")));
  EXPECT_TRUE(RecordList().find(apex()).empty());
}

}  // namespace
}  // namespace signpost::zone
