#include "observe/log_writer.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace signpost::observe {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShortest{1}, kUsual{20}, kLongest{80};
constexpr size_t kBatch = 64 * 1024;           // bytes of text that make a write worthwhile
constexpr size_t kPostedAtMost = 1024 * 1024;  // bytes of process log lines waiting for the output
constexpr std::chrono::seconds kDropWarningInterval{10};

uint64_t steady_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<uint64_t>(std::chrono::duration_cast<milliseconds>(now).count());
}

// Signals are for the control loop; and a write they interrupt would lose lines.
std::thread start_without_signals(auto body) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread(std::move(body));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

}  // namespace

milliseconds next_pause(milliseconds last, double fullest) {
  if (fullest >= 0.25) return std::max(kShortest, last / 4);
  const milliseconds longest = fullest > 0 ? kUsual : kLongest;
  return std::min(longest, last * 2);
}

LogWriter::LogWriter(std::unique_ptr<LogOutput> output, size_t ring_bytes)
    : output_(std::move(output)),
      ring_bytes_(ring_bytes),
      drop_warnings_(1, kDropWarningInterval) {}

LogWriter::~LogWriter() {
  stop();
  drain_once(UINT64_MAX);  // late enough for a last word about drops
}

QueryLog& LogWriter::add_worker() {
  auto worker = std::make_unique<Worker>(ring_bytes_);
  const std::lock_guard lock(mutex_);
  return workers_.emplace_back(std::move(worker))->log;
}

void LogWriter::start() {
  if (thread_.joinable()) return;
  stopping_ = false;
  thread_ = start_without_signals([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "log-writer");
  previous_target_ = redirect_process_log(this);
}

void LogWriter::stop() {
  if (!thread_.joinable()) return;
  redirect_process_log(previous_target_);
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void LogWriter::run() {
  milliseconds pause = kUsual;
  for (;;) {
    // Asked before the pass, so that the last pass begins after stop() was called.
    bool last = false;
    {
      const std::lock_guard lock(mutex_);
      last = stopping_;
    }
    pause = next_pause(pause, drain(steady_ms()).fullest);
    if (last) return;
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, pause, [this] {
      return stopping_ || flush_wanted_ != flush_done_ || !posted_.empty();
    });
  }
}

bool LogWriter::flush(milliseconds at_most) {
  if (!thread_.joinable()) {
    drain_once(steady_ms());
    return true;
  }
  std::unique_lock lock(mutex_);
  const uint64_t ticket = ++flush_wanted_;
  wake_.notify_one();
  return flushed_.wait_for(lock, at_most, [&] { return flush_done_ >= ticket; });
}

size_t LogWriter::drain_once(uint64_t now_ms) { return drain(now_ms).formatted; }

LogWriter::Pass LogWriter::drain(uint64_t now_ms) {
  Pass pass = begin_pass();
  for (const auto& [ring, end] : pass.ends) drain_ring(*ring, end, pass);
  report_drops(now_ms);
  write_text();
  end_pass(pass);
  return pass;
}

// One critical section, because of what it promises: a formatter retired before it has all its
// records before the ends taken here, and every record before the ends has its formatter in the
// table, since it was added before the worker could know its id.
LogWriter::Pass LogWriter::begin_pass() {
  const std::lock_guard lock(mutex_);
  Pass pass;
  pass.retired = formatters_.sync();
  for (const auto& worker : workers_) {
    const uint64_t end = worker->ring.published();
    const double waiting = static_cast<double>(end - worker->ring.read_position());
    pass.fullest = std::max(pass.fullest, waiting / static_cast<double>(worker->ring.capacity()));
    pass.ends.emplace_back(&worker->ring, end);
  }
  pass.flush_ticket = flush_wanted_;
  std::swap(text_, posted_);  // text_ was empty: posted_ keeps its memory
  if (posted_dropped_ > 0) {
    append_log_line(LogLevel::warning, "",
                    std::to_string(std::exchange(posted_dropped_, 0)) + " log lines dropped",
                    text_);
  }
  return pass;
}

void LogWriter::drain_ring(ByteRing& ring, uint64_t end, Pass& pass) {
  ByteRing::Record record;
  while (ring.next(end, record)) {
    if (format(record)) {
      ++pass.formatted;
    } else {
      unformatted_.fetch_add(1, std::memory_order_relaxed);
    }
    if (text_.size() >= kBatch) {
      ring.release();  // first: the output may take its time
      write_text();
    }
  }
  ring.release();
}

bool LogWriter::format(const ByteRing::Record& record) {
  LineFormatter* const formatter = formatters_.find(record.tag);
  if (!formatter) return false;
  const size_t before = text_.size();
  try {
    formatter->format(record.payload, text_);
    if (text_.size() != before) text_ += '\n';
  } catch (...) {
    text_.resize(before);
    return false;
  }
  return true;
}

void LogWriter::report_drops(uint64_t now_ms) {
  const uint64_t total = dropped();
  if (total == dropped_reported_ || !drop_warnings_.admit(now_ms)) return;
  append_log_line(LogLevel::warning, "",
                  std::to_string(total - dropped_reported_) + " query log lines dropped", text_);
  dropped_reported_ = total;
}

void LogWriter::write_text() {
  if (text_.empty()) return;
  if (!output_->write(text_)) {
    write_failed(errno);
  } else if (failures_in_a_row_ != 0) {
    std::string line;
    append_log_line(LogLevel::warning, "",
                    "the log could not be written " +
                        std::to_string(std::exchange(failures_in_a_row_, 0)) +
                        " times before this line, and what was in those writes is lost",
                    line);
    output_->write(line);
  }
  text_.clear();
}

void LogWriter::write_failed(int error) {
  failed_writes_.fetch_add(1, std::memory_order_relaxed);
  if (++failures_in_a_row_ != 1) return;
  std::fprintf(stderr, "[ERROR] the log cannot be written, lines are lost until it can: %s\n",
               std::strerror(error));
}

void LogWriter::end_pass(const Pass& pass) {
  FormatterTable::Retired retired;  // destroyed after the lock is released
  {
    const std::lock_guard lock(mutex_);
    retired = formatters_.remove(pass.retired);
    flush_done_ = pass.flush_ticket;
  }
  flushed_.notify_all();
}

uint64_t LogWriter::dropped() const {
  uint64_t total = unformatted_.load(std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  for (const auto& worker : workers_) total += worker->ring.dropped();
  return total;
}

void LogWriter::take(std::string_view line) noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (posted_.size() + line.size() > kPostedAtMost) {
      ++posted_dropped_;
      return;
    }
    posted_ += line;
  }
  wake_.notify_one();
}

uint16_t LogWriter::adopt(std::unique_ptr<LineFormatter> formatter) {
  const std::lock_guard lock(mutex_);
  return formatters_.add(std::move(formatter));
}

void LogWriter::retire(uint16_t id) noexcept {
  const std::lock_guard lock(mutex_);
  formatters_.retire(id);
}

}  // namespace signpost::observe
