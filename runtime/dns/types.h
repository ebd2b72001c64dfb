// Numbers of record types, classes and response codes and their mnemonics (IANA "DNS Parameters";
// RFC 3597, section 5 for TYPEnnn and CLASSnnn; RFC 6895 for the ranges). Any thread; only the
// functions that return std::string allocate.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "signpost/mnemonics.h"

namespace signpost {

namespace rrtype {
inline constexpr uint16_t a = 1, ns = 2, md = 3, mf = 4, cname = 5, soa = 6, mb = 7, mg = 8, mr = 9,
                          null = 10, wks = 11, ptr = 12, hinfo = 13, minfo = 14, mx = 15, txt = 16,
                          rp = 17, afsdb = 18, x25 = 19, isdn = 20, rt = 21, nsap = 22,
                          nsap_ptr = 23, sig = 24, key = 25, px = 26, gpos = 27, aaaa = 28,
                          loc = 29, nxt = 30, eid = 31, nimloc = 32, srv = 33, atma = 34,
                          naptr = 35, kx = 36, cert = 37, a6 = 38, dname = 39, sink = 40, opt = 41,
                          apl = 42, ds = 43, sshfp = 44, ipseckey = 45, rrsig = 46, nsec = 47,
                          dnskey = 48, dhcid = 49, nsec3 = 50, nsec3param = 51, tlsa = 52,
                          smimea = 53, hip = 55, ninfo = 56, rkey = 57, talink = 58, cds = 59,
                          cdnskey = 60, openpgpkey = 61, csync = 62, zonemd = 63, svcb = 64,
                          https = 65, dsync = 66, hhit = 67, brid = 68, spf = 99, uinfo = 100,
                          uid = 101, gid = 102, unspec = 103, nid = 104, l32 = 105, l64 = 106,
                          lp = 107, eui48 = 108, eui64 = 109, tkey = 249, tsig = 250, ixfr = 251,
                          axfr = 252, mailb = 253, maila = 254, any = 255, uri = 256, caa = 257,
                          avc = 258, doa = 259, amtrelay = 260, resinfo = 261, wallet = 262,
                          ta = 32768, dlv = 32769;
}  // namespace rrtype

namespace rrclass {
inline constexpr uint16_t in = 1, ch = 3, hs = 4, none = 254, any = 255;
}

namespace rcode {
inline constexpr uint16_t noerror = 0, formerr = 1, servfail = 2, nxdomain = 3, notimp = 4,
                          refused = 5, yxdomain = 6, yxrrset = 7, nxrrset = 8, notauth = 9,
                          notzone = 10, badvers = 16, badcookie = 23;
}

// The type called `text` ("MX", "mx", "TYPE15"); empty if there is none.
std::optional<uint16_t> parse_type(std::string_view text);
// "MX"; empty for a number without mnemonic. Lives as long as the process.
std::string_view type_mnemonic(uint16_t type);
// All type mnemonics, to suggest one for a misspelt word.
std::span<const std::string_view> type_mnemonics();
// True if records of `type` can stand in a zone: neither OPT nor a query or meta type (RFC 6895,
// section 3.1).
bool is_data_type(uint16_t type);

// IN, CH, HS, NONE, ANY or CLASSnnn, in either case.
std::optional<uint16_t> parse_class(std::string_view text);

// "NXDOMAIN"; empty for a code without name. 16 is BADVERS (RFC 6891), not TSIG's BADSIG.
std::string_view rcode_name(uint16_t code);

}  // namespace signpost
