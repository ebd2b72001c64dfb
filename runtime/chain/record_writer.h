// Writes record sets into one packet and compresses their names against all that stands there
// already (RFC 1035, section 4.1.4). Usually that is copying: a prepared set is as short as it can
// be if none of its names shares a label bit with a name written before (zone/wire.h) and its owner
// is QNAME or an ancestor of it. Where that is not so, all names of the packet so far are put into
// a NameTable, and each name of the set is looked up. Worker; does not allocate.
#pragma once

#include <array>
#include <cstdint>

#include "chain/name_table.h"
#include "signpost/record.h"

namespace signpost {

// In which order the records of a set are written: shuffled, or for very large sets from a random
// start on (S-01, DN-16).
struct RecordOrder {
  std::array<uint16_t, 64> shuffled;
  unsigned count, start;  // `count` up to 64: shuffled
  unsigned at(unsigned i) const {
    return count <= shuffled.size() ? shuffled[i] : (start + i) % count;
  }
};

class RecordWriter {
 public:
  // The owner of a set: where it stands, or 0 and the name itself.
  struct Owner {
    uint16_t at = 0;
    NameView name = {};
  };
  // What the names of a set were prepared against.
  struct Base {
    static constexpr size_t all = 255;
    NameView owner;  // of the set, or a name that its wildcard stands for
    size_t shared;   // bytes of its end that QNAME has too, at least; all: QNAME lies within it
  };

  explicit RecordWriter(uint8_t* packet) : packet_(packet), names_(packet) {}
  // The end of QNAME, at least the root, whose label bits are known.
  struct End {
    size_t size = 1;  // bytes
    uint64_t label_bits = 0;
  };
  // The question, with `asked` in front, ends at `at`; nothing is written beyond `limit`. No name
  // that will be written has more than `deepest` labels, and `end` does not have more.
  void begin(const SplitName& asked, size_t at, size_t limit, unsigned deepest, const End& end) {
    end_ = end;
    qname_end_ = qname + asked.size();
    at_ = at;
    limit_ = limit;
    known_from_ = qname;
    if (asked.labels() > deepest && asked.size() > short_qname)
      known_from_ = qname_end_ - asked.suffix(deepest).size();
  }

  // Writes all records of a set, or none and returns false. `order`: null for the order of the set.
  bool write(const WireSet& set, Owner owner, const Base& base, const RecordOrder* order);
  // Takes back the records written since size() was `at`.
  void undo(size_t at);
  size_t size() const { return at_; }

  // Where the first name in the data of the last record with names stands; 0: out of reach.
  uint16_t last_name() const { return last_name_; }
  // Where a set stands that was copied as it was prepared; 0: it was not.
  uint16_t position(const WireSet& set) const;
  // Where the name at `at` can be pointed at: there, or where it points to itself; 0: out of reach.
  uint16_t target(size_t at) const;

 private:
  static constexpr size_t qname = 12;  // where QNAME stands
  // Of a longer QNAME only as many labels are a target for pointers as names of the zone have: a
  // query must not cost more than others because somebody made up 120 labels for it.
  static constexpr size_t short_qname = 64;

  struct Written {
    const WireSet* set;  // null: a name alone, at `at`
    uint16_t at;
  };

  bool copy(const WireSet& set, Owner owner, const Base& base, const RecordOrder* order);
  bool fits_as_prepared(const WireSet& set, const Base& base, bool in_order) const;
  void copy_records(const WireSet& set, unsigned first, unsigned rest, const RecordOrder* order);
  bool write_exactly(const WireSet& set, Owner owner, const Base& base, const RecordOrder* order);
  bool put_owner(Owner& owner);
  bool put_record(const WireSet& set, unsigned index, const Base& base);
  bool put_name(const WireSet& set, const WireName& name, const Base& base);
  bool put_bytes(const uint8_t* from, size_t size);
  void note(const WireSet* set, size_t at);
  void sync();
  void store16(size_t at, unsigned value) {
    packet_[at] = uint8_t(value >> 8);
    packet_[at + 1] = uint8_t(value);
  }
  unsigned load16(size_t at) const { return unsigned(packet_[at]) << 8 | packet_[at + 1]; }

  uint8_t* const packet_;
  size_t at_ = 0, limit_ = 0, qname_end_ = 0;
  size_t known_from_ = qname;  // where the part of QNAME begins that pointers may lead to
  uint16_t last_name_ = 0;
  End end_;
  bool qname_known_ = false;  // to names_
  uint64_t label_bits_ = 0;   // of all names in the packet; 0: not looked at yet
  unsigned written_count_ = 0;
  std::array<Written, 32> written_;  // what names_ does not know yet
  NameTable names_;
};

}  // namespace signpost
