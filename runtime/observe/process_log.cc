#include "observe/process_log.h"

#include <array>
#include <atomic>
#include <mutex>

#include "observe/log_output.h"
#include "signpost/log.h"

namespace signpost::observe {
namespace {

constexpr std::array<std::string_view, 5> kPrefix = {"[DEBUG] ", "[INFO] ", "[WARNING] ",
                                                     "[ERROR] ", "[FATAL] "};

struct State {
  std::mutex mutex;
  ProcessLogTarget* target = nullptr;
  std::unique_ptr<LogOutput> direct = stdout_output();
  std::atomic<bool> debug = false;
};

// Never destroyed: destructors of static objects may still log.
State& state() {
  static State* const the_state = new State;
  return *the_state;
}

void append_printable(std::string_view text, std::string& out) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7F) {
      out += c;
      continue;
    }
    out += '\\';
    for (const unsigned unit : {100u, 10u, 1u}) out += static_cast<char>('0' + byte / unit % 10);
  }
}

}  // namespace

void append_log_line(LogLevel level, std::string_view plugin, std::string_view message,
                     std::string& out) {
  out += kPrefix[static_cast<size_t>(level)];
  if (!plugin.empty()) {
    out += "plugin/";
    append_printable(plugin, out);
    out += ": ";
  }
  append_printable(message, out);
  out += '\n';
}

void log_line(LogLevel level, std::string_view plugin, std::string_view message) {
  if (level == LogLevel::debug && !debug_log_enabled()) return;
  std::string line;
  append_log_line(level, plugin, message, line);
  State& s = state();
  const std::lock_guard lock(s.mutex);
  if (s.target)
    s.target->take(line);
  else
    s.direct->write(line);
}

void enable_debug_log(bool on) { state().debug.store(on, std::memory_order_relaxed); }

ProcessLogTarget* redirect_process_log(ProcessLogTarget* target) {
  State& s = state();
  const std::lock_guard lock(s.mutex);
  return std::exchange(s.target, target);
}

}  // namespace signpost::observe

namespace signpost {

using observe::log_line;
using observe::LogLevel;

void log_debug(std::string_view plugin, std::string_view message) {
  log_line(LogLevel::debug, plugin, message);
}

void log_info(std::string_view plugin, std::string_view message) {
  log_line(LogLevel::info, plugin, message);
}

void log_warning(std::string_view plugin, std::string_view message) {
  log_line(LogLevel::warning, plugin, message);
}

void log_error(std::string_view plugin, std::string_view message) {
  log_line(LogLevel::error, plugin, message);
}

bool debug_log_enabled() { return observe::state().debug.load(std::memory_order_relaxed); }

}  // namespace signpost
