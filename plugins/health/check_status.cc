#include "check_status.h"

#include <algorithm>

namespace signpost::health {
namespace {

std::string count_text(const CheckStatus& check) {
  return std::to_string(check.healthy_children) + " of " +
         std::to_string(check.spec->children.size()) + " checks are healthy, " +
         std::to_string(check.spec->wanted) + " needed";
}

std::string inverted_text(const CheckStatus& check) {
  return check.spec->inverted ? "inverted; " : "";
}

json::Value time_or_null(bool known, int64_t wall_ms) {
  return known ? json::Value(utc_text(wall_ms)) : json::Value();
}

void add_probing(json::Value& row, const Observation* seen, int64_t now_ms) {
  const bool known = seen != nullptr && seen->verdict.known();
  const bool measured = known && !seen->from_saved;
  const auto or_null = [](bool is, auto value) {
    return is ? json::Value(value()) : json::Value();
  };
  row.set("last_result", or_null(known, [&] { return result_text(*seen); }));
  row.set("last_error",
          or_null(known && !seen->last_error.empty(), [&] { return seen->last_error; }));
  row.set("latency_ms", or_null(measured, [&] { return double(seen->latency.count()) / 1000; }));
  row.set("consecutive", or_null(known, [&] { return seen->verdict.consecutive(); }));
  row.set("age_ms",
          or_null(known, [&] { return std::max<int64_t>(now_ms - seen->checked_ms, 0); }));
}

}  // namespace

std::string why(const CheckStatus& check) {
  const std::string inverted = inverted_text(check);
  if (check.spec->disabled) return inverted + "disabled";
  if (check.spec->calculated) return inverted + count_text(check);
  return inverted + state_text(check.monitor->seen(), check.monitor->timing().thresholds);
}

std::string transition_text(const CheckStatus& check) {
  std::string text = "check " + check.spec->name +
                     (check.healthy ? " is healthy: " : " is unhealthy: ") + inverted_text(check);
  if (!check.monitor) return text + count_text(check);
  const Observation& seen = check.monitor->seen();
  const Thresholds& thresholds = check.monitor->timing().thresholds;
  const uint32_t needed = seen.verdict.healthy() ? thresholds.rise : thresholds.fall;
  return text + result_text(seen) + " (" +
         std::to_string(std::min(seen.verdict.consecutive(), needed)) + " of " +
         std::to_string(needed) + ')';
}

json::Value report(const CheckStatus& check, const std::vector<std::string>& zones,
                   int64_t now_ms) {
  const CheckSpec& spec = *check.spec;
  const Observation* seen = check.monitor ? &check.monitor->seen() : nullptr;
  json::Value row =
      json::Object{{"name", spec.name},        {"zones", json::Array(zones.begin(), zones.end())},
                   {"kind", spec.kind},        {"target", spec.target},
                   {"healthy", check.healthy}, {"why", why(check)}};
  row.set("since", seen != nullptr
                       ? time_or_null(seen->verdict.known(), seen->since_ms)
                       : time_or_null(spec.calculated && !spec.disabled, check.since_ms));
  add_probing(row, seen, now_ms);
  row.set("inverted", spec.inverted);
  row.set("disabled", spec.disabled);
  return row;
}

}  // namespace signpost::health
