#include "corefile/keys.h"

#include <gtest/gtest.h>

namespace signpost::corefile {
namespace {

struct Row {
  std::string name, key, endpoints;  // endpoints or, if it has " - ", the first problem
};

std::string run(const std::string& key, std::string& problem) {
  Problems problems;
  std::string text;
  for (const Endpoint& e : parse_key({key, {"Corefile", 4}}, 53, problems))
    text += (text.empty() ? "" : " ") + e.text();
  if (!problems.all().empty()) problem = problems.all()[0].text();
  EXPECT_EQ(text.empty(), problems.any_error()) << key;
  return text;
}

class KeyTable : public testing::TestWithParam<Row> {};

TEST_P(KeyTable, ReadsAsTheSpecSays) {
  std::string problem;
  const std::string endpoints = run(GetParam().key, problem);
  EXPECT_EQ(problem.empty() ? endpoints : problem, GetParam().endpoints);
}

const auto kName = [](const auto& row) { return row.param.name; };

INSTANTIATE_TEST_SUITE_P(Section7, KeyTable,
                         testing::Values(Row{"root", ".", "dns://.:53"},
                                         Row{"port", ".:1053", "dns://.:1053"},
                                         Row{"lower_case", "Example.ORG", "dns://example.org.:53"},
                                         Row{"dns", "dns://example.org.:5", "dns://example.org.:5"},
                                         Row{"tls", "tls://example.org", "tls://example.org.:853"},
                                         Row{"quic", "quic://.", "quic://.:853"},
                                         Row{"https", "https://.", "https://.:443"},
                                         Row{"https3", "https3://.", "https3://.:443"},
                                         Row{"grpc", "grpc://.:1443", "grpc://.:1443"},
                                         Row{"classless_reverse_zone", "0/25.2.0.192.in-addr.arpa",
                                             "dns://0/25.2.0.192.in-addr.arpa.:53"},
                                         Row{"D12_port_0", ".:0", "dns://.:0"},
                                         Row{"D12_highest_port", ".:65535", "dns://.:65535"}),
                         kName);

INSTANTIATE_TEST_SUITE_P(
    Cidr, KeyTable,
    testing::Values(
        Row{"v4_8", "10.0.0.0/8", "dns://10.in-addr.arpa.:53"},
        Row{"v4_8_host_bits", "10.1.2.3/8", "dns://10.in-addr.arpa.:53"},
        Row{"v4_15", "10.0.0.0/15", "dns://0.10.in-addr.arpa.:53 dns://1.10.in-addr.arpa.:53"},
        Row{"v4_22", "10.0.0.0/22",
            "dns://0.0.10.in-addr.arpa.:53 dns://1.0.10.in-addr.arpa.:53 "
            "dns://2.0.10.in-addr.arpa.:53 dns://3.0.10.in-addr.arpa.:53"},
        Row{"v4_23_host_bits", "10.0.7.9/23",
            "dns://6.0.10.in-addr.arpa.:53 dns://7.0.10.in-addr.arpa.:53"},
        Row{"v4_0", "0.0.0.0/0", "dns://in-addr.arpa.:53"},
        Row{"v4_32", "192.0.2.1/32", "dns://1.2.0.192.in-addr.arpa.:53"},
        Row{"v6_32", "2001:db8::/32", "dns://8.b.d.0.1.0.0.2.ip6.arpa.:53"},
        Row{"v6_31", "2001:db8::/31",
            "dns://8.b.d.0.1.0.0.2.ip6.arpa.:53 dns://9.b.d.0.1.0.0.2.ip6.arpa.:53"},
        Row{"v6_27", "2001:d80::/27",
            "dns://8.d.0.1.0.0.2.ip6.arpa.:53 dns://9.d.0.1.0.0.2.ip6.arpa.:53"},
        Row{"port", "10.0.0.0/8:5353", "dns://10.in-addr.arpa.:5353"},
        Row{"v6_port", "tls://2001:db8::/32:5353", "tls://8.b.d.0.1.0.0.2.ip6.arpa.:5353"},
        Row{"v6_leading_colon", "::/0", "Corefile:4 - invalid CIDR ::/0"},
        Row{"v6_leading_zero", "0::/8", "Corefile:4 - invalid CIDR 0::/8"},
        Row{"mask_too_long", "10.0.0.0/33", "Corefile:4 - invalid CIDR 10.0.0.0/33"},
        Row{"mask_missing", "10.0.0.0/", "Corefile:4 - invalid CIDR 10.0.0.0/"}),
    kName);

INSTANTIATE_TEST_SUITE_P(
    D11Errors, KeyTable,
    testing::Values(
        Row{"trailing_colon",
            "example.org:", "Corefile:4 - expecting data after last colon: \"example.org:\""},
        Row{"D12_port", ".:65536",
            "Corefile:4 - port '65536' is out of range, expected 0 to 65535"},
        Row{"D12_negative_port", ".:-1",
            "Corefile:4 - port '-1' is out of range, expected 0 to 65535"},
        Row{"D12_huge_port", ".:99999999999999999999999",
            "Corefile:4 - port '99999999999999999999999' is out of range, expected 0 to 65535"},
        Row{"colon_in_zone", "a:b",
            "Corefile:4 - Warning: 'b' is no port, which is a number, so the zone is a:b."},
        Row{"port_that_is_none", ".:abc",
            "Corefile:4 - zone is not a valid domain name: .:abc: empty label (two dots in a row, "
            "or a dot in front); if 'abc' is to be the port, expected a number"},
        Row{"port_alone", ":54",
            "Corefile:4 - zone is not a valid domain name: '' (found no zone in the key ':54'; "
            "keys stand apart by white space, and a port goes behind its zone, as in '.:54')"},
        Row{"D7_comma", "a,b",
            "Corefile:4 - found a comma in the zone 'a,b'; for two zones write 'a, b'"},
        Row{"transport", "TLS://.",
            "Corefile:4 - unknown transport 'TLS', expected dns, tls, quic, https, https3 or grpc; "
            "did you mean 'tls'?"},
        Row{"D13_ipv4", "192.0.2.1",
            "Corefile:4 - Warning: the IPv4 address '192.0.2.1' is read as the name of a zone; to "
            "listen on an address use 'bind', for its reverse zone write ADDRESS/32"},
        Row{"D13_ipv6", "2001:db8::1",
            "Corefile:4 - found the IPv6 address '2001:db8::1', expected a zone; to listen on an "
            "address use 'bind', for its reverse zone write ADDRESS/128"},
        Row{"D13_ipv6_any", "::",
            "Corefile:4 - found the IPv6 address '::', expected a zone; to listen on an address "
            "use 'bind', for its reverse zone write ADDRESS/128"},
        Row{"D13_ipv6_in_brackets", "[::1]:53",
            "Corefile:4 - found the IPv6 address '[::1]:53', expected a zone; to listen on an "
            "address use 'bind', for its reverse zone write ADDRESS/128"}),
    kName);

TEST(Keys, RefuseWhatIsNoName) {
  const std::string label63(63, 'a'), label64(64, 'a');
  const std::string longest = label63 + "." + label63 + "." + label63 + "." + std::string(61, 'a');
  for (const std::string& key :
       {std::string(":53"), std::string(""), std::string("a..b"), label64}) {
    std::string problem;
    EXPECT_EQ(run(key, problem), "");
    EXPECT_TRUE(problem.starts_with("Corefile:4 - zone is not a valid domain name: ")) << problem;
  }
  std::string problem;
  EXPECT_EQ(run(longest, problem), "dns://" + longest + ".:53");
  EXPECT_EQ(run(longest + "aaa", problem), "");
  EXPECT_EQ(problem, "Corefile:4 - specified zone is too long: 256 > 255");
}

TEST(Keys, CountCidrZones) {
  Problems problems;
  const auto zones = [&](const char* key) { return parse_key({key, {}}, 53, problems); };
  const auto narrow = zones("10.0.0.0/27");
  ASSERT_EQ(narrow.size(), 32u);
  EXPECT_EQ(narrow.front().zone.text(), "0.0.0.10.in-addr.arpa.");
  EXPECT_EQ(narrow.back().zone.text(), "31.0.0.10.in-addr.arpa.");
  const auto wide = zones("200.0.0.0/1");
  ASSERT_EQ(wide.size(), 128u);
  EXPECT_EQ(wide.front().zone.text(), "128.in-addr.arpa.");
  EXPECT_EQ(wide.back().zone.text(), "255.in-addr.arpa.");
}

TEST(Keys, UseTheDefaultPortForPlainDnsOnly) {
  Problems problems;
  EXPECT_EQ(parse_key({".", {}}, 1053, problems)[0].port, 1053);
  EXPECT_EQ(parse_key({"tls://.", {}}, 1053, problems)[0].port, 853);
  EXPECT_EQ(parse_key({"@", {}}, 53, problems)[0].zone.view().labels(), 1u);
}

}  // namespace
}  // namespace signpost::corefile
