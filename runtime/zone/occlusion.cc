// The parts of ZoneBuilder that judge DNAME records and what delegations and DNAME hide.
#include "dns/types.h"
#include "zone/builder.h"

namespace signpost {

// RFC 6672, section 2.3; a CNAME beside it is refused by the rules for CNAME.
void ZoneBuilder::judge_dname(const PendingNode& node, const PendingSet& dname) {
  if (dname.spec)
    return report(true, dname.spec->where,
                  "DNAME at " + node.name.text() +
                      " cannot be steered: it redirects a whole branch of the zone; write it into "
                      "the zone file");
  if (dname.last - dname.first > 1)
    report(true, where(records_[dname.first + 1]),
           node.name.text() +
               " has more than one DNAME record; a name has one (RFC 6672, section 2.4)");
  for (const PendingSet& other : std::span(sets_.data() + node.first_set, node.set_count))
    if (other.type == rr::ns && !(node.name == apex_))
      report(true, where(records_[dname.first]),
             "DNAME at " + node.name.text() +
                 " stands beside NS records, which delegate the name: it belongs into the zone of "
                 "that name (RFC 6672, section 2.3)");
}

// What is never answered because of a delegation or a DNAME above it. Addresses below a delegation
// may be glue.
void ZoneBuilder::warn_occluded(const PendingNode& from, const Node& node, const Node& parent) {
  for (uint32_t i = 0; i < from.set_count && (parent.cut || parent.dname); ++i) {
    const PendingSet& set = sets_[from.first_set + i];
    const Location place = set.spec ? set.spec->members[0].where : where(records_[set.first]);
    if (parent.cut && set.spec)
      report(false, place,
             owner_and_type(node.name, set.type) + " lies below the delegation of " +
                 parent.cut->name.text() + " and is never answered");
    if (parent.dname)
      report(false, place,
             owner_and_type(node.name, set.type) + " lies below the DNAME at " +
                 parent.dname->name.text() +
                 ", which redirects it, and is never answered (RFC 6672, section 2.4)");
  }
}

}  // namespace signpost
