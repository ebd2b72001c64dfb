// Fields of types that hardly anybody uses any more but that zones may still hold: WKS (RFC 1035),
// NSAP (RFC 1706), ATMA (ATM Forum af-dans-0152), A6 (RFC 2874).
#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <string>

#include "dns/base_encoding.h"
#include "dns/name_text.h"
#include "dns/rdata_codec.h"

namespace signpost::dns {

namespace {

struct Assigned {
  std::string_view name;
  uint16_t number;
};

// The names of RFC 1010 that are still assigned to the same numbers. A table instead of the
// system's, so that a zone file means the same on every machine.
constexpr Assigned kProtocols[] = {{"icmp", 1}, {"igmp", 2}, {"ggp", 3}, {"tcp", 6},
                                   {"egp", 8},  {"pup", 12}, {"udp", 17}};
constexpr Assigned kServices[] = {
    {"echo", 7},         {"discard", 9},       {"systat", 11},       {"daytime", 13},
    {"netstat", 15},     {"qotd", 17},         {"chargen", 19},      {"ftp-data", 20},
    {"ftp", 21},         {"ssh", 22},          {"telnet", 23},       {"smtp", 25},
    {"time", 37},        {"rlp", 39},          {"nameserver", 42},   {"whois", 43},
    {"nicname", 43},     {"tacacs", 49},       {"domain", 53},       {"bootps", 67},
    {"bootpc", 68},      {"tftp", 69},         {"gopher", 70},       {"finger", 79},
    {"http", 80},        {"kerberos", 88},     {"supdup", 95},       {"hostnames", 101},
    {"iso-tsap", 102},   {"pop2", 109},        {"pop3", 110},        {"sunrpc", 111},
    {"auth", 113},       {"sftp", 115},        {"nntp", 119},        {"ntp", 123},
    {"netbios-ns", 137}, {"netbios-dgm", 138}, {"netbios-ssn", 139}, {"imap2", 143},
    {"imap", 143},       {"snmp", 161},        {"snmp-trap", 162},   {"https", 443},
};

std::optional<uint64_t> find_number(std::span<const Assigned> table, std::string_view text,
                                    uint64_t max) {
  std::string folded(text);
  std::ranges::transform(folded, folded.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? char(c + ('a' - 'A')) : c; });
  auto at = std::ranges::find(table, folded, &Assigned::name);
  return at != table.end() ? std::optional<uint64_t>(at->number) : parse_decimal(text, max);
}

bool parse_protocol(TokenReader& tokens, Bytes& out) {
  const TextToken* token = tokens.take();
  if (token == nullptr) return false;
  auto number = find_number(kProtocols, token->text, 255);
  if (!number) return tokens.expected("a protocol: a number from 0 to 255, tcp or udp");
  append_number(out, *number, 1);
  return true;
}

bool decode_protocol(WireReader& wire, TextWriter& text) {
  auto number = wire.number(1);
  return number && text.number(*number);
}

// RFC 1035, section 3.4.2: one bit per port, from port 0 on.
bool parse_ports(TokenReader& tokens, Bytes& out) {
  const size_t start = out.size();
  while (!tokens.at_end()) {
    auto port = find_number(kServices, tokens.take()->text, 65535);
    if (!port) return tokens.expected("a port: a number from 0 to 65535 or a name such as smtp");
    out.resize(std::max(out.size(), start + size_t(*port / 8) + 1));
    out[start + size_t(*port / 8)] |= uint8_t(0x80 >> *port % 8);
  }
  return true;
}

bool decode_ports(WireReader& wire, TextWriter& text) {
  auto octets = wire.take_rest();
  if (octets.size() > 65536 / 8) return false;
  if (!text.wanted() || octets.empty()) return true;
  if (octets.back() == 0) return false;  // ports alone do not tell the length
  for (size_t i = 0; i < octets.size() * 8; ++i) {
    if (octets[i / 8] & 0x80 >> i % 8) text.number(i);
  }
  return true;
}

// RFC 1706, section 7: "0x", then hexadecimal digits with dots wherever they help to read.
bool parse_nsap(TokenReader& tokens, Bytes& out) {
  const TextToken* token = tokens.take();
  if (token == nullptr) return false;
  std::string digits(token->text);
  const bool prefixed = digits.starts_with("0x") || digits.starts_with("0X");
  std::erase(digits, '.');
  const size_t start = out.size();
  return (prefixed && append_hex(out, std::string_view(digits).substr(2)) && out.size() > start) ||
         tokens.expected("an address such as 0x47.0005.80.0000");
}

bool decode_nsap(WireReader& wire, TextWriter& text) {
  if (wire.at_end()) return false;
  auto octets = wire.take_rest();
  return !text.wanted() || text.word("0x" + hex_text(octets));
}

// A format octet, then an AESA in octets or an E.164 number in digits.
constexpr uint8_t kAesa = 0, kE164 = 1;

bool parse_atm_address(TokenReader& tokens, Bytes& out) {
  const TextToken* token = tokens.take();
  if (token == nullptr) return false;
  std::string digits(token->text);
  std::erase(digits, '.');
  const bool e164 = digits.starts_with('+');
  out.push_back(e164 ? kE164 : kAesa);
  const size_t start = out.size();
  bool good = true;
  if (e164) {
    out.insert(out.end(), digits.begin() + 1, digits.end());
    good = std::all_of(out.begin() + ptrdiff_t(start), out.end(), is_digit);
  } else {
    good = append_hex(out, digits);
  }
  return (good && out.size() > start) ||
         tokens.expected("an ATM address: hexadecimal digits, or + and decimal digits");
}

bool decode_atm_address(WireReader& wire, TextWriter& text) {
  auto format = wire.number(1);
  if (!format || *format > kE164 || wire.at_end()) return false;
  auto octets = wire.take_rest();
  if (*format == kAesa) return !text.wanted() || text.word(hex_text(octets));
  if (!std::ranges::all_of(octets, is_digit)) return false;
  return !text.wanted() || text.word("+" + std::string(octets.begin(), octets.end()));
}

// RFC 2874, section 3.1: how many leading bits come from the name behind, the other bits padded to
// octets, and the name unless there are no bits left for it.
constexpr unsigned kAddressBits = 128;

size_t suffix_octets(uint64_t prefix_bits) { return (kAddressBits - prefix_bits + 7) / 8; }

bool parse_a6(TokenReader& tokens, Bytes& out) {
  const TextToken* token = tokens.take();
  if (token == nullptr) return false;
  auto bits = parse_decimal(token->text, kAddressBits);
  if (!bits) return tokens.expected("a prefix length from 0 to 128");
  append_number(out, *bits, 1);
  if (*bits < kAddressBits) {
    Bytes address;
    if (!field::ipv6.parse(tokens, address)) return false;
    auto suffix = address.end() - ptrdiff_t(suffix_octets(*bits));
    *suffix &= uint8_t(0xff >> *bits % 8);  // bits of the prefix are not ours to say
    out.insert(out.end(), suffix, address.end());
  }
  return *bits == 0 || field::folded_name.parse(tokens, out);
}

bool decode_a6(WireReader& wire, TextWriter& text) {
  auto bits = wire.number(1);
  if (!bits || *bits > kAddressBits) return false;
  text.number(*bits);
  if (*bits < kAddressBits) {
    auto suffix = wire.take(suffix_octets(*bits));
    if (!suffix || (*suffix)[0] & ~(0xff >> *bits % 8)) return false;
    Bytes address(16 - suffix->size());
    address.insert(address.end(), suffix->begin(), suffix->end());
    WireReader whole(address);
    field::ipv6.decode(whole, text);
  }
  return *bits == 0 || field::folded_name.decode(wire, text);
}

}  // namespace

namespace field {
constinit const FieldKind ip_protocol{parse_protocol, decode_protocol};
constinit const FieldKind port_bitmap{parse_ports, decode_ports, 0};
constinit const FieldKind nsap{parse_nsap, decode_nsap};
constinit const FieldKind atm_address{parse_atm_address, decode_atm_address};
constinit const FieldKind a6_prefix{parse_a6, decode_a6, 0, true};
}  // namespace field

}  // namespace signpost::dns
