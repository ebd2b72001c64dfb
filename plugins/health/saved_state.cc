#include "saved_state.h"

#include <algorithm>
#include <optional>

#include "signpost/json.h"

namespace signpost::health {
namespace {

constexpr int64_t kVersion = 1;
constexpr size_t kMostBytes = size_t{64} << 20;
constexpr int64_t kFreshIntervals = 10;
constexpr int64_t kMostConsecutive = UINT32_MAX;
constexpr int64_t kLastMillisecond = 253'402'300'799'999;  // end of the year 9999

json::Value entry(const SavedCheck& check) {
  const Observation& seen = check.seen;
  return json::Object{{"target", check.target},
                      {"timing", check.timing},
                      {"healthy", seen.verdict.healthy()},
                      {"success", seen.verdict.last_success()},
                      {"consecutive", seen.verdict.consecutive()},
                      {"since", seen.since_ms},
                      {"checked", seen.checked_ms},
                      {"reason", seen.reason},
                      {"last_error", seen.last_error}};
}

template <class T>
const T* member(const json::Value& object, std::string_view name) {
  const json::Value* value = object.find(name);
  return value == nullptr ? nullptr : value->get<T>();
}

bool is_within(const int64_t* value, int64_t low, int64_t high) {
  return value != nullptr && *value >= low && *value <= high;
}

std::optional<SavedCheck> read_entry(const json::Value& value) {
  const auto* target = member<std::string>(value, "target");
  const auto* timing = member<std::string>(value, "timing");
  const auto* reason = member<std::string>(value, "reason");
  const auto* last_error = member<std::string>(value, "last_error");
  const auto* healthy = member<bool>(value, "healthy");
  const auto* success = member<bool>(value, "success");
  const auto* consecutive = member<int64_t>(value, "consecutive");
  const auto* since = member<int64_t>(value, "since");
  const auto* checked = member<int64_t>(value, "checked");
  if (!target || !timing || !reason || !last_error || !healthy || !success) return std::nullopt;
  if (!is_within(consecutive, 1, kMostConsecutive)) return std::nullopt;
  if (!is_within(since, 0, kLastMillisecond) || !is_within(checked, 0, kLastMillisecond))
    return std::nullopt;
  SavedCheck check{*target, *timing, {}};
  check.seen.verdict = Verdict(*healthy, *success, uint32_t(*consecutive));
  check.seen.reason = *reason;
  check.seen.last_error = *last_error;
  check.seen.since_ms = *since;
  check.seen.checked_ms = *checked;
  check.seen.from_saved = true;
  return check;
}

ReadState read_checks(const json::Value& document) {
  const auto* version = member<int64_t>(document, "version");
  if (version == nullptr) return {{}, "it is no saved health state"};
  if (*version != kVersion)
    return {
        {},
        "it has version " + std::to_string(*version) + "; expected " + std::to_string(kVersion)};
  const auto* checks = member<json::Array>(document, "checks");
  if (checks == nullptr) return {{}, "it has no list of checks"};
  ReadState state;
  for (const json::Value& value : *checks)
    if (auto check = read_entry(value)) state.checks.push_back(std::move(*check));
  if (const size_t bad = checks->size() - state.checks.size(); bad > 0)
    state.complaint =
        std::to_string(bad) + " of " + std::to_string(checks->size()) + " entries are damaged";
  return state;
}

}  // namespace

std::string write_state(const std::vector<SavedCheck>& checks) {
  json::Array entries;
  for (const SavedCheck& check : checks) entries.push_back(entry(check));
  return json::write(json::Object{{"version", kVersion}, {"checks", std::move(entries)}});
}

ReadState read_state(std::string_view text) {
  if (text.empty()) return {};
  try {
    return read_checks(json::parse(text, {.bytes = kMostBytes}));
  } catch (const json::ParseError& error) {
    return {{}, error.what()};
  }
}

const SavedCheck* find_saved(const std::vector<SavedCheck>& checks, const std::string& target,
                             const std::string& timing) {
  const SavedCheck* found = nullptr;
  for (const SavedCheck& check : checks) {
    if (check.target != target) continue;
    if (check.timing == timing) return &check;
    if (found == nullptr) found = &check;
  }
  return found;
}

bool is_fresh(const Observation& seen, const Timing& timing, int64_t now_ms) {
  const int64_t away = std::max(now_ms, seen.checked_ms) - std::min(now_ms, seen.checked_ms);
  return seen.verdict.known() && away <= kFreshIntervals * timing.interval.count();
}

}  // namespace signpost::health
