// What ZoneBuilder says of a signed zone that validators would not accept everywhere. Nothing here
// is an error: such a zone is served as it is. Each kind of trouble is told once, with its first
// place.
#include <algorithm>

#include "dns/name_text.h"
#include "dns/types.h"
#include "zone/builder.h"

namespace signpost {

namespace {

constexpr unsigned kExpirationAt = 8, kInceptionAt = 12;  // in RRSIG data (RFC 4034, section 3.1)

uint32_t read32(const uint8_t* at) {
  return uint32_t(at[0]) << 24 | uint32_t(at[1]) << 16 | uint32_t(at[2]) << 8 | at[3];
}

// RFC 4034, section 3.1.5: serial number arithmetic.
bool before(uint32_t a, uint32_t b) { return int32_t(a - b) < 0; }

// The data of the first record of an NSEC or NSEC3 set: no name in it is compressed.
std::span<const uint8_t> first_data(const RecordSet& set) {
  constexpr uint32_t head = 12;
  const WireSet& values = set.members[0].values;
  return {values.bytes + head, values.starts[1] - head};
}

bool opt_out(const RecordSet& nsec3) {
  const auto data = read_nsec3(first_data(nsec3));
  return data && (data->flags & 1) != 0;
}

// True if the chain's link `from` names `to` as the next.
bool leads(const RecordSet& from, const RecordSet& to, NameView apex) {
  const auto rdata = first_data(from);
  if (from.type == rr::nsec) {
    const size_t size = dns::measure_name(rdata);
    return size != 0 && dns::lower_case(NameView(rdata.data(), size)).view() == to.owner;
  }
  const auto data = read_nsec3(rdata);
  const auto hash = hash_in_owner(to.owner, apex);
  return data && hash &&
         std::equal(data->next.begin(), data->next.end(), hash->bytes.begin(), hash->bytes.end());
}

// True if a signer leaves the node out of the chain of `denial`: RFC 4034, section 4 for NSEC, RFC
// 5155, section 7.1 for NSEC3.
bool outside_chain(const Node& node, const Denial& denial, const RecordSet* covering) {
  if (denial.kind() == Denial::nsec) return node.set_count == 0;
  return covering && opt_out(*covering) &&
         (node.set_count == 0 || (node.cut && !node.find(rr::ds)));
}

// True if the node has no authoritative data: below a zone cut or a DNAME.
bool hidden(const Node& node) { return (node.cut && node.cut != &node) || node.redirected(); }

}  // namespace

void ZoneBuilder::note(Tally& tally, Location where, NameView owner, uint16_t type) const {
  if (tally.count++ != 0) return;
  tally.first = where;
  tally.what = owner_and_type(owner, type);
}

void ZoneBuilder::tell(const Tally& tally, std::string_view before, std::string_view after) {
  if (tally.count == 0) return;
  std::string text = std::string(before) + tally.what + std::string(after);
  if (tally.count > 1) text += " (the first of " + std::to_string(tally.count) + ")";
  report(false, tally.first, std::move(text));
}

void ZoneBuilder::judge_signed(std::span<const Node> nodes) {
  if (gaps_) return;
  const RecordSet* keys = nodes[0].find(rr::dnskey);
  if (!signed_) {
    if (keys && !keys->policy && !keys->is_alias())
      report(false, place_of(*keys),
             "zone " + apex_.text() +
                 " has DNSKEY records, but its SOA has no signature: it is served as a zone that "
                 "is not signed");
    return;
  }
  if (context_.now != 0) judge_times();
  judge_unsigned(nodes);
  if (zone_->denial_.kind() != Denial::none)
    judge_chain(nodes);
  else if (!findings_.any_error())
    report(false, place_of(*nodes[0].find(rr::soa)),
           "zone " + apex_.text() +
               " is signed, but its apex has neither NSEC nor an NSEC3PARAM with its NSEC3 "
               "records: what it does not have cannot be proven, and validators take such answers "
               "for forged");
}

void ZoneBuilder::judge_times() {
  Tally over, ahead;
  const auto judge_one = [&](const Record& r, NameView owner, uint16_t type) {
    const uint8_t* data = data_.data() + r.data;
    if (before(read32(data + kExpirationAt), context_.now))
      note(over, where(r), owner, type);
    else if (before(context_.now, read32(data + kInceptionAt)))
      note(ahead, where(r), owner, type);
  };
  for (const Record& r : signatures_) judge_one(r, nodes_[r.node].name, r.type);
  for (const Record& r : hashed_)
    if (r.type == rr::rrsig) judge_one(r, hash_owners_[r.node], rr::nsec3);
  tell(over, "the signature over ", " has expired");
  tell(ahead, "the signature over ", " is not valid yet");
}

// Sets without signature, and signatures without set.
void ZoneBuilder::judge_unsigned(std::span<const Node> nodes) {
  Tally bare, loose;
  for (const Node& node : nodes)
    for (const RecordSet& set : node.all()) {
      const bool parental = set.type == rr::ds || set.type == rr::nsec;
      if (hidden(node) || (node.cut && !parental)) continue;
      if (set.members[0].signatures.count == 0) note(bare, place_of(set), set.owner, set.type);
    }
  for (const HashedSet& set : hashed_sets_)
    if (set.set->members[0].signatures.count == 0)
      note(bare, where(set.records.front()), set.set->owner, rr::nsec3);
  for (const Record& r : signatures_)
    if (!nodes[r.node].find(r.type)) note(loose, where(r), nodes[r.node].name, r.type);
  tell(bare, "", " has no signature in a signed zone: validators take it for forged");
  tell(loose, "a signature covers ", ", which does not exist");
}

void ZoneBuilder::judge_chain(std::span<const Node> nodes) {
  const Denial& denial = zone_->denial_;
  const auto chain = denial.chain();
  Tally broken, missing;
  for (size_t i = 0; i < chain.size(); ++i) {
    const RecordSet& to = *chain[(i + 1) % chain.size()];
    if (leads(*chain[i], to, apex_)) continue;
    const Location place = broken.count == 0 ? place_of(*chain[i]) : Location{};
    note(broken, place, chain[i]->owner, chain[i]->type);
  }
  for (uint32_t i = 0; i < nodes.size(); ++i) {
    const Denial::Witness witness = denial.of(i);
    if (hidden(nodes[i]) || witness.at_name || outside_chain(nodes[i], denial, witness.set))
      continue;
    const bool first = missing.count == 0 && nodes[i].set_count != 0;
    note(missing, first ? place_of(nodes[i].sets[0]) : context_.where, nodes[i].name,
         denial.kind() == Denial::nsec ? rr::nsec : rr::nsec3);
  }
  tell(broken, "the chain is broken: ", " does not lead to the next in order");
  tell(missing, "the chain is broken: there is no record for ", "");
}

// Where the first record of a set of the zone file stands.
Location ZoneBuilder::place_of(const RecordSet& set) const {
  const uint32_t slot = slots_[find_slot(set.owner, set.owner.hash())];
  if (slot != 0 && set.type != rr::nsec3) {
    const PendingNode& node = nodes_[slot - 1];
    for (const PendingSet& s : std::span(sets_).subspan(node.first_set, node.set_count))
      if (s.type == set.type && !s.spec) return where(records_[s.first]);
  }
  for (const HashedSet& hashed : hashed_sets_)  // slow, for what is told once
    if (hashed.set == &set) return where(hashed.records.front());
  return context_.where;
}

}  // namespace signpost
