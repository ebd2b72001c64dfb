// The parts of ZoneBuilder that serve signed zones: signatures go to the sets they cover, NSEC3
// records stay apart from the names, and one chain becomes the index that proofs are taken from.
#include <algorithm>

#include "dns/types.h"
#include "zone/builder.h"
#include "zone/wire.h"

namespace signpost {

namespace {

constexpr size_t kSignatureHead = 18;  // RRSIG data in front of the signer's name

}  // namespace

// Keeps an RRSIG or NSEC3 record. The type of an RRSIG in `signatures_` is the type it covers.
void ZoneBuilder::add_signed(NameView owner, uint16_t type, uint32_t ttl,
                             std::span<const uint8_t> rdata, Location where) {
  if (type == rr::rrsig) {
    if (rdata.size() < kSignatureHead) return;  // what reads the zone file refuses it before
    const auto covered = uint16_t(rdata[0] << 8 | rdata[1]);
    if (covered != rr::nsec3) {
      signatures_.push_back(keep(node(owner), covered, ttl, rdata, where));
      return;
    }
  }
  if (!hash_in_owner(owner, apex_)) {
    report(false, where,
           owner_and_type(owner, type) + " is ignored: its owner is no hash below " + apex_.text() +
               " (RFC 5155, section 3)");
    return;
  }
  if (hash_owners_.empty() || !(hash_owners_.back() == owner))
    hash_owners_.push_back(zone_->arena_.copy(owner));
  hashed_.push_back(keep(uint32_t(hash_owners_.size() - 1), type, ttl, rdata, where));
}

void ZoneBuilder::sort_signatures() {
  std::stable_sort(signatures_.begin(), signatures_.end(), [](const Record& a, const Record& b) {
    return a.node != b.node ? a.node < b.node : a.type < b.type;
  });
  const auto bytes = [&](const Record& r) {  // all owners are of one length
    return std::string_view(reinterpret_cast<const char*>(hash_owners_[r.node].data()),
                            hash_owners_[r.node].size());
  };
  std::stable_sort(hashed_.begin(), hashed_.end(), [&](const Record& a, const Record& b) {
    const int order = bytes(a).compare(bytes(b));
    return order != 0 ? order < 0 : a.type > b.type;  // NSEC3 in front of RRSIG
  });
  for (size_t i = 1; i < hashed_.size(); ++i)  // one row for each owner
    if (bytes(hashed_[i]) == bytes(hashed_[i - 1])) hashed_[i].node = hashed_[i - 1].node;
  drop_duplicates(signatures_, rr::rrsig);
  drop_duplicates(hashed_);
}

// The signatures over one set, with the TTL of the set (RFC 4034, section 3) unless theirs is
// lower. `size`: becomes theirs.
WireSet ZoneBuilder::signatures(uint32_t node, uint16_t type, uint32_t ttl, SetSize* size) {
  if (signatures_.empty()) return {};
  const auto before = [](const Record& r, const std::pair<uint32_t, uint16_t>& key) {
    return std::pair(r.node, r.type) < key;
  };
  const auto first =
      std::lower_bound(signatures_.begin(), signatures_.end(), std::pair(node, type), before);
  auto last = first;
  for (; last != signatures_.end() && last->node == node && last->type == type; ++last)
    ttl = std::min(ttl, last->ttl);
  if (first == last) return {};
  if (size) *size = size_of({first, last});
  return wire(apex_, rr::rrsig, ttl, data_of(std::span(first, last)));
}

ZoneBuilder::SetSize ZoneBuilder::size_of(std::span<const Record> signatures) {
  SetSize size{signatures.size(), 0};
  for (const Record& r : signatures) size.bytes += wire::owner_room + wire::record_head + r.size;
  return size;
}

// Makes a set of the NSEC3 records of each owner.
void ZoneBuilder::write_hashed() {
  for (size_t first = 0, last; first < hashed_.size(); first = last) {
    const NameView owner = hash_owners_[hashed_[first].node];
    size_t data_end = first;
    for (last = first; last < hashed_.size() && hashed_[last].node == hashed_[first].node; ++last)
      if (hashed_[last].type == rr::nsec3) data_end = last + 1;
    const auto records = std::span(hashed_).subspan(first, data_end - first);
    if (records.empty()) continue;
    uint32_t ttl = negative_ttl_;
    for (const Record& r : records) ttl = std::min(ttl, r.ttl);
    Member* member = zone_->arena_.array<Member>(1);
    member->values = wire(owner, rr::nsec3, ttl, data_of(records));
    const auto over = std::span(hashed_).subspan(data_end, last - data_end);
    if (!over.empty()) member->signatures = wire(apex_, rr::rrsig, ttl, data_of(over));
    judge_size(owner, rr::nsec3, member->values, records.size(), where(records[0]), size_of(over));
    RecordSet* set = zone_->arena_.array<RecordSet>(1);
    set->type = rr::nsec3;
    set->owner = owner;
    set->members = member;
    set->member_count = 1;
    hashed_sets_.push_back({set, records});
    zone_->nsec3_sets_.push_back(set);
  }
}

// Chooses the chain: NSEC3 if an NSEC3PARAM record says that one is complete (RFC 5155, section
// 4), else NSEC.
void ZoneBuilder::index_denial(std::span<const Node> nodes) {
  write_hashed();
  if (!signed_) return;
  for (const PendingSet& set : std::span(sets_).subspan(nodes_[0].first_set, nodes_[0].set_count)) {
    if (set.type != rr::nsec3param || set.spec) continue;
    for (uint32_t i = set.first; i < set.last; ++i) {
      const Record& r = records_[i];
      const auto parameters = read_nsec3param({data_.data() + r.data, r.size});
      if (!parameters || !parameters->usable()) continue;
      if (!judge_iterations(parameters->iterations, where(r))) return;
      if (index_nsec3(*parameters)) return zone_->denial_.link(nodes);
    }
  }
  if (!nodes[0].find(rr::nsec)) return;
  std::vector<const RecordSet*> chain;
  for (const Node& node : nodes)
    if (!node.cut || node.cut == &node)
      if (const RecordSet* set = node.find(rr::nsec)) chain.push_back(set);
  zone_->denial_ = Denial(nodes[0].name, std::move(chain));
  zone_->denial_.link(nodes);
}

// Each question for a name that does not exist costs one more round for each iteration.
bool ZoneBuilder::judge_iterations(unsigned iterations, Location place) {
  const bool borne = iterations <= kMaxNsec3Iterations;
  if (iterations != 0)
    report(!borne, place,
           "NSEC3 with " + std::to_string(iterations) + " iterations: expected " +
               (borne ? "0" : "at most " + std::to_string(kMaxNsec3Iterations)) + ", more " +
               (borne ? "costs and protects nothing" : "is no longer validated") + "; sign zone " +
               apex_.text() + " with 0 (RFC 9276, section 3.1)");
  return borne;
}

// Takes the chain made with `parameters`; false if the file has none that includes the apex.
bool ZoneBuilder::index_nsec3(const Nsec3Parameters& parameters) {
  const Nsec3Hash apex = hash_name(apex_, parameters);
  std::vector<const RecordSet*> chain;
  bool whole = false;
  for (const HashedSet& set : hashed_sets_) {
    const Record& r = set.records.front();
    const auto data = read_nsec3({data_.data() + r.data, r.size});
    if (!data || data->flags > 1 || !(data->parameters == parameters)) continue;
    chain.push_back(set.set);
    whole |= hash_in_owner(set.set->owner, apex_) == apex;
  }
  if (!whole) return false;
  const std::string_view salt(reinterpret_cast<const char*>(parameters.salt.data()),
                              parameters.salt.size());
  const std::string_view kept = zone_->arena_.copy(salt);
  Nsec3Parameters own = parameters;
  own.salt = {reinterpret_cast<const uint8_t*>(kept.data()), kept.size()};
  zone_->denial_ = Denial(zone_->apex_->name, own, std::move(chain));
  return true;
}

// A set that is chosen per query would go out without a signature, and validators would take it
// for forged.
void ZoneBuilder::refuse_steering() {
  if (!signed_) return;
  for (const PendingNode& n : nodes_)
    for (const PendingSet& set : std::span(sets_).subspan(n.first_set, n.set_count))
      if (set.spec)
        report(true, set.spec->where,
               n.name.text() + " " + type_text(set.type) +
                   (set.spec->policy ? " is steered by " + std::string(set.spec->policy->name())
                                     : std::string(" is an alias")) +
                   ", but zone " + apex_.text() +
                   " is signed: answers chosen per query cannot be signed ahead. Leave the "
                   "signatures out of the zone file, or keep this name in a zone of its own that "
                   "is not signed");
}

// Validators have the proof that the name does not exist, or find no signature where the zone above
// promises one.
void ZoneBuilder::warn_of_passing_on() {
  if (!signed_ || context_.passes_on == Location{}) return;
  report(false, context_.passes_on,
         "names that do not exist in zone " + apex_.text() +
             " go on to the next source, but the zone is signed: answers without a signature are "
             "taken for forged. Let only zones that are not signed fall through");
}

}  // namespace signpost
