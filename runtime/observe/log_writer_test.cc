#include "observe/log_writer.h"

#include <gtest/gtest.h>

#include <cstring>
#include <semaphore>
#include <stdexcept>

namespace signpost::observe {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr uint64_t kStart = 1'000'000;      // milliseconds
constexpr milliseconds kLongEnough{60000};  // for what comes to pass without waiting, or is broken

// Keeps the text for the test, which reads it when nothing drains.
class MemoryOutput final : public LogOutput {
 public:
  explicit MemoryOutput(std::string& text, size_t* writes = nullptr)
      : text_(text), writes_(writes) {}
  bool write(std::string_view text) noexcept override {
    text_ += text;
    if (writes_) ++*writes_;
    return true;
  }

 private:
  std::string& text_;
  size_t* writes_;
};

// Blocks in its first write until let go.
class StuckOutput final : public LogOutput {
 public:
  struct Gate {
    std::binary_semaphore entered{0}, open{0};
    std::string text;
  };
  explicit StuckOutput(Gate& gate) : gate_(gate) {}
  bool write(std::string_view text) noexcept override {
    if (first_) {
      gate_.entered.release();
      gate_.open.acquire();
      first_ = false;
    }
    gate_.text += text;
    return true;
  }

 private:
  Gate& gate_;
  bool first_ = true;
};

// "PREFIX payload"; "nothing" for "-", an exception for "!". Tells when it is destroyed.
class TextFormatter final : public LineFormatter {
 public:
  explicit TextFormatter(std::string prefix, bool* destroyed = nullptr)
      : prefix_(std::move(prefix)), destroyed_(destroyed) {}
  ~TextFormatter() override {
    if (destroyed_) *destroyed_ = true;
  }
  void format(std::span<const uint8_t> record, std::string& out) override {
    const std::string_view text(reinterpret_cast<const char*>(record.data()), record.size());
    if (text == "-") return;
    out += prefix_;
    if (text == "!") throw std::runtime_error("cannot format");
    (out += ' ') += text;
  }

 private:
  std::string prefix_;
  bool* destroyed_;
};

bool put(QueryLog& log, const RegisteredFormatter& formatter, std::string_view text) {
  uint8_t* const room = log.reserve(formatter.id(), text.size());
  if (!room) return false;
  std::memcpy(room, text.data(), text.size());
  log.commit();
  return true;
}

RegisteredFormatter add(LogWriter& writer, std::string prefix, bool* destroyed = nullptr) {
  return writer.add(std::make_unique<TextFormatter>(std::move(prefix), destroyed));
}

TEST(LogWriter, formats_each_record_with_its_formatter) {
  std::string text;
  LogWriter writer(std::make_unique<MemoryOutput>(text));
  QueryLog& one = writer.add_worker();
  QueryLog& two = writer.add_worker();
  const RegisteredFormatter a = add(writer, "A"), b = add(writer, "B");
  EXPECT_NE(a.id(), b.id());
  put(one, a, "1");
  put(one, b, "2");
  put(two, a, "3");
  put(one, a, "-");
  EXPECT_EQ(writer.drain_once(kStart), 4u);
  EXPECT_EQ(text, "A 1\nB 2\nA 3\n");
  EXPECT_EQ(writer.drain_once(kStart), 0u);
  EXPECT_EQ(writer.dropped(), 0u);
}

TEST(LogWriter, writes_a_pass_in_batches) {
  std::string text;
  size_t writes = 0;
  LogWriter writer(std::make_unique<MemoryOutput>(text, &writes));
  QueryLog& log = writer.add_worker();
  const RegisteredFormatter a = add(writer, "A");
  for (int i = 0; i < 1000; ++i) put(log, a, "x");
  writer.drain_once(kStart);
  EXPECT_EQ(writes, 1u);
  for (int i = 0; i < 1000; ++i) put(log, a, std::string(200, 'y'));
  writer.drain_once(kStart);
  EXPECT_EQ(writes, 1u + 4u);  // 203,000 bytes, at least 64 KiB each
  EXPECT_EQ(text.size(), 4u * 1000 + 203u * 1000);
}

TEST(LogWriter, removes_what_a_failed_formatter_left_and_counts_it) {
  std::string text;
  LogWriter writer(std::make_unique<MemoryOutput>(text));
  QueryLog& log = writer.add_worker();
  const RegisteredFormatter a = add(writer, "A");
  put(log, a, "1");
  put(log, a, "!");
  put(log, a, "2");
  EXPECT_EQ(writer.drain_once(kStart), 2u);
  EXPECT_EQ(text, "A 1\nA 2\n[WARNING] 1 query log lines dropped\n");
  EXPECT_EQ(writer.dropped(), 1u);
}

TEST(LogWriter, keeps_a_retired_formatter_until_its_records_are_out) {
  std::string text;
  LogWriter writer(std::make_unique<MemoryOutput>(text));
  QueryLog& log = writer.add_worker();
  bool destroyed = false;
  {
    const RegisteredFormatter a = add(writer, "A", &destroyed);
    put(log, a, "1");
    writer.drain_once(kStart);
    put(log, a, "2");
  }
  EXPECT_FALSE(destroyed);
  EXPECT_EQ(writer.drain_once(kStart), 1u);
  EXPECT_TRUE(destroyed);
  EXPECT_EQ(text, "A 1\nA 2\n");
}

TEST(LogWriter, formats_what_was_registered_and_retired_between_two_passes) {
  std::string text;
  LogWriter writer(std::make_unique<MemoryOutput>(text));
  QueryLog& log = writer.add_worker();
  bool destroyed = false;
  put(log, add(writer, "A", &destroyed), "1");
  writer.drain_once(kStart);
  EXPECT_TRUE(destroyed);
  EXPECT_EQ(text, "A 1\n");
}

TEST(LogWriter, counts_records_that_come_after_their_formatter) {
  std::string text;
  LogWriter writer(std::make_unique<MemoryOutput>(text));
  QueryLog& log = writer.add_worker();
  uint16_t id = 0;
  {
    const RegisteredFormatter a = add(writer, "A");
    id = a.id();
  }
  writer.drain_once(kStart);
  const RegisteredFormatter next = add(writer, "NEXT");
  EXPECT_NE(next.id(), id);  // or the late record would be misread
  ASSERT_NE(log.reserve(id, 8), nullptr);
  log.commit();
  EXPECT_EQ(writer.drain_once(kStart), 0u);
  EXPECT_EQ(writer.dropped(), 1u);
}

TEST(LogWriter, moves_a_registration_and_replaces_one) {
  std::string text;
  LogWriter writer(std::make_unique<MemoryOutput>(text));
  bool a_destroyed = false, b_destroyed = false;
  RegisteredFormatter held = add(writer, "A", &a_destroyed);
  const uint16_t a_id = held.id();
  RegisteredFormatter moved = std::move(held);
  EXPECT_EQ(moved.id(), a_id);
  writer.drain_once(kStart);
  EXPECT_FALSE(a_destroyed);
  moved = add(writer, "B", &b_destroyed);
  writer.drain_once(kStart);
  EXPECT_TRUE(a_destroyed);
  EXPECT_FALSE(b_destroyed);
}

TEST(LogWriter, has_65536_ids_and_reuses_those_that_are_free) {
  std::string text;
  LogWriter writer(std::make_unique<MemoryOutput>(text));
  std::vector<RegisteredFormatter> all;
  for (size_t i = 0; i < 65536; ++i) all.push_back(add(writer, "A"));
  EXPECT_THROW(add(writer, "B"), std::length_error);
  const uint16_t freed = all[300].id();
  all[300] = RegisteredFormatter();
  EXPECT_THROW(add(writer, "B"), std::length_error);  // records of the old one may be waiting
  writer.drain_once(kStart);
  EXPECT_EQ(add(writer, "B").id(), freed);
}

TEST(LogWriter, warns_of_drops_at_most_every_ten_seconds) {
  std::string text;
  LogWriter writer(std::make_unique<MemoryOutput>(text), 64);
  QueryLog& log = writer.add_worker();
  const RegisteredFormatter a = add(writer, "A");
  const auto drop = [&](int count) {
    while (put(log, a, "")) {
    }
    for (int i = 1; i < count; ++i) EXPECT_FALSE(put(log, a, ""));
  };
  const auto warnings = [&](seconds at) {
    text.clear();
    writer.drain_once(kStart + static_cast<uint64_t>(milliseconds(at).count()));
    const size_t from = text.find('[');
    return from == std::string::npos ? std::string() : text.substr(from);
  };
  drop(3);
  EXPECT_EQ(warnings(seconds(0)), "[WARNING] 3 query log lines dropped\n");
  EXPECT_EQ(warnings(seconds(20)), "");  // nothing new
  drop(1);
  EXPECT_EQ(warnings(seconds(20)), "[WARNING] 1 query log lines dropped\n");
  drop(2);
  EXPECT_EQ(warnings(seconds(29)), "");
  drop(5);
  EXPECT_EQ(warnings(seconds(30)), "[WARNING] 7 query log lines dropped\n");
  EXPECT_EQ(log.dropped(), 11u);
  EXPECT_EQ(writer.dropped(), 11u);
}

TEST(LogWriter, says_at_its_end_what_it_had_not_said_yet) {
  std::string text;
  {
    LogWriter writer(std::make_unique<MemoryOutput>(text), 64);
    QueryLog& log = writer.add_worker();
    for (int i = 0; i < 2; ++i) {
      EXPECT_EQ(log.reserve(0, 1000), nullptr);
      writer.drain_once(kStart);
    }
  }
  EXPECT_EQ(text,
            "[WARNING] 1 query log lines dropped\n"
            "[WARNING] 1 query log lines dropped\n");
}

TEST(LogWriter, writes_what_is_left_and_destroys_formatters_at_its_end) {
  std::string text;
  bool destroyed = false;
  {
    LogWriter writer(std::make_unique<MemoryOutput>(text));
    QueryLog& log = writer.add_worker();
    const RegisteredFormatter a = add(writer, "A", &destroyed);
    put(log, a, "1");
  }
  EXPECT_EQ(text, "A 1\n");
  EXPECT_TRUE(destroyed);
}

TEST(LogWriter, follows_the_traffic_with_its_pauses) {
  struct Case {
    int last;
    double fullest;
    int next;
  };
  const Case cases[] = {
      {20, 0, 40},    {40, 0, 80},    {80, 0, 80},              // idle: longer and longer
      {80, 0.01, 20}, {20, 0.24, 20}, {5, 0.1, 10},             // light traffic
      {80, 0.25, 20}, {20, 0.5, 5},   {5, 1, 1},    {1, 1, 1},  // much
  };
  for (const Case& c : cases)
    EXPECT_EQ(next_pause(milliseconds(c.last), c.fullest).count(), c.next) << c.last;
}

TEST(LogWriter, flush_without_a_thread_drains_here) {
  std::string text;
  LogWriter writer(std::make_unique<MemoryOutput>(text));
  QueryLog& log = writer.add_worker();
  const RegisteredFormatter a = add(writer, "A");
  put(log, a, "1");
  EXPECT_TRUE(writer.flush(milliseconds(0)));
  EXPECT_EQ(text, "A 1\n");
}

TEST(LogWriter, takes_the_process_log_while_it_runs) {
  std::string text;
  LogWriter writer(std::make_unique<MemoryOutput>(text));
  writer.start();
  log_info("x", "one");
  EXPECT_TRUE(writer.flush(kLongEnough));
  log_info("x", "two");
  writer.stop();
  EXPECT_EQ(text, "[INFO] plugin/x: one\n[INFO] plugin/x: two\n");
  EXPECT_EQ(redirect_process_log(nullptr), nullptr);
}

TEST(LogWriter, bounds_the_process_log_lines_that_wait) {
  std::string text;
  LogWriter writer(std::make_unique<MemoryOutput>(text));
  const std::string line = std::string(1023, 'x') + "\n";
  for (int i = 0; i < 1030; ++i) writer.take(line);
  writer.drain_once(kStart);
  EXPECT_EQ(text.size(), (1u << 20) + std::strlen("[WARNING] 6 log lines dropped\n"));
  EXPECT_TRUE(text.ends_with("x\n[WARNING] 6 log lines dropped\n"));
}

TEST(LogWriter, can_be_started_again) {
  std::string text;
  LogWriter writer(std::make_unique<MemoryOutput>(text));
  QueryLog& log = writer.add_worker();
  const RegisteredFormatter a = add(writer, "A");
  for (const char* word : {"1", "2"}) {
    writer.start();
    put(log, a, word);
    writer.stop();
  }
  writer.stop();
  EXPECT_EQ(text, "A 1\nA 2\n");
}

TEST(LogWriter, never_makes_a_worker_wait_for_the_output) {
  StuckOutput::Gate gate;
  LogWriter writer(std::make_unique<StuckOutput>(gate), 1024);
  QueryLog& log = writer.add_worker();
  bool destroyed = false;
  RegisteredFormatter a = add(writer, "A", &destroyed);
  writer.start();
  log_info("", "into the stuck output");
  gate.entered.acquire();
  int accepted = 0;
  for (int i = 0; i < 1000; ++i) accepted += put(log, a, "12345678");
  EXPECT_EQ(accepted, 64);  // 1024 bytes in records of 16
  EXPECT_EQ(log.dropped(), 936u);
  log_info("", "nor the control loop");
  EXPECT_FALSE(writer.flush(milliseconds(0)));
  a = RegisteredFormatter();  // waits for nobody either
  gate.open.release();
  EXPECT_TRUE(writer.flush(kLongEnough));
  writer.stop();
  EXPECT_TRUE(destroyed);
  std::string expected = "[INFO] into the stuck output\n[INFO] nor the control loop\n";
  for (int i = 0; i < 64; ++i) expected += "A 12345678\n";
  expected += "[WARNING] 936 query log lines dropped\n";
  EXPECT_EQ(gate.text, expected);
}

TEST(LogWriter, loses_nothing_uncounted_with_workers_and_reloads_in_parallel) {
  constexpr int kWorkers = 3, kRecords = 3000, kReloads = 20;
  std::string text;
  uint64_t dropped = 0;
  {
    LogWriter writer(std::make_unique<MemoryOutput>(text), 4096);
    std::vector<QueryLog*> logs;
    for (int i = 0; i < kWorkers; ++i) logs.push_back(&writer.add_worker());
    writer.start();
    for (int reload = 0; reload < kReloads; ++reload) {
      const RegisteredFormatter a = add(writer, "A");
      std::vector<std::thread> workers;
      for (QueryLog* log : logs) {
        workers.emplace_back([&a, log] {
          for (int i = 0; i < kRecords / kReloads; ++i) put(*log, a, "payload");
        });
      }
      for (std::thread& worker : workers) worker.join();
    }
    writer.stop();
    dropped = writer.dropped();
  }
  size_t lines = 0;
  for (size_t at = text.find("A payload\n"); at != std::string::npos;
       at = text.find("A payload\n", at + 1))
    ++lines;
  EXPECT_EQ(lines + dropped, size_t{kWorkers * kRecords});
  EXPECT_GT(lines, 0u);
}

}  // namespace
}  // namespace signpost::observe
