#include <gtest/gtest.h>

#include "kit/bench.h"

namespace signpost {
namespace {

using kit::Answer;
using kit::Ask;
using kit::Bench;

using Lines = std::vector<std::string>;

TEST(Whoami, tells_address_port_and_transport) {
  const struct {
    Ask ask;
    Lines additional;
  } cases[] = {
      {{.question = "example.org. A"},
       {"example.org. 0 A 192.0.2.200", "_udp.example.org. 0 SRV 0 0 40212 ."}},
      {{.question = "example.org. AAAA", .client = "2001:db8:1::1"},
       {"example.org. 0 AAAA 2001:db8:1::1", "_udp.example.org. 0 SRV 0 0 40212 ."}},
      {{.question = "any.thing.example.org. MX", .tcp = true},
       {"any.thing.example.org. 0 A 192.0.2.200", "_tcp.any.thing.example.org. 0 SRV 0 0 40212 ."}},
      {{.question = ". NS"}, {". 0 A 192.0.2.200", "_udp. 0 SRV 0 0 40212 ."}},
      {{.question = "example.org. A", .client = "::ffff:192.0.2.7"},
       {"example.org. 0 A 192.0.2.7", "_udp.example.org. 0 SRV 0 0 40212 ."}},
  };
  Bench bench(". {\n whoami\n}\n");
  for (const auto& c : cases) {
    const Answer answer = bench.query(c.ask);
    EXPECT_EQ(answer.rcode, "NOERROR") << c.ask.question;
    EXPECT_TRUE(answer.aa);
    EXPECT_EQ(answer.answers, Lines{});
    EXPECT_EQ(answer.additional, c.additional) << c.ask.question;
  }
}

TEST(Whoami, a_name_too_long_for_the_port_still_tells_the_address) {
  std::string name;
  for (int i = 0; i < 125; ++i) name += "a.";
  Bench bench(". {\n whoami\n}\n");
  const Answer answer = bench.query({.question = name + " A"});
  EXPECT_EQ(answer.additional, Lines{name + " 0 A 192.0.2.200"});
}

TEST(Whoami, takes_no_arguments) {
  Bench bench(". {\n whoami hello\n}\n");
  EXPECT_EQ(bench.problems(), Lines{"Corefile:2 - unexpected argument 'hello' behind whoami"});
}

}  // namespace
}  // namespace signpost
