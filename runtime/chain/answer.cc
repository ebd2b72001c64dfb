// What a zone answers (signpost/zones.h).
#include "chain/proof.h"
#include "signpost/zones.h"
#include "zone/zone.h"

namespace signpost {

namespace {

// HINFO "RFC8482" "" with an hour to live: the answer to ANY where no set can stand for the name
// (RFC 8482, section 4.2).
constexpr uint8_t kAnyBytes[] = {0, 0, 0,   13,  0,   1,   0,   0,   0x0e, 0x10, 0,
                                 9, 7, 'R', 'F', 'C', '8', '4', '8', '2',  0};
constexpr uint32_t kAnyStarts[] = {0, sizeof kAnyBytes};
constexpr WireSet kAny{kAnyBytes, kAnyStarts, nullptr, 1, 0, 3600, 0};

void refer(const Node& cut, const Zone& zone, Query& q) noexcept {
  q.zone = &zone;
  q.authoritative = q.restarted();  // RFC 1034, section 6.2.7: AA speaks of the first owner
  const RecordSet* ns = cut.find(rr::ns);
  q.add(Section::authority, ns->members[0].values, ReplyEntry::name, cut.name);
  // DS belongs to the proofs of a signed zone (RFC 4035, section 3.1.4.1).
  const bool proves = q.edns.dnssec_ok && zone.negative_soa().signatures.count != 0;
  if (const RecordSet* ds = proves ? cut.find(rr::ds) : nullptr)
    q.add(Section::authority, ds->members[0], ReplyEntry::name, cut.name);
  else
    Proof::no_ds(zone, q, cut);
  Proof::expansions(q);  // the glue comes behind all of this section
  q.add_related(ns->members[0]);
  if (q.recorder)
    q.recorder->note("zone", "names below " + cut.name.text() +
                                 " are delegated: a referral to its name servers");
}

void deny(const Zone& zone, Query& q, Rcode rcode) noexcept {
  q.zone = &zone;
  q.rcode = rcode;
  q.authoritative = true;
  q.add(Section::authority, zone.negative_soa(), ReplyEntry::apex);
  if (q.recorder)
    q.recorder->note("zone",
                     q.looked_for().text() +
                         (rcode == Rcode::nxdomain
                              ? " does not exist in zone " + zone.apex().text() + ": NXDOMAIN"
                              : " has no records of this type: no data"));
}

void deny_type(const Node& node, const Zone& zone, Query& q) noexcept {
  deny(zone, q, Rcode::noerror);
  Proof::no_data(zone, q, node);
}

// A name below a DNAME (RFC 6672, section 3.2). The runner goes on with the new name.
void redirect(const Node& node, const Zone& zone, Query& q) noexcept {
  const RecordSet& dname = *node.find(rr::dname);
  q.zone = &zone;
  q.authoritative = true;
  if (q.recorder)
    q.recorder->note("zone", q.looked_for().text() + " lies below the DNAME at " +
                                 node.name.text() + ", which leads to " +
                                 dname.members[0].leads_to->text());
  if (q.redirect(dname)) return;
  q.rcode = Rcode::yxdomain;
  if (q.recorder) q.recorder->note("zone", "the name would become too long: YXDOMAIN");
}

bool plain(const RecordSet& set) {
  for (const Member& m : set.all())
    if (m.alias) return false;
  return true;
}

// One of the sets at the name (RFC 8482, section 4.1); NSEC, which tells of no data, if it is
// alone.
void answer_any(const Node& node, const Zone& zone, Query& q) noexcept {
  const RecordSet* nsec = nullptr;
  for (const RecordSet& s : node.all()) {
    if (!plain(s)) continue;
    if (s.type != rr::nsec) return q.propose(s, zone);
    nsec = &s;
  }
  if (nsec) return q.propose(*nsec, zone);
  if (node.set_count == 0) return deny_type(node, zone, q);
  q.zone = &zone;
  q.authoritative = true;
  q.add(Section::answer, kAny, ReplyEntry::step_owner);
}

// All signatures of the name, which stand with the sets they cover.
void answer_signatures(const Node& node, const Zone& zone, Query& q) noexcept {
  q.zone = &zone;
  bool any = false;
  for (const RecordSet& s : node.all())
    if (s.members[0].signatures.count != 0)
      any |= q.add(Section::answer, s.members[0].signatures, ReplyEntry::step_owner);
  if (!any) return deny_type(node, zone, q);
  q.authoritative = true;
}

void answer_node(const Node& node, const Zone& zone, Query& q) noexcept {
  if (q.type == rr::any) return answer_any(node, zone, q);
  if (q.type == rr::rrsig) return answer_signatures(node, zone, q);
  if (const RecordSet* set = node.find(q.type)) return q.propose(*set, zone);
  if (const RecordSet* cname = node.find(rr::cname)) return q.propose(*cname, zone);
  deny_type(node, zone, q);
}

}  // namespace

const Zone* find_zone(const Query& query, const SplitName& name) noexcept {
  const ZoneTable& table = query.table(Key<ZoneTable>{zones_slot});
  // DS belongs to the parent's side of a cut (RFC 4035, section 3.1.4.1), also where both sides are
  // zones of this block; but a chain of the child that leads to its apex stays in the child.
  const Zone* before = query.zone_before();
  if (query.type == rr::ds && !name.is_root() && table.zones.size() > 1 &&
      !(before && before->apex() == name))
    if (const Zone* parent = table.find(name.parent())) return parent;
  if (table.zones.size() == 1) {
    const Zone* only = table.zones[0].get();
    return only && name.within(only->apex()) ? only : nullptr;
  }
  return table.find(name);
}

void answer_from(const Zone& zone, Query& q) noexcept {
  if (!zone.loaded()) {
    q.rcode = Rcode::servfail;
    q.error = "the zone could not be read";
    q.error_code = 24;  // Invalid Data (RFC 8914, section 4.25)
    if (q.recorder)
      q.recorder->note("zone", "zone " + zone.apex().text() + " could not be read: SERVFAIL");
    return;
  }
  const SplitName name = q.looked_for();
  if (const Node* node = zone.find(name)) {
    // DS belongs to the parent's side of a cut (RFC 4035, section 3.1.4.1).
    if (node->cut && !(node->cut == node && q.type == rr::ds)) return refer(*node->cut, zone, q);
    if (node->cut) {
      if (const RecordSet* ds = node->find(rr::ds)) return q.propose(*ds, zone);
      deny(zone, q, Rcode::noerror);
      return Proof::no_ds(zone, q, *node);
    }
    if (node->redirected()) return redirect(*node->dname, zone, q);
    return answer_node(*node, zone, q);
  }
  const Node& encloser = *zone.closest_encloser(name);
  if (encloser.cut) return refer(*encloser.cut, zone, q);
  if (encloser.dname) return redirect(*encloser.dname, zone, q);
  if (encloser.wildcard && !encloser.wildcard->cut) {
    if (q.recorder)
      q.recorder->note("zone", name.text() + " is covered by " + encloser.wildcard->name.text());
    Proof::expanded(q, *encloser.wildcard);
    return answer_node(*encloser.wildcard, zone, q);
  }
  deny(zone, q, Rcode::nxdomain);
  Proof::no_name(zone, q, encloser);
}

uint32_t tag_of(const Zone& zone) noexcept { return zone.tag(); }

bool denies(const Zone& zone, const SplitName& name) noexcept {
  if (!zone.loaded() || zone.find(name)) return false;
  const Node& encloser = *zone.closest_encloser(name);
  return !encloser.cut && !encloser.dname && !(encloser.wildcard && !encloser.wildcard->cut);
}

void answer_with(Query& query, const WireSet& records) noexcept {
  const Zone* zone = query.zone;
  query.set = nullptr;
  query.authoritative = true;
  if (records.count == 0) return deny(*zone, query, Rcode::noerror);
  query.add(Section::answer, records, ReplyEntry::step_owner);
}

}  // namespace signpost
