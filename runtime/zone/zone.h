// A zone as workers read it: immutable, built once on the control side (zone/builder.h), shared by
// the snapshots that serve it. Names are found by a hash table over the full name; what lies below
// a zone cut carries a pointer to it. Sources: RFC 1034 section 4.2, RFC 4592, RFC 9499.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "signpost/record.h"
#include "zone/arena.h"
#include "zone/denial.h"

namespace signpost {

// A name of the zone, also an empty non-terminal (no sets). Its sets are sorted by type.
struct Node {
  NameView name;
  const RecordSet* sets = nullptr;
  const Node* cut = nullptr;       // the zone cut at or above this node, null if authoritative
  const Node* wildcard = nullptr;  // the child "*" if there is one
  const Node* dname = nullptr;     // the DNAME at or above this node, null if there is none
  uint16_t set_count = 0;

  const RecordSet* find(uint16_t type) const {
    for (const RecordSet* s = sets; s != sets + set_count; ++s)
      if (s->type == type) return s;
    return nullptr;
  }
  std::span<const RecordSet> all() const { return {sets, set_count}; }
  // Below a DNAME, which redirects it as if it did not exist (RFC 6672, section 2.4).
  bool redirected() const { return dname != nullptr && dname != this; }
};

// The nodes of a zone in order of first appearance, as pointers.
class NodeRange {
 public:
  class Iterator {
   public:
    using value_type = const Node*;
    using difference_type = std::ptrdiff_t;
    explicit Iterator(const Node* at = nullptr) : at_(at) {}
    const Node* operator*() const { return at_; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    Iterator operator++(int) { return Iterator(at_++); }
    bool operator==(const Iterator&) const = default;

   private:
    const Node* at_;
  };
  NodeRange(const Node* first, size_t count) : first_(first), count_(count) {}
  Iterator begin() const { return Iterator(first_); }
  Iterator end() const { return Iterator(first_ + count_); }
  size_t size() const { return count_; }
  const Node* operator[](size_t i) const { return first_ + i; }

 private:
  const Node* first_;
  size_t count_;
};

class Zone {
 public:
  Zone() = default;
  Zone& operator=(const Zone&) = delete;
  // Stands in for a zone that could not be read: it has an apex and no records, and every question
  // for it fails. `tag` and `position` as below.
  static std::shared_ptr<const Zone> unloaded(NameView apex, unsigned position, uint32_t tag);
  // What differs between two lines of a Corefile that serve the same records.
  struct Service {
    unsigned position = 0;
    uint32_t tag = 0;
    bool chase = true, minimal = false;
  };
  // `zone`, a zone without steered sets, served as another line wants it. The records are shared.
  // `zone` itself if only its position differs.
  static std::shared_ptr<const Zone> served_as(const std::shared_ptr<const Zone>& zone,
                                               const Service& service);
  bool loaded() const { return soa_ != nullptr; }  // what follows on the SOA holds only then

  NameView apex() const { return apex_->name; }
  const Node& apex_node() const { return *apex_; }
  uint64_t apex_label_bits() const { return apex_label_bits_; }  // zone/wire.h
  // The node of exactly this name, or null.
  const Node* find(NameView name) const noexcept {
    const uint32_t hash = name.hash();
    for (size_t at = hash & mask_;; at = (at + 1) & mask_) {
      const Slot slot = slots_[at];
      if (slot.node == 0) return nullptr;
      if (slot.hash == hash && apex_[slot.node - 1].name == name) return apex_ + slot.node - 1;
    }
  }
  // The nearest ancestor of `name` (a name within the zone that find() does not know) that exists:
  // the closest encloser of RFC 4592, section 3.3.1. Never null.
  const Node* closest_encloser(NameView name) const noexcept;
  // The same two for a name that is split already.
  const Node* find(const SplitName& name) const noexcept {
    return name.labels() > deepest_ ? nullptr : find(NameView(name));
  }
  const Node* closest_encloser(const SplitName& name) const noexcept;

  // The node that answers for `name` with authority: of that name, or the wildcard that covers it;
  // null if there is none or it lies below a cut or a DNAME.
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
  bool chase() const { return service_.chase; }      // follow CNAMEs inside the zone
  bool minimal() const { return service_.minimal; }  // no apex NS in positive answers
  // Among the zones of the block. A zone without steered sets may have kept another one.
  unsigned position() const { return service_.position; }
  uint32_t tag() const { return service_.tag; }  // ZoneFile::tag
  uint32_t serial() const { return serial_; }
  size_t node_count() const { return node_count_; }
  size_t record_count() const { return record_count_; }
  // Labels of the deepest name that a reply can hold records or data of.
  unsigned deepest_written() const { return std::max(deepest_, deepest_written_); }
  // The steered sets, by RecordSet::steered_row.
  std::span<const RecordSet* const> steered() const { return steered_; }
  // The sets that the Corefile added: steered ones and aliases.
  std::span<const RecordSet* const> written() const { return written_; }
  NodeRange nodes() const { return {apex_, node_count_}; }

 private:
  friend class ZoneBuilder;
  friend class ZoneWriter;
  struct Slot {
    uint32_t node;  // index from apex_, plus one; 0: empty
    uint32_t hash;
  };
  // What zones that are served differently share: all that grows with the records.
  struct Parts {
    Arena arena;
    Denial denial;
    std::vector<const RecordSet*> nsec3_sets, steered, written;
  };
  Zone(const Zone&) = default;
  void index_nodes();  // fills slots_ from the nodes, the apex among them

  uint64_t apex_label_bits_ = 0;
  Slot* slots_ = nullptr;  // in the arena, as all that follows
  size_t mask_ = 0;
  unsigned deepest_ = 0;          // labels of the deepest name
  unsigned deepest_written_ = 0;  // of the deepest name in data
  const Node* apex_ = nullptr;    // the first of all nodes, which lie one behind the other
  const RecordSet *soa_ = nullptr, *ns_ = nullptr;
  Member negative_soa_;
  Service service_;
  uint32_t serial_ = 0;
  size_t node_count_ = 0, record_count_ = 0;
  std::shared_ptr<Parts> parts_ = std::make_shared<Parts>();
  Arena& arena_ = parts_->arena;
  Denial& denial_ = parts_->denial;
  std::vector<const RecordSet*>&nsec3_sets_ = parts_->nsec3_sets, &steered_ = parts_->steered,
                    &written_ = parts_->written;
};

// The zones of one block, in the snapshot.
struct ZoneTable {
  static constexpr std::string_view table_name = "zones";
  std::vector<std::shared_ptr<const Zone>> zones;  // by position; null: none there

  // Call when `zones` is complete. Finding a zone is then one look per label of the name, where
  // without it every zone is tried; a few zones are left to be tried, which is faster.
  void index();
  // The zone with the longest apex at or above `name`, or null.
  const Zone* find(const SplitName& name) const noexcept;
  const Zone* find(NameView name) const noexcept {
    const LabelStarts labels(name);
    return find(SplitName(name, labels));
  }
  // The set that answers (name, type), through a wildcard too; null if there is none.
  const RecordSet* find_set(NameView name, uint16_t type) const noexcept;

 private:
  struct Slot {
    uint32_t zone = 0;  // index in `zones`, plus one; 0: empty
    uint32_t hash = 0;
  };
  std::vector<Slot> slots_;  // a power of two; empty: not indexed
  unsigned deepest_ = 0;     // labels of the deepest apex
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
