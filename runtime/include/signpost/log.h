// What plugins write down. Two ways, for two kinds of thread:
//
// The process log (log_info and its kin) is for set-up, agents and everything else off the query
// path: any thread but a worker. It formats and locks.
//
// The query log is for workers. A hook writes a binary record into its worker's own ring, without
// a lock, an allocation, a system call or a wait; a full ring drops the record and counts it. The
// writer thread later hands the record to the plugin's LineFormatter, which turns it into text. So
// that a record finds its formatter, the plugin's settings register one and hold the registration;
// the instances on the workers read its id there.
//
// Nothing here reports errors to its caller: a log that cannot be written never stops service. The
// look of the lines is that of spec/corefile.md, section 13.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "signpost/diagnostic.h"

namespace signpost {

namespace observe {
class ByteRing;
}

// One line "[INFO] plugin/NAME: message" on stdout; with an empty `plugin` "[INFO] message".
// Control characters in either come out as \DDD, so that one call is always one line.
SIGNPOST_API void log_debug(std::string_view plugin, std::string_view message);  // if enabled
SIGNPOST_API void log_info(std::string_view plugin, std::string_view message);
SIGNPOST_API void log_warning(std::string_view plugin, std::string_view message);
SIGNPOST_API void log_error(std::string_view plugin, std::string_view message);
// True if log_debug() writes at all: ask before building a costly message.
SIGNPOST_API bool debug_log_enabled();

// Lets `most` (at least 1) events through per `interval`, counted from the first event let through,
// and tells how many it held back since. For messages that outside events could repeat without
// end. Not synchronized: one thread at a time. Time comes from the caller (Control::now_ms()).
class SIGNPOST_API RateLimit {
 public:
  RateLimit(uint32_t most, std::chrono::milliseconds interval)
      : most_(most), interval_(static_cast<uint64_t>(interval.count())) {}
  // Empty: hold this event back. Else let it through; the value is the number of events held back
  // since the last one that was let through.
  std::optional<uint64_t> admit(uint64_t now_ms);

 private:
  uint32_t most_;
  uint32_t admitted_ = 0;  // in the interval that began at start_
  uint64_t interval_;      // milliseconds
  std::optional<uint64_t> start_;
  uint64_t held_back_ = 0;
};

// Turns a plugin's query log records into text. Everything but construction happens on the writer
// thread, destruction included, so an implementation owns what it needs and shares nothing mutable.
class SIGNPOST_API LineFormatter {
 public:
  virtual ~LineFormatter();
  // Appends the line for `record` (the bytes that were reserved and committed, valid during the
  // call) to `out`: prefix such as "[INFO] " included, final newline not. Appending nothing writes
  // nothing. `out` holds earlier lines: append only. Text from the network has to be escaped here.
  // What an exception leaves behind is removed, and the record counts as dropped.
  virtual void format(std::span<const uint8_t> record, std::string& out) = 0;
};

class RegisteredFormatter;

// Where formatters are registered; there is one for the process. Any thread but a worker.
class SIGNPOST_API LineFormatters {
 public:
  virtual ~LineFormatters();
  // Takes `formatter`, which stays until the handle returned has been destroyed and every record
  // that had been committed by then has been formatted. Throws std::length_error if all 65,536
  // ids are taken.
  RegisteredFormatter add(std::unique_ptr<LineFormatter> formatter);

 private:
  friend class RegisteredFormatter;
  virtual uint16_t adopt(std::unique_ptr<LineFormatter> formatter) = 0;
  virtual void retire(uint16_t id) noexcept = 0;
};

// Keeps a formatter registered. Any thread but a worker; must not outlive the registry. Destroy it
// after the workers have let go of the instances that know its id: records committed later have no
// formatter and count as dropped. Destruction waits for nobody, neither worker nor writer.
class SIGNPOST_API RegisteredFormatter {
 public:
  RegisteredFormatter() = default;  // holds nothing
  RegisteredFormatter(RegisteredFormatter&& o) noexcept
      : owner_(std::exchange(o.owner_, nullptr)), id_(o.id_) {}
  RegisteredFormatter& operator=(RegisteredFormatter&& o) noexcept;
  ~RegisteredFormatter();
  uint16_t id() const { return id_; }  // for QueryLog::reserve()

 private:
  friend class LineFormatters;
  RegisteredFormatter(LineFormatters& owner, uint16_t id) : owner_(&owner), id_(id) {}
  LineFormatters* owner_ = nullptr;
  uint16_t id_ = 0;
};

// One worker's end of the query log. Only that worker may call reserve() and commit(); dropped() is
// for any thread.
class SIGNPOST_API QueryLog {
 public:
  explicit QueryLog(observe::ByteRing& ring) : ring_(ring) {}  // by the runtime
  QueryLog(const QueryLog&) = delete;
  QueryLog& operator=(const QueryLog&) = delete;

  // Room for a record of `bytes` bytes, aligned to 8, to be filled before commit(). The content is
  // opaque to all but the formatter registered as `formatter`. nullptr: no room, or more than a
  // quarter of the ring; the record counts as dropped, and nothing more is to be done. A record
  // that is reserved and never committed is forgotten by the next reserve().
  uint8_t* reserve(uint16_t formatter, size_t bytes) noexcept;
  // Hands the record reserved last to the writer; without one it does nothing.
  void commit() noexcept;
  // Records this worker could not place since the start.
  uint64_t dropped() const noexcept;

 private:
  observe::ByteRing& ring_;
};

}  // namespace signpost
