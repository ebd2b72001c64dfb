// Lines about who is being limited. Several workers may limit the same client: the first to begin
// and the last to end make a line. Log writer's thread, as for every LineFormatter.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>

#include "incidents.h"
#include "settings.h"
#include "signpost/log.h"

namespace signpost::ratelimit {

class Report final : public LineFormatter {
 public:
  static constexpr uint32_t kLinesPerSecond = 4;
  static constexpr size_t kMostKnown = 4096;

  Report(const std::array<double, kCategories>& rates, bool report_only)
      : rates_(rates), report_only_(report_only) {}

  // A record is an Incident.
  void format(std::span<const uint8_t> record, std::string& out) override;

 private:
  struct Limited {
    unsigned workers = 0;
    uint64_t last_ms = 0;  // when something was heard of it
    uint64_t lasted_ms = 0, dropped = 0, truncated = 0;
  };

  bool begin(const Incident& incident);
  bool end(Incident& incident);

  const std::array<double, kCategories> rates_;
  const bool report_only_;
  RateLimit limit_{kLinesPerSecond, std::chrono::seconds(1)};
  std::map<std::pair<std::string, Category>, Limited> known_;
};

}  // namespace signpost::ratelimit
