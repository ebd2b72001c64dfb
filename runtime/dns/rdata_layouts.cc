// The table: the fields of every type whose data has a presentation form. All of rdata.h follows
// from it; to add a type, add its line.
#include <array>

#include "dns/rdata_codec.h"
#include "dns/types.h"

namespace signpost::dns {

namespace {

using namespace field;

// Whether the digest behind the octet that names its algorithm has the size of that algorithm;
// `sizes` holds 0 where any will do.
bool right_size(std::span<const uint8_t> rdata, size_t algorithm_at,
                std::span<const uint8_t> sizes) {
  size_t algorithm = rdata[algorithm_at];
  size_t size = algorithm < sizes.size() ? sizes[algorithm] : 0;
  return size == 0 || rdata.size() == algorithm_at + 1 + size;
}

// SHA-1, SHA-256, GOST R 34.11-94, SHA-384 (IANA "DS RR Type Digest Algorithms").
const char* check_ds(std::span<const uint8_t> rdata) {
  static constexpr uint8_t kSizes[] = {0, 20, 32, 32, 48};
  return right_size(rdata, 3, kSizes) ? nullptr : "digest does not have the length of its type";
}

// SHA-1, SHA-256 (IANA "SSHFP RR Types for fingerprint types").
const char* doubt_sshfp(std::span<const uint8_t> rdata) {
  static constexpr uint8_t kSizes[] = {0, 20, 32};
  return right_size(rdata, 1, kSizes) ? nullptr
                                      : "fingerprint does not have the length of its type";
}

// Full certificate or key, SHA-256, SHA-512 (IANA "TLSA Matching Types").
const char* doubt_tlsa(std::span<const uint8_t> rdata) {
  static constexpr uint8_t kSizes[] = {0, 32, 64};
  return right_size(rdata, 2, kSizes) ? nullptr
                                      : "association data does not have the length of its type";
}

constexpr size_t kZonemdAlgorithmAt = 5;

// RFC 8976, section 2.2.4: never shorter than 12 octets.
const char* check_zonemd(std::span<const uint8_t> rdata) {
  constexpr size_t kShortest = 12;
  return rdata.size() > kZonemdAlgorithmAt + kShortest ? nullptr
                                                       : "digest is shorter than 12 octets";
}

// SHA-384, SHA-512.
const char* doubt_zonemd(std::span<const uint8_t> rdata) {
  static constexpr uint8_t kSizes[] = {0, 48, 64};
  return right_size(rdata, kZonemdAlgorithmAt, kSizes)
             ? nullptr
             : "digest does not have the length of its algorithm";
}

// RFC 7553, section 4.4.
const char* doubt_uri(std::span<const uint8_t> rdata) {
  constexpr size_t kTargetAt = 4;
  return rdata.size() > kTargetAt ? nullptr : "target is empty";
}

// RFC 3123, sections 4.1 (IPv4) and 4.2 (IPv6). Of other families nothing is known.
const char* doubt_apl(std::span<const uint8_t> rdata) {
  constexpr size_t kHead = 4;  // family, prefix, negation and length of the address
  for (size_t at = 0, end; at < rdata.size(); at = end) {
    const unsigned family = unsigned(rdata[at]) << 8 | rdata[at + 1], prefix = rdata[at + 2];
    const size_t octets = rdata[at + 3] & 0x7fu, most = family == 1 ? 4 : 16;
    end = at + kHead + octets;
    if (family != 1 && family != 2) continue;
    if (prefix > most * 8) return "prefix is longer than an address of its family";
    if (octets > most) return "address is longer than those of its family";
    if (octets != 0 && rdata[end - 1] == 0)
      return "address ends in zero octets, which are left out";
  }
  return nullptr;
}

constexpr Layout kLayouts[] = {
    {rrtype::a, {{&ipv4, "address"}}},
    {rrtype::ns, {{&compressible_host, "nsdname"}}},
    {rrtype::md, {{&compressible_host, "madname"}}},
    {rrtype::mf, {{&compressible_host, "madname"}}},
    {rrtype::cname, {{&compressible_name, "cname"}}},
    {rrtype::soa,
     {{&compressible_name, "mname"},
      {&compressible_name, "rname"},
      {&u32, "serial"},
      {&period, "refresh"},
      {&period, "retry"},
      {&period, "expire"},
      {&period, "minimum"}}},
    {rrtype::mb, {{&compressible_host, "madname"}}},
    {rrtype::mg, {{&compressible_name, "mgmname"}}},
    {rrtype::mr, {{&compressible_name, "newname"}}},
    {rrtype::wks, {{&ipv4, "address"}, {&ip_protocol, "protocol"}, {&port_bitmap, "ports"}}},
    {rrtype::ptr, {{&compressible_name, "ptrdname"}}},
    {rrtype::hinfo, {{&string, "cpu"}, {&string, "os"}}},
    {rrtype::minfo, {{&compressible_name, "rmailbx"}, {&compressible_name, "emailbx"}}},
    {rrtype::mx, {{&u16, "preference"}, {&compressible_host, "exchange"}}},
    {rrtype::txt, {{&strings, "text"}}},
    {rrtype::rp, {{&folded_name, "mbox-dname"}, {&folded_name, "txt-dname"}}},
    {rrtype::afsdb, {{&u16, "subtype"}, {&folded_host, "hostname"}}},
    {rrtype::x25, {{&digit_string, "psdn-address"}}},
    {rrtype::isdn, {{&string, "isdn-address"}, {&optional_string, "sa"}}},
    {rrtype::rt, {{&u16, "preference"}, {&folded_host, "intermediate-host"}}},
    {rrtype::nsap, {{&field::nsap, "address"}}},
    {rrtype::nsap_ptr, {{&plain_name, "owner"}}},
    {rrtype::sig,
     {{&type, "type-covered"},
      {&algorithm, "algorithm"},
      {&u8, "labels"},
      {&u32, "original-ttl"},
      {&timestamp, "expiration"},
      {&timestamp, "inception"},
      {&u16, "key-tag"},
      {&folded_name, "signer"},
      {&base64, "signature"}}},
    {rrtype::key,
     {{&key_flags, "flags"},
      {&key_protocol, "protocol"},
      {&algorithm, "algorithm"},
      {&optional_base64, "key"}}},
    {rrtype::px, {{&u16, "preference"}, {&folded_name, "map822"}, {&folded_name, "mapx400"}}},
    {rrtype::gpos, {{&string, "longitude"}, {&string, "latitude"}, {&string, "altitude"}}},
    {rrtype::aaaa, {{&ipv6, "address"}}},
    {rrtype::loc, {{&location, "latitude longitude altitude"}}},
    {rrtype::nxt, {{&folded_name, "next"}, {&nxt_bitmap, "types"}}},
    {rrtype::eid, {{&hex, "endpoint"}}},
    {rrtype::nimloc, {{&hex, "locator"}}},
    {rrtype::srv, {{&u16, "priority"}, {&u16, "weight"}, {&u16, "port"}, {&folded_host, "target"}}},
    {rrtype::atma, {{&atm_address, "address"}}},
    {rrtype::naptr,
     {{&u16, "order"},
      {&u16, "preference"},
      {&string, "flags"},
      {&string, "service"},
      {&string, "regexp"},
      {&folded_name, "replacement"}}},
    {rrtype::kx, {{&u16, "preference"}, {&folded_host, "exchanger"}}},
    {rrtype::cert,
     {{&certificate_type, "type"},
      {&u16, "key-tag"},
      {&algorithm, "algorithm"},
      {&base64, "certificate"}}},
    {rrtype::a6, {{&a6_prefix, "prefix-length suffix prefix-name"}}},
    {rrtype::dname, {{&folded_name, "target"}}},
    {rrtype::sink,
     {{&u8, "meaning"}, {&u8, "coding"}, {&u8, "subcoding"}, {&optional_base64, "data"}}},
    {rrtype::apl, {{&address_prefixes, "prefixes"}}, nullptr, doubt_apl},
    {rrtype::ds,
     {{&u16, "key-tag"},
      {&algorithm, "algorithm"},
      {&digest_type, "digest-type"},
      {&hex, "digest"}},
     check_ds},
    {rrtype::sshfp,
     {{&u8, "algorithm"}, {&u8, "fingerprint-type"}, {&hex, "fingerprint"}},
     nullptr,
     doubt_sshfp},
    {rrtype::ipseckey,
     {{&u8, "precedence"},
      {&gateway_type, "gateway-type"},
      {&u8, "algorithm"},
      {&gateway, "gateway"},
      {&optional_base64, "key"}}},
    {rrtype::rrsig,
     {{&type, "type-covered"},
      {&algorithm, "algorithm"},
      {&u8, "labels"},
      {&u32, "original-ttl"},
      {&timestamp, "expiration"},
      {&timestamp, "inception"},
      {&u16, "key-tag"},
      {&folded_name, "signer"},
      {&base64, "signature"}}},
    {rrtype::nsec, {{&plain_name, "next"}, {&type_bitmap, "types"}}},
    {rrtype::dnskey,
     {{&key_flags, "flags"},
      {&key_protocol, "protocol"},
      {&algorithm, "algorithm"},
      {&base64, "key"}}},
    {rrtype::dhcid, {{&base64, "identifier"}}},
    {rrtype::nsec3,
     {{&nsec3_hash, "hash-algorithm"},
      {&u8, "flags"},
      {&u16, "iterations"},
      {&salt, "salt"},
      {&base32hex, "next"},
      {&type_bitmap, "types"}}},
    {rrtype::nsec3param,
     {{&nsec3_hash, "hash-algorithm"}, {&u8, "flags"}, {&u16, "iterations"}, {&salt, "salt"}}},
    {rrtype::tlsa,
     {{&u8, "usage"}, {&u8, "selector"}, {&u8, "matching-type"}, {&hex, "association-data"}},
     nullptr,
     doubt_tlsa},
    {rrtype::smimea,
     {{&u8, "usage"}, {&u8, "selector"}, {&u8, "matching-type"}, {&hex, "association-data"}},
     nullptr,
     doubt_tlsa},
    {rrtype::hip, {{&host_identity, "algorithm tag key"}}},
    {rrtype::ninfo, {{&strings, "text"}}},
    {rrtype::rkey,
     {{&key_flags, "flags"},
      {&key_protocol, "protocol"},
      {&algorithm, "algorithm"},
      {&base64, "key"}}},
    {rrtype::talink, {{&plain_name, "previous"}, {&plain_name, "next"}}},
    {rrtype::cds,
     {{&u16, "key-tag"},
      {&algorithm, "algorithm"},
      {&digest_type, "digest-type"},
      {&hex, "digest"}},
     check_ds},
    {rrtype::cdnskey,
     {{&key_flags, "flags"},
      {&key_protocol, "protocol"},
      {&algorithm, "algorithm"},
      {&base64, "key"}}},
    {rrtype::openpgpkey, {{&base64, "key"}}},
    {rrtype::csync, {{&u32, "serial"}, {&u16, "flags"}, {&type_bitmap, "types"}}},
    {rrtype::zonemd,
     {{&u32, "serial"}, {&u8, "scheme"}, {&u8, "hash-algorithm"}, {&hex, "digest"}},
     check_zonemd,
     doubt_zonemd},
    {rrtype::svcb,
     {{&u16, "priority"}, {&plain_host, "target"}, {&service_parameters, "parameters"}}},
    {rrtype::https,
     {{&u16, "priority"}, {&plain_host, "target"}, {&service_parameters, "parameters"}}},
    {rrtype::dsync,
     {{&type, "type"}, {&notify_scheme, "scheme"}, {&u16, "port"}, {&plain_name, "target"}}},
    {rrtype::hhit, {{&base64, "data"}}},
    {rrtype::brid, {{&base64, "data"}}},
    {rrtype::spf, {{&strings, "text"}}},
    {rrtype::nid, {{&u16, "preference"}, {&locator64, "node-id"}}},
    {rrtype::l32, {{&u16, "preference"}, {&ipv4, "locator"}}},
    {rrtype::l64, {{&u16, "preference"}, {&locator64, "locator"}}},
    {rrtype::lp, {{&u16, "preference"}, {&plain_name, "fqdn"}}},
    {rrtype::eui48, {{&field::eui48, "address"}}},
    {rrtype::eui64, {{&field::eui64, "address"}}},
    {rrtype::uri,
     {{&u16, "priority"}, {&u16, "weight"}, {&text_rest, "target"}},
     nullptr,
     doubt_uri},
    {rrtype::caa, {{&u8, "flags"}, {&caa_tag, "tag"}, {&text_rest, "value"}}},
    {rrtype::avc, {{&strings, "text"}}},
    {rrtype::doa,
     {{&u32, "enterprise"},
      {&u32, "type"},
      {&u8, "location"},
      {&string, "media-type"},
      {&dash_base64, "data"}}},
    {rrtype::amtrelay,
     {{&u8, "precedence"}, {&relay_type, "discovery type"}, {&field::relay, "relay"}}},
    {rrtype::resinfo, {{&strings, "text"}}},
    {rrtype::wallet, {{&strings, "text"}}},
    {rrtype::ta,
     {{&u16, "key-tag"},
      {&algorithm, "algorithm"},
      {&digest_type, "digest-type"},
      {&hex, "digest"}},
     check_ds},
    {rrtype::dlv,
     {{&u16, "key-tag"},
      {&algorithm, "algorithm"},
      {&digest_type, "digest-type"},
      {&hex, "digest"}},
     check_ds},
};

// Position + 1 in kLayouts by type; all but two types are small numbers.
constexpr size_t kDirect = 512;
constexpr auto kByType = [] {
  std::array<uint8_t, kDirect> index{};
  static_assert(std::size(kLayouts) < 255);
  for (size_t i = 0; i < std::size(kLayouts); ++i) {
    if (kLayouts[i].type < kDirect) index[kLayouts[i].type] = uint8_t(i + 1);
  }
  return index;
}();

}  // namespace

const Layout* find_layout(uint16_t type) {
  if (type < kDirect) return kByType[type] == 0 ? nullptr : &kLayouts[kByType[type] - 1];
  for (const Layout& layout : kLayouts) {
    if (layout.type == type) return &layout;
  }
  return nullptr;
}

}  // namespace signpost::dns
