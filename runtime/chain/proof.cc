#include "chain/proof.h"

namespace signpost {

namespace {

// The child of `encloser` on the way to `name`, which lies below it (RFC 5155, section 1.3).
NameView next_closer(NameView name, NameView encloser) {
  return name.suffix(encloser.labels() + 1);
}

}  // namespace

// Under the name of an alias nothing can be proven: what it stands for is signed for its own name.
bool Proof::wanted(const Zone& zone, const Query& q, unsigned step) noexcept {
  return q.edns.dnssec_ok && zone.denial().kind() != Denial::none &&
         (step == 0 || !q.steps_[step].same_owner);
}

void Proof::expanded(Query& q, const Node& wildcard) noexcept {
  q.steps_[q.step_].wildcard = &wildcard;
}

void Proof::expansions(Query& q) noexcept {
  for (unsigned step = 0; step <= q.step_; ++step) {
    Query::Step& s = q.steps_[step];
    if (!s.wildcard || !s.zone) continue;
    if (wanted(*s.zone, q, step))
      Proof(*s.zone, q, step)
          .no_closer_name(s.looked_for, *s.zone->find(s.wildcard->name.parent()));
    s.wildcard = nullptr;
  }
}

void Proof::no_name(const Zone& zone, Query& q, const Node& encloser) noexcept {
  if (!wanted(zone, q, q.step_)) return;
  Proof proof(zone, q, q.step_);
  const Node& provable = proof.closest_provable(encloser);
  if (&provable == &encloser) proof.no_closer_name(q.looked_for(), encloser);
  proof.add(proof.denial_.of_wildcard(zone.index(provable)), "no wildcard below", provable.name);
}

void Proof::no_data(const Zone& zone, Query& q, const Node& node) noexcept {
  Query::Step& step = q.steps_[q.step_];
  const bool by_wildcard = step.wildcard != nullptr;
  step.wildcard = nullptr;
  if (!wanted(zone, q, q.step_)) return;
  Proof proof(zone, q, q.step_);
  if (by_wildcard) {
    const Node& encloser = *zone.find(node.name.parent());
    proof.closest_provable(encloser);
    proof.no_closer_name(q.looked_for(), encloser);
  } else if (proof.denial_.kind() == Denial::nsec3 && !proof.denial_.of(zone.index(node)).at_name) {
    proof.closest_provable(node);  // an empty name inside an opt-out span
    return;
  }
  proof.add(proof.denial_.of(zone.index(node)), "no such type at", node.name);
}

void Proof::no_ds(const Zone& zone, Query& q, const Node& cut) noexcept {
  if (!wanted(zone, q, q.step_)) return;
  Proof proof(zone, q, q.step_);
  if (proof.denial_.kind() == Denial::nsec)
    proof.add(proof.denial_.of(zone.index(cut)), "no DS at", cut.name);
  else
    proof.closest_provable(cut);
}

// `encloser` is the closest name to `name` that exists: the one below it towards `name` does not.
void Proof::no_closer_name(NameView name, const Node& encloser) noexcept {
  // An NSEC that covers the name covers the one in between too, and names are cheap to find.
  const NameView closer = denial_.kind() == Denial::nsec ? name : next_closer(name, encloser.name);
  add({denial_.covering(closer), false}, "no name", closer);
}

// NSEC3: adds the proof that `node` exists, or, where opt-out leaves it out of the chain, that the
// closest name above it does and nothing signed stands between (RFC 5155, sections 7.2.1
// and 7.2.4). Returns the one that was proven. NSEC needs no such proof.
const Node& Proof::closest_provable(const Node& node) noexcept {
  if (denial_.kind() == Denial::nsec) return node;
  const Node* provable = &node;
  const Node* below = nullptr;
  while (provable != &zone_.apex_node() && !denial_.of(zone_.index(*provable)).at_name) {
    below = provable;
    provable = zone_.find(provable->name.parent());
  }
  add(denial_.of(zone_.index(*provable)), "the closest encloser", provable->name);
  if (below) add(denial_.of(zone_.index(*below)), "nothing signed at", below->name);
  return *provable;
}

// Adds a set with its signatures, unless this reply has it already.
void Proof::add(Denial::Witness witness, std::string_view about, NameView name) noexcept {
  if (!witness.set) return;
  if (q_.recorder)
    q_.recorder->note("zone", "proof of " + std::string(about) + " " + name.text() + ": " +
                                  (witness.set->type == rr::nsec ? "NSEC " : "NSEC3 ") +
                                  witness.set->owner.text());
  const Member& member = witness.set->members[0];
  for (unsigned i = 0; i < q_.entry_count_; ++i)
    if (q_.entries_[i].records == &member.values && q_.entries_[i].section == Section::authority)
      return;
  if (!q_.add(Section::authority, member, ReplyEntry::name, witness.set->owner)) return;
  q_.entries_[q_.entry_count_ - 1].step = uint8_t(step_);
}

}  // namespace signpost
