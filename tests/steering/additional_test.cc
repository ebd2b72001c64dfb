// What goes along in the additional section with a record set that a policy chooses from (DN-04;
// RFC 1035 section 3.3.9, RFC 2782, RFC 9460 section 4.1).
#include <gtest/gtest.h>

#include <algorithm>

#include "kit/bench.h"
#include "kit/steering.h"

namespace signpost {
namespace {

using kit::Answer;
using kit::Bench;
using kit::Files;

using Texts = std::vector<std::string>;

const Files kFiles{
    {"db.example.com", std::string(kit::plain_zone) + "$TTL 60\n"
                                                      "mx1 A 192.0.2.1\nmx1 AAAA 2001:db8::1\n"
                                                      "mx2 A 192.0.2.2\n"
                                                      "*.w A 192.0.2.3\n"
                                                      "www A 192.0.2.4\nsvc A 192.0.2.5\n"},
    {"latency.csv", "198.51.100.10/32,us-east-1,70\n203.0.113.10/32,eu-west-1,30\n"}};

// The additional section, sorted.
Texts added(Bench& bench, const std::string& question, const std::string& client = "192.0.2.200") {
  Texts texts = bench.query({.question = question, .client = client}).additional;
  std::ranges::sort(texts);
  return texts;
}

const Texts kMx1{"mx1.example.com. 60 A 192.0.2.1", "mx1.example.com. 60 AAAA 2001:db8::1"};
const Texts kMx2{"mx2.example.com. 60 A 192.0.2.2"};

TEST(Additional, belongs_to_the_member_that_is_chosen) {
  Bench bench(kit::example_block("failover @ MX {\n primary 10 mx1 check hc1\n"
                                 " secondary 10 mx2\n}\n"),
              kFiles);
  ASSERT_TRUE(bench.good()) << bench.problems()[0];
  EXPECT_EQ(added(bench, "@ MX"), kMx1);
  bench.health("hc1", false);
  EXPECT_EQ(added(bench, "@ MX"), kMx2);
}

TEST(Additional, never_speaks_of_members_that_were_not_drawn) {
  Bench bench(kit::example_block("weighted _sip._tcp SRV {\n 1 2 5060 mx1 weight 1\n"
                                 " 1 2 5060 mx2 weight 1\n 1 2 5060 q.w weight 1\n"
                                 " 1 2 5060 far.example.net. weight 1\n}\n"),
              kFiles);
  ASSERT_TRUE(bench.good()) << bench.problems()[0];
  unsigned seen[4] = {};
  for (unsigned i = 0; i < 400; ++i) {
    const Answer answer = bench.query({.question = "_sip._tcp SRV"});
    ASSERT_EQ(answer.answers.size(), 1u);
    Texts texts = answer.additional;
    std::ranges::sort(texts);
    const std::string& chosen = answer.answers[0];
    const unsigned target = chosen.ends_with("mx1.example.com.")   ? 0
                            : chosen.ends_with("mx2.example.com.") ? 1
                            : chosen.ends_with("q.w.example.com.") ? 2
                                                                   : 3;
    ++seen[target];
    const Texts expected[] = {kMx1, kMx2, {"q.w.example.com. 60 A 192.0.2.3"}, {}};
    EXPECT_EQ(texts, expected[target]) << chosen;
  }
  for (const unsigned times : seen) EXPECT_GT(times, 50u);
}

TEST(Additional, has_no_addresses_that_are_chosen_by_themselves) {
  Bench bench(kit::example_block("weighted @ MX {\n 10 pool weight 1\n 10 pool weight 1 id b\n}\n"
                                 "weighted pool A {\n 192.0.2.11\n 192.0.2.12\n}\n"),
              kFiles);
  ASSERT_TRUE(bench.good()) << bench.problems()[0];
  EXPECT_EQ(added(bench, "@ MX"), Texts{});
}

TEST(Additional, depends_on_the_client_as_its_member_does) {
  Bench bench(
      "example.com {\n zone db.example.com\n latency svc HTTPS {\n table latency.csv\n"
      " us-east-1 \"1 . alpn=h2\"\n eu-west-1 \"1 mx2\"\n }\n}\n",
      kFiles);
  ASSERT_TRUE(bench.good()) << bench.problems()[0];
  EXPECT_EQ(added(bench, "svc HTTPS", "198.51.100.10"), Texts{"svc.example.com. 60 A 192.0.2.5"});
  EXPECT_EQ(added(bench, "svc HTTPS", "203.0.113.10"), kMx2);
}

// Behind an alias "." means the owner that the client sees, and that is not the target's.
TEST(Additional, of_an_aliased_service_leaves_out_the_targets_own_addresses) {
  Bench bench(kit::example_block("weighted svc HTTPS {\n \"1 . alpn=h2\" weight 1\n"
                                 " \"1 mx2\" weight 0\n}\nalias www HTTPS svc\n"),
              kFiles);
  ASSERT_TRUE(bench.good()) << bench.problems()[0];
  const Answer answer = bench.query({.question = "www HTTPS"});
  EXPECT_EQ(answer.text(), "www.example.com. 60 HTTPS 1 . alpn=\"h2\"");
  EXPECT_EQ(answer.additional, Texts{}) << "www has an address of its own";
  EXPECT_EQ(added(bench, "svc HTTPS"), Texts{"svc.example.com. 60 A 192.0.2.5"});
}

TEST(Additional, is_left_out_where_it_does_not_fit) {  // RFC 2181, section 9
  std::string records = "$TTL 60\nmx1 AAAA 2001:db8::1\nmx2 A 192.0.2.2\n";
  for (int i = 0; i < 40; ++i) records += "mx1 A 192.0.2." + std::to_string(100 + i) + "\n";
  Bench bench(kit::example_block("weighted @ MX {\n 10 mx1 weight 1\n 10 mx2 weight 0\n}\n"),
              {{"db.example.com", std::string(kit::plain_zone) + records}});
  ASSERT_TRUE(bench.good()) << bench.problems()[0];
  EXPECT_EQ(bench.query({.question = "@ MX", .payload = 1232}).additional.size(), 41u);
  const Answer small = bench.query({.question = "@ MX"});
  EXPECT_EQ(small.additional, Texts{kMx1[1]});
  EXPECT_FALSE(small.tc);
}

}  // namespace
}  // namespace signpost
