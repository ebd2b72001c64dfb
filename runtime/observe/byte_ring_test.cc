#include "observe/byte_ring.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <random>
#include <string>
#include <thread>

namespace signpost::observe {
namespace {

bool put(ByteRing& ring, uint16_t tag, std::string_view text) {
  uint8_t* const room = ring.reserve(tag, text.size());
  if (!room) return false;
  std::memcpy(room, text.data(), text.size());
  ring.commit();
  return true;
}

// All records published so far, as "tag:payload".
std::vector<std::string> take_all(ByteRing& ring) {
  std::vector<std::string> all;
  ByteRing::Record r;
  for (const uint64_t end = ring.published(); ring.next(end, r);)
    all.push_back(std::to_string(r.tag) + ":" + std::string(r.payload.begin(), r.payload.end()));
  ring.release();
  return all;
}

TEST(ByteRing, rounds_its_capacity_up) {
  const std::pair<size_t, size_t> cases[] = {{0, 64}, {64, 64}, {65, 128}, {1000, 1024}};
  for (const auto& [asked, got] : cases) EXPECT_EQ(ByteRing(asked).capacity(), got) << asked;
}

TEST(ByteRing, passes_records_in_order_with_tag_and_exact_size) {
  ByteRing ring(256);
  EXPECT_TRUE(put(ring, 7, "seven"));
  EXPECT_TRUE(put(ring, 0, ""));
  EXPECT_TRUE(put(ring, 65535, "12345678"));
  EXPECT_EQ(take_all(ring), (std::vector<std::string>{"7:seven", "0:", "65535:12345678"}));
  EXPECT_TRUE(take_all(ring).empty());
}

TEST(ByteRing, aligns_payloads) {
  ByteRing ring(1024);
  for (size_t size = 0; size < 20; ++size) {
    const uint8_t* const room = ring.reserve(1, size);
    ASSERT_NE(room, nullptr);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(room) % 8, 0u) << size;
    ring.commit();
  }
}

TEST(ByteRing, forgets_what_was_not_committed) {
  ByteRing ring(256);
  ring.commit();
  EXPECT_TRUE(take_all(ring).empty());
  ASSERT_NE(ring.reserve(1, 8), nullptr);
  EXPECT_TRUE(put(ring, 2, "kept"));
  ring.commit();
  EXPECT_EQ(take_all(ring), std::vector<std::string>{"2:kept"});
  EXPECT_EQ(ring.dropped(), 0u);
}

TEST(ByteRing, commit_after_a_refused_reserve_publishes_nothing) {
  ByteRing ring(64);
  ASSERT_NE(ring.reserve(1, 8), nullptr);
  EXPECT_EQ(ring.reserve(1, 1000), nullptr);
  ring.commit();
  EXPECT_TRUE(take_all(ring).empty());
}

TEST(ByteRing, drops_and_counts_when_full_and_recovers) {
  ByteRing ring(64);  // four records of 8 + 8 bytes
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(put(ring, 1, "record0" + std::to_string(i))) << i;
  EXPECT_FALSE(put(ring, 1, "too many"));
  EXPECT_FALSE(put(ring, 1, ""));
  EXPECT_EQ(ring.dropped(), 2u);
  EXPECT_EQ(take_all(ring).size(), 4u);
  EXPECT_TRUE(put(ring, 1, "again"));
  EXPECT_EQ(take_all(ring), std::vector<std::string>{"1:again"});
  EXPECT_EQ(ring.dropped(), 2u);
}

TEST(ByteRing, keeps_unreleased_records_untouched) {
  ByteRing ring(64);
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(put(ring, 1, "ABCDEFGH"));
  ByteRing::Record r;
  ASSERT_TRUE(ring.next(ring.published(), r));
  EXPECT_FALSE(put(ring, 1, "IJKLMNOP"));  // read, but still in use
  EXPECT_EQ(std::string(r.payload.begin(), r.payload.end()), "ABCDEFGH");
  ring.release();
  EXPECT_TRUE(put(ring, 1, "IJKLMNOP"));
}

TEST(ByteRing, refuses_what_is_larger_than_a_quarter) {
  ByteRing ring(1024);
  EXPECT_EQ(ring.max_payload(), 248u);
  EXPECT_EQ(ring.reserve(1, 249), nullptr);
  EXPECT_EQ(ring.reserve(1, SIZE_MAX), nullptr);
  EXPECT_EQ(ring.dropped(), 2u);
  EXPECT_NE(ring.reserve(1, 248), nullptr);
}

TEST(ByteRing, reads_no_further_than_the_end_given) {
  ByteRing ring(256);
  EXPECT_TRUE(put(ring, 1, "before"));
  const uint64_t end = ring.published();
  EXPECT_TRUE(put(ring, 1, "after"));
  ByteRing::Record r;
  EXPECT_TRUE(ring.next(end, r));
  EXPECT_FALSE(ring.next(end, r));
}

// Against a queue, with sizes that make records meet the end of the block in every possible way.
TEST(ByteRing, agrees_with_a_queue_over_many_turns) {
  std::mt19937 random(20);
  ByteRing ring(512);
  std::deque<std::string> expected;
  uint64_t refused = 0;
  for (int i = 0; i < 50000; ++i) {
    const std::string text(random() % (ring.max_payload() + 1), static_cast<char>('a' + i % 26));
    const auto tag = static_cast<uint16_t>(random());
    if (put(ring, tag, text))
      expected.push_back(std::to_string(tag) + ":" + text);
    else
      ++refused;
    if (random() % 3 != 0) continue;
    const std::vector<std::string> taken = take_all(ring);
    ASSERT_TRUE(std::equal(taken.begin(), taken.end(), expected.begin(), expected.end())) << i;
    expected.clear();
  }
  EXPECT_GT(refused, 0u);
  EXPECT_EQ(ring.dropped(), refused);
}

TEST(ByteRing, loses_nothing_between_two_threads_but_what_it_counts) {
  constexpr uint64_t kRecords = 200000;
  ByteRing ring(4096);
  std::atomic<bool> finished = false;
  std::thread producer([&] {
    std::mt19937 random(1);
    for (uint64_t i = 0; i < kRecords; ++i) {
      const size_t words = 1 + random() % 32;
      uint8_t* const room = ring.reserve(static_cast<uint16_t>(words), words * 8);
      if (!room) {
        std::this_thread::yield();
        continue;
      }
      for (size_t w = 0; w < words; ++w) std::memcpy(room + w * 8, &i, 8);
      ring.commit();
    }
    finished.store(true, std::memory_order_release);
  });
  uint64_t received = 0, torn = 0, out_of_order = 0;
  int64_t last = -1;
  for (bool end_seen = false; !end_seen;) {
    end_seen = finished.load(std::memory_order_acquire);
    ByteRing::Record r;
    for (const uint64_t end = ring.published(); ring.next(end, r); ++received) {
      uint64_t first = 0;
      std::memcpy(&first, r.payload.data(), 8);
      out_of_order += static_cast<int64_t>(first) <= last;
      last = static_cast<int64_t>(first);
      torn += r.payload.size() != r.tag * 8u;
      for (size_t at = 0; at + 8 <= r.payload.size(); at += 8)
        torn += std::memcmp(r.payload.data() + at, &first, 8) != 0;
    }
    ring.release();
    std::this_thread::yield();
  }
  producer.join();
  EXPECT_EQ(torn, 0u);
  EXPECT_EQ(out_of_order, 0u);
  EXPECT_GT(received, 0u);
  EXPECT_EQ(received + ring.dropped(), kRecords);
}

}  // namespace
}  // namespace signpost::observe
