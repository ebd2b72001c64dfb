// Zones built of text and of record sets, for tests of what the builder makes of them.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dns/types.h"
#include "zone/builder.h"
#include "zone/zone_file.h"

namespace signpost::zone {

inline Name name(std::string_view text) {
  return Name::parse(text, Name::parse("example.com.")->view()).value();
}

class Held final : public Policy {
 public:
  explicit Held(const char* policy_name) : name_(policy_name) {}
  std::string_view name() const override { return name_; }
  std::string describe(uint32_t) const override { return {}; }
  void check(const SetSpec&, Problems&) const override {}

 private:
  const char* name_;
};
inline const Held kWeighted("weighted"), kFailover("failover");

inline constexpr const char* kHead =
    "$TTL 60\n@ 900 SOA ns1 hostmaster 7 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\n";

// The zone example.com. built of text and of sets, and what was said about it.
class Built {
 public:
  explicit Built(std::string text, std::deque<SetSpec> sets = {})
      : sets_(std::move(sets)), origin_(name("@")), outside_{name("lb.example.net.")} {
    Problems problems;
    ZoneContext context{3, true, true, {"Corefile", 2}, std::span(&origin_, 1), outside_, checks_};
    Findings findings(problems);
    ZoneBuilder builder(origin_, std::move(context), findings);
    read_zone_file(
        "db", origin_,
        [&](const ZoneRecord& r) { builder.add_record(r.owner, r.type, r.ttl, r.rdata, r.where); },
        problems, [&](const std::string&, std::string&) { return std::optional(text); });
    for (const SetSpec& set : sets_) builder.add_set(set);
    zone = builder.build();
    findings.tell_rest({"db", Location::behind}, "zone example.com.");
    for (const Problem& p : problems.all()) said += p.text() + "\n";
  }

  const RecordSet* set(std::string_view owner, uint16_t type = rr::a) const {
    const Node* node = zone ? zone->find(name(owner)) : nullptr;
    return node ? node->find(type) : nullptr;
  }

  std::shared_ptr<const Zone> zone;
  std::string said;

 private:
  std::deque<SetSpec> sets_;
  Name origin_;
  std::vector<Name> outside_;
  std::vector<std::string> checks_{"use1", "euw1"};
};

inline MemberSpec value(uint32_t line, const std::string& check = "") {
  MemberSpec member;
  member.where = member.check_where = {"Corefile", line};
  member.id = "line " + std::to_string(line);
  member.values = {{192, 0, 2, uint8_t(line)}};
  member.check = check;
  return member;
}

inline MemberSpec alias(uint32_t line, std::string_view target, bool undotted = false) {
  MemberSpec member;
  member.where = {"Corefile", line};
  member.alias = AliasSpec{name(target), true, undotted};
  return member;
}

inline SetSpec steered(uint32_t line, std::string_view owner, uint16_t type,
                       std::vector<MemberSpec> members, const Policy* policy = &kWeighted) {
  SetSpec set;
  set.where = {"Corefile", line};
  set.owner = name(owner);
  set.type = type;
  set.policy = policy;
  set.members = std::move(members);
  return set;
}

// "OWNER TYPE;" for each set related to `member`.
inline std::string related(const Member& member) {
  std::string text;
  for (const Related& r : std::span(member.related, member.related_count))
    text += r.owner.text() + " " + type_text(r.set->type) + ";";
  return text;
}

}  // namespace signpost::zone
