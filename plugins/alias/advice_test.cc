// Warnings about aliases that cannot work as written (A-22, A-23, A-30 to A-32, AP-05), and the way
// out of a CNAME at the apex.
#include <gtest/gtest.h>

#include "kit/bench.h"

namespace signpost {
namespace {

std::vector<std::string> problems(const std::string& lines, const std::string& records = "") {
  kit::Bench bench("example.com {\n zone db.example.com\n" + lines + "\n}\n",
                   {{"db.example.com", std::string(kit::plain_zone) + records}});
  return bench.problems();
}

TEST(AliasAdvice, is_given_once) {
  const std::string bucket =
      "Corefile:3 - Warning: S3 finds the bucket by the host name that browsers send, "
      "www.example.com, and not by this target: the bucket has to be called 'www.example.com', not "
      "'mysite' (A-23)";
  const struct {
    const char* rule;
    std::string lines;
    std::vector<std::string> problems;
  } cases[] = {
      {"A-23", "alias www mysite.s3-website-us-west-2.amazonaws.com", {bucket}},
      {"A-23: types named", "alias www A mysite.s3-website-us-west-2.amazonaws.com", {bucket}},
      {"A-23: dot form", "alias www mysite.s3-website.eu-central-1.amazonaws.com", {bucket}},
      {"A-23: China", "alias www mysite.s3-website.cn-north-1.amazonaws.com.cn", {bucket}},
      {"A-23: the right bucket",
       "alias www www.example.com.s3-website-us-west-2.amazonaws.com",
       {}},
      {"A-23: without bucket", "alias www s3-website.eu-central-1.amazonaws.com", {}},
      {"not S3", "alias www mys3-website-us-west-2.amazonaws.com", {}},
      {"not S3", "alias www a.s3-website-us-west-2.example.net", {}},
      {"234 A-23 A-32",
       "alias www AAAA s3-website-us-west-2.amazonaws.com",
       {"Corefile:3 - Warning: S3 website endpoints have no IPv6 addresses: an AAAA alias to "
        "s3-website-us-west-2.amazonaws.com answers nothing (A-23)"}},
      {"235 A-30 A-32",
       "weighted www {\nalias s3-website-us-west-2.amazonaws.com\n"
       "alias s3-website-us-east-1.amazonaws.com\n}",
       {"Corefile:5 - Warning: only one member of a group can be an S3 website: the bucket must be "
        "called like the record, and bucket names are unique (A-30); the first stands at "
        "Corefile:4"}},
      {"237 AP-05",
       "failover www {\nprimary alias d1.cloudfront.net check c\nsecondary alias "
       "d2.cloudfront.net\n}\n"
       "health {\ncheck c tcp 192.0.2.1:80\n}",
       {"Corefile:5 - Warning: two CloudFront distributions cannot be the two sides of a failover: "
        "each name belongs to one of them (AP-05)"}},
      {"A-22",
       "alias www d1.cloudfront.net evaluate",
       {"Corefile:3 - Warning: the health of a CloudFront distribution cannot be evaluated (A-22); "
        "name a check instead"}},
      {"A-22 in a group",
       "failover www {\nprimary alias d1.cloudfront.net evaluate\nsecondary 192.0.2.1 "
       "2001:db8::1\n}",
       {"Corefile:4 - Warning: the health of a CloudFront distribution cannot be evaluated (A-22); "
        "name a check instead"}},
  };
  for (const auto& c : cases) EXPECT_EQ(problems(c.lines), c.problems) << c.rule;
}

TEST(AliasAdvice, an_alias_in_place_of_a_CNAME_at_the_apex) {  // 263 V-08
  EXPECT_EQ(problems("", "@ CNAME lb.us-west-2.elb.amazonaws.com.\n").at(0),
            "db.example.com:5 - RRSet of type CNAME with DNS name example.com. is not permitted at "
            "apex in zone example.com.; write an alias instead: alias @ "
            "lb.us-west-2.elb.amazonaws.com.");
}

TEST(AliasAdvice, a_target_that_may_mean_two_names) {
  EXPECT_EQ(problems("alias www a.b", "a.b A 192.0.2.1\n").at(0),
            "Corefile:3 - Warning: 'a.b.' is taken as a name outside the zone, but "
            "a.b.example.com. exists too; write one of them with its final dot");
}

}  // namespace
}  // namespace signpost
