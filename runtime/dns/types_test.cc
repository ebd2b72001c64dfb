#include "dns/types.h"

#include <gtest/gtest.h>

#include "dns/base_encoding.h"
#include "dns/ttl.h"

namespace signpost {
namespace {

TEST(Types, GoBothWays) {
  for (std::string_view mnemonic : type_mnemonics()) {
    auto type = parse_type(mnemonic);
    ASSERT_TRUE(type) << mnemonic;
    EXPECT_EQ(type_text(*type), mnemonic);
    EXPECT_EQ(type_mnemonic(*type), mnemonic);
    EXPECT_EQ(parse_type("TYPE" + std::to_string(*type)), type);
  }
  EXPECT_EQ(parse_type("nsec3param"), rrtype::nsec3param);
  EXPECT_EQ(parse_type("type65280"), 65280);
  EXPECT_EQ(type_text(65280), "TYPE65280");
  EXPECT_EQ(type_mnemonic(65280), "");
  for (const char* text :
       {"", "TYPE", "TYPE65536", "TYPE-1", "TYPE1x", "B", "AAAAA", "ALONGWORDTHATNOTYPEIS", " A"}) {
    EXPECT_FALSE(parse_type(text)) << text;
  }
}

TEST(Types, KnowWhatCanStandInAZone) {  // RFC 6895, section 3.1
  for (uint16_t type :
       {rrtype::a, rrtype::any, rrtype::axfr, rrtype::opt, rrtype::tsig, rrtype::caa, rrtype::dlv,
        uint16_t(0), uint16_t(127), uint16_t(128), uint16_t(255), uint16_t(256)}) {
    bool data = type == 1 || type == 257 || type == 32769 || type == 127 || type == 256;
    EXPECT_EQ(is_data_type(type), data) << type;
  }
}

TEST(Types, ClassesAndResponseCodes) {
  for (auto [text, number] : {std::pair("IN", 1), {"CH", 3}, {"HS", 4}, {"ANY", 255}}) {
    EXPECT_EQ(parse_class(text), number);
    EXPECT_EQ(class_text(uint16_t(number)), text);
  }
  EXPECT_EQ(parse_class("class32"), 32);
  EXPECT_EQ(class_text(32), "CLASS32");
  EXPECT_FALSE(parse_class("I"));
  EXPECT_FALSE(parse_class("CLASS65536"));
  EXPECT_EQ(rcode_name(rcode::nxdomain), "NXDOMAIN");
  EXPECT_EQ(rcode_name(rcode::badvers), "BADVERS");
  EXPECT_EQ(rcode_name(12), "");
  EXPECT_EQ(rcode_text(12), "RCODE12");
}

TEST(Ttl, ReadsUnits) {
  const std::pair<const char*, uint32_t> good[] = {
      {"0", 0},       {"3600", 3600}, {"1h30m", 5400},
      {"2d", 172800}, {"1w", 604800}, {"1W2D3H4M5S", 788645},
      {"5s", 5},      {"1m30", 90},   {"2147483647", kMaxTtl},
  };
  for (const auto& [text, seconds] : good) EXPECT_EQ(parse_ttl(text), seconds) << text;
  for (const char* text : {"", "h", "1x", "1h h", "-1", "+1", " 1", "1.5h", "2147483648",
                           "99999999999999999999", "3551w", "m1"}) {
    EXPECT_FALSE(parse_ttl(text)) << text;
  }
  EXPECT_EQ(parse_period("4294967295"), 4294967295u);
  EXPECT_FALSE(parse_period("4294967296"));
  EXPECT_FALSE(parse_period("4294967295w"));
}

// The vectors of RFC 4648, section 10.
TEST(BaseEncoding, GoesBothWays) {
  struct {
    std::string plain, hex, base32hex, base64;
  } const cases[] = {
      {"", "", "", ""},
      {"f", "66", "CO", "Zg=="},
      {"fo", "666F", "CPNG", "Zm8="},
      {"foo", "666F6F", "CPNMU", "Zm9v"},
      {"foob", "666F6F62", "CPNMUOG", "Zm9vYg=="},
      {"fooba", "666F6F6261", "CPNMUOJ1", "Zm9vYmE="},
      {"foobar", "666F6F626172", "CPNMUOJ1E8", "Zm9vYmFy"},
  };
  for (const auto& c : cases) {
    std::vector<uint8_t> plain(c.plain.begin(), c.plain.end()), out;
    EXPECT_EQ(dns::hex_text(plain), c.hex);
    EXPECT_EQ(dns::base32hex_text(plain), c.base32hex);
    EXPECT_EQ(dns::base64_text(plain), c.base64);
    EXPECT_TRUE(dns::append_hex(out, c.hex) && out == plain);
    out.clear();
    EXPECT_TRUE(dns::append_base32hex(out, c.base32hex) && out == plain);
    out.clear();
    EXPECT_TRUE(dns::append_base64(out, c.base64) && out == plain);
  }
  std::vector<uint8_t> out;
  for (const char* bad : {"6", "6g", "66 "}) EXPECT_FALSE(dns::append_hex(out, bad)) << bad;
  for (const char* bad : {"C", "CPN", "CW"}) EXPECT_FALSE(dns::append_base32hex(out, bad)) << bad;
  for (const char* bad : {"Zg", "Zg=", "Z===", "====", "Zh==", "Zg==Zg=="}) {
    EXPECT_FALSE(dns::append_base64(out, bad)) << bad;
  }
}

}  // namespace
}  // namespace signpost
