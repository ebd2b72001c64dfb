// The log writer: drains the workers' rings and the process log, and writes the text to one output.
// The only place where query log lines are formatted.
//
// The control loop makes it, adds workers, starts and stops it; formatters are registered from any
// thread but a worker. Between start() and stop() a thread of its own drains. It does not wait to
// be told of records, which would cost the workers a system call each: it looks at the rings at
// intervals that follow the traffic (next_pause()). Process log lines and flush() do wake it.
// Without start(), and in tests, drain_once() does the same work in the caller.
//
// Lines of one worker keep their order; between workers, order is that of draining. When the output
// is slow the rings fill, records are dropped, and "N query log lines dropped" appears at most
// every ten seconds. When it fails, that is said on stderr, once, and in the log as soon as it
// works again.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "observe/byte_ring.h"
#include "observe/formatter_table.h"
#include "observe/log_output.h"
#include "observe/process_log.h"
#include "signpost/log.h"

namespace signpost::observe {

// How long to wait before looking at the rings again, given the last pause and how full the fullest
// ring was found (0..1). Between 1 and 80 ms; about 20 ms under light traffic.
std::chrono::milliseconds next_pause(std::chrono::milliseconds last, double fullest);

class LogWriter final : public LineFormatters, public ProcessLogTarget {
 public:
  // `ring_bytes` per worker; the default holds some 10,000 lines.
  explicit LogWriter(std::unique_ptr<LogOutput> output, size_t ring_bytes = size_t{1} << 20);
  // Stops, writes what is left and destroys the formatters. Workers must have ended, and no handle
  // of a formatter may be left.
  ~LogWriter() override;

  // A ring for one more worker, for the life of the writer.
  QueryLog& add_worker();

  // Starts the thread and takes the process log over.
  void start();
  // Gives the process log back, ends the thread and writes everything committed before. Blocks as
  // long as the output does: ask flush() first if that matters. No effect if not started.
  void stop();

  // Returns once everything logged before the call has been passed to the output, or after
  // `at_most`: then false. Not started, it drains in the caller.
  bool flush(std::chrono::milliseconds at_most);

  // One pass over all rings, as the thread does it; returns the number of records formatted. Not
  // while the thread runs. `now_ms` (monotonic) only spaces the warnings about drops.
  size_t drain_once(uint64_t now_ms);

  // Query log records lost so far, for want of room or of a formatter. Any thread.
  uint64_t dropped() const;
  // Writes that failed, whole or in part. Any thread.
  uint64_t failed_writes() const { return failed_writes_.load(std::memory_order_relaxed); }

  void take(std::string_view line) noexcept override;  // of the process log

 private:
  struct Worker {
    explicit Worker(size_t bytes) : ring(bytes), log(ring) {}
    ByteRing ring;
    QueryLog log;
  };
  struct Pass {
    std::vector<std::pair<ByteRing*, uint64_t>> ends;  // rings, and how far to read them
    std::vector<uint16_t> retired;                     // formatters to destroy when done
    uint64_t flush_ticket = 0;
    size_t formatted = 0;
    double fullest = 0;
  };

  uint16_t adopt(std::unique_ptr<LineFormatter> formatter) override;
  void retire(uint16_t id) noexcept override;

  void run();
  Pass drain(uint64_t now_ms);
  Pass begin_pass();
  void drain_ring(ByteRing& ring, uint64_t end, Pass& pass);
  bool format(const ByteRing::Record& record);
  void report_drops(uint64_t now_ms);
  void write_text();
  void write_failed(int error);
  void end_pass(const Pass& pass);

  const std::unique_ptr<LogOutput> output_;
  const size_t ring_bytes_;
  std::thread thread_;  // control loop only
  ProcessLogTarget* previous_target_ = nullptr;

  mutable std::mutex mutex_;  // never held while formatting or writing
  std::condition_variable wake_, flushed_;
  std::vector<std::unique_ptr<Worker>> workers_;
  FormatterTable formatters_;
  std::string posted_;  // process log lines
  uint64_t posted_dropped_ = 0;
  uint64_t flush_wanted_ = 0, flush_done_ = 0;
  bool stopping_ = false;

  // Of the thread that drains.
  std::string text_;
  uint64_t dropped_reported_ = 0;
  RateLimit drop_warnings_;
  uint64_t failures_in_a_row_ = 0;
  std::atomic<uint64_t> unformatted_{0}, failed_writes_{0};  // written there, read anywhere
};

}  // namespace signpost::observe
