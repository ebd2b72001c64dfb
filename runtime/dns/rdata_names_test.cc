// Names inside record data, the canonical form, and what else follows from the table of layouts.
#include <gtest/gtest.h>

#include "dns/rdata.h"
#include "dns/testing_tokens.h"
#include "dns/types.h"

namespace signpost {
namespace {

std::optional<std::vector<uint8_t>> parse(uint16_t type, std::string_view text, std::string& why) {
  return parse_rdata(type, dns::split_tokens(text), Name::parse("example.com.").value(), why);
}

TEST(Rdata, TellsFixedTokens) {
  const std::pair<const char*, unsigned> cases[] = {
      {"A", 1},    {"AAAA", 1},  {"CNAME", 1}, {"MX", 2},       {"SRV", 4},       {"SOA", 7},
      {"CAA", 3},  {"NAPTR", 6}, {"URI", 3},   {"TXT", 0},      {"LOC", 0},       {"DS", 0},
      {"SVCB", 0}, {"HIP", 0},   {"NULL", 0},  {"AMTRELAY", 4}, {"TYPE65280", 0},
  };
  for (const auto& [type, tokens] : cases) {
    EXPECT_EQ(fixed_tokens(parse_type(type).value()), tokens) << type;
  }
  EXPECT_EQ(rdata_syntax(rrtype::mx), "preference exchange");
  EXPECT_EQ(rdata_syntax(65280), "");
}

TEST(Rdata, FindsNames) {
  struct {
    const char *type, *text, *names;
  } const cases[] = {
      {"A", "192.0.2.1", ""},
      {"CNAME", "WWW", "0:WWW.example.com.:c "},
      {"MX", "10 mail", "2:mail.example.com.:c "},
      {"SOA", "ns. admin. 1 2 3 4 5", "0:ns.:c 4:admin.:c "},
      {"SRV", "1 2 3 sip.", "6:sip.: "},
      {"NAPTR", "1 2 \"s\" \"\" \"\" r.", "8:r.: "},
      {"RRSIG", "A 5 3 1 1 1 1 s. AQID", "18:s.: "},
      {"SVCB", "1 t. port=1", "2:t.: "},
      {"IPSECKEY", "1 3 0 g. AQID", "3:g.: "},
      {"HIP", "2 AB AQID r1. r2.", "8:r1.: 12:r2.: "},
      {"DNAME", "d.", "0:d.: "},
      {"TYPE65280", "\\# 3 016100", ""},
  };
  for (const auto& c : cases) {
    uint16_t type = parse_type(c.type).value();
    std::string why, names;
    auto wire = parse(type, c.text, why);
    ASSERT_TRUE(wire) << why;
    EXPECT_TRUE(for_each_name(type, *wire, [&](size_t offset, NameView name, bool compressible) {
      names += std::to_string(offset) + ":" + name.text() + (compressible ? ":c " : ": ");
    })) << c.type;
    EXPECT_EQ(names, c.names) << c.type;
  }
  const uint8_t cut[] = {0, 10, 4, 'm'};
  EXPECT_FALSE(for_each_name(rrtype::mx, cut, [](size_t, NameView, bool) { FAIL(); }));
}

// RFC 4034, section 6.2 lists the types whose names are folded; RFC 6840, section 5.1 takes NSEC
// out and RRSIG in. Types defined later keep their case (RFC 3597, section 7).
TEST(Rdata, HasACanonicalForm) {
  struct {
    const char *type, *text, *canonical;
  } const cases[] = {
      {"NS", "NS1.Example.", "ns1.example."},
      {"CNAME", "A.", "a."},
      {"SOA", "NS. Admin. 1 2 3 4 5", "ns. admin. 1 2 3 4 5"},
      {"PTR", "A.", "a."},
      {"MINFO", "A. B.", "a. b."},
      {"MX", "1 A.", "1 a."},
      {"RP", "A. B.", "a. b."},
      {"AFSDB", "1 A.", "1 a."},
      {"RT", "1 A.", "1 a."},
      {"PX", "1 A. B.", "1 a. b."},
      {"NXT", "A. MX", "a. MX"},
      {"NAPTR", "1 2 \"S\" \"X\" \"\" A.", "1 2 \"S\" \"X\" \"\" a."},
      {"KX", "1 A.", "1 a."},
      {"SRV", "1 2 3 A.", "1 2 3 a."},
      {"DNAME", "A.", "a."},
      {"A6", "128 A.", "128 a."},
      {"RRSIG", "A 5 3 1 1 1 1 S. QUJD", "A 5 3 1 19700101000001 19700101000001 1 s. QUJD"},
      {"SIG", "A 5 3 1 1 1 1 S. QUJD", "A 5 3 1 19700101000001 19700101000001 1 s. QUJD"},
      {"NSEC", "A. MX", "A. MX"},
      {"HINFO", "\"A\" \"B\"", "\"A\" \"B\""},
      {"TXT", "\"A\"", "\"A\""},
      {"SVCB", "1 A.", "1 A."},
      {"HTTPS", "1 A.", "1 A."},
      {"LP", "1 A.", "1 A."},
      {"HIP", "2 AB QUJD A.", "2 AB QUJD A."},
      {"IPSECKEY", "1 3 0 A.", "1 3 0 A."},
      {"AMTRELAY", "1 0 3 A.", "1 0 3 A."},
      {"NSAP-PTR", "A.", "A."},
      {"TALINK", "A. B.", "A. B."},
      {"TYPE65280", "\\# 3 014100", "\\# 3 014100"},
  };
  for (const auto& c : cases) {
    uint16_t type = parse_type(c.type).value();
    std::string why;
    auto wire = parse(type, c.text, why);
    ASSERT_TRUE(wire) << why;
    std::vector<uint8_t> canonical, again;
    EXPECT_TRUE(canonical_rdata(type, *wire, canonical)) << c.type;
    EXPECT_EQ(print_rdata(type, canonical), c.canonical) << c.type;
    EXPECT_TRUE(canonical_rdata(type, canonical, again) && again == canonical) << c.type;
  }
  const std::vector<uint8_t> bad{0, 10, 1, 'A'};
  std::vector<uint8_t> copy;
  EXPECT_FALSE(canonical_rdata(rrtype::mx, bad, copy));
  EXPECT_EQ(copy, bad);
}

TEST(Rdata, TellsWhoseAddressesBelongIntoTheAdditionalSection) {
  const std::pair<const char*, const char*> cases[] = {
      {"NS A.", "A."},         // RFC 1035, section 3.3.11
      {"MX 1 A.", "A."},       // RFC 1035, section 3.3.9
      {"AFSDB 1 A.", "A."},    // RFC 1183, section 1
      {"RT 1 A.", "A."},       // RFC 1183, section 3.3
      {"KX 1 A.", "A."},       // RFC 2230, section 2.2
      {"SRV 1 2 3 A.", "A."},  // RFC 2782
      {"SVCB 1 A.", "A."},     // RFC 9460, section 4.1
      {"HTTPS 1 A.", "A."},    //
      {"CNAME A.", ""},        // followed, not added
      {"SOA A. B. 1 2 3 4 5", ""},
      {"PTR A.", ""},
      {"RP A. B.", ""},
      {"TXT A.", ""},
  };
  for (const auto& [record, names] : cases) {
    const std::string_view text = record;
    const size_t blank = text.find(' ');
    const uint16_t type = parse_type(text.substr(0, blank)).value();
    std::string why, found;
    auto wire = parse(type, text.substr(blank + 1), why);
    ASSERT_TRUE(wire) << why;
    EXPECT_TRUE(for_each_host(type, *wire, [&](NameView name) { found += name.text(); }));
    EXPECT_EQ(found, names) << record;
    EXPECT_EQ(names_hosts(type), *names != 0) << record;
  }
  EXPECT_FALSE(names_hosts(65280)) << "unknown";
}

TEST(Rdata, DoubtsWhatItAccepts) {
  struct {
    const char *type, *text, *doubt;
  } const cases[] = {
      {"TLSA", "3 1 0 00", ""},
      {"TLSA", "3 1 1 00", "association data does not have the length of its type"},
      {"SMIMEA", "3 1 2 00", "association data does not have the length of its type"},
      {"SSHFP", "1 1 00", "fingerprint does not have the length of its type"},
      {"SSHFP", "1 9 00", ""},
      {"ZONEMD", "1 1 1 000102030405060708090A0B",
       "digest does not have the length of its algorithm"},
      {"URI", "1 1 \"\"", "target is empty"},
      {"URI", "1 1 \"a:b\"", ""},
      {"APL", "1:192.0.2.0/24 !2:2001:db8::/128 1:0.0.0.0/32", ""},
      {"APL", "\\# 11 00012003C00002 00012100", "prefix is longer than an address of its family"},
      {"APL", "\\# 4 00028100", "prefix is longer than an address of its family"},
      {"APL", "\\# 9 0001208501 02030405", "address is longer than those of its family"},
      {"APL", "\\# 7 00011803C00200", "address ends in zero octets, which are left out"},
      {"APL", "\\# 9 0002108520010DB800", "address ends in zero octets, which are left out"},
      {"APL", "\\# 7 00031883C00200", ""},  // another family
      {"A", "192.0.2.1", ""},
  };
  for (const auto& c : cases) {
    uint16_t type = parse_type(c.type).value();
    std::string why;
    auto wire = parse(type, c.text, why);
    ASSERT_TRUE(wire) << c.text << ": " << why;
    const char* doubt = rdata_doubt(type, *wire);
    EXPECT_STREQ(doubt != nullptr ? doubt : "", c.doubt) << c.type << " " << c.text;
  }
}

}  // namespace
}  // namespace signpost
