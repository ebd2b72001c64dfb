// The parts of ZoneBuilder that turn data into what workers copy and follow: prepared bytes, alias
// targets and CNAME targets.
#include "zone/wire.h"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "dns/name_text.h"
#include "dns/rdata.h"
#include "dns/types.h"
#include "zone/builder.h"

namespace signpost {

namespace {

// Where the set of `owner` begins in a reply that answers it directly; for a wildcard, the furthest
// behind that can be.
size_t first_record(NameView owner) {
  return wire::header + (owner.is_wildcard() ? 255 : owner.size()) + wire::question_tail;
}

// Prepares the records of one set. Each compressible name becomes as short as the names before it
// in the set and the owner allow, but never longer in a reply that has the records in this order.
// Where a wildcard is the owner, its "*" is not in the reply. Records beyond those that a message
// can hold are left out, so that what counts them and their names in 16 bits, can.
class SetWriter {
 public:
  SetWriter(uint16_t type, uint32_t ttl, NameView owner)
      : type_(type),
        ttl_(ttl),
        owner_(owner.is_wildcard() ? owner.parent() : owner),
        begin_(first_record(owner)) {}

  void add(std::span<const uint8_t> rdata) {
    if (full_) return;
    const size_t bytes = bytes_.size(), names = names_.size();
    write(rdata);
    full_ = bytes_.size() > wire::longest_message && starts_.size() > 1;
    if (!full_) return;
    bytes_.resize(bytes);
    names_.resize(names);
    starts_.pop_back();
  }
  WireSet keep(Arena& arena);
  unsigned deepest() const { return deepest_; }  // labels of the deepest name in the data

 private:
  void write(std::span<const uint8_t> rdata);
  void put16(unsigned value) {
    bytes_.push_back(uint8_t(value >> 8));
    bytes_.push_back(uint8_t(value));
  }
  void put(const uint8_t* from, size_t size) { bytes_.insert(bytes_.end(), from, from + size); }
  void put_name(NameView name, bool compressible);
  size_t shared_with_owner(NameView name) const;

  uint16_t type_;
  uint32_t ttl_;
  NameView owner_;
  size_t begin_;  // of the set in a reply
  std::vector<uint8_t> bytes_;
  std::vector<uint32_t> starts_;
  std::vector<WireName> names_;
  uint64_t label_bits_ = 0;
  unsigned deepest_ = 0;
  bool full_ = false;
  std::unordered_map<std::string, uint32_t> suffixes_;  // in lower case: where they stand
};

void SetWriter::write(std::span<const uint8_t> rdata) {
  starts_.push_back(uint32_t(bytes_.size()));
  put16(0);  // for the owner
  put16(type_);
  put16(rr::class_in);
  put16(ttl_ >> 16);
  put16(ttl_);
  const size_t length_at = bytes_.size();
  put16(0);
  size_t copied = 0;
  for_each_name(type_, rdata, [&](size_t offset, NameView name, bool compressible) {
    // Names in signatures and proofs stand in their zone anyway.
    if (type_ == rr::rrsig || type_ == rr::nsec) return;
    put(rdata.data() + copied, offset - copied);
    put_name(name, compressible);
    copied = offset + name.size();
  });
  put(rdata.data() + copied, rdata.size() - copied);
  const size_t length = bytes_.size() - length_at - 2;
  bytes_[length_at] = uint8_t(length >> 8);
  bytes_[length_at + 1] = uint8_t(length);
}

// The bytes of the longest suffix, longer than the root, that `name` (lower case) shares with the
// owner; 1 if there is none.
size_t SetWriter::shared_with_owner(NameView name) const {
  for (NameView suffix = owner_; !suffix.is_root(); suffix = suffix.parent())
    if (name.within(suffix)) return suffix.size();
  return 1;
}

void SetWriter::put_name(NameView name, bool compressible) {
  const Name lower = dns::lower_case(name);
  const size_t shared = shared_with_owner(lower), own = name.size() - shared;
  const auto at = uint32_t(bytes_.size());
  deepest_ = std::max(deepest_, name.labels());
  label_bits_ |= label_bits(lower.data(), own, lower.size());
  if (!compressible) {
    names_.push_back({at, uint8_t(name.size() - 1), WireName::fixed});
    return put(name.data(), name.size());
  }
  // The longest suffix in the set so far; those remembered are longer than `shared`.
  size_t labels = 0;
  auto seen = suffixes_.end();
  for (; labels < own; labels += lower.data()[labels] + 1u) {
    std::string suffix(lower.data() + labels, lower.data() + lower.size());
    seen = suffixes_.find(suffix);
    if (seen != suffixes_.end()) break;
    if (begin_ + at + labels <= wire::farthest &&
        suffixes_.size() < wire::most_targets - wire::most_labels)
      suffixes_.emplace(std::move(suffix), uint32_t(at + labels));
  }
  put(name.data(), labels);
  const WireName::End end = seen != suffixes_.end() ? WireName::in_set
                            : shared > 1            ? WireName::in_owner
                                                    : WireName::root;
  names_.push_back({at, uint8_t(labels), end});
  if (end == WireName::root)
    bytes_.push_back(0);
  else
    put16(end == WireName::in_set ? wire::into_set | seen->second
                                  : wire::into_owner | unsigned(shared));
}

template <class T>
const T* keep_array(Arena& arena, const std::vector<T>& from) {
  T* kept = arena.array<T>(from.size());
  std::copy(from.begin(), from.end(), kept);
  return kept;
}

WireSet SetWriter::keep(Arena& arena) {
  WireSet set;
  set.count = uint16_t(starts_.size());
  starts_.push_back(uint32_t(bytes_.size()));
  set.bytes = keep_array(arena, bytes_);
  set.starts = keep_array(arena, starts_);
  set.names = keep_array(arena, names_);
  set.name_count = uint16_t(names_.size());
  set.ttl = ttl_;
  set.label_bits = label_bits_;
  return set;
}

unsigned load16(const uint8_t* from) { return unsigned(from[0]) << 8 | from[1]; }

}  // namespace

NameView name_of(const WireSet& set, const WireName& name, NameView owner,
                 std::array<uint8_t, 255>& buffer) noexcept {
  size_t size = 0;
  for (const uint8_t* from = set.bytes + name.at;;) {
    if (*from >= 0x80) {
      const unsigned to = load16(from), offset = to & wire::offset_bits;
      if ((to & wire::into_owner) == wire::into_set) {
        from = set.bytes + offset;
        continue;
      }
      std::copy_n(owner.data() + owner.size() - offset, offset, buffer.data() + size);
      return {buffer.data(), size + offset};
    }
    std::copy(from, from + *from + 1, buffer.data() + size);
    size += *from + 1u;
    if (*from == 0) return {buffer.data(), size};
    from += *from + 1;
  }
}

std::vector<uint8_t> rdata_of(const WireSet& set, unsigned index, NameView owner) {
  std::vector<uint8_t> rdata;
  std::array<uint8_t, 255> buffer;
  const uint8_t* from = set.bytes + set.starts[index] + wire::owner_room + wire::record_head;
  const uint8_t* const end = set.bytes + set.starts[index + 1];
  for (unsigned i = 0; i < set.name_count; ++i) {
    const WireName& name = set.names[i];
    const uint8_t* const at = set.bytes + name.at;
    if (at < from || at >= end) continue;
    rdata.insert(rdata.end(), from, at);
    const NameView whole = name_of(set, name, owner, buffer);
    rdata.insert(rdata.end(), whole.data(), whole.data() + whole.size());
    from =
        at + name.labels + (name.end == WireName::in_set || name.end == WireName::in_owner ? 2 : 1);
  }
  rdata.insert(rdata.end(), from, end);
  return rdata;
}

WireSet ZoneBuilder::wire(NameView owner, uint16_t type, uint32_t ttl,
                          std::span<const std::span<const uint8_t>> data) {
  SetWriter writer(type, ttl, owner);
  for (const auto& rdata : data) writer.add(rdata);
  zone_->deepest_written_ = std::max(zone_->deepest_written_, writer.deepest());
  return writer.keep(zone_->arena_);
}

// Refuses `set`, made of `records` records, if it does not fit into every reply to a question for
// it: beside the question, whose name a wildcard lets grow, and the largest OPT record. Then the
// same of the set with its signatures.
void ZoneBuilder::judge_size(NameView owner, uint16_t type, const WireSet& set, size_t records,
                             Location where, const SetSize& signatures) {
  const size_t room = wire::longest_message - first_record(owner) - wire::largest_opt;
  const bool alone = set.count == records && set.size() <= room;
  if (alone && set.size() + signatures.bytes <= room) return;
  const auto counted = [](size_t count, const char* what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
  };
  report(true, where,
         owner_and_type(owner, type) + " does not fit into a message: for " +
             counted(records, "record") +
             (alone ? " of " + std::to_string(set.size()) + " bytes and " +
                          counted(signatures.records, "signature") + " of " +
                          std::to_string(signatures.bytes) + " bytes"
                    : std::string()) +
             " there are " + std::to_string(room) +
             " bytes beside the question and EDNS options; clients would get SERVFAIL");
}

void ZoneBuilder::write_alias(const SetSpec& set, const MemberSpec& from, Member& to) {
  AliasTarget* alias = zone_->arena_.array<AliasTarget>(1);
  alias->name = zone_->arena_.copy(from.alias->target.view());
  alias->evaluate = from.alias->evaluate;
  alias->type_implied = set.type_implied;
  to.alias = alias;
  const bool ours = std::any_of(context_.block_zones.begin(), context_.block_zones.end(),
                                [&](const Name& z) { return alias->name.within(z); });
  if (ours) return;
  if (from.alias->undotted)
    if (const auto inside =
            Name::parse(alias->name.text().substr(0, alias->name.text().size() - 1), apex_);
        inside && slots_[find_slot(*inside, inside->view().hash())] != 0)
      report(false, from.where,
             "'" + alias->name.text() + "' is taken as a name outside the zone, but " +
                 inside->text() + " exists too; write one of them with its final dot");
  const auto row = std::find(context_.outside.begin(), context_.outside.end(), from.alias->target);
  alias->outside = uint32_t(row - context_.outside.begin());
  if (set.type != rr::a && set.type != rr::aaaa)
    report(true, from.where,
           "an alias to " + alias->name.text() +
               ", a name outside this block's zones, stands for addresses: its type is A or AAAA, "
               "not " +
               type_text(set.type));
}

const NameView* ZoneBuilder::target_of(std::span<const uint8_t> rdata) {
  NameView* target = zone_->arena_.array<NameView>(1);
  *target = zone_->arena_.copy(dns::lower_case(NameView(rdata.data(), rdata.size())).view());
  return target;
}

}  // namespace signpost
