// The part of ZoneBuilder that finds what goes into the additional section for the names in a set
// (DN-04; RFC 1035 section 3.3.9, RFC 2782, RFC 9460 section 4.1, RFC 9471 for glue).
#include <algorithm>
#include <set>
#include <unordered_set>

#include "dns/name_text.h"
#include "dns/rdata.h"
#include "signpost/policy.h"
#include "zone/builder.h"
#include "zone/wire.h"

namespace signpost {

namespace {

constexpr bool is_service(uint16_t type) { return type == rr::svcb || type == rr::https; }

// True if every client gets all of the set.
bool certain(const RecordSet* set) {
  return set && set->member_count == 1 && !set->members[0].alias &&
         !(set->policy && set->policy->by_client());
}

// Aliases of services that lead on and on; more are left to the client.
constexpr unsigned kServiceAliases = 4;

// Collects what is related to one member of a set.
class RelatedRecords {
 public:
  RelatedRecords(const Zone& zone, Arena& arena, const RecordSet& set)
      : zone_(zone), arena_(arena), set_(set), own_(zone.find(set.owner)) {}

  void find(const Member& member) { follow(set_.type, member, set_.owner, true, kServiceAliases); }
  std::vector<Related>& found() { return found_; }

 private:
  // Names in the data of `member`, of a set of `type` that answers for `owner`; `direct`: it is the
  // member itself, not one that it leads to.
  void follow(uint16_t type, const Member& member, NameView owner, bool direct, unsigned depth) {
    const WireSet& records = member.values;
    std::array<uint8_t, 255> buffer;
    for (unsigned i = 0; i < records.name_count; ++i) {
      const WireName& at = records.names[i];
      const Name name = dns::lower_case(name_of(records, at, owner, buffer));
      uint32_t place = direct ? at.at : Related::elsewhere;
      NameView target = name;
      bool leads_on = false;
      if (is_service(type)) {
        // SvcPriority 0 makes an alias; "." is the owner itself, in an alias nothing (RFC 9460,
        // section 2.5).
        const bool alias = records.bytes[at.at - 2] == 0 && records.bytes[at.at - 1] == 0;
        if (target.is_root() && alias) continue;
        leads_on = alias;
        if (target.is_root()) {
          target = owner;
          place = direct ? Related::own_owner : Related::elsewhere;
        }
      }
      add(target, place, leads_on ? type : uint16_t(0), depth);
    }
  }

  // Addresses below a cut are glue, which name servers may have. A wildcard stands for a name, but
  // not as glue.
  void add(NameView name, uint32_t place, uint16_t service, unsigned depth) {
    const Node* node = zone_.find(name);
    if (node) {
      if (node->redirected() || (node->cut && set_.type != rr::ns)) return;
      name = node->name;
    } else {
      if (!name.within(zone_.apex()) || !covered_.insert(Name(name)).second) return;
      node = zone_.match(name);
      if (!node) return;
      name = arena_.copy(name);
    }
    const bool in_domain = own_->cut && node->cut && name.within(set_.owner);
    for (const uint16_t type : {rr::a, rr::aaaa})
      if (const RecordSet* set = node->find(type); certain(set))
        keep({set, name, place, in_domain});
    const RecordSet* next = service == 0 ? nullptr : node->find(service);
    if (!certain(next) || depth == 0 || next == &set_ || !keep({next, name, place, false})) return;
    follow(next->type, next->members[0], name, false, depth - 1);
  }

  bool keep(const Related& related) {
    const bool covered = !(related.owner == related.set->owner);
    if (!covered && !seen_.insert(related.set).second) return false;
    found_.push_back(related);
    return true;
  }

  const Zone& zone_;
  Arena& arena_;
  const RecordSet& set_;
  const Node* own_;
  std::vector<Related> found_;
  std::unordered_set<const RecordSet*> seen_;
  std::set<Name> covered_;
};

}  // namespace

// Notes a member that was written, for when all nodes are.
void ZoneBuilder::relate(const RecordSet& set, Member& member) {
  if (names_hosts(set.type)) relating_.push_back({&set, &member});
}

void ZoneBuilder::link_related() {
  for (const auto [set, member] : relating_) {
    RelatedRecords related(*zone_, zone_->arena_, *set);
    related.find(*member);
    auto& found = related.found();
    std::stable_partition(found.begin(), found.end(), [](const Related& r) { return r.in_domain; });
    Related* kept = zone_->arena_.array<Related>(found.size());
    std::copy(found.begin(), found.end(), kept);
    member->related = kept;
    member->related_count = uint32_t(found.size());
  }
}

}  // namespace signpost
