#include "dns/rdata.h"

#include <gtest/gtest.h>

#include <random>

#include "dns/base_encoding.h"
#include "dns/name_text.h"
#include "dns/testing_tokens.h"
#include "dns/types.h"

namespace signpost {
namespace {

Name origin() { return Name::parse("example.com.").value(); }

std::optional<std::vector<uint8_t>> parse(uint16_t type, std::string_view text, std::string& why) {
  return parse_rdata(type, dns::split_tokens(text), origin(), why);
}

struct WireCase {
  const char *type, *text, *hex, *printed;  // printed null: the same as text
};

// Wire forms as the RFCs give them, or counted by hand from their field lists.
const WireCase kWire[] = {
    {"A", "192.0.2.1", "C0000201", nullptr},
    {"AAAA", "2001:db8::1", "20010DB8000000000000000000000001", nullptr},
    {"AAAA", "::ffff:192.0.2.1", "00000000000000000000FFFFC0000201", nullptr},
    {"NS", "ns1", "036E7331076578616D706C6503636F6D00", "ns1.example.com."},
    {"CNAME", "@", "076578616D706C6503636F6D00", "example.com."},
    {"CNAME", "WWW.", "0357575700", "WWW."},  // RFC 4343: case is kept
    {"PTR", "a\\.b.", "03612E6200", nullptr},
    {"DNAME", ".", "00", nullptr},
    {"SOA", "ns. admin. 2024010101 1h 15m 2w 300",
     "026E73000561646D696E0078A3F17500000E100000038400127500"
     "0000012C",
     "ns. admin. 2024010101 3600 900 1209600 300"},
    {"HINFO", "\"a b\" Linux", "03612062054C696E7578", "\"a b\" \"Linux\""},
    {"MINFO", "a. b.", "016100016200", nullptr},
    {"MX", "10 mail.", "000A046D61696C00", nullptr},
    {"TXT", "\"v=spf1 -all\" \"\"", "0B763D73706631202D616C6C00", nullptr},
    {"TXT", "a\\\"b\\\\c\\200\\010", "076122625C63C80A", "\"a\\\"b\\\\c\\200\\010\""},
    {"RP", "a. .", "01610000", nullptr},
    {"AFSDB", "1 db.",
     "00010264620"
     "0",
     nullptr},
    {"X25", "\"311061700956\"", "0C333131303631373030393536", nullptr},
    {"ISDN", "\"150862028003217\" \"004\"",
     "0F3135303836323032383030333231370330"
     "3034",
     nullptr},
    {"ISDN", "\"1\"", "0131", nullptr},
    {"RT", "2 r.", "0002017200", nullptr},
    {"PX", "50 a. b.", "0032016100016200", nullptr},
    {"SRV", "1 2 5060 sip.", "0001000213C40373697000", nullptr},
    {"NAPTR", "100 50 \"s\" \"z3950\" \"!^.*$!a!\" .",
     "00640032"
     "0173"
     "057A33393530"
     "08215E2E2A24216121"
     "00",
     nullptr},
    {"KX", "1 k.", "0001016B00", nullptr},
    {"CERT", "PKIX 1 RSASHA1 AQID", "0001000105010203", "PKIX 1 5 AQID"},
    {"CERT", "65535 0 0 AA==", "FFFF00000000", nullptr},
    // RFC 3123, section 4.
    {"APL", "1:192.168.32.0/21 !1:192.168.38.0/28", "00011503C0A82000011C83C0A826", nullptr},
    {"APL", "1:224.0.0.0/4 2:ff00::/8", "00010401E000020801FF", nullptr},
    {"APL", "", "", nullptr},
    // RFC 4034, section 5.4.
    {"DS", "60485 5 1 ( 2BB183AF5F22588179A5 3B0A98631FAD1A292118 )",
     "EC450501"
     "2BB183AF5F22588179A53B0A98631FAD1A292118",
     "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118"},
    {"CDS", "0 0 0 00", "0000000000", nullptr},
    {"SSHFP", "2 1 123456789abcdef67890123456789abcdef67890",
     "0201123456789ABCDEF67890123456789ABCDEF67890",
     "2 1 123456789ABCDEF67890123456789ABCDEF67890"},
    // RFC 4025, section 3.2.
    {"IPSECKEY", "10 1 2 192.0.2.38 AQNR", "0A0102C0000226010351", nullptr},
    {"IPSECKEY", "10 0 2 . AQNR", "0A0002010351", nullptr},
    {"IPSECKEY", "10 3 0 gw.", "0A030002677700", nullptr},
    {"IPSECKEY", "10 2 0 2001:db8::1", "0A020020010DB8000000000000000000000001", nullptr},
    // RFC 4034, section 3.3 (times) with a short signature.
    {"RRSIG", "A 5 3 86400 20030322173103 20030220173103 2642 example.com. AQID",
     "0001050300015180"
     "3E7C9DD7"
     "3E5510D7"
     "0A52"
     "076578616D706C6503636F6D00"
     "010203",
     nullptr},
    // RFC 4034, section 4.3.
    {"NSEC", "host.example.com. A MX RRSIG NSEC TYPE1234",
     "04686F7374076578616D706C6503636F6D00"
     "0006400100000003"
     "041B"
     "0000000000000000000000000000"
     "00000000000000000000000020",
     nullptr},
    {"DNSKEY", "256 3 5 AQID", "01000305010203", nullptr},
    {"CDNSKEY", "0 3 DELETE AA==", "0000030000", "0 3 0 AA=="},
    {"DHCID", "AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=",
     "000201636FC0B8271C82825BB1AC5C41CF5351AA69B4FEBD94E8F17CDB95000DA48C40", nullptr},
    // RFC 5155, appendix A.
    {"NSEC3", "1 1 12 aabbccdd 2t7b4g4vsa5smi47k61mv5bv1a22bojr MX DNSKEY NS SOA NSEC3PARAM RRSIG",
     "0101000C04AABBCCDD14174EB2409FE28BCB4887A1836F957F0A8425E27B"
     "00072201000000"
     "0290",
     "1 1 12 AABBCCDD 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR NS SOA MX RRSIG DNSKEY NSEC3PARAM"},
    {"NSEC3PARAM", "1 0 0 -", "0100000000", nullptr},
    {"TLSA", "3 1 0 ABCD", "030100ABCD", nullptr},
    {"SMIMEA", "0 0 0 00", "00000000", nullptr},
    {"HIP", "2 200100107B1A74DF365639CC39F1D578 AQID rvs.",
     "10020003200100107B1A74DF365639CC39F1D578010203"
     "0372767300",
     nullptr},
    {"OPENPGPKEY", "AQID BAUG", "010203040506", "AQIDBAUG"},
    // RFC 7477, section 2.1.1.
    {"CSYNC", "66 3 A NS AAAA",
     "0000004200030004600000"
     "08",
     nullptr},
    {"ZONEMD", "1 1 240 000102030405060708090A0B", "0000000101F0000102030405060708090A0B", nullptr},
    {"SPF", "\"v\"", "0176", nullptr},
    // RFC 6742, sections 2.1.3 to 2.4.3.
    {"NID", "10 0014:4fff:ff20:ee64", "000A00144FFFFF20EE64", nullptr},
    {"L32", "10 10.1.2.0", "000A0A010200", nullptr},
    {"L64", "10 2001:0DB8:1140:1000", "000A20010DB811401000", "10 2001:0db8:1140:1000"},
    {"LP", "10 l.", "000A016C00", nullptr},
    // RFC 7043, sections 3.2 and 4.2.
    {"EUI48", "00-00-5e-00-53-2a", "00005E00532A", nullptr},
    {"EUI64", "00-00-5e-ef-10-00-00-2a", "00005EEF1000002A", nullptr},
    {"URI", "10 1 \"ftp://f\"", "000A00016674703A2F2F66", nullptr},
    {"CAA", "0 issue \"ca.example.net; a=b\"",
     "0005697373756563612E6578616D706C652E6E65743B20613D62", nullptr},
    {"CAA", "128 tbs Unknown", "8003746273556E6B6E6F776E", "128 tbs \"Unknown\""},
    {"CAA", "0 issue \"\"", "00056973737565", nullptr},
    // RFC 8777, section 4.3.
    {"AMTRELAY", "10 0 1 203.0.113.15", "0A01CB00710F", nullptr},
    {"AMTRELAY", "128 1 3 amt.", "808303616D7400", nullptr},
    {"AMTRELAY", "10 0 0 .", "0A00", nullptr},
    // RFC 1876, section 4 and its defaults.
    {"LOC", "42 21 54 N 71 06 18 W -24m 30m",
     "00331613"
     "89172DD0"
     "70BE15F0"
     "00988D20",
     "42 21 54.000 N 71 6 18.000 W -24.00m 30m 10000m 10m"},
    {"LOC", "0 N 0 E 0",
     "001216138000000080000000009896"
     "80",
     "0 0 0.000 N 0 0 0.000 E 0.00m 1m 10000m 10m"},
    {"LOC", "90 0 0.000 S 180 0 0.000 W -100000.00m 0m 90000000m 0.05m",
     "0000995"
     "06CB02700"
     "59604E00"
     "00000000",
     "90 0 0.000 S 180 0 0.000 W -100000.00m 0m 90000000m 0.05m"},
    // RFC 9460, appendix D.
    {"HTTPS", "0 foo.example.com.", "000003666F6F076578616D706C6503636F6D00", nullptr},
    {"SVCB", "1 .", "000100", nullptr},
    {"SVCB", "16 foo.example.com. port=53",
     "001003666F6F076578616D706C6503636F6D000003000200"
     "35",
     nullptr},
    {"SVCB", "1 foo.example.com. key667=hello",
     "000103666F6F076578616D706C6503636F6D00029B000568656C6C6F",
     "1 foo.example.com. key667=\"hello\""},
    {"SVCB", "1 foo.example.com. key667=\"hello\\210qoo\"",
     "000103666F6F076578616D706C6503636F6D00029B000968656C6C6FD2716F6F", nullptr},
    {"SVCB", "1 foo.example.com. ipv6hint=\"2001:db8::1,2001:db8::53:1\"",
     "000103666F6F076578616D706C6503636F6D0000060020"
     "20010DB8000000000000000000000001"
     "20010DB8000000000000000000530001",
     "1 foo.example.com. ipv6hint=2001:db8::1,2001:db8::53:1"},
    {"SVCB", "16 foo.example.org. alpn=h2,h3-19 mandatory=ipv4hint,alpn ipv4hint=192.0.2.1",
     "001003666F6F076578616D706C65036F7267000000000400010004000100090268320568332D3139"
     "00040004C0000201",
     "16 foo.example.org. mandatory=alpn,ipv4hint alpn=\"h2,h3-19\" ipv4hint=192.0.2.1"},
    {"SVCB", "16 foo.example.org. alpn=\"f\\\\\\\\oo\\\\,bar,h2\"",
     "001003666F6F076578616D706C65036F726700000100"
     "0C"
     "08665C6F6F2C626172"
     "026832",
     nullptr},
    {"SVCB", "16 foo.example.org. alpn=f\\\\\\092oo\\092,bar,h2",
     "001003666F6F076578616D706C65036F726700000100"
     "0C"
     "08665C6F6F2C626172"
     "026832",
     "16 foo.example.org. alpn=\"f\\\\\\\\oo\\\\,bar,h2\""},
    {"SVCB", "1 . alpn=h2 no-default-alpn ech=AQID dohpath=/q{?dns} ohttp",
     "000100"
     "00010003026832"
     "00020000"
     "00050003010203"
     "000700082F717B3F646E737D"
     "00080000",
     "1 . alpn=\"h2\" no-default-alpn ech=AQID dohpath=\"/q{?dns}\" ohttp"},
    // RFC 9460, section 2.1: parameters by number have their wire form as value.
    {"SVCB", "1 . key1=\\002h2 key3=\\001\\187", "000100000100030268320003000201BB",
     "1 . alpn=\"h2\" port=443"},
    {"SVCB", "1 . key2 key1=\\002h2",
     "000100000100030268320002"
     "0000",
     "1 . alpn=\"h2\" no-default-alpn"},
    // RFC 1035, section 3.4.2.
    {"WKS", "192.0.2.1 TCP smtp 80 7", "C0000201060100004000000000000080", "192.0.2.1 6 7 25 80"},
    {"WKS", "192.0.2.1 17", "C000020111", nullptr},
    {"WKS", "\\# 6 C00002010600", "C00002010600", nullptr},
    // RFC 1706, section 7.
    {"NSAP", "0x47.0005.80.005a00.0000.0001.e133.ffffff000161.00",
     "47000580005A0000000001E133FFFFFF00016100", "0x47000580005A0000000001E133FFFFFF00016100"},
    {"NSAP-PTR", "a.", "016100", nullptr},
    {"EID", "E32C 6F78", "E32C6F78", "E32C6F78"},
    {"NIMLOC", "32251a03", "32251A03", "32251A03"},
    {"ATMA", "39.246f", "0039246F", "39246F"},
    {"ATMA", "+61200000000", "013631323030303030303030", nullptr},
    // RFC 2874, section 3.1.
    {"A6", "0 2001:db8::1", "0020010DB8000000000000000000000001", nullptr},
    {"A6", "64 ::1234:5678:9abc:def0 p.", "40123456789ABCDEF0017000", nullptr},
    {"A6", "61 ffff:ffff:ffff:ffff::1 p.",
     "3D070000000000000001"
     "017000",
     "61 ::7:0:0:0:1 p."},
    {"A6", "128 p.", "80017000", nullptr},
    // RFC 2535, sections 5.2 and 7.1.
    {"NXT", "b. A NS TYPE127 NXT",
     "016200600000020000000000000000000000"
     "01",
     "b. A NS NXT TYPE127"},
    {"NXT", "b.", "016200", nullptr},
    {"KEY", "NOKEY NONE 0", "C0000000", "49152 0 0"},
    {"KEY", "ZONE|SIG1 DNSSEC RSASHA256 AQID", "01010308010203", "257 3 8 AQID"},
    {"SIG", "A 1 3 3600 20010101000000 20000101000000 1 a. AQID",
     "0001010300000E103A4FC880386D43800001"
     "016100"
     "010203",
     nullptr},
    {"DNSKEY", "257 dnssec ED25519 AQID", "0101030F010203", "257 3 15 AQID"},
    {"DS", "1 8 sha-256 00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF",
     "00010802"
     "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF",
     "1 8 2 00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF"},
    {"NSEC3PARAM", "SHA-1 0 1 -", "0100000100", "1 0 1 -"},
    // RFC 4034, section 3.1.5: times are taken modulo 2^32.
    {"RRSIG", "A 5 1 60 21070101000000 2147483648 1 a. AQID",
     "00010501"
     "0000003C"
     "01B01100"
     "80000000"
     "0001"
     "016100"
     "010203",
     "A 5 1 60 19701124173144 20380119031408 1 a. AQID"},
    {"DOA", "0 1 2 \"text/plain\" AQID",
     "00000000"
     "00000001"
     "02"
     "0A746578742F706C61696E"
     "010203",
     nullptr},
    {"DOA", "0 1 2 \"\" -",
     "00000000"
     "00000001"
     "02"
     "00",
     nullptr},
    {"SINK", "1 2 3 AQID", "010203010203", nullptr},
    {"RKEY", "0 255 1 AQID", "0000FF01010203", nullptr},
    {"TALINK", "a. b.", "016100016200", nullptr},
    {"NINFO", "\"a\" \"b\"", "01610162", nullptr},
    {"AVC", "\"a\"", "0161", nullptr},
    {"GPOS", "\"-32.6882\" \"116.8652\" \"10.0\"",
     "082D33322E36383832"
     "083131362E38363532"
     "0431302E30",
     nullptr},
    {"MD", "a.", "016100", nullptr},
    {"MR", "a.", "016100", nullptr},
    {"NID", "10 14:4fff:0:ee64", "000A00144FFF0000EE64", "10 0014:4fff:0000:ee64"},
    {"TLSA", "3 1 1 00", "03010100", nullptr},  // four readers of four take any length
    {"DSYNC", "CDS 1 5359 scanner.", "003B0114EF077363616E6E657200", nullptr},
    {"DSYNC", "CDS notify 5359 scanner.", "003B0114EF077363616E6E657200", "CDS 1 5359 scanner."},
    {"TA", "1 8 9 0011", "000108090011", nullptr},
    {"UNSPEC", "\\# 1 00", "00", nullptr},
    // RFC 3597: data of any type.
    {"TYPE65280", "\\# 0", "", nullptr},
    {"TYPE65280", "\\# 3 AB cdEF", "ABCDEF", "\\# 3 ABCDEF"},
    {"A", "\\# 4 0a000001", "0A000001", "10.0.0.1"},
    {"TXT", "\"\\#\"", "0123", "\"#\""},
    {"NULL", "\\# 1 00", "00", nullptr},
};

TEST(Rdata, ParsesToWireAndPrintsBack) {
  for (const WireCase& c : kWire) {
    SCOPED_TRACE(std::string(c.type) + " " + c.text);
    uint16_t type = parse_type(c.type).value();
    std::string why;
    auto wire = parse(type, c.text, why);
    ASSERT_TRUE(wire) << why;
    EXPECT_EQ(dns::hex_text(*wire), c.hex);
    EXPECT_TRUE(valid_rdata(type, *wire));
    std::string printed = print_rdata(type, *wire);
    EXPECT_EQ(printed, c.printed != nullptr ? c.printed : c.text);
    EXPECT_EQ(parse(type, printed, why), wire) << why;
  }
}

// Every prefix and many mutations of every good datum: whatever is called valid must survive the
// way through text unchanged.
TEST(Rdata, SurvivesMutation) {
  std::mt19937 random(20240607);
  for (const WireCase& c : kWire) {
    uint16_t type = parse_type(c.type).value();
    std::vector<uint8_t> good;
    ASSERT_TRUE(dns::append_hex(good, c.hex));
    for (int round = 0; round < 300; ++round) {
      std::vector<uint8_t> wire = good;
      if (round <= int(good.size())) wire.resize(size_t(round));
      if (!wire.empty()) wire[random() % wire.size()] = uint8_t(random());
      std::string why, text = print_rdata(type, wire);
      if (!valid_rdata(type, wire)) continue;
      auto again = parse(type, text, why);
      ASSERT_TRUE(again) << c.type << " " << text << ": " << why;
      EXPECT_EQ(print_rdata(type, *again), text);
      EXPECT_EQ(*again, wire) << c.type << " " << text;
    }
  }
}

}  // namespace
}  // namespace signpost
