// Tokens and formats (spec/corefile.md, section 13).
#include "format.h"

#include <gtest/gtest.h>

namespace signpost::log {
namespace {

// The example of section 13.
Entry example() {
  static const Name name = Name::parse("www.example.net.").value();
  static const Name target = Name::parse("lb.example.org.").value();
  Entry e{};
  Facts& f = e.facts;
  f.client = Address::parse("2001:db8::7").value();
  f.local = Address::parse("192.0.2.53").value();
  f.client_port = 41233;
  f.id = 5121;
  f.type = rr::aaaa;
  f.klass = rr::class_in;
  f.transport = Transport::udp;
  f.size = 56;
  f.dnssec_ok = true;
  f.payload = 1232;
  f.rcode = 0;
  f.reply_flags = 0x8400;
  f.reply_bytes = 128;
  f.took_ns = 113402;
  f.name_size = uint8_t(name.size());
  f.target_size = uint8_t(target.size());
  f.reason = RouteReason::failed_over;
  f.health = HealthState::healthy;
  e.name = name;
  e.target = target;
  e.policy = "failover";
  e.member = "primary";
  return e;
}

std::string line(std::string_view format, const Entry& entry = example()) {
  std::string out = "> ";
  Format(format).append(entry, out);
  return out.substr(2);
}

constexpr std::string_view kCommon =
    "[2001:db8::7]:41233 - 5121 \"AAAA IN www.example.net. udp 56 true 1232\" NOERROR qr,aa 128 "
    "0.000113402s";

TEST(LogFormat, tokens) {
  const struct {
    std::string_view format, expected;
  } cases[] = {
      {"{common}", kCommon},
      {"{type}", "AAAA"},
      {"{class}", "IN"},
      {"{name}", "www.example.net."},
      {"{proto}", "udp"},
      {"{remote}", "[2001:db8::7]"},
      {"{port}", "41233"},
      {"{local}", "192.0.2.53"},
      {"{size}", "56"},
      {"{rcode}", "NOERROR"},
      {"{rsize}", "128"},
      {"{duration}", "0.000113402s"},
      {"{>rflags}", "qr,aa"},
      {"{>bufsize}", "1232"},
      {"{>do}", "true"},
      {"{>id}", "5121"},
      {"{>opcode}", "0"},
      {"{/route/policy}", "failover"},
      {"{/route/record}", "primary"},
      {"{/route/target}", "lb.example.org."},
      {"{/route/reason}", "failed-over"},
      {"{/health/state}", "healthy"},
      {"{/forward/upstream}", "-"},
      {"", ""},
      {"plain", "plain"},
      {"{unknown}", "{unknown}"},
      {"{>unknown}", "{>unknown}"},
      {"{Name}", "{Name}"},
      {"{}", "{}"},
      {"{/}", "{/}"},
      {"{ {name} }", "{ www.example.net. }"},
      {"{{name}}", "{www.example.net.}"},
      {"{name", "{name"},
      {"name}", "name}"},
      {"} {name} {", "} www.example.net. {"},
      {"{unknown} {type}{proto}", "{unknown} AAAAudp"},
      {"{\"name\": \"{name}\"}", "{\"name\": \"www.example.net.\"}"},
  };
  for (const auto& c : cases) EXPECT_EQ(line(c.format), c.expected) << c.format;
}

TEST(LogFormat, combined_is_common_with_the_opcode) {
  EXPECT_EQ(line("{combined}"), std::string(kCommon) + " \"0\"");
  EXPECT_EQ(line("a {common} b {combined}"),
            "a " + std::string(kCommon) + " b " + std::string(kCommon) + " \"0\"");
}

TEST(LogFormat, what_is_not_there_is_a_dash) {
  Entry e{};
  static const Name name = Name::parse("a\\010b.example.").value();
  e.name = name;
  e.facts.transport = Transport::tcp;
  e.facts.payload = 65535;
  EXPECT_EQ(line("{name} {remote} {local} {rcode} {>rflags} {rsize} {proto} {>bufsize} {>do}", e),
            "a\\010b.example. - - - - 0 tcp 65535 false");
  EXPECT_EQ(
      line("{/route/policy} {/route/record} {/route/target} {/route/reason} {/health/state}", e),
      "- - - - -");
}

TEST(LogFormat, numbers_without_a_name) {
  Entry e = example();
  e.facts.type = 65280;
  e.facts.klass = 32;
  e.facts.rcode = 12;
  EXPECT_EQ(line("{type} {class} {rcode}", e), "TYPE65280 CLASS32 12");
}

TEST(LogFormat, flags_in_order) {
  Entry e = example();
  e.facts.reply_flags = 0xffff;
  EXPECT_EQ(line("{>rflags}", e), "qr,aa,tc,rd,ra,z,ad,cd");
}

TEST(LogFormat, text_of_the_operator_stays_on_one_line) {
  Entry e = example();
  e.member = "a\nb";
  EXPECT_EQ(line("{/route/record}", e), "a\\010b");
}

TEST(LogFormat, reasons) {
  Entry e = example();
  std::string all;
  for (const auto reason : {RouteReason::none, RouteReason::only, RouteReason::chosen,
                            RouteReason::failed_over, RouteReason::last_resort}) {
    e.facts.reason = reason;
    all += line("{/route/reason} ", e);
  }
  EXPECT_EQ(all, "- only chosen failed-over last-resort ");
}

TEST(LogFormat, durations) {
  const struct {
    uint64_t ns;
    const char* text;
  } cases[] = {
      {0, "0s"},          {1, "0.000000001s"}, {113402, "0.000113402s"}, {1500000000, "1.5s"},
      {2000000000, "2s"}, {10000000000, "10s"}};
  for (const auto& c : cases) EXPECT_EQ(duration_text(c.ns), c.text);
}

TEST(LogFormat, knows_whether_it_tells_of_routes) {
  EXPECT_FALSE(Format("{common} {/forward/upstream}").tells_route());
  for (const char* token : {"{/route/policy}", "{/route/record}", "{/route/target}",
                            "{/route/reason}", "{/health/state}"})
    EXPECT_TRUE(Format(token).tells_route()) << token;
}

TEST(LogRecord, bytes_that_are_no_record_are_refused) {
  const std::vector<uint8_t> bytes(sizeof(Facts) + 1);
  EXPECT_FALSE(read_record(bytes));
  EXPECT_FALSE(read_record({bytes.data(), sizeof(Facts) - 1}));
  EXPECT_TRUE(read_record({bytes.data(), sizeof(Facts)}));
}

}  // namespace
}  // namespace signpost::log
