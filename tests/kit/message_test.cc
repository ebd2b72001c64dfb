// The decoder that the other tests trust.
#include "kit/message.h"

#include <gtest/gtest.h>

namespace signpost::kit {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// Header of a reply with these counts, and the question a.b. A at offset 12.
Bytes head(uint8_t answers, uint8_t authorities = 0, uint8_t additionals = 0) {
  return {0, 7,   0x84, 0,   0, 1, 0, answers, 0, authorities, 0, additionals,
          1, 'a', 1,    'b', 0, 0, 1, 0,       1};
}

TEST(Message, follows_pointers_in_owners_and_data) {
  const Message m =
      decode(head(2) + Bytes{0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 4, 1, 'c', 0xc0, 14} +
             Bytes{0xc0, 33, 0, 1, 0, 1, 0, 0, 1, 0, 0, 4, 192, 0, 2, 1});
  EXPECT_EQ(m.id, 7);
  EXPECT_TRUE(m.aa());
  EXPECT_FALSE(m.tc());
  ASSERT_EQ(m.questions.size(), 1u);
  EXPECT_EQ(m.questions[0].name, "a.b.");
  ASSERT_EQ(m.answer.size(), 2u);
  EXPECT_EQ(m.answer[0].text(), "a.b. 60 CNAME c.b.");
  EXPECT_EQ(m.answer[1].text(), "c.b. 256 A 192.0.2.1");
}

TEST(Message, reads_edns) {
  const Message m = decode(head(0, 0, 1) + Bytes{0, 0, 41, 4, 208, 1, 0, 128, 0, 0, 11} +
                           Bytes{0, 8, 0, 7, 0, 1, 24, 16, 198, 18, 7});
  EXPECT_TRUE(m.edns);
  EXPECT_TRUE(m.dnssec_ok);
  EXPECT_EQ(m.edns_payload, 1232);
  EXPECT_EQ(m.rcode, 16);
  ASSERT_TRUE(m.subnet);
  EXPECT_EQ(m.subnet->source, 24);
  EXPECT_EQ(m.subnet->scope, 16);
  EXPECT_EQ(m.additional.size(), 0u);
}

TEST(Message, refuses_what_is_not_well_formed) {
  const Bytes a{0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1};
  const struct {
    const char* what;
    Bytes packet;
  } cases[] = {
      {"empty", {}},
      {"a query", {0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
      {"question missing", {0, 7, 0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0}},
      {"record missing", head(1)},
      {"pointer to itself", head(1) + Bytes{0xc0, 21} + a},
      {"pointer forward", head(1) + Bytes{0xc0, 23} + a},
      {"pointer into the header", head(1) + Bytes{0xc0, 4} + a},
      {"pointer cut short", head(1) + Bytes{0xc0}},
      {"two pointers in a circle", head(1) + Bytes{1, 'x', 0xc0, 21} + a},
      {"reserved label type", head(1) + Bytes{0x40, 0} + a},
      {"label runs out of the packet", head(1) + Bytes{63, 'x'}},
      {"data cut short", head(1) + Bytes{0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192}},
      {"a name runs out of its record",
       head(1) + Bytes{0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 1, 0xc0, 12}},
      {"bytes behind", head(0) + Bytes{0}},
      {"OPT among the answers", head(1) + Bytes{0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0}},
      {"two OPT", head(0, 0, 2) + Bytes{0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0} +
                      Bytes{0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0}},
      {"OPT with an owner", head(0, 0, 1) + Bytes{0xc0, 12, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0}},
      {"an option runs out of OPT",
       head(0, 0, 1) + Bytes{0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 4, 0, 10, 0, 8}},
  };
  for (const auto& c : cases) EXPECT_THROW(decode(c.packet), Malformed) << c.what;
}

TEST(Message, refuses_a_name_longer_than_255_octets) {
  Bytes name;
  for (int i = 0; i < 5; ++i) {
    name.push_back(60);
    name.insert(name.end(), 60, 'x');
  }
  name.push_back(0);
  EXPECT_THROW(decode(head(1) + name + Bytes{0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1}),
               Malformed);
}

}  // namespace
}  // namespace signpost::kit
