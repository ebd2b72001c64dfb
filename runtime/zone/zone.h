// A zone as workers read it: immutable, built once on the control side (zone/builder.h), shared by
// the snapshots that serve it. Names are found by a hash table over the full name; what lies below
// a zone cut carries a pointer to it. Sources: RFC 1034 section 4.2, RFC 4592, RFC 9499.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "signpost/record.h"
#include "zone/denial.h"

namespace signpost {

// A name of the zone, also an empty non-terminal (no sets). Its sets are sorted by type.
struct Node {
  NameView name;
  const RecordSet* sets = nullptr;
  const Node* cut = nullptr;       // the zone cut at or above this node, null if authoritative
  const Node* wildcard = nullptr;  // the child "*" if there is one
  uint16_t set_count = 0;

  const RecordSet* find(uint16_t type) const {
    for (const RecordSet* s = sets; s != sets + set_count; ++s)
      if (s->type == type) return s;
    return nullptr;
  }
  std::span<const RecordSet> all() const { return {sets, set_count}; }
};

// Memory that lives as long as its zone: chunks, never freed singly.
class Arena {
 public:
  void* allocate(size_t bytes, size_t alignment);
  template <class T>
  T* array(size_t n) {
    static_assert(std::is_trivially_destructible_v<T>);
    T* first = static_cast<T*>(allocate(n * sizeof(T), alignof(T)));
    for (size_t i = 0; i < n; ++i) new (first + i) T();
    return first;
  }
  NameView copy(NameView name);
  std::string_view copy(std::string_view text);

 private:
  std::vector<std::unique_ptr<uint8_t[]>> chunks_;
  uint8_t* at_ = nullptr;
  size_t left_ = 0;
};

class Zone {
 public:
  Zone() = default;
  Zone(const Zone&) = delete;
  Zone& operator=(const Zone&) = delete;

  NameView apex() const { return apex_->name; }
  const Node& apex_node() const { return *apex_; }
  // The node of exactly this name, or null.
  const Node* find(NameView name) const noexcept {
    const uint32_t hash = name.hash();
    for (size_t at = hash & mask_;; at = (at + 1) & mask_) {
      const Slot& slot = slots_[at];
      if (slot.node == nullptr) return nullptr;
      if (slot.hash == hash && slot.node->name == name) return slot.node;
    }
  }
  // The nearest ancestor of `name` (a name within the zone that find() does not know) that exists:
  // the closest encloser of RFC 4592, section 3.3.1. Never null.
  const Node* closest_encloser(NameView name) const noexcept;

  // The node that answers for `name` with authority: of that name, or the wildcard that covers it;
  // null if there is none or it lies below a cut.
  const Node* match(NameView name) const noexcept;

  const RecordSet& soa() const { return *soa_; }
  const RecordSet* ns() const { return ns_; }
  // The SOA with the TTL of negative answers: min(TTL, MINIMUM) (RFC 2308 section 3, DN-07).
  const Member& negative_soa() const { return negative_soa_; }
  // What proves that names or types do not exist; Denial::none in a zone that is not signed.
  const Denial& denial() const { return denial_; }
  // The place of a node of this zone among nodes(); the apex is 0.
  uint32_t index(const Node& node) const { return uint32_t(&node - apex_); }
  // NSEC3 sets of every chain in the file. Their owners are no names of the zone.
  std::span<const RecordSet* const> nsec3_sets() const { return nsec3_sets_; }
  bool chase() const { return chase_; }            // follow CNAMEs into the block's zones
  bool minimal() const { return minimal_; }        // no apex NS in positive answers
  unsigned position() const { return position_; }  // among the zones of the block
  uint32_t serial() const { return serial_; }
  size_t node_count() const { return node_count_; }
  size_t record_count() const { return record_count_; }
  // The steered sets, by RecordSet::steered_row.
  std::span<const RecordSet* const> steered() const { return steered_; }
  std::span<const Node* const> nodes() const { return nodes_; }  // in order of first appearance

 private:
  friend class ZoneBuilder;
  friend class ZoneWriter;
  struct Slot {
    const Node* node;
    uint32_t hash;
  };
  std::unique_ptr<Slot[]> slots_;
  size_t mask_ = 0;
  unsigned deepest_ = 0;  // labels of the deepest name
  const Node* apex_ = nullptr;
  const RecordSet *soa_ = nullptr, *ns_ = nullptr;
  Member negative_soa_;
  Denial denial_;
  std::vector<const RecordSet*> nsec3_sets_;
  bool chase_ = true, minimal_ = false;
  unsigned position_ = 0;
  uint32_t serial_ = 0;
  size_t node_count_ = 0, record_count_ = 0;
  std::vector<const RecordSet*> steered_;
  std::vector<const Node*> nodes_;
  Arena arena_;
};

// The zones of one block, in the snapshot.
struct ZoneTable {
  static constexpr std::string_view table_name = "zones";
  std::vector<std::shared_ptr<const Zone>> zones;  // by Zone::position(); null: not loaded

  // The zone with the longest apex at or above `name`, or null.
  const Zone* find(NameView name) const noexcept;
  // The set that answers (name, type), through a wildcard too; null if there is none.
  const RecordSet* find_set(NameView name, uint16_t type) const noexcept;
};

// Which members of a steered set are healthy.
struct Verdict {
  MemberMask healthy;
  bool by_client = false;  // has to be found for each client (E-15); `healthy` says nothing then
};

struct VerdictTable {
  static constexpr std::string_view table_name = "verdicts";
  std::vector<std::vector<Verdict>> rows;  // [zone position][steered row]
};

// Slots of the tables that the runtime itself reads; the rest are given out in order.
enum FixedSlot : uint16_t {
  zones_slot,
  verdicts_slot,
  health_slot,
  addresses_slot,
  first_free_slot
};

}  // namespace signpost
