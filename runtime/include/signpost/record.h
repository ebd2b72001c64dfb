// Record sets as workers see them: immutable, owned by a zone (or by a plugin's table) in the
// snapshot, valid as long as the query that reads them. Built on the control side only.
// Sources: RFC 1035 section 3.2, RFC 2181 section 5 (RRset); steering model: spec Z-*, V-* rules.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <string_view>

#include "signpost/name.h"

namespace signpost {

namespace rr {  // RR TYPE and CLASS values that code needs by name (IANA DNS parameters)
inline constexpr uint16_t a = 1, ns = 2, cname = 5, soa = 6, ptr = 12, hinfo = 13, mx = 15,
                          txt = 16, aaaa = 28, srv = 33, naptr = 35, dname = 39, opt = 41, ds = 43,
                          rrsig = 46, nsec = 47, dnskey = 48, nsec3 = 50, nsec3param = 51, cds = 59,
                          cdnskey = 60, svcb = 64, https = 65, tkey = 249, tsig = 250, ixfr = 251,
                          axfr = 252, any = 255;
inline constexpr uint16_t class_in = 1, class_ch = 3, class_none = 254, class_any = 255;
}  // namespace rr

enum class Rcode : uint8_t {
  noerror = 0,
  formerr = 1,
  servfail = 2,
  nxdomain = 3,
  notimp = 4,
  refused = 5,
  yxdomain = 6,
  notauth = 9,
  badvers = 16,
  badcookie = 23
};

// A subset of the members of one record set, by position. A set has at most 128 members.
class MemberMask {
 public:
  static constexpr unsigned capacity = 128;
  constexpr MemberMask() = default;
  static constexpr MemberMask first(unsigned n) {
    MemberMask m;
    m.w_[0] = n >= 64 ? ~0ull : (1ull << n) - 1;
    m.w_[1] = n >= 128 ? ~0ull : n > 64 ? (1ull << (n - 64)) - 1 : 0;
    return m;
  }
  void add(unsigned i) { w_[i >> 6] |= 1ull << (i & 63); }
  void remove(unsigned i) { w_[i >> 6] &= ~(1ull << (i & 63)); }
  bool has(unsigned i) const { return w_[i >> 6] >> (i & 63) & 1; }
  bool empty() const { return (w_[0] | w_[1]) == 0; }
  unsigned count() const { return unsigned(std::popcount(w_[0]) + std::popcount(w_[1])); }
  MemberMask operator&(MemberMask o) const {
    o.w_[0] &= w_[0], o.w_[1] &= w_[1];
    return o;
  }
  bool operator==(const MemberMask&) const = default;
  // Calls f(i) for every member, lowest position first.
  template <class F>
  void each(F&& f) const {
    for (unsigned half = 0; half < 2; ++half)
      for (uint64_t w = w_[half]; w != 0; w &= w - 1) f(half * 64 + unsigned(std::countr_zero(w)));
  }

 private:
  uint64_t w_[2] = {0, 0};
};

// A name in the data of a WireSet: one that compression may shorten, or that other names of the
// reply may point to.
struct WireName {
  enum End : uint8_t {
    root,      // its last label is the root
    in_set,    // two bytes of room for a pointer into this set
    in_owner,  // two bytes of room for a pointer to the end of the owner's name
    fixed      // the root, and it is never shortened itself (RFC 3597, section 4): SRV, SVCB …
  };
  uint32_t at;     // offset of its first byte
  uint8_t labels;  // bytes of labels in front of the end
  End end;
};

// The records of one set (or of one member of a steered set), prepared when the zone was built so
// that answering is copying. `bytes` holds, for each record, two bytes of room for a pointer to its
// owner and TYPE CLASS TTL RDLENGTH RDATA. Names in the data are as short as the set and the
// owner's name make them: the room for a pointer holds 0x8000 and an offset in the set, or 0xc000
// and how many bytes of the owner's name to point at, counted from its end. What the rest of a
// reply can do for them, the encoder finds out.
struct WireSet {
  const uint8_t* bytes = nullptr;
  const uint32_t* starts = nullptr;  // `count` + 1 offsets; the last is the size
  const WireName* names = nullptr;   // ascending
  uint16_t count = 0;
  uint16_t name_count = 0;
  uint32_t ttl = 0;  // seconds, as in the bytes
  // One bit for each label of a name in front of what it shares with the owner (zone/wire.h): names
  // without a bit in common have no suffix in common there.
  uint64_t label_bits = 0;

  uint32_t size() const { return count == 0 ? 0 : starts[count]; }
};

struct RecordSet;
class Policy;

inline constexpr uint32_t no_row = UINT32_MAX;

// What an alias stands for (spec, section 5).
struct AliasTarget {
  NameView name;              // absolute, lower case
  uint32_t outside = no_row;  // row in the AddressTable; no_row: lies in a zone of this block
  bool evaluate = false;      // EvaluateTargetHealth
  bool type_implied = false;  // the line named no type, so this one may be missing at the target
  bool ours() const { return outside == no_row; }
};

// Records that go into the additional section on behalf of a name in the data of a member.
struct Related {
  // The name is the owner of the other set; it stands in a set related to that one.
  static constexpr uint32_t own_owner = UINT32_MAX, elsewhere = UINT32_MAX - 1;
  const RecordSet* set;  // of one member that answers every client
  NameView owner;        // of the records: the name, which a wildcard may stand for
  uint32_t name_at;      // that name's offset in the other set, or one of the above
  bool in_domain;        // glue without which a delegation leads nowhere (RFC 9471, section 2.1)
};

// Where a member of a steered set was written; not read on the way to an answer.
struct MemberOrigin {
  std::string_view id;  // set identifier: written by the operator, or made from the member's line
  Location where;
};

// One record of a group (spec, section 0.3): values or an alias, with the policy's own attribute.
struct Member {
  WireSet values;  // empty for an alias
  // What this zone has for the names in MX, SRV, NS … data of `values` (DN-04); first what is
  // needed.
  const Related* related = nullptr;
  uint32_t related_count = 0;
  WireSet signatures;                    // RRSIG records over `values`; none in unsigned zones
  const AliasTarget* alias = nullptr;    // null for values
  const NameView* leads_to = nullptr;    // CNAME and DNAME: the target, lower case
  uint32_t check = no_row;               // row in the block's HealthTable
  uint32_t attribute = 0;                // the policy's: weight, role, Region index …
  const MemberOrigin* origin = nullptr;  // null for records of a zone file
};

// All records of one owner and type: simple (policy null, one member) or steered.
struct RecordSet {
  uint16_t type = 0;
  uint16_t member_count = 0;
  uint32_t steered_row = no_row;  // row in the zone's verdicts; no_row for simple sets
  const Policy* policy = nullptr;
  const Member* members = nullptr;
  NameView owner;

  std::span<const Member> all() const { return {members, member_count}; }
  bool is_alias() const { return members[0].alias != nullptr && policy == nullptr; }
};

}  // namespace signpost
