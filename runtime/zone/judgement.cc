#include "zone/judgement.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "dns/name_text.h"
#include "dns/rdata.h"
#include "dns/types.h"

namespace signpost::zone {

namespace {

using Record = RecordList::Record;
using Owner = RecordList::Owner;

bool is_address(uint16_t type) { return type == rrtype::a || type == rrtype::aaaa; }

// What stands with authority at a delegation beside NS, and what may be there as glue.
bool belongs_to_cut(uint16_t type) {
  return type == rrtype::ns || type == rrtype::ds || type == rrtype::nsec ||
         type == rrtype::rrsig || type == rrtype::nxt || type == rrtype::sig || is_address(type);
}

class Judgement {
 public:
  Judgement(const RecordList& records, NameView apex, Findings& findings)
      : records_(records), apex_(apex), findings_(findings) {}

  void run();

 private:
  void report(bool as_error, Location where, std::string message) {
    findings_.add(as_error, where, std::move(message));
  }
  std::string shown(const Record& r) const { return r.owner.text() + " " + type_text(r.type); }
  void collect_glue();
  bool is_glue(NameView name) const;

  void judge_owner(Owner owner);
  void judge_below(Owner owner);
  void judge_cut(Owner owner);
  void judge_records(Owner owner, bool hidden);
  void judge_host(const Record& r, NameView host);
  void judge_alias(const Record& r, const std::string& host, size_t cname);

  // The delegation at or above `name`, below the apex; root if there is none.
  NameView cut_above(NameView name) const;
  // Where the records of `name` are: its own, or those of the wildcard that covers it.
  Owner answering(NameView name, bool& exists, bool& redirected) const;
  bool has_address(Owner owner) const {
    return records_.find(owner, rrtype::a) < records_.size() ||
           records_.find(owner, rrtype::aaaa) < records_.size();
  }

  const RecordList& records_;
  const NameView apex_;
  Findings& findings_;
  // Hashes of the names that NS records name. An address below a cut counts as glue if the hash of
  // its owner is here, so where hashes collide a warning is missing, never one too many.
  std::vector<uint32_t> glue_;
  NameView cut_;  // the delegation that the owners being judged lie at or below; root: none
};

void Judgement::collect_glue() {
  for (size_t at = 0; at < records_.size(); ++at) {
    const Record r = records_[at];
    if (r.type != rrtype::ns) continue;
    for_each_host(r.type, r.rdata, [&](NameView host) { glue_.push_back(host.hash()); });
  }
  std::ranges::sort(glue_);
}

bool Judgement::is_glue(NameView name) const {
  return std::ranges::binary_search(glue_, name.hash());
}

void Judgement::run() {
  collect_glue();
  for (size_t at = 0; at < records_.size();) {
    const Owner owner = records_.owner_from(at);
    judge_owner(owner);
    at = owner.last;
  }
}

// In canonical order all names below one name follow it directly.
void Judgement::judge_owner(Owner owner) {
  const Record first = records_[owner.first];
  if (!cut_.is_root() && !first.owner.within(cut_)) cut_ = NameView();
  const bool hidden = !cut_.is_root();
  if (hidden) {
    judge_below(owner);
  } else {
    const size_t ds = records_.find(owner, rrtype::ds);
    const bool delegated =
        !(first.owner == apex_) && records_.find(owner, rrtype::ns) < records_.size();
    if (delegated) judge_cut(owner);
    if (ds < records_.size() && !delegated) {
      report(false, records_[ds].where,
             shown(records_[ds]) + " stands at no delegation (RFC 4035, section 2.4)");
    }
  }
  judge_records(owner, hidden);
}

void Judgement::judge_below(Owner owner) {
  for (size_t at = owner.first; at < owner.last; ++at) {
    const Record r = records_[at];
    if (is_address(r.type) && is_glue(r.owner)) continue;
    if (at > owner.first && records_.same_set(at - 1, at)) continue;
    report(false, r.where,
           shown(r) + " lies below the delegation of " + cut_.text() + " and is no glue" +
               (is_address(r.type) ? ": no NS record names it" : "") + "; it is never answered");
  }
}

void Judgement::judge_cut(Owner owner) {
  cut_ = records_[owner.first].owner;
  for (size_t at = owner.first; at < owner.last; ++at) {
    const Record r = records_[at];
    if (belongs_to_cut(r.type) && (!is_address(r.type) || is_glue(r.owner))) continue;
    if (r.type == rrtype::dname || (at > owner.first && records_.same_set(at - 1, at))) continue;
    report(
        false, r.where,
        shown(r) + " is never answered: NS records delegate this name (RFC 1034, section 4.2.1)");
  }
}

void Judgement::judge_records(Owner owner, bool hidden) {
  for (size_t at = owner.first; at < owner.last; ++at) {
    const Record r = records_[at];
    if (at > owner.first && records_.compare(at - 1, records_, at) == 0) {
      report(false, r.where,
             shown(r) + " stands already at " + records_[at - 1].where.text() +
                 " with the same data (RFC 2181, section 5)");
      continue;
    }
    if (const char* doubt = rdata_doubt(r.type, r.rdata)) {
      report(false, r.where, shown(r) + ": " + doubt);
    }
    if (r.type == rrtype::dname && r.owner.is_wildcard()) {
      report(false, r.where,
             shown(r) + " is a wildcard, which has no defined meaning (RFC 6672, section 3.3)");
    }
    if (hidden) continue;
    for_each_host(r.type, r.rdata, [&](NameView host) {
      judge_host(r, dns::lower_case(host));  // names of newer types keep their case
    });
  }
}

NameView Judgement::cut_above(NameView name) const {
  NameView highest;
  for (NameView at = name; at.size() > apex_.size(); at = at.parent()) {
    if (records_.find(records_.find(at), rrtype::ns) < records_.size()) highest = at;
  }
  return highest;
}

Owner Judgement::answering(NameView name, bool& exists, bool& redirected) const {
  const Owner own = records_.find(name);
  exists = !own.empty() || records_.exists(name);
  if (exists) return own;
  NameView encloser = name.parent();
  while (encloser.size() > apex_.size() && !records_.exists(encloser)) encloser = encloser.parent();
  for (NameView at = encloser; at.size() >= apex_.size(); at = at.parent()) {
    redirected |= records_.find(records_.find(at), rrtype::dname) < records_.size();
    if (at.is_root()) break;
  }
  const auto wildcard = Name::wildcard_of(encloser);
  const Owner covering = wildcard ? records_.find(*wildcard) : Owner{};
  exists = !covering.empty();
  return covering;
}

void Judgement::judge_alias(const Record& r, const std::string& host, size_t cname) {
  const bool serious = r.type == rrtype::ns;
  if (!serious && r.type != rrtype::mx && r.type != rrtype::srv) return;
  report(serious, r.where,
         shown(r) + ": " + host + " is an alias (CNAME at " + records_[cname].where.text() + ")" +
             (r.type == rrtype::srv ? " (RFC 2782 wants none)" : " (RFC 2181, section 10.3)"));
}

void Judgement::judge_host(const Record& r, NameView host) {
  if (host.is_root() || !host.within(apex_)) return;
  const std::string text = host.text();
  const NameView cut = cut_above(host);
  if (!cut.is_root()) {
    if (has_address(records_.find(host)) || r.type != rrtype::ns) return;
    const bool needed = host.within(r.owner) && !(r.owner == apex_);
    report(needed, r.where,
           shown(r) + ": " + text + " lies below the delegation of " + cut.text() +
               " and has no address here" +
               (needed ? ": glue is missing" : ": no glue can be sent"));
    return;
  }
  bool exists = false, redirected = false;
  const Owner owner = answering(host, exists, redirected);
  if (redirected || has_address(owner)) return;
  const size_t cname = records_.find(owner, rrtype::cname);
  if (cname < records_.size()) return judge_alias(r, text, cname);
  report(r.type == rrtype::ns, r.where,
         shown(r) + ": " + text +
             (exists ? " has no address record" : " does not exist in this zone"));
}

}  // namespace

void judge_zone(const RecordList& records, NameView apex, Findings& findings) {
  Judgement(records, apex, findings).run();
}

}  // namespace signpost::zone
