#include "consolidation.h"

#include <algorithm>

#include "signpost/log.h"
#include "signpost/setup.h"

namespace signpost::errors {

namespace {

constexpr std::string_view kLevels[] = {"warning", "error", "info", "debug"};
constexpr std::string_view kPrefixes[] = {"[WARNING] ", "[ERROR] ", "[INFO] ", "[DEBUG] "};
constexpr size_t kLongestPattern = 10000;

Level read_level(const Token& word) {
  const auto at = std::find(std::begin(kLevels), std::end(kLevels), word.text);
  if (at == std::end(kLevels))
    throw ConfigError(word.where, "'" + word.text + "' is no log level" +
                                      did_you_mean(word.text, kLevels) +
                                      " (warning, error, info, debug)");
  return Level(at - std::begin(kLevels));
}

std::regex read_pattern(const Token& word) {
  if (word.text.size() > kLongestPattern)
    throw ConfigError(word.where, "the regular expression is longer than 10000 characters");
  try {
    return std::regex(word.text, std::regex::ECMAScript | std::regex::optimize);
  } catch (const std::regex_error& e) {
    throw ConfigError(word.where,
                      "'" + excerpt(word.text) + "' is no regular expression: " + e.what());
  }
}

}  // namespace

std::string_view level_prefix(Level level) { return kPrefixes[size_t(level)]; }

Consolidation::Consolidation(const Directive& line) : level_(Level::error) {
  expect_args(line, 2, 4, false);
  period_ = line.args[0].text;
  duration_ = read_duration(line.args[0]);
  if (duration_.count() == 0)
    throw ConfigError(line.args[0].where, "consolidate needs a time above 0");
  pattern_ = line.args[1].text;
  regex_ = read_pattern(line.args[1]);
  size_t at = 2;
  if (at < line.args.size() && !line.args[at].is("show_first"))
    level_ = read_level(line.args[at++]);
  if (at == line.args.size()) return;
  if (!line.args[at].is("show_first") || at + 1 != line.args.size())
    throw ConfigError(line.args[at].where,
                      "expected: consolidate DURATION REGEXP [LEVEL] [show_first]");
  show_first_ = true;
}

bool Consolidation::matches(std::string_view error) const {
  return std::regex_search(error.begin(), error.end(), regex_);
}

bool Consolidation::count() {
  return count_.fetch_add(1, std::memory_order_relaxed) == 0 && show_first_;
}

void Consolidation::report(uint64_t now_ms) {
  if (count_.load(std::memory_order_relaxed) == 0) return;
  if (due_ms_ == 0) due_ms_ = now_ms + uint64_t(duration_.count());
  if (now_ms >= due_ms_) report_now();
}

void Consolidation::report_now() {
  due_ms_ = 0;
  const uint64_t count = count_.exchange(0, std::memory_order_relaxed);
  if (count == 0 || (count == 1 && show_first_)) return;
  const std::string line =
      std::to_string(count) + " errors like '" + pattern_ + "' occurred in last " + period_;
  switch (level_) {
    case Level::warning:
      return log_warning("errors", line);
    case Level::error:
      return log_error("errors", line);
    case Level::info:
      return log_info("errors", line);
    case Level::debug:
      return log_debug("errors", line);
  }
}

Consolidation* Consolidations::match(std::string_view error) const {
  for (const auto& consolidation : all_)
    if (consolidation->matches(error)) return consolidation.get();
  return nullptr;
}

void Consolidations::report(uint64_t now_ms) {
  for (const auto& consolidation : all_) consolidation->report(now_ms);
}

void Consolidations::report_all() {
  for (const auto& consolidation : all_) consolidation->report_now();
}

}  // namespace signpost::errors
