// Numbers that may be written by name: algorithms, certificate and digest types, flags and protocol
// of keys. All but certificate types are printed as numbers, which every reader knows.
#include <algorithm>

#include "dns/rdata_codec.h"

namespace signpost::dns {

namespace {

struct Mnemonic {
  std::string_view text;
  uint16_t number;
};

// A field of numbers with names; `what` completes the message "expected ...".
struct Vocabulary {
  std::span<const Mnemonic> words;
  size_t octets;
  const char* what;
};

// IANA "DNS Security Algorithm Numbers".
constexpr Mnemonic kAlgorithmWords[] = {
    {"DELETE", 0},
    {"RSAMD5", 1},
    {"DH", 2},
    {"DSA", 3},
    {"RSASHA1", 5},
    {"DSA-NSEC3-SHA1", 6},
    {"NSEC3DSA", 6},
    {"RSASHA1-NSEC3-SHA1", 7},
    {"NSEC3RSASHA1", 7},
    {"RSASHA256", 8},
    {"RSASHA512", 10},
    {"ECC-GOST", 12},
    {"ECCGOST", 12},
    {"ECDSAP256SHA256", 13},
    {"ECDSAP384SHA384", 14},
    {"ED25519", 15},
    {"ED448", 16},
    {"INDIRECT", 252},
    {"PRIVATEDNS", 253},
    {"PRIVATEOID", 254},
};

// IANA "CERT RR Certificate Types".
constexpr Mnemonic kCertificateWords[] = {
    {"PKIX", 1}, {"SPKI", 2},   {"PGP", 3},     {"IPKIX", 4}, {"ISPKI", 5},
    {"IPGP", 6}, {"ACPKIX", 7}, {"IACPKIX", 8}, {"URI", 253}, {"OID", 254},
};

// IANA "DS RR Type Digest Algorithms"; both spellings are in use.
constexpr Mnemonic kDigestWords[] = {
    {"SHA-1", 1}, {"SHA1", 1},    {"SHA-256", 2}, {"SHA256", 2},
    {"GOST", 3},  {"SHA-384", 4}, {"SHA384", 4},
};

constexpr Mnemonic kHashWords[] = {{"SHA-1", 1}, {"SHA1", 1}};  // IANA "NSEC3 Hash Algorithms"

constexpr Mnemonic kSchemeWords[] = {{"NOTIFY", 1}};  // IANA "DSYNC: Location of Sync Endpoints"

// RFC 2535, section 7.1.
constexpr Mnemonic kProtocolWords[] = {{"NONE", 0},   {"TLS", 1},   {"EMAIL", 2},
                                       {"DNSSEC", 3}, {"IPSEC", 4}, {"ALL", 255}};
constexpr Mnemonic kFlagWords[] = {
    {"NOCONF", 0x4000}, {"NOAUTH", 0x8000}, {"NOKEY", 0xc000},  {"FLAG2", 0x2000},
    {"EXTEND", 0x1000}, {"FLAG4", 0x0800},  {"FLAG5", 0x0400},  {"USER", 0x0000},
    {"ZONE", 0x0100},   {"HOST", 0x0200},   {"NTYP3", 0x0300},  {"FLAG8", 0x0080},
    {"FLAG9", 0x0040},  {"FLAG10", 0x0020}, {"FLAG11", 0x0010}, {"SIG0", 0},
    {"SIG1", 1},        {"SIG2", 2},        {"SIG3", 3},        {"SIG4", 4},
    {"SIG5", 5},        {"SIG6", 6},        {"SIG7", 7},        {"SIG8", 8},
    {"SIG9", 9},        {"SIG10", 10},      {"SIG11", 11},      {"SIG12", 12},
    {"SIG13", 13},      {"SIG14", 14},      {"SIG15", 15},
};

constexpr Vocabulary kAlgorithms{
    kAlgorithmWords, 1, "an algorithm: a number from 0 to 255 or a name such as ECDSAP256SHA256"};
constexpr Vocabulary kCertificates{
    kCertificateWords, 2, "a certificate type: a number from 0 to 65535 or a name such as PKIX"};
constexpr Vocabulary kDigests{kDigestWords, 1,
                              "a digest type: a number from 0 to 255 or a name such as SHA-256"};
constexpr Vocabulary kHashes{kHashWords, 1, "a hash algorithm: a number from 0 to 255 or SHA-1"};
constexpr Vocabulary kSchemes{kSchemeWords, 1, "a scheme: a number from 0 to 255 or NOTIFY"};
constexpr Vocabulary kProtocols{kProtocolWords, 1,
                                "a protocol: a number from 0 to 255 or a name such as DNSSEC"};

bool same_ignoring_case(std::string_view text, std::string_view upper) {
  if (text.size() != upper.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i] >= 'a' && text[i] <= 'z' ? char(text[i] - ('a' - 'A')) : text[i];
    if (c != upper[i]) return false;
  }
  return true;
}

std::optional<uint16_t> find_word(std::span<const Mnemonic> words, std::string_view text) {
  for (const Mnemonic& m : words) {
    if (same_ignoring_case(text, m.text)) return m.number;
  }
  return std::nullopt;
}

template <const Vocabulary& vocabulary>
bool parse_mnemonic(TokenReader& tokens, Bytes& out) {
  const TextToken* token = tokens.take();
  if (token == nullptr) return false;
  std::optional<uint64_t> number = find_word(vocabulary.words, token->text);
  if (!number) number = parse_decimal(token->text, vocabulary.octets == 1 ? 255 : 65535);
  if (!number) return tokens.expected(vocabulary.what);
  append_number(out, *number, vocabulary.octets);
  return true;
}

bool decode_certificate_type(WireReader& wire, TextWriter& text) {
  auto number = wire.number(2);
  if (!number) return false;
  for (const Mnemonic& m : kCertificateWords) {
    if (m.number == *number) return text.word(m.text);
  }
  return text.number(*number);
}

// Names joined by '|' (RFC 2535, section 7.1).
std::optional<uint64_t> parse_flag_words(std::string_view text) {
  uint64_t flags = 0;
  for (;;) {
    size_t bar = std::min(text.find('|'), text.size());
    auto word = find_word(kFlagWords, text.substr(0, bar));
    if (!word) return std::nullopt;
    flags |= *word;
    if (bar == text.size()) return flags;
    text.remove_prefix(bar + 1);
  }
}

bool parse_key_flags(TokenReader& tokens, Bytes& out) {
  const TextToken* token = tokens.take();
  if (token == nullptr) return false;
  auto flags = parse_decimal(token->text, 65535);
  if (!flags) flags = parse_flag_words(token->text);
  if (!flags) return tokens.expected("flags: a number from 0 to 65535 or names such as ZONE|SIG0");
  append_number(out, *flags, 2);
  return true;
}

}  // namespace

namespace field {
constinit const FieldKind algorithm{parse_mnemonic<kAlgorithms>, decode_number<1>};
constinit const FieldKind certificate_type{parse_mnemonic<kCertificates>, decode_certificate_type};
constinit const FieldKind digest_type{parse_mnemonic<kDigests>, decode_number<1>};
constinit const FieldKind nsec3_hash{parse_mnemonic<kHashes>, decode_number<1>};
constinit const FieldKind key_flags{parse_key_flags, decode_number<2>};
constinit const FieldKind key_protocol{parse_mnemonic<kProtocols>, decode_number<1>};
constinit const FieldKind notify_scheme{parse_mnemonic<kSchemes>, decode_number<1>};
}  // namespace field

}  // namespace signpost::dns
