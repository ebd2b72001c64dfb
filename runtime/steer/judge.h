// Who is healthy: health of members, aliases that evaluate their target, and trees of them (spec
// 4.1, rules E-01 to E-18), over the tables of one block. Does not allocate except in verdicts().
#pragma once

#include "signpost/addresses.h"
#include "signpost/health.h"
#include "signpost/query.h"
#include "zone/zone.h"

namespace signpost {

class Judge {
 public:
  // `client` null: what holds for every client. The tables must outlive the judge.
  Judge(const ZoneTable& zones, const HealthTable& health, const AddressTable& addresses,
        const Client* client = nullptr)
      : zones_(zones), health_(health), addresses_(addresses), client_(client) {}

  // E-01 and E-02. `type` is the type of the member's set.
  bool healthy(const Member& member, uint16_t type) { return healthy(member, type, 0); }
  MemberMask healthy_members(const RecordSet& set);
  // True if a judgement so far depended on the client although none was given (E-15).
  bool needs_client() const { return needs_client_; }
  // In words, for explain: "check use1 is healthy: …", "no check (E-02)".
  std::string why(const Member& member, uint16_t type);

 private:
  static constexpr unsigned deepest = 8;  // loads refuse more than three levels (E-17)
  bool healthy(const Member& member, uint16_t type, unsigned depth);
  bool target_healthy(const AliasTarget& alias, uint16_t type, unsigned depth);

  const ZoneTable& zones_;
  const HealthTable& health_;
  const AddressTable& addresses_;
  const Client* client_;
  bool needs_client_ = false;
};

// The verdicts on all steered sets of a block, made when a snapshot is published.
VerdictTable verdicts(const ZoneTable& zones, const HealthTable& health,
                      const AddressTable& addresses);

}  // namespace signpost
