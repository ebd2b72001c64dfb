// Record data between its presentation form (tokens of a zone file or a Corefile) and its
// uncompressed wire form (RFC 1035, section 3.3, and the RFC of each type). Everything here is
// derived from one table of field layouts (rdata_layouts.cc); types it does not list are opaque and
// written as RFC 3597 "\# LENGTH HEX". Any thread. Input may be hostile: nothing is read out of
// bounds, and nothing throws but for lack of memory.
//
// Names keep the case they were written in (RFC 4343, section 4.1). Fold them with
// dns::lower_case() before looking them up or comparing them with a Name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "signpost/name.h"

namespace signpost {

inline constexpr size_t kMaxRdata = 65535;  // octets

// One word of presentation text: escapes still in it, the enclosing quotes removed.
struct TextToken {
  std::string_view text;
  bool quoted = false;
};

// The wire form of the data in `tokens`, names completed by `origin`. Empty: not valid for `type`,
// and `why` says what was found and what was expected ("MX preference: found 'x', expected ...").
std::optional<std::vector<uint8_t>> parse_rdata(uint16_t type, std::span<const TextToken> tokens,
                                                NameView origin, std::string& why);

// The same into `out`, whose memory is reused; on false its contents are unspecified.
bool parse_rdata(uint16_t type, std::span<const TextToken> tokens, NameView origin,
                 std::vector<uint8_t>& out, std::string& why);

// Presentation form on one line, names absolute. Data that is not valid for its type, or of a type
// without layout, is printed as "\# LENGTH HEX", so the result can always be parsed back.
std::string print_rdata(uint16_t type, std::span<const uint8_t> rdata);

// True if `rdata` is well formed for `type`; always for types without layout.
bool valid_rdata(uint16_t type, std::span<const uint8_t> rdata);

// The number of words the data of `type` always takes (A 1, MX 2, SRV 4); 0 if it varies or the
// type has no layout.
unsigned fixed_tokens(uint16_t type);

// The fields of `type` as an error message or a manual names them ("preference exchange"); empty
// for a type without layout.
std::string rdata_syntax(uint16_t type);

// What is wrong with data that is well formed and served as it is, for a checker to tell ("digest
// does not have the length of its type"); null if nothing is, or the data is not well formed.
const char* rdata_doubt(uint16_t type, std::span<const uint8_t> rdata);

// The canonical form (RFC 4034, section 6.2; RFC 6840, section 5.1): names of the types listed
// there in lower case, all else as it is. Into `out`, whose memory is reused. False if `rdata` is
// malformed; `out` is then a plain copy.
bool canonical_rdata(uint16_t type, std::span<const uint8_t> rdata, std::vector<uint8_t>& out);

namespace dns {

// How the RFCs treat a name inside record data.
struct NameTraits {
  bool compressible = false;  // types of RFC 1035 only (RFC 3597, section 4)
  bool folded = false;        // lower case in the canonical form
  bool host = false;          // its addresses go into the additional section
};

using NameVisitor = void (*)(void* context, size_t offset, NameView name, NameTraits traits);
bool visit_names(uint16_t type, std::span<const uint8_t> rdata, NameVisitor visit, void* context);
}  // namespace dns

// Calls fn(size_t offset, NameView name, bool compressible) for each name inside `rdata`, in order.
// Only names in types of RFC 1035 may be compressed (RFC 3597, section 4). False if `rdata` is
// malformed; names before the fault have then been visited.
template <typename Fn>
bool for_each_name(uint16_t type, std::span<const uint8_t> rdata, Fn&& fn) {
  auto call = [](void* context, size_t offset, NameView name, dns::NameTraits traits) {
    (*static_cast<std::remove_reference_t<Fn>*>(context))(offset, name, traits.compressible);
  };
  return dns::visit_names(type, rdata, call, const_cast<void*>(static_cast<const void*>(&fn)));
}

// Calls fn(NameView name) for each name inside `rdata` whose addresses belong into the additional
// section (RFC 1035, section 3.3; RFC 1183; RFC 2230; RFC 2782; RFC 9460, section 4.1). False as
// above.
template <typename Fn>
bool for_each_host(uint16_t type, std::span<const uint8_t> rdata, Fn&& fn) {
  auto call = [](void* context, size_t, NameView name, dns::NameTraits traits) {
    if (traits.host) (*static_cast<std::remove_reference_t<Fn>*>(context))(name);
  };
  return dns::visit_names(type, rdata, call, const_cast<void*>(static_cast<const void*>(&fn)));
}

// True if data of `type` has such names.
bool names_hosts(uint16_t type);

}  // namespace signpost
