#include "dns/types.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "dns/name_text.h"

namespace signpost {

namespace {

struct Mnemonic {
  std::string_view text;
  uint16_t number;
};

constexpr Mnemonic kTypes[] = {
    {"A", 1},           {"NS", 2},       {"MD", 3},        {"MF", 4},       {"CNAME", 5},
    {"SOA", 6},         {"MB", 7},       {"MG", 8},        {"MR", 9},       {"NULL", 10},
    {"WKS", 11},        {"PTR", 12},     {"HINFO", 13},    {"MINFO", 14},   {"MX", 15},
    {"TXT", 16},        {"RP", 17},      {"AFSDB", 18},    {"X25", 19},     {"ISDN", 20},
    {"RT", 21},         {"NSAP", 22},    {"NSAP-PTR", 23}, {"SIG", 24},     {"KEY", 25},
    {"PX", 26},         {"GPOS", 27},    {"AAAA", 28},     {"LOC", 29},     {"NXT", 30},
    {"EID", 31},        {"NIMLOC", 32},  {"SRV", 33},      {"ATMA", 34},    {"NAPTR", 35},
    {"KX", 36},         {"CERT", 37},    {"A6", 38},       {"DNAME", 39},   {"SINK", 40},
    {"OPT", 41},        {"APL", 42},     {"DS", 43},       {"SSHFP", 44},   {"IPSECKEY", 45},
    {"RRSIG", 46},      {"NSEC", 47},    {"DNSKEY", 48},   {"DHCID", 49},   {"NSEC3", 50},
    {"NSEC3PARAM", 51}, {"TLSA", 52},    {"SMIMEA", 53},   {"HIP", 55},     {"NINFO", 56},
    {"RKEY", 57},       {"TALINK", 58},  {"CDS", 59},      {"CDNSKEY", 60}, {"OPENPGPKEY", 61},
    {"CSYNC", 62},      {"ZONEMD", 63},  {"SVCB", 64},     {"HTTPS", 65},   {"DSYNC", 66},
    {"HHIT", 67},       {"BRID", 68},    {"SPF", 99},      {"UINFO", 100},  {"UID", 101},
    {"GID", 102},       {"UNSPEC", 103}, {"NID", 104},     {"L32", 105},    {"L64", 106},
    {"LP", 107},        {"EUI48", 108},  {"EUI64", 109},   {"TKEY", 249},   {"TSIG", 250},
    {"IXFR", 251},      {"AXFR", 252},   {"MAILB", 253},   {"MAILA", 254},  {"ANY", 255},
    {"URI", 256},       {"CAA", 257},    {"AVC", 258},     {"DOA", 259},    {"AMTRELAY", 260},
    {"RESINFO", 261},   {"WALLET", 262}, {"TA", 32768},    {"DLV", 32769},
};

constexpr Mnemonic kClasses[] = {{"IN", 1}, {"CH", 3}, {"HS", 4}, {"NONE", 254}, {"ANY", 255}};

constexpr Mnemonic kRcodes[] = {
    {"NOERROR", 0},  {"FORMERR", 1},    {"SERVFAIL", 2}, {"NXDOMAIN", 3},  {"NOTIMP", 4},
    {"REFUSED", 5},  {"YXDOMAIN", 6},   {"YXRRSET", 7},  {"NXRRSET", 8},   {"NOTAUTH", 9},
    {"NOTZONE", 10}, {"DSOTYPENI", 11}, {"BADVERS", 16}, {"BADKEY", 17},   {"BADTIME", 18},
    {"BADMODE", 19}, {"BADNAME", 20},   {"BADALG", 21},  {"BADTRUNC", 22}, {"BADCOOKIE", 23},
};

constexpr auto kSortedTypes = [] {
  auto sorted = std::to_array(kTypes);
  std::sort(sorted.begin(), sorted.end(),
            [](const Mnemonic& a, const Mnemonic& b) { return a.text < b.text; });
  return sorted;
}();

constexpr size_t kLongestMnemonic = 16;

// Upper case of `text` in `buffer`; empty if it is longer than any mnemonic.
std::string_view upper(std::string_view text, std::span<char, kLongestMnemonic> buffer) {
  if (text.size() > buffer.size()) return {};
  std::transform(text.begin(), text.end(), buffer.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? char(c - ('a' - 'A')) : c; });
  return {buffer.data(), text.size()};
}

// The number behind `prefix` ("TYPE"), both in upper case (RFC 3597, section 5).
std::optional<uint16_t> parse_numbered(std::string_view text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  uint16_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string_view find_text(std::span<const Mnemonic> table, uint16_t number) {
  for (const Mnemonic& m : table) {
    if (m.number == number) return m.text;
  }
  return {};
}

std::string text_or_number(std::string_view text, const char* prefix, uint16_t number) {
  return text.empty() ? prefix + std::to_string(number) : std::string(text);
}

}  // namespace

std::optional<uint16_t> parse_type(std::string_view text) {
  char buffer[kLongestMnemonic];
  text = upper(text, buffer);
  auto at = std::lower_bound(kSortedTypes.begin(), kSortedTypes.end(), text,
                             [](const Mnemonic& m, std::string_view t) { return m.text < t; });
  if (at != kSortedTypes.end() && at->text == text) return at->number;
  return parse_numbered(text, "TYPE");
}

std::string_view type_mnemonic(uint16_t type) { return find_text(kTypes, type); }

std::string type_text(uint16_t type) { return text_or_number(type_mnemonic(type), "TYPE", type); }

std::span<const std::string_view> type_mnemonics() {
  static const auto kAll = [] {
    std::vector<std::string_view> all;
    for (const Mnemonic& m : kTypes) all.push_back(m.text);
    return all;
  }();
  return kAll;
}

bool is_data_type(uint16_t type) {
  return type != 0 && type != rrtype::opt && (type < 128 || type > 255);
}

std::optional<uint16_t> parse_class(std::string_view text) {
  char buffer[kLongestMnemonic];
  text = upper(text, buffer);
  for (const Mnemonic& m : kClasses) {
    if (m.text == text) return m.number;
  }
  return parse_numbered(text, "CLASS");
}

std::string class_text(uint16_t rr_class) {
  return text_or_number(find_text(kClasses, rr_class), "CLASS", rr_class);
}

std::string_view rcode_name(uint16_t code) { return find_text(kRcodes, code); }

std::string rcode_text(uint16_t code) { return text_or_number(rcode_name(code), "RCODE", code); }

}  // namespace signpost
