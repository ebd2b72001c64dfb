// What ZoneBuilder is told by its caller beside records, and how much it takes.
#include <gtest/gtest.h>

#include "zone/builder.h"

namespace signpost {
namespace {

Name name(std::string_view text) {
  return Name::parse(text, Name::parse("example.com.")->view()).value();
}

TEST(ZoneBuilder, NeedsNsWhereItIsToldSo) {
  const Name origin = name("@");
  Problems problems;
  ZoneContext context;
  context.needs_ns = true;
  Findings findings(problems);
  ZoneBuilder builder(origin, context, findings);
  builder.add_record(origin, rr::soa, 1, std::vector<uint8_t>(22), {"db", 1});
  EXPECT_EQ(builder.build(), nullptr);
  ASSERT_EQ(problems.all().size(), 1u);
  EXPECT_EQ(problems.all()[0].text(), "zone example.com. has no NS record at its apex");
}

// Where records could not be read, nothing is said of what may have been in them.
TEST(ZoneBuilder, BlamesNothingOnGaps) {
  const Name origin = name("@");
  for (const bool soa : {false, true}) {
    Problems problems;
    Findings findings(problems);
    ZoneBuilder builder(origin, {}, findings);
    if (soa) builder.add_record(origin, rr::soa, 1, std::vector<uint8_t>(22), {"db", 1});
    builder.add_gap();
    EXPECT_EQ(builder.build() != nullptr, soa);
    EXPECT_TRUE(problems.all().empty());
  }
}

TEST(ZoneBuilder, HoldsSoMuchDataAndNoMore) {
  const Name origin = name("@"), www = name("www");
  Problems problems;
  ZoneContext context;
  context.max_data = 22 + 3;
  Findings findings(problems);
  ZoneBuilder builder(origin, context, findings);
  builder.add_record(origin, rr::soa, 1, std::vector<uint8_t>(22), {"db", 1});
  builder.add_record(www, rr::txt, 1, std::vector<uint8_t>{2, 'a', 'b'}, {"db", 2});
  EXPECT_FALSE(problems.any_error());
  for (uint32_t line : {3u, 4u})
    builder.add_record(www, rr::txt, 1, std::vector<uint8_t>{0}, {"db", line});
  ASSERT_EQ(problems.all().size(), 1u);
  EXPECT_EQ(problems.all()[0].text(),
            "db:3 - zone example.com. has more than 25 bytes of record data, which is what one "
            "zone can hold");
  EXPECT_EQ(builder.build(), nullptr);
}

// Files in turn, as $INCLUDE of one line each makes them.
TEST(ZoneBuilder, TellsTheFileOfEachRecord) {
  const Name origin = name("@");
  Problems problems;
  Findings findings(problems);
  ZoneBuilder builder(origin, {}, findings);
  builder.add_record(origin, rr::soa, 1, std::vector<uint8_t>(22), {"db", 1});
  builder.add_record(origin, rr::ns, 1, std::vector<uint8_t>{0}, {"db", 2});
  for (uint32_t i = 0; i < 70'000; ++i)
    builder.add_record(name("a"), rr::a, 1, std::vector<uint8_t>{192, 0, 2, 1},
                       {i % 2 == 0 ? "even" : "odd", 1});
  builder.add_record(name("b"), rr::txt, 2, std::vector<uint8_t>{0}, {"first", 7});
  builder.add_record(name("b"), rr::txt, 1, std::vector<uint8_t>{1, 'x'}, {"second", 9});
  EXPECT_NE(builder.build(), nullptr);
  ASSERT_EQ(problems.all().size(), 1u);
  EXPECT_EQ(
      problems.all()[0].text(),
      "second:9 - Warning: b.example.com. TXT: TTL 1 differs from 2 at first:7; the lowest of "
      "the set is used (RFC 2181, section 5.2)");
}

}  // namespace
}  // namespace signpost
