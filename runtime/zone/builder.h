// Makes a Zone out of the records of a zone file and the record sets of steering blocks and alias
// lines, and judges them on the way: conflicts, data out of the zone, CNAME rules (V-07 to V-12,
// V-20, V-21, RFC 1034 section 3.6.2, RFC 2181 section 10.1), DNAME rules (RFC 6672, sections 2.3
// and 2.4), and what makes a signed zone fail in validators (RFC 4035, section 2). Any thread; not
// shared.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "signpost/findings.h"
#include "signpost/policy.h"
#include "zone/file_table.h"
#include "zone/zone.h"

namespace signpost {

// What a zone needs to know of its block.
struct ZoneContext {
  unsigned position = 0;  // among the block's zones
  bool chase = true, minimal = false;
  Location where;                       // the line that names the zone
  std::span<const Name> block_zones;    // an alias target below one of them is ours
  std::span<const Name> outside;        // the others, by AliasTarget::outside
  std::span<const std::string> checks;  // names of the block's checks, by row
  uint32_t now = 0;         // seconds since 1970, to judge signatures by; 0: they are not judged
  uint32_t tag = 0;         // ZoneFile::tag
  Location passes_on = {};  // ZoneFile::passes_on
  bool needs_ns = false;    // no NS record at the apex is an error, not a warning
  size_t max_data = UINT32_MAX;  // bytes of record data; as many as offsets can tell apart
  std::string_view path = {};    // of the zone's file, if `where` does not tell
};

// NSEC3 iterations beyond those that validators bear are refused: they would only cost (RFC 9276,
// section 3.2; 150 is what BIND and Unbound still validate).
inline constexpr unsigned kMaxNsec3Iterations = 150;

class ZoneBuilder {
 public:
  // What is wrong goes to `findings`, whose rest is for the caller to tell.
  ZoneBuilder(NameView apex, ZoneContext context, Findings& findings);
  // A record of the zone file. What lies outside the zone is left out with a warning.
  void add_record(NameView owner, uint16_t type, uint32_t ttl, std::span<const uint8_t> rdata,
                  Location where);
  // `set` is not copied: it stays where it is, and as it is, until build() has returned.
  void add_set(const SetSpec& set);
  // Says that the zone file has records that could not be read: what is missing from the others is
  // then not told.
  void add_gap() { gaps_ = true; }
  // The zone; null if there is an error among the findings. Once. With `as_far_as_it_goes` a zone
  // in error too, to find out what else is wrong; null then only without a SOA.
  std::shared_ptr<const Zone> build(bool as_far_as_it_goes = false);

 private:
  struct Record {
    uint32_t node, ttl, data, line, file;
    uint16_t type, size;
  };
  struct PendingNode {
    NameView name;
    uint32_t parent;
    uint32_t first_set = 0, set_count = 0;
  };
  struct PendingSet {  // records [first, last) of one node and type, or one written set
    uint16_t type;
    uint32_t first, last;
    const SetSpec* spec;
  };

  // NSEC3 data and its signatures, kept apart: their owners are no names of the zone (RFC 5155,
  // section 7.2.8).
  struct HashedSet {
    const RecordSet* set;
    std::span<const Record> records;
  };
  // A member whose data has names that other records may be related to.
  struct Relating {
    const RecordSet* set;
    Member* member;
  };
  // All records of a set, also of one that is longer than a message, in a reply.
  struct SetSize {
    size_t records = 0, bytes = 0;
  };
  // What is wrong in the same way at many places: told once, with the first place.
  struct Tally {
    size_t count = 0;
    Location first;
    std::string what;
  };

  Record keep(uint32_t node, uint16_t type, uint32_t ttl, std::span<const uint8_t> rdata,
              Location where);
  void add_signed(NameView owner, uint16_t type, uint32_t ttl, std::span<const uint8_t> rdata,
                  Location where);
  uint32_t node(NameView name);
  uint32_t find_slot(NameView name, uint32_t hash) const;
  void grow();
  void report(bool as_error, Location where, std::string message) {
    findings_.add(as_error, where, std::move(message));
  }
  static std::string owner_and_type(NameView owner, uint16_t type);
  bool has_room(size_t data, Location where);
  Location where(const Record& record) const;
  void sort_records();
  static constexpr uint16_t own_type = 0;
  void drop_duplicates(std::vector<Record>& records, uint16_t type = own_type) const;
  void group(uint32_t node, std::vector<uint32_t>& records, std::span<const SetSpec* const> specs);
  void judge(const PendingNode& node);
  void judge_dname(const PendingNode& node, const PendingSet& dname);
  bool judge_apex();  // false if there is no SOA
  bool make_zone();   // false: there is no SOA
  void write_soa();
  void write_node(uint32_t index, Node* nodes);
  void warn_occluded(const PendingNode& from, const Node& node, const Node& parent);
  void write_records(uint32_t node, const PendingSet& from, RecordSet& to);
  void write_spec(const PendingSet& from, RecordSet& to);
  WireSet wire(NameView owner, uint16_t type, uint32_t ttl,
               std::span<const std::span<const uint8_t>> data);
  void judge_size(NameView owner, uint16_t type, const WireSet& set, size_t records, Location where,
                  const SetSize& signatures);
  void write_alias(const SetSpec& set, const MemberSpec& from, Member& to);
  const NameView* target_of(std::span<const uint8_t> rdata);
  void relate(const RecordSet& set, Member& member);
  void link_related();
  std::vector<std::span<const uint8_t>> data_of(const PendingSet& set) const;
  std::vector<std::span<const uint8_t>> data_of(std::span<const Record> records) const;
  // Signed zones (signed_zone.cc, signed_judge.cc).
  void sort_signatures();
  WireSet signatures(uint32_t node, uint16_t type, uint32_t ttl, SetSize* size = nullptr);
  static SetSize size_of(std::span<const Record> signatures);
  void write_hashed();
  void index_denial(std::span<const Node> nodes);
  bool judge_iterations(unsigned iterations, Location place);  // false: refused
  bool index_nsec3(const Nsec3Parameters& parameters);
  void refuse_steering();
  void warn_of_passing_on();
  void judge_signed(std::span<const Node> nodes);
  void judge_times();
  void judge_unsigned(std::span<const Node> nodes);
  void judge_chain(std::span<const Node> nodes);
  void note(Tally& tally, Location where, NameView owner, uint16_t type) const;
  void tell(const Tally& tally, std::string_view before, std::string_view after);
  Location place_of(const RecordSet& set) const;

  Name apex_;
  ZoneContext context_;
  Findings& findings_;
  bool gaps_ = false, overfull_ = false;
  std::shared_ptr<Zone> zone_;
  std::vector<PendingNode> nodes_;
  std::vector<Record> records_;
  std::vector<uint8_t> data_;
  zone::FileTable files_;
  std::vector<PendingSet> sets_;
  std::unordered_map<uint32_t, std::vector<const SetSpec*>> specs_;
  std::vector<uint32_t> slots_;  // node index + 1
  std::vector<Relating> relating_;
  bool signed_ = false;  // the SOA has a signature
  uint32_t negative_ttl_ = 0;
  std::vector<Record> signatures_;  // RRSIG; `type` is the type covered
  std::vector<NameView> hash_owners_;
  std::vector<Record> hashed_;  // NSEC3 and RRSIG; `node` is a row of hash_owners_
  std::vector<HashedSet> hashed_sets_;
};

}  // namespace signpost
