#include "probe/request.h"

#include <gtest/gtest.h>

namespace signpost::probe {
namespace {

TEST(Request, HostFieldByRuleH10) {  // row 155
  struct {
    ProbeSpec::Kind kind;
    uint16_t port;
    const char* host;
    const char* expected;
  } const cases[] = {
      {ProbeSpec::http, 80, "www.example.com", "www.example.com"},
      {ProbeSpec::http, 8080, "www.example.com", "www.example.com:8080"},
      {ProbeSpec::https, 443, "www.example.com", "www.example.com"},
      {ProbeSpec::https, 80, "www.example.com", "www.example.com:80"},
      {ProbeSpec::http, 443, "www.example.com", "www.example.com:443"},
      {ProbeSpec::http, 80, "192.0.2.1", "192.0.2.1"},
      {ProbeSpec::http, 80, "2001:db8::1", "[2001:db8::1]"},
      {ProbeSpec::https, 8443, "2001:db8::1", "[2001:db8::1]:8443"},
  };
  for (const auto& c : cases) EXPECT_EQ(host_field(c.kind, c.host, c.port), c.expected);
}

TEST(Request, EndpointName) {
  struct {
    const char* host;
    const char* host_header;
    const char* expected;
  } const cases[] = {
      {"192.0.2.1", "", "192.0.2.1"},
      {"www.example.com.", "", "www.example.com"},
      {"192.0.2.1", "www.example.com", "www.example.com"},
      {"192.0.2.1", "www.example.com:8443", "www.example.com"},
      {"192.0.2.1", "[2001:db8::1]:8443", "2001:db8::1"},
      {"192.0.2.1", "[2001:db8::1]", "2001:db8::1"},
      {"2001:db8::1", "", "2001:db8::1"},
  };
  for (const auto& c : cases) {
    ProbeSpec spec{.host = c.host, .host_header = c.host_header};
    EXPECT_EQ(endpoint_name(spec), c.expected);
  }
}

TEST(Request, Target) {  // row 179 and section 3.2, ResourcePath
  EXPECT_EQ(request_target(""), "/");
  EXPECT_EQ(request_target("healthz?x=1"), "/healthz?x=1");
  EXPECT_EQ(request_target("/a%20b"), "/a%20b");
  EXPECT_EQ(request_target("/a b#c\r\n\xE4"), "/a%20b%23c%0D%0A%E4");
}

TEST(Request, UserAgentNamesTheCheck) {  // H-12, row 382
  EXPECT_EQ(user_agent("use1"), "Signpost-Health-Check (ref use1)");
  EXPECT_EQ(user_agent("a\r\nb"), "Signpost-Health-Check (ref a??b)");
}

TEST(Request, WhatCannotBeSent) {
  const ProbeSpec good{.host = "www.example.com", .port = 80};
  EXPECT_EQ(why_invalid(good), "");
  ProbeSpec spec = good;
  spec.host = "a b";
  EXPECT_EQ(why_invalid(spec), "'a b' is neither an address nor a host name");
  spec = good;
  spec.host_header = "a\r\nX: y";
  EXPECT_EQ(why_invalid(spec), "'a??X: y' is no Host header");
  spec = good;
  spec.port = 0;
  EXPECT_EQ(why_invalid(spec), "port 0 cannot be probed");
}

}  // namespace
}  // namespace signpost::probe
