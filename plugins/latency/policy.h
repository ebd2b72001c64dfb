// The policy `latency` as the runtime sees it: the Region is the first word of a member. A policy
// object stands for the table that its groups use; those made are kept for the life of the process,
// because zones point to them.
#pragma once

#include <string>

#include "signpost/policy.h"

namespace signpost::latency {

class Latency final : public Policy {
 public:
  std::string_view name() const override { return "latency"; }
  bool leads() const override { return true; }
  uint32_t read_lead(const Token& word) const override;
  bool option(std::string_view word) const override { return word == "table"; }
  std::string describe(uint32_t region) const override;
  void check(const SetSpec& set, Problems& problems) const override;
};

extern const Latency without_table;
// The policy of groups that use the table at `path`; empty: without_table. Any thread but a worker.
const Latency& policy_for(const std::string& path);

}  // namespace signpost::latency
