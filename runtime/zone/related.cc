// The part of ZoneBuilder that finds what goes into the additional section for the names in a set
// (DN-04; RFC 1035 section 3.3.9, RFC 2782, RFC 9460 section 4.1, RFC 9471 for glue).
#include <algorithm>
#include <set>
#include <unordered_set>

#include "dns/name_text.h"
#include "dns/types.h"
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

// Collects what is related to one set.
class RelatedRecords {
 public:
  RelatedRecords(const Zone& zone, Arena& arena, const RecordSet& set)
      : zone_(zone), arena_(arena), set_(set), own_(zone.find(set.owner)) {}

  void find() { follow(set_, set_.owner, true, kServiceAliases); }
  std::vector<Related>& found() { return found_; }

 private:
  // Names in the data of `set`, which answers for `owner`; `direct`: it is the set itself, not one
  // that it leads to.
  void follow(const RecordSet& set, NameView owner, bool direct, unsigned depth) {
    const WireSet& records = set.members[0].values;
    std::array<uint8_t, 255> buffer;
    for (unsigned i = 0; i < records.name_count; ++i) {
      const WireName& at = records.names[i];
      const Name name = dns::lower_case(name_of(records, at, set.owner, buffer));
      uint32_t place = direct ? at.at : Related::elsewhere;
      NameView target = name;
      bool leads_on = false;
      if (is_service(set.type)) {
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
      add(target, place, leads_on ? set.type : uint16_t(0), depth);
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
    follow(*next, name, false, depth - 1);
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

bool ZoneBuilder::has_related(uint16_t type) {
  switch (type) {
    case rrtype::ns:
    case rrtype::md:
    case rrtype::mf:
    case rrtype::mb:
    case rrtype::mx:
    case rrtype::afsdb:
    case rrtype::rt:
    case rrtype::srv:
    case rrtype::kx:
    case rrtype::svcb:
    case rrtype::https:
      return true;
    default:
      return false;
  }
}

void ZoneBuilder::link_related() {
  for (RecordSet* set : relating_) {
    RelatedRecords related(*zone_, zone_->arena_, *set);
    related.find();
    auto& found = related.found();
    std::stable_partition(found.begin(), found.end(), [](const Related& r) { return r.in_domain; });
    Related* kept = zone_->arena_.array<Related>(found.size());
    std::copy(found.begin(), found.end(), kept);
    set->related = kept;
    set->related_count = uint32_t(found.size());
  }
}

}  // namespace signpost
