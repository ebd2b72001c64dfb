#include "zone/builder.h"

#include <algorithm>
#include <utility>

#include "dns/rdata.h"
#include "dns/types.h"

namespace signpost {

std::string ZoneBuilder::owner_and_type(NameView owner, uint16_t type) {
  return owner.text() + " " + type_text(type);
}

ZoneBuilder::ZoneBuilder(NameView apex, ZoneContext context, Findings& findings)
    : apex_(apex),
      context_(std::move(context)),
      findings_(findings),
      zone_(std::make_shared<Zone>()) {
  slots_.resize(64);
  nodes_.push_back({zone_->arena_.copy(apex_.view()), 0});
  slots_[find_slot(apex_, apex_.view().hash())] = 1;
}

// Told once: what follows in the file is left out all the same.
bool ZoneBuilder::has_room(size_t data, Location where) {
  if (data <= context_.max_data - data_.size()) return true;
  if (!std::exchange(overfull_, true))
    report(true, where,
           "zone " + apex_.text() + " has more than " + std::to_string(context_.max_data) +
               " bytes of record data, which is what one zone can hold");
  return false;
}

uint32_t ZoneBuilder::find_slot(NameView name, uint32_t hash) const {
  const uint32_t mask = uint32_t(slots_.size() - 1);
  uint32_t at = hash & mask;
  while (slots_[at] != 0 && !(nodes_[slots_[at] - 1].name == name)) at = (at + 1) & mask;
  return at;
}

void ZoneBuilder::grow() {
  slots_.assign(slots_.size() * 2, 0);
  for (uint32_t i = 0; i < nodes_.size(); ++i)
    slots_[find_slot(nodes_[i].name, nodes_[i].name.hash())] = i + 1;
}

// The node of `name`, made if need be together with its ancestors, so that a parent always has a
// smaller index than its children and empty non-terminals exist (RFC 4592, section 2.2.2).
uint32_t ZoneBuilder::node(NameView name) {
  const uint32_t hash = name.hash();
  if (const uint32_t found = slots_[find_slot(name, hash)]; found != 0) return found - 1;
  const uint32_t parent = node(name.parent());
  nodes_.push_back({zone_->arena_.copy(name), parent});
  zone_->deepest_ = std::max(zone_->deepest_, name.labels());
  if (nodes_.size() * 2 > slots_.size())
    grow();
  else
    slots_[find_slot(name, hash)] = uint32_t(nodes_.size());
  return uint32_t(nodes_.size() - 1);
}

void ZoneBuilder::add_record(NameView owner, uint16_t type, uint32_t ttl,
                             std::span<const uint8_t> rdata, Location where) {
  if (!owner.within(apex_)) {
    report(false, where,
           owner_and_type(owner, type) + " lies outside zone " + apex_.text() + " and is ignored");
    return;
  }
  if (!has_room(rdata.size(), where)) return;
  if (type == rr::rrsig || type == rr::nsec3)
    add_signed(owner, type, ttl, rdata, where);
  else
    records_.push_back(keep(node(owner), type, ttl, rdata, where));
}

ZoneBuilder::Record ZoneBuilder::keep(uint32_t node, uint16_t type, uint32_t ttl,
                                      std::span<const uint8_t> rdata, Location where) {
  const auto at = uint32_t(data_.size());
  data_.insert(data_.end(), rdata.begin(), rdata.end());
  return {node, ttl, at, where.line, files_.number(where.file), type, uint16_t(rdata.size())};
}

void ZoneBuilder::add_set(const SetSpec& set) {
  if (!set.owner.view().within(apex_)) {
    report(true, set.where,
           "RRSet with DNS name " + set.owner.text() + " is not permitted in zone " + apex_.text());
    return;
  }
  specs_[node(set.owner)].push_back(&set);
}

Location ZoneBuilder::where(const Record& record) const {
  return {files_[record.file], record.line};
}

std::vector<std::span<const uint8_t>> ZoneBuilder::data_of(const PendingSet& set) const {
  return data_of(std::span(records_).subspan(set.first, set.last - set.first));
}

std::vector<std::span<const uint8_t>> ZoneBuilder::data_of(std::span<const Record> records) const {
  std::vector<std::span<const uint8_t>> data;
  for (const Record& r : records) data.emplace_back(data_.data() + r.data, r.size);
  return data;
}

// RFC 2181, section 5: no duplicates in a set, and names are the same in any case (RFC 4343). The
// records are in order of node and type; their data is of `type`, if that is given.
void ZoneBuilder::drop_duplicates(std::vector<Record>& records, uint16_t type) const {
  constexpr size_t few = 256;                    // buckets that cost nothing to empty
  std::unordered_map<std::string, size_t> seen;  // where the record with this data is kept
  std::vector<uint8_t> canonical;
  size_t kept = 0;
  for (size_t first = 0, last = 0; first < records.size(); first = last) {
    const Record head = records[first];
    while (last < records.size() && records[last].node == head.node &&
           records[last].type == head.type)
      ++last;
    if (last - first == 1) {
      records[kept++] = head;
      continue;
    }
    if (seen.bucket_count() > few) seen = {};
    seen.clear();
    for (size_t i = first; i < last; ++i) {
      const Record r = records[i];
      canonical_rdata(type == own_type ? r.type : type, {data_.data() + r.data, r.size}, canonical);
      const auto [at, added] =
          seen.try_emplace(std::string(canonical.begin(), canonical.end()), kept);
      if (added)
        records[kept++] = r;
      else
        records[at->second].ttl = std::min(records[at->second].ttl, r.ttl);
    }
  }
  records.resize(kept);
}

// Orders records by node and type, keeping the file's order within a set.
void ZoneBuilder::sort_records() {
  const auto less = [](const Record& a, const Record& b) {
    return a.node != b.node ? a.node < b.node : a.type < b.type;
  };
  if (!std::is_sorted(records_.begin(), records_.end(), less))
    std::stable_sort(records_.begin(), records_.end(), less);
  drop_duplicates(records_);
  uint32_t at = 0;
  for (uint32_t n = 0; n < nodes_.size(); ++n) {
    nodes_[n].first_set = uint32_t(sets_.size());
    while (at < records_.size() && records_[at].node == n) {
      const uint32_t first = at;
      while (at < records_.size() && records_[at].node == n &&
             records_[at].type == records_[first].type)
        ++at;
      sets_.push_back({records_[first].type, first, at, nullptr});
    }
    if (const auto it = specs_.find(n); it != specs_.end())
      for (const SetSpec* spec : it->second) sets_.push_back({spec->type, 0, 0, spec});
    nodes_[n].set_count = uint32_t(sets_.size()) - nodes_[n].first_set;
    std::stable_sort(sets_.begin() + nodes_[n].first_set, sets_.end(),
                     [](const PendingSet& a, const PendingSet& b) { return a.type < b.type; });
  }
}

void ZoneBuilder::judge(const PendingNode& node) {
  const std::span sets(sets_.data() + node.first_set, node.set_count);
  const auto place = [&](const PendingSet& s) {
    return s.spec ? s.spec->where : where(records_[s.first]);
  };
  for (size_t i = 1; i < sets.size(); ++i) {
    const PendingSet &a = sets[i - 1], &b = sets[i];
    if (a.type != b.type) continue;
    const PendingSet& late = b.spec ? b : a;
    const PendingSet& early = b.spec ? a : b;
    const bool both_steered = a.spec && b.spec && a.spec->policy && b.spec->policy;
    report(true, place(late),
           owner_and_type(node.name, a.type) +
               (both_steered && a.spec->policy != b.spec->policy
                    ? " is steered by " + std::string(late.spec->policy->name()) + " here and by " +
                          std::string(early.spec->policy->name()) + " at " + place(early).text() +
                          "; all records of a name and type use one policy"
                    : " stands already at " + place(early).text() +
                          "; a record set is either simple or steered by one block: keep one of "
                          "the two"));
  }
  for (const PendingSet& s : sets) {
    if (s.type == rr::dname) judge_dname(node, s);
    if (s.type == rr::ns && node.name.is_wildcard())
      report(true, place(s),
             "NS records at the wildcard " + node.name.text() +
                 " are not permitted (V-11, RFC 4592, section 4.2)");
    if (s.type != rr::cname) continue;
    if (node.name == apex_) {
      report(true, place(s),
             "RRSet of type CNAME with DNS name " + node.name.text() +
                 " is not permitted at apex in zone " + apex_.text() +
                 "; write an alias instead: alias @ " +
                 (s.spec ? "TARGET" : NameView(data_of(s)[0].data(), data_of(s)[0].size()).text()));
      continue;  // SOA and NS stand beside it by force
    }
    if (!s.spec && s.last - s.first > 1)
      report(true, where(records_[s.first + 1]),
             node.name.text() + " has more than one CNAME record; a CNAME stands alone");
    for (const PendingSet& other : sets) {
      if (other.type == rr::cname || other.type == rr::nsec) continue;
      report(
          true, place(other),
          "RRSet of type " + type_text(other.type) + " with DNS name " + node.name.text() +
              " is not permitted because a conflicting RRSet of type CNAME with the same DNS name "
              "already exists in zone " +
              apex_.text() + " (" + place(s).text() + ")");
    }
  }
}

bool ZoneBuilder::judge_apex() {
  unsigned soa = 0, ns = 0;
  for (const PendingSet& s : std::span(sets_.data() + nodes_[0].first_set, nodes_[0].set_count)) {
    if (s.type == rr::ns) ++ns;
    if (s.type != rr::soa) continue;
    soa += s.last - s.first;
    if (s.last - s.first > 1)
      report(true, where(records_[s.first + 1]),
             "zone " + apex_.text() + " has more than one SOA record");
  }
  const std::string subject =
      "zone " + apex_.text() + (context_.path.empty() ? "" : " in " + std::string(context_.path));
  if (soa == 0 && !gaps_ && !findings_.any_error())
    report(true, context_.where, subject + " has no SOA record");
  if (ns == 0 && soa != 0 && !gaps_)
    report(context_.needs_ns, context_.where, subject + " has no NS record at its apex");
  for (const Record& r : records_)
    if (r.type == rr::soa && r.node != 0)
      report(
          true, where(r),
          "SOA at " + nodes_[r.node].name.text() + " is not at the apex of zone " + apex_.text());
  return soa != 0;
}

std::shared_ptr<const Zone> ZoneBuilder::build(bool as_far_as_it_goes) {
  const bool made = make_zone();
  if (!made || (findings_.any_error() && !as_far_as_it_goes)) return nullptr;
  return std::move(zone_);
}

bool ZoneBuilder::make_zone() {
  sort_records();
  sort_signatures();
  const bool has_soa = judge_apex();
  for (const PendingNode& n : nodes_)
    if (n.set_count > 1 ||
        (n.set_count == 1 && (sets_[n.first_set].type == rr::cname ||
                              sets_[n.first_set].type == rr::dname || n.name.is_wildcard())))
      judge(n);
  if (!has_soa)
    return false;  // else go on after errors as well: what is written finds more of them
  write_soa();
  refuse_steering();
  warn_of_passing_on();

  Node* nodes = zone_->arena_.array<Node>(nodes_.size());
  for (uint32_t i = 0; i < nodes_.size(); ++i) write_node(i, nodes);
  zone_->apex_ = nodes;
  zone_->deepest_ = std::max(zone_->deepest_, apex_.view().labels());
  zone_->node_count_ = nodes_.size();
  zone_->index_nodes();
  zone_->soa_ = nodes->find(rr::soa);
  zone_->ns_ = nodes->find(rr::ns);
  zone_->service_ = {context_.position, context_.tag, context_.chase, context_.minimal};
  zone_->record_count_ = records_.size() + signatures_.size() + hashed_.size();
  index_denial({nodes, nodes_.size()});
  judge_signed({nodes, nodes_.size()});
  link_related();
  return true;
}

// The serial and the SOA of negative answers, whose TTL the NSEC records share (RFC 9077).
void ZoneBuilder::write_soa() {
  const PendingSet* soa = &sets_[nodes_[0].first_set];
  while (soa->type != rr::soa) ++soa;
  const auto data = data_of(*soa);
  const uint8_t* numbers =
      data[0].data() + data[0].size() - 20;  // serial refresh retry expire minimum
  const auto u32 = [&](size_t i) {
    return uint32_t(numbers[i]) << 24 | uint32_t(numbers[i + 1]) << 16 |
           uint32_t(numbers[i + 2]) << 8 | numbers[i + 3];
  };
  zone_->serial_ = u32(0);
  negative_ttl_ = std::min(records_[soa->first].ttl, u32(16));
  zone_->negative_soa_.values = wire(apex_, rr::soa, negative_ttl_, data);
  zone_->negative_soa_.signatures = signatures(0, rr::soa, negative_ttl_);
  signed_ = zone_->negative_soa_.signatures.count != 0;
}

void ZoneBuilder::write_node(uint32_t index, Node* nodes) {
  const PendingNode& from = nodes_[index];
  Node& to = nodes[index];
  to.name = from.name;
  RecordSet* sets = zone_->arena_.array<RecordSet>(from.set_count);
  to.sets = sets;
  to.set_count = uint16_t(from.set_count);
  bool has_ns = false;
  for (uint32_t i = 0; i < from.set_count; ++i) {
    const PendingSet& set = sets_[from.first_set + i];
    sets[i].type = set.type;
    sets[i].owner = to.name;
    has_ns |= set.type == rr::ns;
    set.spec ? write_spec(set, sets[i]) : write_records(index, set, sets[i]);
  }
  if (to.find(rr::dname)) to.dname = &to;
  if (index == 0) return;
  Node& parent = nodes[from.parent];
  // Of a cut and a DNAME above a name the upper one decides.
  if (parent.dname) to.dname = parent.dname;
  if (parent.cut) to.dname = nullptr;
  to.cut = parent.cut ? parent.cut : has_ns && !parent.dname ? &to : nullptr;
  if (to.name.is_wildcard()) parent.wildcard = &to;
  warn_occluded(from, to, parent);
}

void ZoneBuilder::write_records(uint32_t node, const PendingSet& from, RecordSet& to) {
  auto data = data_of(from);
  uint32_t ttl = records_[from.first].ttl;
  for (uint32_t i = from.first + 1; i < from.last; ++i) {
    if (records_[i].ttl != records_[from.first].ttl)
      report(false, where(records_[i]),
             owner_and_type(to.owner, from.type) + ": TTL " + std::to_string(records_[i].ttl) +
                 " differs from " + std::to_string(records_[from.first].ttl) + " at " +
                 where(records_[from.first]).text() +
                 "; the lowest of the set is used (RFC 2181, section 5.2)");
    ttl = std::min(ttl, records_[i].ttl);
  }
  if (from.type == rr::nsec) ttl = std::min(ttl, negative_ttl_);
  Member* member = zone_->arena_.array<Member>(1);
  member->values = wire(to.owner, from.type, ttl, data);
  SetSize size;
  member->signatures = signatures(node, from.type, ttl, &size);
  judge_size(to.owner, from.type, member->values, data.size(), where(records_[from.first]), size);
  if (from.type == rr::cname || from.type == rr::dname) member->leads_to = target_of(data[0]);
  to.members = member;
  to.member_count = 1;
  relate(to, *member);
}

void ZoneBuilder::write_spec(const PendingSet& from, RecordSet& to) {
  const SetSpec& spec = *from.spec;
  Member* members = zone_->arena_.array<Member>(spec.members.size());
  to.members = members;
  to.member_count = uint16_t(spec.members.size());
  to.policy = spec.policy;
  zone_->written_.push_back(&to);
  if (spec.policy) {
    to.steered_row = uint32_t(zone_->steered_.size());
    zone_->steered_.push_back(&to);
  }
  for (size_t i = 0; i < spec.members.size(); ++i) {
    const MemberSpec& m = spec.members[i];
    Member& out = members[i];
    MemberOrigin* origin = zone_->arena_.array<MemberOrigin>(1);
    origin->id = zone_->arena_.copy(m.id);
    origin->where = m.where;
    out.origin = origin;
    out.attribute = m.attribute;
    if (!m.check.empty()) {
      const auto row = std::find(context_.checks.begin(), context_.checks.end(), m.check);
      out.check = uint32_t(row - context_.checks.begin());
      if (row == context_.checks.end()) {
        std::vector<std::string_view> known(context_.checks.begin(), context_.checks.end());
        report(true, m.check_where,
               "check '" + m.check + "' does not exist" + did_you_mean(m.check, known) +
                   (known.empty() ? "; this block has no checks: add health { check " + m.check +
                                        " http HOST/PATH }"
                                  : ""));
      }
    }
    if (m.alias) {
      write_alias(spec, m, out);
    } else {
      const std::vector<std::span<const uint8_t>> data(m.values.begin(), m.values.end());
      out.values = wire(to.owner, spec.type, m.ttl.value_or(spec.ttl), data);
      judge_size(to.owner, spec.type, out.values, data.size(), m.where, {});
      if (spec.type == rr::cname && !data.empty()) out.leads_to = target_of(data[0]);
      relate(to, out);
    }
  }
}

}  // namespace signpost
