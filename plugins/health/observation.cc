#include "observation.h"

#include <array>
#include <ctime>

namespace signpost::health {

std::string result_text(const Observation& seen) {
  return (seen.verdict.last_success() ? "Success: " : "Failure: ") + seen.reason;
}

std::string state_text(const Observation& seen, Thresholds thresholds) {
  if (!seen.verdict.known()) return "no result yet (counts as healthy, H-23)";
  std::string text = result_text(seen);
  const bool healthy = seen.verdict.healthy();
  if (seen.verdict.last_success() == healthy) {
    text += ", since ";
  } else {
    text += " (" + std::to_string(seen.verdict.consecutive()) + " of " +
            std::to_string(healthy ? thresholds.fall : thresholds.rise) + "), " +
            (healthy ? "healthy since " : "unhealthy since ");
  }
  text += utc_text(seen.since_ms);
  if (seen.from_saved) text += ", saved by an earlier run";
  return text;
}

std::string utc_text(int64_t wall_ms) {
  const std::time_t seconds = wall_ms / 1000;
  std::tm parts{};
  std::array<char, 64> text{};
  if (gmtime_r(&seconds, &parts) == nullptr ||
      std::strftime(text.data(), text.size(), "%FT%TZ", &parts) == 0)
    return "?";
  return text.data();
}

}  // namespace signpost::health
