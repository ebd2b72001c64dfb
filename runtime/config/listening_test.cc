#include "config/listening.h"

#include <gtest/gtest.h>

namespace signpost {
namespace {

corefile::Endpoint key(uint16_t port) {
  corefile::Endpoint made;
  made.zone = Name::parse("example.com").value();
  made.port = port;
  made.where = {"Corefile", 1};
  return made;
}

Token word(const char* text) { return {text, {"Corefile", 2}}; }

std::string problems_of(std::span<const BlockConfiguration> blocks) {
  Problems problems;
  report_http_overlaps(blocks, problems);
  std::string text;
  for (const Problem& p : problems.all()) text += p.text() + "\n";
  return text;
}

TEST(ReportHttpOverlaps, ByPortAndAddress) {
  const struct {
    const char *bind, *http;  // "" binds nothing; HTTP without an address is on all of them
    bool meet;
  } rows[] = {
      {"", "", true},
      {"", "192.0.2.1", true},
      {"", "2001:db8::1", true},
      {"192.0.2.1", "", true},
      {"192.0.2.1", "192.0.2.1", true},
      {"192.0.2.1", "192.0.2.2", false},
      {"192.0.2.1", "0.0.0.0", true},
      {"0.0.0.0", "192.0.2.1", true},
      {"192.0.2.1", "2001:db8::1", false},
      {"192.0.2.1", "::", false},  // HTTP on :: is on IPv6 alone
      {"2001:db8::1", "::", true},
      {"lo", "", true},
      {"lo", "127.0.0.1", false},  // it is seen when the interface is looked up
  };
  for (const auto& [bind, http, meet] : rows) {
    BlockConfiguration block;
    block.keys.push_back(key(1053));
    if (*bind) block.bind.push_back(word(bind));
    Endpoint address{Address::parse(http).value_or(Address()), 1053};
    block.http.push_back({address, {"Corefile", 3}});
    EXPECT_EQ(problems_of({&block, 1}) != "", meet) << bind << " and " << http;
    block.http[0].address.port = 1054;
    EXPECT_EQ(problems_of({&block, 1}), "") << bind << " and " << http;
  }
}

TEST(ReportHttpOverlaps, NamesBothAndLooksAtAllBlocks) {
  std::vector<BlockConfiguration> blocks(2);
  blocks[0].keys = {key(53), key(8080)};
  blocks[1].http = {{Endpoint{{}, 8080}, {"Corefile", 7}},
                    {Endpoint{Address::parse("192.0.2.1").value(), 53}, {"Corefile", 8}}};
  EXPECT_EQ(problems_of(blocks),
            "Corefile:7 - cannot serve HTTP on :8080: dns://example.com.:8080 at Corefile:1 is "
            "served there, over TCP as well; choose another port\n"
            "Corefile:8 - cannot serve HTTP on 192.0.2.1:53: dns://example.com.:53 at Corefile:1 "
            "is served there, over TCP as well; choose another port\n");
}

TEST(ReportHttpOverlaps, AnyFreePortIsFree) {
  BlockConfiguration block;
  block.keys = {key(0)};
  block.http = {{Endpoint{{}, 0}, {"Corefile", 3}}};
  EXPECT_EQ(problems_of({&block, 1}), "");
}

}  // namespace
}  // namespace signpost
