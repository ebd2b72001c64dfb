// What record data says when it is wrong, for every type.
#include <gtest/gtest.h>

#include "dns/base_encoding.h"
#include "dns/rdata.h"
#include "dns/testing_tokens.h"
#include "dns/types.h"

namespace signpost {
namespace {

struct BadText {
  const char *type, *text, *why;
};

const BadText kBadText[] = {
    {"A", "", "A: address missing, expected: address"},
    {"A", "1.2.3", "A address: found '1.2.3', expected an IPv4 address"},
    {"A", "::1", "A address: found '::1', expected an IPv4 address"},
    {"A", "1.2.3.4 5", "A: found '5', expected the record to end after: address"},
    {"AAAA", "1.2.3.4", "AAAA address: found '1.2.3.4', expected an IPv6 address"},
    {"NS", "a..b",
     "NS nsdname: found 'a..b', expected a domain name: empty label (two dots in a "
     "row, or a dot in front)"},
    {"CNAME", "a b", "CNAME: found 'b', expected the record to end after: cname"},
    {"SOA", "a. b. 1 2 3 4",
     "SOA: minimum missing, expected: mname rname serial refresh retry "
     "expire minimum"},
    {"SOA", "a. b. 1h 2 3 4 5", "SOA serial: found '1h', expected a number from 0 to 4294967295"},
    {"SOA", "a. b. 1 2x 3 4 5",
     "SOA refresh: found '2x', expected a time such as 3600 or 1h30m, "
     "at most 4294967295 seconds"},
    {"MX", "mail.", "MX preference: found 'mail.', expected a number from 0 to 65535"},
    {"MX", "65536 mail.", "MX preference: found '65536', expected a number from 0 to 65535"},
    {"MX", "10", "MX: exchange missing, expected: preference exchange"},
    {"TXT", "", "TXT: text missing, expected: text"},
    {"TXT", "\"a\\300\"",
     "TXT text: found 'a\\300', expected escapes \\X, or \\DDD from \\000 to "
     "\\255"},
    {"HINFO", "a", "HINFO: os missing, expected: cpu os"},
    {"X25", "12a4", "X25 psdn-address: found '12a4', expected four or more digits"},
    {"SRV", "1 2 65536 a.", "SRV port: found '65536', expected a number from 0 to 65535"},
    {"NAPTR", "1 2 a b c",
     "NAPTR: replacement missing, expected: order preference flags service "
     "regexp replacement"},
    {"CERT", "PKX 1 1 AQID",
     "CERT type: found 'PKX', expected a certificate type: a number from 0 "
     "to 65535 or a name such as PKIX"},
    {"CERT", "PKIX 1 1 AQI",
     "CERT certificate: found 'AQI', expected base64 data, padded with '=' "
     "to a multiple of four characters"},
    {"APL", "1:192.0.2.0",
     "APL prefixes: found '1:192.0.2.0', expected a prefix such as "
     "1:192.0.2.0/24 or !2:2001:db8::/32"},
    {"APL", "1:192.0.2.0/33",
     "APL prefixes: found '1:192.0.2.0/33', expected a prefix such as "
     "1:192.0.2.0/24 or !2:2001:db8::/32"},
    {"DS", "1 5 1 AB", "DS digest does not have the length of its type"},
    {"DS", "1 FOO 1 AB",
     "DS algorithm: found 'FOO', expected an algorithm: a number from 0 to 255 "
     "or a name such as ECDSAP256SHA256"},
    {"DS", "1 5 9 ABC", "DS digest: found 'ABC', expected an even number of hexadecimal digits"},
    {"IPSECKEY", "1 4 0 .",
     "IPSECKEY gateway-type: found '4', expected 0 (none), 1 (IPv4), 2 "
     "(IPv6) or 3 (name)"},
    {"IPSECKEY", "1 0 0 a.",
     "IPSECKEY gateway: found 'a.', expected '.', as the type says there "
     "is none"},
    {"AMTRELAY", "1 2 0 .",
     "AMTRELAY discovery type: found '2', expected 0 or 1 (whether "
     "discovery is optional)"},
    {"RRSIG", "A 5 3 1 20031322173103 0 1 a. AQID",
     "RRSIG expiration: found '20031322173103', expected a time as YYYYMMDDHHmmSS, from 1970 on"},
    {"RRSIG", "B 5",
     "RRSIG type-covered: found 'B', expected a record type such as A or TYPE65280"},
    {"NSEC", "a. A FOO", "NSEC types: found 'FOO', expected a record type such as A or TYPE65280"},
    {"NSEC3", "1 0 1 abc",
     "NSEC3 salt: found 'abc', expected an even number of hexadecimal digits "
     "or '-'"},
    {"NSEC3", "1 0 1 - W", "NSEC3 next: found 'W', expected a hash in base32hex without padding"},
    {"HIP", "2 XY AQID",
     "HIP algorithm tag key: found 'XY', expected a host identity tag in "
     "hexadecimal, at most 255 octets"},
    {"ZONEMD", "1 1 240 0001", "ZONEMD digest is shorter than 12 octets"},
    {"NID", "1 0014:4fff:ff20",
     "NID node-id: found '0014:4fff:ff20', expected 4 groups of 4 "
     "hexadecimal digits joined by ':'"},
    {"EUI48", "00:00:5e:00:53:2a",
     "EUI48 address: found '00:00:5e:00:53:2a', expected 6 groups of "
     "2 hexadecimal digits joined by '-'"},
    {"CAA", "0 is-sue x",
     "CAA tag: found 'is-sue', expected a tag of letters and digits, such as "
     "issue"},
    {"CAA", "256 issue x", "CAA flags: found '256', expected a number from 0 to 255"},
    {"LOC", "91 N 0 E 0",
     "LOC latitude longitude altitude: found '91', expected degrees, minutes "
     "and seconds followed by N or S"},
    {"LOC", "90 1 N 0 E 0",
     "LOC latitude longitude altitude: found 'N', expected degrees, minutes "
     "and seconds followed by N or S"},
    {"LOC", "0 N 0 60 E 0",
     "LOC latitude longitude altitude: found '60', expected degrees, "
     "minutes and seconds followed by E or W"},
    {"LOC", "0 N 0 E 0 1m 1m 1m 1m",
     "LOC: found '1m', expected the record to end after: latitude "
     "longitude altitude"},
    {"SVCB", "1 . port=x", "SVCB parameters: found 'port=x', expected a port from 0 to 65535"},
    {"SVCB", "1 . prot=1",
     "SVCB parameters: found 'prot=1', expected a service parameter: "
     "mandatory, alpn, no-default-alpn, port, ipv4hint, ech, ipv6hint, "
     "dohpath, ohttp or keyNNNNN"},
    // RFC 9460, appendix D.3.
    {"SVCB", "1 . key123=abc key123=def",
     "SVCB parameters: found 'key123=def', expected each "
     "service parameter once"},
    {"SVCB", "1 . mandatory",
     "SVCB parameters: found 'mandatory', expected the keys of other "
     "parameters, each once, as in alpn,port"},
    {"SVCB", "1 . alpn",
     "SVCB parameters: found 'alpn', expected protocol names joined by commas, "
     "as in h2,h3"},
    {"SVCB", "1 . port", "SVCB parameters: found 'port', expected a port from 0 to 65535"},
    {"SVCB", "1 . no-default-alpn=abc",
     "SVCB parameters: found 'no-default-alpn=abc', expected no "
     "value"},
    {"SVCB", "1 . mandatory=key123",
     "SVCB parameters: mandatory lists a parameter that is not "
     "there"},
    {"SVCB", "1 . mandatory=mandatory",
     "SVCB parameters: found 'mandatory=mandatory', expected "
     "the keys of other parameters, each once, as in alpn,port"},
    {"SVCB", "1 . mandatory=key123,key123 key123=abc",
     "SVCB parameters: found 'mandatory=key123,key123', expected the keys of other parameters, "
     "each once, as in alpn,port"},
    {"SVCB", "1 . no-default-alpn", "SVCB parameters: no-default-alpn needs alpn beside it"},
    // RFC 9460, section 2.1: by number the value is the wire form, without leading zeros.
    {"SVCB", "1 . key3=443",
     "SVCB parameters: found 'key3=443', expected the wire form of port, as it is written by "
     "number"},
    {"SVCB", "1 . key0667=x",
     "SVCB parameters: found 'key0667=x', expected a service parameter: mandatory, alpn, "
     "no-default-alpn, port, ipv4hint, ech, ipv6hint, dohpath, ohttp or keyNNNNN"},
    {"WKS", "192.0.2.1 tpc 25",
     "WKS protocol: found 'tpc', expected a protocol: a number from 0 to 255, tcp or udp"},
    {"WKS", "192.0.2.1 6 65536",
     "WKS ports: found '65536', expected a port: a number from 0 to 65535 or a name such as smtp"},
    {"NSAP", "47.0005",
     "NSAP address: found '47.0005', expected an address such as "
     "0x47.0005.80.0000"},
    {"NSAP", "0x", "NSAP address: found '0x', expected an address such as 0x47.0005.80.0000"},
    {"ATMA", "+12a",
     "ATMA address: found '+12a', expected an ATM address: hexadecimal digits, or + "
     "and decimal digits"},
    {"A6", "129 ::1 a.",
     "A6 prefix-length suffix prefix-name: found '129', expected a prefix "
     "length from 0 to 128"},
    {"A6", "64 ::1", "A6 prefix-length suffix prefix-name: missing"},
    {"A6", "0 ::1 a.",
     "A6: found 'a.', expected the record to end after: prefix-length suffix "
     "prefix-name"},
    {"NXT", "a. TYPE128",
     "NXT types: found 'TYPE128', expected a record type from 1 to 127, such "
     "as A"},
    {"KEY", "ZONE|SEP 3 8 AQID",
     "KEY flags: found 'ZONE|SEP', expected flags: a number from 0 to "
     "65535 or names such as ZONE|SIG0"},
    {"DNSKEY", "256 DNSEC 8 AQID",
     "DNSKEY protocol: found 'DNSEC', expected a protocol: a number "
     "from 0 to 255 or a name such as DNSSEC"},
    {"TYPE65280", "1.2.3.4",
     "TYPE65280: data of this type can only be written as \\# LENGTH HEX "
     "(RFC 3597)"},
    {"TYPE65280", "\\#", "TYPE65280: length after \\# missing"},
    {"TYPE65280", "\\# 2 AB", "TYPE65280: \\# announces 2 octets, found 1"},
    {"TYPE65280", "\\# 1 XY",
     "TYPE65280: data after \\# is not an even number of hexadecimal "
     "digits"},
    {"A", "\\# 3 0a0000", "A: the octets after \\# are no data of this type"},
};

TEST(Rdata, SaysWhatIsWrong) {
  for (const BadText& c : kBadText) {
    std::string why;
    uint16_t type = parse_type(c.type).value();
    EXPECT_FALSE(parse_rdata(type, dns::split_tokens(c.text), NameView(), why))
        << c.type << " " << c.text;
    EXPECT_EQ(why, c.why);
  }
}

TEST(Rdata, RefusesLongStringsAndData) {
  std::string why;
  EXPECT_TRUE(parse_rdata(rrtype::txt, dns::split_tokens(std::string(255, 'a')), NameView(), why))
      << why;
  EXPECT_FALSE(parse_rdata(rrtype::txt, dns::split_tokens(std::string(256, 'a')), NameView(), why));
  EXPECT_NE(why.find("at most 255 octets"), why.npos) << why;
  std::string many;
  for (int i = 0; i < 255; ++i) many += std::string(255, 'a') + " ";
  EXPECT_TRUE(parse_rdata(rrtype::txt, dns::split_tokens(many), NameView(), why)) << why;
  EXPECT_FALSE(
      parse_rdata(rrtype::txt, dns::split_tokens(many + std::string(255, 'a')), NameView(), why));
  EXPECT_EQ(why, "TXT: data longer than 65535 octets");
}
struct BadWire {
  const char *type, *hex, *rule;
};

TEST(Rdata, RefusesMalformedWire) {
  const BadWire cases[] = {
      {"A", "C00002", "short"},
      {"A", "C000020100", "left over"},
      {"NS", "", "no name"},
      {"NS", "0161", "name without end"},
      {"NS", "C00C", "compression pointer"},
      {"MX", "000A", "no name"},
      {"TXT", "", "no string"},
      {"TXT", "0261", "string beyond the end"},
      {"CAA", "000061", "empty tag"},
      {"CAA", "00012D61", "tag character"},
      {"APL", "000118", "no length of the address"},
      {"APL", "00011802C0", "address beyond the end"},
      {"NSEC", "00000100", "trailing zero octet"},
      {"NSEC", "0000", "window without length"},
      {"NSEC",
       "00000101000101"
       "0101"
       "01",
       "windows out of order"},
      {"NSEC3",
       "0100000000"
       "00",
       "empty hash"},
      {"IPSECKEY", "0A0100C00002", "short gateway"},
      {"IPSECKEY", "0A04", "no algorithm"},
      {"AMTRELAY", "0A", "no type"},
      {"AMTRELAY", "0A81C00002", "short relay"},
      {"LOC", "", "no version"},
      {"LOC", "001216138000000080000000009896", "short"},
      {"LOC", "0012161380000000800000000098968000", "left over"},
      {"SVCB",
       "00010000030001"
       "35",
       "port length"},
      {"SVCB",
       "000100000300020035"
       "0001"
       "0003026832",
       "keys out of order"},
      {"SVCB", "0001000001000402683200", "empty protocol name"},
      {"HIP", "00020000", "empty tag and key"},
      {"NXT", "00C0", "type 0 (RFC 2535, section 5.2)"},
      {"NXT", "004000", "trailing zero octet"},
      {"A6", "40FF", "short suffix"},
      {"A6", "7C1F00", "bits of the prefix"},
      {"A6", "8100", "prefix length"},
      {"ATMA", "0212", "format"},
      {"ATMA", "0161", "digits"},
      {"NSAP", "", "empty"},
      {"ZONEMD", "00000001010100", "short digest (RFC 8976, section 2.2.4)"},
  };
  for (const BadWire& c : cases) {
    std::vector<uint8_t> wire;
    ASSERT_TRUE(dns::append_hex(wire, c.hex));
    uint16_t type = parse_type(c.type).value();
    EXPECT_FALSE(valid_rdata(type, wire)) << c.type << " " << c.hex << ": " << c.rule;
    EXPECT_TRUE(print_rdata(type, wire).starts_with("\\# ")) << c.type << ": " << c.rule;
  }
}

// Data that is well formed, or that nobody knows the form of, but that the text of its type cannot
// say: served as it is, and printed as RFC 3597 has it.
TEST(Rdata, TakesDataWithoutText) {
  const BadWire cases[] = {
      {"APL", "00030000", "unknown family (RFC 3123, section 4)"},
      {"APL", "000118020A00", "trailing zero octet"},
      {"APL", "0001210101", "prefix length"},
      {"APL", "000118050A01020304", "more octets than the family has"},
      {"LOC", "01121613800000008000000000989680", "version (RFC 1876, section 2)"},
      {"LOC", "01020304", "a short form of another version"},
      {"LOC", "00A21613800000008000000000989680", "mantissa"},
      {"LOC", "00011613800000008000000000989680", "zero with an exponent"},
      {"LOC", "00121613FFFFFFFF8000000000989680", "latitude"},
      {"IPSECKEY", "0A0402", "gateway type"},
      {"IPSECKEY", "0A04020102", "gateway type, with a key"},
      {"IPSECKEY", "0A8302FF", "gateway type that looks like a name in seven bits"},
      {"AMTRELAY", "0A04", "relay type"},
      {"AMTRELAY", "0A8401FF", "relay type and discovery"},
  };
  for (const BadWire& c : cases) {
    const uint16_t type = parse_type(c.type).value();
    std::vector<uint8_t> wire;
    ASSERT_TRUE(dns::append_hex(wire, c.hex));
    const std::string text = "\\# " + std::to_string(wire.size()) + " " + dns::hex_text(wire);
    std::string why;
    EXPECT_EQ(parse_rdata(type, dns::split_tokens(text), NameView(), why), wire) << c.rule << why;
    EXPECT_EQ(print_rdata(type, wire), text) << c.type << ": " << c.rule;
  }
}

}  // namespace
}  // namespace signpost
