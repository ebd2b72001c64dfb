#include "signpost/address.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace signpost {
namespace {

TEST(Address, ParsesAndPrints) {
  struct {
    const char* text;
    int family;
    const char* back;
  } const cases[] = {
      {"192.0.2.1", 4, "192.0.2.1"},
      {"0.0.0.0", 4, "0.0.0.0"},
      {"2001:DB8:0:0:0:0:0:1", 6, "2001:db8::1"},  // RFC 5952
      {"2001:db8:0:1:1:1:1:1", 6, "2001:db8:0:1:1:1:1:1"},
      {"::", 6, "::"},
      {"::1", 6, "::1"},
      {"::ffff:192.0.2.1", 4, "192.0.2.1"},  // RFC 4291, section 2.5.5.2
      {"::FFFF:c000:201", 4, "192.0.2.1"},
      {"64:ff9b::192.0.2.1", 6, "64:ff9b::c000:201"},
  };
  for (const auto& c : cases) {
    auto a = Address::parse(c.text);
    ASSERT_TRUE(a) << c.text;
    EXPECT_EQ(a->family, c.family) << c.text;
    EXPECT_EQ(a->text(), c.back) << c.text;
    EXPECT_EQ(a->bits(), c.family == 4 ? 32 : 128) << c.text;
  }
  EXPECT_EQ(Address().text(), "");
  EXPECT_EQ(Address().bits(), 0);
}

TEST(Address, RefusesWhatIsNoAddress) {
  for (const char* text : {"", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4 ", ":",
                           ":::", "1::2::3", "[::1]", "fe80::1%eth0", "12345::", "localhost",
                           "1111:2222:3333:4444:5555:6666:7777:8888:9999"}) {
    EXPECT_FALSE(Address::parse(text)) << text;
  }
  EXPECT_FALSE(Address::parse(std::string_view("1.2.3.4\0x", 9)));
  EXPECT_FALSE(Address::parse(std::string(1000, '1')));
}

TEST(Endpoint, ParsesAndPrints) {
  const std::pair<const char*, const char*> cases[] = {
      {"192.0.2.1", "192.0.2.1:53"},       {"192.0.2.1:853", "192.0.2.1:853"},
      {"2001:db8::1", "[2001:db8::1]:53"}, {"[2001:db8::1]", "[2001:db8::1]:53"},
      {"[::1]:65535", "[::1]:65535"},      {"[::ffff:192.0.2.1]:1", "192.0.2.1:1"},
      {"127.0.0.1:0", "127.0.0.1:0"},
  };
  for (const auto& [text, back] : cases) {
    auto e = Endpoint::parse(text, 53);
    ASSERT_TRUE(e) << text;
    EXPECT_EQ(e->text(), back) << text;
  }
  for (const char* text :
       {"", ":53", "192.0.2.1:", "192.0.2.1:65536", "192.0.2.1:-1", "192.0.2.1:+1", "192.0.2.1:5x",
        "[::1", "[::1]53", "[::1]:", "[192.0.2.1]:53", "[]:53", "name:53"}) {
    EXPECT_FALSE(Endpoint::parse(text, 53)) << text;
  }
}

TEST(Endpoint, GoesThroughSocketAddresses) {
  for (const char* text : {"192.0.2.1:53", "[2001:db8::1]:5353"}) {
    Endpoint e = Endpoint::parse(text, 0).value();
    sockaddr_storage storage;
    unsigned size = e.to(storage);
    EXPECT_EQ(size, e.address.family == 4 ? sizeof(sockaddr_in) : sizeof(sockaddr_in6));
    EXPECT_EQ(Endpoint::from(reinterpret_cast<const sockaddr*>(&storage)), e);
  }
  sockaddr_in6 mapped{};
  mapped.sin6_family = AF_INET6;
  mapped.sin6_port = htons(53);
  const uint8_t bytes[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1};
  std::copy_n(bytes, 16, mapped.sin6_addr.s6_addr);
  EXPECT_EQ(Endpoint::from(reinterpret_cast<const sockaddr*>(&mapped)).text(), "192.0.2.1:53");
  sockaddr_storage other{};
  other.ss_family = AF_UNIX;
  EXPECT_EQ(Endpoint::from(reinterpret_cast<const sockaddr*>(&other)), Endpoint());
  EXPECT_EQ(Endpoint().to(other), 0u);
}

TEST(Prefix, ParsesAndPrints) {
  struct {
    const char *text, *back;
    bool host_bits;
  } const cases[] = {
      {"192.0.2.0/24", "192.0.2.0/24", false},
      {"192.0.2.129/24", "192.0.2.0/24", true},
      {"192.0.2.129/25", "192.0.2.128/25", true},
      {"0.0.0.0/0", "0.0.0.0/0", false},
      {"192.0.2.1/32", "192.0.2.1/32", false},
      {"2001:db8::/33", "2001:db8::/33", false},
      {"2001:db8:ffff::/33", "2001:db8:8000::/33", true},
      {"::/0", "::/0", false},
      {"::ffff:192.0.2.0/120", "192.0.2.0/24", false},
      {"::ffff:0:0/96", "0.0.0.0/0", false},
      {"::ffff:0:0/95", "::fffe:0:0/95", true},
  };
  for (const auto& c : cases) {
    bool host_bits = !c.host_bits;
    auto p = Prefix::parse(c.text, &host_bits);
    ASSERT_TRUE(p) << c.text;
    EXPECT_EQ(p->text(), c.back) << c.text;
    EXPECT_EQ(host_bits, c.host_bits) << c.text;
  }
  for (const char* text : {"", "/", "192.0.2.0", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/-1",
                           "::/129", "::/256", "192.0.2/24", "192.0.2.0/24/1", "192.0.2.0/ 24"}) {
    EXPECT_FALSE(Prefix::parse(text)) << text;
  }
}

TEST(Prefix, ContainsByBits) {
  struct {
    const char *prefix, *address;
    bool contains;
  } const cases[] = {
      {"192.0.2.0/24", "192.0.2.255", true},
      {"192.0.2.0/24", "192.0.3.0", false},
      {"192.0.2.128/25", "192.0.2.128", true},
      {"192.0.2.128/25", "192.0.2.127", false},
      {"0.0.0.0/0", "255.1.2.3", true},
      {"0.0.0.0/0", "::1", false},
      {"::/0", "192.0.2.1", false},
      {"2001:db8::/32", "2001:db8:ffff::1", true},
      {"2001:db8::/32", "2001:db9::", false},
      {"192.0.2.1/32", "192.0.2.1", true},
      {"::1/128", "::1", true},
      {"192.0.2.0/24", "::ffff:192.0.2.7", true},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(Prefix::parse(c.prefix)->contains(*Address::parse(c.address)), c.contains)
        << c.prefix << " " << c.address;
  }
  EXPECT_FALSE(Prefix::parse("0.0.0.0/0")->contains(Address()));
}

}  // namespace
}  // namespace signpost
