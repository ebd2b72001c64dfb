// How long answers are kept and when they are asked for again.
#include "learned.h"

#include <gtest/gtest.h>

namespace signpost::alias {
namespace {

using News = Learned::News;

Resolution answered(std::vector<std::string> addresses, uint32_t ttl) {
  Resolution r{Resolution::answered, {}, ttl, ""};
  for (const std::string& text : addresses) r.addresses.push_back(Address::parse(text).value());
  return r;
}

const Resolution kFailed{Resolution::failed, {}, 0, "time-out"};

TEST(Learned, ttl_is_at_most_a_minute) {  // 373 A-04
  const struct {
    uint32_t upstream, served;
    uint64_t due_ms;
  } cases[] = {{300, 60, 48000}, {60, 60, 48000}, {20, 20, 16000},
               {1, 1, 1000},     {0, 0, 1000},    {2147483647, 60, 48000}};
  for (const auto& c : cases) {
    Learned learned;
    EXPECT_EQ(learned.take(answered({"192.0.2.1"}, c.upstream), 7000), News::none);
    EXPECT_EQ(learned.ttl(), c.served);
    EXPECT_EQ(learned.due_ms(), 7000 + c.due_ms) << c.upstream;
  }
}

TEST(Learned, nothing_is_known_at_first) {
  const Learned learned;
  EXPECT_FALSE(learned.attempted());
  EXPECT_FALSE(learned.known());
  EXPECT_FALSE(learned.failed());
}

TEST(Learned, version_changes_with_the_answer_alone) {
  Learned learned;
  learned.take(answered({"192.0.2.1", "192.0.2.2"}, 60), 0);
  const uint64_t first = learned.version();
  learned.take(answered({"192.0.2.2", "192.0.2.1", "192.0.2.2"}, 90), 0);
  EXPECT_EQ(learned.version(), first);
  learned.take(kFailed, 0);
  EXPECT_EQ(learned.version(), first);
  learned.take(answered({"192.0.2.1"}, 60), 0);
  EXPECT_NE(learned.version(), first);
}

TEST(Learned, failures_leave_what_is_known_and_back_off) {
  Learned learned;
  learned.take(answered({"192.0.2.1"}, 60), 0);
  EXPECT_EQ(learned.take(kFailed, 0), News::failing);
  EXPECT_EQ(learned.due_ms(), 1000u);
  for (const uint64_t wait : {2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000}) {
    EXPECT_EQ(learned.take(kFailed, 0), News::none);
    EXPECT_EQ(learned.due_ms(), wait);
  }
  EXPECT_TRUE(learned.known());
  EXPECT_TRUE(learned.failed());
  EXPECT_EQ(learned.addresses().size(), 1u);
  EXPECT_EQ(learned.take(answered({"192.0.2.1"}, 60), 0), News::back);
  EXPECT_FALSE(learned.failed());
  EXPECT_EQ(learned.take(kFailed, 0), News::failing);
  EXPECT_EQ(learned.due_ms(), 1000u);
}

// RFC 8914, section 4.4: data is stale once its TTL has passed, and that is told.
TEST(Learned, an_answer_that_cannot_be_renewed_grows_stale) {
  Learned learned;
  learned.take(kFailed, 0);
  EXPECT_FALSE(learned.stale()) << "nothing is known";
  learned.take(answered({"192.0.2.1"}, 20), 1000);
  learned.take(kFailed, 17'000);
  EXPECT_FALSE(learned.stale()) << "still within its TTL";
  const uint64_t fresh = learned.version();
  learned.take(kFailed, 21'000);
  EXPECT_TRUE(learned.stale());
  const uint64_t stale = learned.version();
  EXPECT_NE(stale, fresh) << "what is published changes";
  learned.take(kFailed, 25'000);
  EXPECT_EQ(learned.version(), stale);
  learned.take(answered({"192.0.2.1"}, 20), 30'000);
  EXPECT_FALSE(learned.stale());
  EXPECT_NE(learned.version(), stale);
}

TEST(Learned, a_first_failure_is_worth_telling) {
  Learned learned;
  const uint64_t before = learned.version();
  EXPECT_EQ(learned.take(kFailed, 0), News::failing);
  EXPECT_NE(learned.version(), before);
  EXPECT_FALSE(learned.known());
  EXPECT_TRUE(learned.failed());
}

TEST(Learned, no_addresses_is_an_answer) {
  for (const auto status : {Resolution::no_data, Resolution::no_such_name}) {
    Learned learned;
    EXPECT_EQ(learned.take({status, {}, 900, ""}, 0), News::none);
    EXPECT_TRUE(learned.known());
    EXPECT_TRUE(learned.addresses().empty());
    EXPECT_EQ(learned.due_ms(), 48000u);
    learned.take({status, {}, 0, ""}, 0);
    EXPECT_EQ(learned.due_ms(), 5000u);
    EXPECT_EQ(learned.take(answered({"192.0.2.1"}, 60), 0), News::none);
    EXPECT_EQ(learned.addresses().size(), 1u);
  }
}

TEST(Learned, addresses_go_when_that_is_said_twice) {
  const Resolution none{Resolution::no_such_name, {}, 900, ""};
  Learned learned;
  learned.take(answered({"192.0.2.1"}, 60), 0);
  EXPECT_EQ(learned.take(none, 0), News::none);
  EXPECT_EQ(learned.addresses().size(), 1u);
  EXPECT_EQ(learned.due_ms(), 2000u);
  learned.take(answered({"192.0.2.1"}, 60), 0);
  EXPECT_EQ(learned.take(none, 0), News::none) << "the two were not in a row";
  EXPECT_EQ(learned.take(none, 0), News::gone);
  EXPECT_TRUE(learned.addresses().empty());
  EXPECT_EQ(learned.take(none, 0), News::none);
  EXPECT_EQ(learned.take(answered({"192.0.2.1"}, 60), 0), News::back);
  EXPECT_EQ(learned.take(answered({"192.0.2.1"}, 60), 0), News::none);
}

}  // namespace
}  // namespace signpost::alias
