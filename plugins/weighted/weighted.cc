// The plugin `weighted`: shares queries among the members of a record set by weight. Source: spec
// section 2.2 (rules W-01 to W-10) and V-23.
#include <array>

#include "signpost/plugin.h"

namespace signpost::weighted {
namespace {

class Weighted final : public Policy {
 public:
  std::string_view name() const override { return "weighted"; }
  std::string_view keyword() const override { return "weight"; }
  uint32_t read_value(const Token& word) const override { return read_number(word, 0, 255); }
  uint32_t fallback(const Location&) const override { return 1; }
  std::string describe(uint32_t weight) const override {
    return "weight " + std::to_string(weight);
  }

  // V-23: members that have values share one TTL; aliases have none.
  void check(const SetSpec& set, Problems& problems) const override {
    const MemberSpec* first = nullptr;
    for (const MemberSpec& member : set.members) {
      if (member.alias) continue;
      if (!first) first = &member;
      const uint32_t ttl = member.ttl.value_or(set.ttl), wanted = first->ttl.value_or(set.ttl);
      if (ttl == wanted) continue;
      problems.error(member.where,
                     "RRSet with DNS name " + set.owner.text() + ", SetIdentifier " + member.id +
                         " cannot be created as weighted sets must contain the same TTL: " +
                         std::to_string(ttl) + " here, " + std::to_string(wanted) + " at " +
                         first->where.text() + " (V-23)");
    }
  }
};

const Weighted policy;

struct Settings {
  explicit Settings(Setup& setup) { read_groups(setup, policy); }
};

class Worker {
 public:
  explicit Worker(const Settings&) {}

  // What is not healthy is out of the candidates already, or nothing is healthy and all are in
  // (W-03, W-07). Weights of zero count only where no other candidate is left (W-04 to W-06).
  Up up(Query& query) noexcept {
    if (!query.undecided(policy)) return Up::next;
    const std::span<const Member> members = query.set->all();
    std::array<uint64_t, MemberMask::capacity> weights;
    uint64_t sum = 0;
    for (unsigned i = 0; i < members.size(); ++i) {
      weights[i] = query.candidates.has(i) ? members[i].attribute : 0;
      sum += weights[i];
    }
    if (sum == 0) query.candidates.each([&](unsigned i) { weights[i] = 1; });
    query.draw({weights.data(), members.size()});
    return Up::next;
  }
};

}  // namespace
}  // namespace signpost::weighted

SIGNPOST_EXPORT(weighted,
                signpost::with_policy(
                    signpost::describe<signpost::weighted::Settings, signpost::weighted::Worker>(
                        "weighted", signpost::Stage::choose),
                    signpost::weighted::policy))
