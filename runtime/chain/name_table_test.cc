#include "chain/name_table.h"

#include <gtest/gtest.h>

#include <vector>

#include "kit/packet.h"

namespace signpost {
namespace {

class NameTableTest : public testing::Test {
 protected:
  NameTableTest() : packet_(65535), table_(packet_.data()) {}

  size_t put(std::string_view text) {
    const size_t size = table_.put(Name::parse(text).value(), at_, packet_.size());
    at_ += size;
    return size;
  }

  std::vector<uint8_t> packet_;
  size_t at_ = 12;
  NameTable table_;
};

TEST_F(NameTableTest, FindsTheLongestSuffix) {
  EXPECT_EQ(put("www.example.com."), 17u);
  const struct {
    const char* name;
    size_t size;
  } rows[] = {
      {"www.example.com.", 2},    {"example.com.", 2},  {"com.", 2}, {"mail.example.com.", 7},
      {"a.mail.example.com.", 4}, {"example.net.", 13}, {"net.", 2}, {".", 1},
      {"xample.com.", 9}};
  for (const auto& row : rows) EXPECT_EQ(put(row.name), row.size) << row.name;
}

TEST_F(NameTableTest, LettersOfEitherCaseAreTheSame) {  // RFC 4343, section 3
  const std::vector<uint8_t> upper{3, 'W', 'W', 'W', 7, 'E', 'X', 'A', 'M', 'P', 'L', 'E', 0};
  std::copy(upper.begin(), upper.end(), packet_.begin() + 12);
  table_.add(12);
  at_ += upper.size();
  EXPECT_EQ(put("www.example."), 2u);
  EXPECT_EQ(put("[ww.example."), 6u) << "only letters have case";
}

TEST_F(NameTableTest, ForgetsWhatIsTakenBack) {
  put("a.example.com.");
  const size_t before = at_;
  for (unsigned i = 0; i < 2000; ++i) put("n" + std::to_string(i) + ".example.com.");
  table_.forget(before);
  at_ = before;
  EXPECT_EQ(put("n1.example.com."), 5u) << "written out again";
  EXPECT_EQ(put("b.a.example.com."), 4u) << "what stood before is still known";
}

TEST_F(NameTableTest, PointersReachNoFurtherThan14Bits) {
  at_ = 0x3fff;
  EXPECT_EQ(put("a.b."), 5u);
  EXPECT_EQ(put("a.b."), 2u) << "at 0x3fff";
  EXPECT_EQ(put("b."), 3u) << "the label behind it is out of reach";
  at_ = 0x4000;
  EXPECT_EQ(put("c."), 3u);
  EXPECT_EQ(put("c."), 3u);
}

TEST_F(NameTableTest, WritesNothingBeyondTheLimit) {
  const Name name = Name::parse("www.example.com.").value();
  EXPECT_EQ(table_.put(name, 12, 12 + 16), 0u);
  EXPECT_EQ(table_.put(name, 12, 12 + 17), 17u);
  EXPECT_EQ(table_.put(name, 29, 30), 0u);
  EXPECT_EQ(table_.put(name, 29, 31), 2u);
}

}  // namespace
}  // namespace signpost
