// The chain by which a signed zone proves what it does not have: its NSEC records in canonical
// order (RFC 4034, section 4), or the NSEC3 records of one set of parameters in the order of their
// hashes (RFC 5155). What concerns names that exist is found when the zone is built, so that a
// query hashes at most the one name that does not. Built on the control side with its zone,
// immutable then; workers read it. Nothing throws or allocates but what builds it: the
// constructors and link().
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "signpost/record.h"
#include "zone/nsec3_hash.h"

namespace signpost {

struct Node;

class Denial {
 public:
  enum Kind : uint8_t { none, nsec, nsec3 };
  // The NSEC or NSEC3 set that speaks of a name: `at_name` if it stands at the name (or its hash),
  // else the one that covers it. Without a set nothing is known.
  struct Witness {
    const RecordSet* set = nullptr;
    bool at_name = false;
  };

  Denial() = default;
  // `sets`: the zone's NSEC sets, the apex' among them.
  Denial(NameView apex, std::vector<const RecordSet*> sets);
  // `sets`: the zone's NSEC3 sets made with `parameters`, one of them for the apex.
  Denial(NameView apex, const Nsec3Parameters& parameters, std::vector<const RecordSet*> sets);
  // Finds the witnesses of the zone's nodes. `nodes` is the array that Zone::index() counts in.
  void link(std::span<const Node> nodes);

  Kind kind() const { return kind_; }
  const Nsec3Parameters& parameters() const { return parameters_; }
  // The sets in the order of the chain; the last leads back to the first.
  std::span<const RecordSet* const> chain() const { return chain_; }

  // Of the node with this index; nothing for names below a zone cut.
  Witness of(uint32_t node) const noexcept { return witness(nodes_, node); }
  // Of "*" below that node.
  Witness of_wildcard(uint32_t node) const noexcept { return witness(wildcards_, node); }
  // The set that covers `name`, a name in the zone that does not exist; null without a chain.
  const RecordSet* covering(NameView name) const noexcept;

 private:
  static constexpr uint32_t unknown = UINT32_MAX, at_name_bit = 1u << 31;

  Witness witness(const std::vector<uint32_t>& of, uint32_t node) const noexcept {
    if (node >= of.size() || of[node] == unknown) return {};
    return {chain_[of[node] & ~at_name_bit], (of[node] & at_name_bit) != 0};
  }
  // The place of the last link at or before `name`, with at_name_bit if it is at the name itself.
  uint32_t find(NameView name) const noexcept;
  uint32_t find_hash(const Nsec3Hash& hash) const noexcept;

  Kind kind_ = none;
  NameView apex_;
  Nsec3Parameters parameters_;
  std::vector<const RecordSet*> chain_;
  std::vector<uint8_t> keys_;  // NSEC: sort keys of the owners, one behind the other
  std::vector<size_t> key_starts_;
  std::vector<Nsec3Hash> hashes_;  // NSEC3
  std::vector<uint32_t> nodes_, wildcards_;
};

}  // namespace signpost
