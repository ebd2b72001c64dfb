// The vectors of RFC 9018, appendix A, and the limits of section 4.3.
#include "server_cookie.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace signpost::cookies {
namespace {

std::vector<uint8_t> bytes(std::string_view hex) {
  std::vector<uint8_t> out;
  for (size_t i = 0; i + 1 < hex.size(); i += 2)
    out.push_back(uint8_t(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  return out;
}

Secret secret(std::string_view hex) {
  Secret s;
  const auto b = bytes(hex);
  std::copy(b.begin(), b.end(), s.begin());
  return s;
}

std::string hex(const ServerCookie& cookie) {
  std::string text;
  for (const uint8_t b : cookie) {
    text += "0123456789abcdef"[b >> 4];
    text += "0123456789abcdef"[b & 15];
  }
  return text;
}

const Secret kSecret = secret("e5e973e5a6b2a43f48e7dc849e37bfcf");  // of A.1 to A.3
const Secret kOldSecret = secret("dd3bdf9344b678b185a6f5cb60fca715");
const Secret kNewSecret = secret("445536bcd2513298075a5d379663c962");

struct Vector {
  const char *section, *address, *client_cookie, *sent;  // sent: server cookie of the query
  uint32_t now_s;
  std::vector<Secret> secrets;
  Verdict verdict;
  const char* fresh;
};

const Vector kVectors[] = {
    {"A.1",
     "198.51.100.100",
     "2464c4abcf10c957",
     "",
     1559731985,
     {kSecret},
     Verdict::bad,
     "010000005cf79f111f8130c3eee29480"},
    {"A.2",
     "198.51.100.100",
     "2464c4abcf10c957",
     "010000005cf79f111f8130c3eee29480",
     1559734385,
     {kSecret},
     Verdict::renew,
     "010000005cf7a871d4a564a1442aca77"},
    {"A.3, reserved bytes set, 6,715 seconds old by the text's clock",
     "203.0.113.203",
     "fc93fc62807ddb86",
     "01abcdef5cf78f71a314227b6679ebf5",
     1559727985 + 1801,
     {kSecret},
     Verdict::renew,
     nullptr},
    {"A.3, the reply",
     "203.0.113.203",
     "fc93fc62807ddb86",
     "",
     1559734700,
     {kSecret},
     Verdict::bad,
     "010000005cf7a9acf73a7810aca2381e"},
    {"A.4",
     "2001:db8:220:1:59de:d0f4:8769:82b8",
     "22681ab97d52c298",
     "010000005cf7c57926556bd0934c72f8",
     1559741961,
     {kNewSecret, kOldSecret},
     Verdict::renew,
     "010000005cf7c609a6bb79d16625507a"},
};

TEST(ServerCookie, IsThatOfRfc9018) {
  for (const Vector& v : kVectors) {
    SCOPED_TRACE(v.section);
    const auto client = Address::parse(v.address).value();
    const auto client_cookie = bytes(v.client_cookie);
    EXPECT_EQ(judge(client_cookie.data(), bytes(v.sent), client, v.now_s, v.secrets), v.verdict);
    if (v.fresh) {
      EXPECT_EQ(hex(make(client_cookie.data(), client, v.now_s, v.secrets[0])), v.fresh);
    }
  }
}

const Address kClient = Address::parse("192.0.2.200").value();
const std::vector<uint8_t> kCookie{1, 2, 3, 4, 5, 6, 7, 8};

// RFC 9018, section 4.3; the time stamp is read by serial arithmetic (RFC 1982).
TEST(ServerCookie, IsGoodForAnHour) {
  const struct {
    int64_t age;
    Verdict verdict;
  } rows[] = {{0, Verdict::good},         {1800, Verdict::good},      {1801, Verdict::renew},
              {3600, Verdict::renew},     {3601, Verdict::bad},       {86400, Verdict::bad},
              {-1, Verdict::good},        {-300, Verdict::good},      {-301, Verdict::bad},
              {0x7fffffff, Verdict::bad}, {-0x7fffffff, Verdict::bad}};
  for (const uint32_t made : {1559731985u, 100u, 0xffffffffu, 0u})
    for (const auto& row : rows) {
      const ServerCookie cookie = make(kCookie.data(), kClient, made, kSecret);
      const auto now = uint32_t(made + row.age);
      EXPECT_EQ(judge(kCookie.data(), cookie, kClient, now, {&kSecret, 1}), row.verdict)
          << made << " " << row.age;
    }
}

// Each part of what is signed matters: one changed bit, and the cookie is not ours.
TEST(ServerCookie, IsOfThisClientAlone) {
  const uint32_t now = 1559731985;
  const ServerCookie cookie = make(kCookie.data(), kClient, now, kSecret);
  ASSERT_EQ(judge(kCookie.data(), cookie, kClient, now, {&kSecret, 1}), Verdict::good);
  for (unsigned bit = 0; bit < 128; ++bit) {
    ServerCookie changed = cookie;
    changed[bit / 8] ^= uint8_t(1 << bit % 8);
    EXPECT_EQ(judge(kCookie.data(), changed, kClient, now, {&kSecret, 1}), Verdict::bad) << bit;
    Secret other = kSecret;
    other[bit / 8] ^= uint8_t(1 << bit % 8);
    EXPECT_EQ(judge(kCookie.data(), cookie, kClient, now, {&other, 1}), Verdict::bad) << bit;
  }
  for (unsigned bit = 0; bit < 64; ++bit) {
    auto changed = kCookie;
    changed[bit / 8] ^= uint8_t(1 << bit % 8);
    EXPECT_EQ(judge(changed.data(), cookie, kClient, now, {&kSecret, 1}), Verdict::bad) << bit;
  }
  for (const char* address : {"192.0.2.201", "2001:db8::1", "c000:2c8::"})
    EXPECT_EQ(judge(kCookie.data(), cookie, Address::parse(address).value(), now, {&kSecret, 1}),
              Verdict::bad)
        << address;
}

TEST(ServerCookie, OfAnotherLengthIsNotOurs) {  // other implementations' (RFC 7873, section 4.2)
  const ServerCookie cookie = make(kCookie.data(), kClient, 1559731985, kSecret);
  for (size_t size = 0; size <= 32; ++size) {
    std::vector<uint8_t> sent(size, 0);
    std::copy_n(cookie.begin(), std::min(size, cookie.size()), sent.begin());
    EXPECT_EQ(judge(kCookie.data(), sent, kClient, 1559731985, {&kSecret, 1}),
              size == 16 ? Verdict::good : Verdict::bad)
        << size;
  }
}

// RFC 9018, section 5: during a change every server knows both secrets, whichever signs.
TEST(ServerCookie, SecretsRotate) {
  const uint32_t now = 1559731985;
  const ServerCookie by_old = make(kCookie.data(), kClient, now, kOldSecret);
  const ServerCookie by_new = make(kCookie.data(), kClient, now, kNewSecret);
  const std::vector<Secret> before{kOldSecret, kNewSecret}, after{kNewSecret, kOldSecret};
  EXPECT_EQ(judge(kCookie.data(), by_new, kClient, now, before), Verdict::renew);
  EXPECT_EQ(judge(kCookie.data(), by_new, kClient, now, after), Verdict::good);
  EXPECT_EQ(judge(kCookie.data(), by_old, kClient, now, after), Verdict::renew);
  EXPECT_EQ(judge(kCookie.data(), by_old, kClient, now, {&kNewSecret, 1}), Verdict::bad);
}

}  // namespace
}  // namespace signpost::cookies
