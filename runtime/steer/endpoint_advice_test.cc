#include "steer/endpoint_advice.h"

#include <gtest/gtest.h>

#include "steer/block_kit.h"

namespace signpost::steer {
namespace {

std::string advice(std::string_view lines) {
  kit::FakeSetup setup(lines);
  read_lines(setup);
  return setup.problem_text();
}

TEST(EndpointAdvice, CloudFront) {  // A-22, AP-05, A-32
  EXPECT_EQ(advice("alias www A d1.cloudfront.net\n"), "");
  EXPECT_EQ(advice("alias www A d1.cloudfront.net evaluate\n"),
            "Corefile:1 - Warning: the health of a CloudFront distribution cannot be evaluated "
            "(A-22); name a check instead\n");
  EXPECT_EQ(advice("failover www A {\n primary alias d1.cloudfront.net check c\n"
                   " secondary alias d2.cloudfront.net\n}\n"),
            "Corefile:3 - Warning: two CloudFront distributions cannot be the two sides of a "
            "failover: each name belongs to one of them (AP-05)\n");
  EXPECT_EQ(advice("weighted www A {\n alias d1.cloudfront.net\n alias d2.cloudfront.net\n}\n"), "")
      << "only the two sides of a failover";
  EXPECT_EQ(advice("alias www A notcloudfront.net\n"), "");
}

TEST(EndpointAdvice, S3Websites) {
  const struct {
    const char *lines, *warning;  // "": none
  } rows[] = {
      {"alias www A s3-website-us-east-1.amazonaws.com\n", ""},
      {"alias www A s3-website.eu-central-1.amazonaws.com\n", ""},
      {"alias www A www.example.com.s3-website-us-east-1.amazonaws.com\n", ""},
      {"alias www A s3-website.cn-northwest-1.amazonaws.com.cn\n", ""},
      {"alias www A other.s3-website-us-east-1.amazonaws.com\n", "not 'other' (A-23)"},
      {"alias www A a.b.s3-website.eu-central-1.amazonaws.com\n", "not 'a.b' (A-23)"},
      {"alias www AAAA s3-website-us-east-1.amazonaws.com\n", "no IPv6 addresses"},
      {"alias www s3-website-us-east-1.amazonaws.com\n", ""},
      {"alias www A x.s3-websites.example.net\n", ""},
      {"alias www A my-s3-website-us-east-1.amazonaws.com\n", ""},
      {"weighted www A {\n alias s3-website-us-east-1.amazonaws.com\n 192.0.2.1\n"
       " alias s3-website-us-west-2.amazonaws.com\n}\n",
       "only one member of a group can be an S3 website"},
  };
  for (const auto& row : rows) {
    const std::string text = advice(row.lines);
    if (*row.warning == 0) {
      EXPECT_EQ(text, "") << row.lines;
    } else {
      EXPECT_NE(text.find(row.warning), std::string::npos) << row.lines << text;
    }
  }
}

TEST(EndpointAdvice, NamesTheFirstOfTwoS3Members) {
  const std::string text = advice(
      "weighted www A {\n alias s3-website-us-east-1.amazonaws.com\n"
      " alias s3-website-us-west-2.amazonaws.com\n}\n");
  EXPECT_TRUE(text.starts_with("Corefile:3 - ")) << text;
  EXPECT_NE(text.find("Corefile:2"), std::string::npos) << text;
}

TEST(EndpointAdvice, ARootTarget) { EXPECT_EQ(advice("alias www A .\n"), ""); }

}  // namespace
}  // namespace signpost::steer
