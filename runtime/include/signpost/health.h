// The table that `health` publishes: the state of each check of the block, by row (Member::check).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace signpost {

struct CheckState {
  std::string name;
  bool healthy = true;  // the final status: after inversion and disabling (H-26)
  std::string why;      // "Success: HTTP Status Code 200, OK", "no result yet" …
};

struct HealthTable {
  static constexpr std::string_view table_name = "health";
  std::vector<CheckState> checks;
};

}  // namespace signpost
