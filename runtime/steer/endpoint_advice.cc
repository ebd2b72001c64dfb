#include "steer/endpoint_advice.h"

#include <string_view>

namespace signpost {

namespace {

// If `host` (no final dot) is an S3 website endpoint, true, and `bucket` is the bucket name in
// front of it or empty: "s3-website-us-east-1.amazonaws.com",
// "BUCKET.s3-website.eu-central-1.amazonaws.com".
bool s3_website(std::string_view host, std::string_view& bucket) {
  const std::string_view china = ".amazonaws.com.cn", world = ".amazonaws.com";
  if (host.ends_with(china))
    host.remove_suffix(china.size());
  else if (host.ends_with(world))
    host.remove_suffix(world.size());
  else
    return false;
  const size_t at = host.rfind("s3-website");
  if (at == std::string_view::npos || (at != 0 && host[at - 1] != '.')) return false;
  const std::string_view rest = host.substr(at + 10);
  if (rest.size() < 2 || (rest[0] != '-' && rest[0] != '.') ||
      rest.substr(1).find('.') != std::string_view::npos)
    return false;
  bucket = at == 0 ? std::string_view() : host.substr(0, at - 1);
  return true;
}

}  // namespace

void advise_endpoints(const SetSpec& set, Problems& problems) {
  const MemberSpec* first_s3 = nullptr;
  std::string owner = set.owner.text();
  owner.pop_back();
  unsigned cloudfront = 0;
  for (const MemberSpec& member : set.members) {
    if (!member.alias) continue;
    std::string host = member.alias->target.text();
    host.pop_back();
    if (std::string_view(host).ends_with(".cloudfront.net")) {
      ++cloudfront;
      if (member.alias->evaluate)
        problems.warning(member.where,
                         "the health of a CloudFront distribution cannot be evaluated (A-22); name "
                         "a check instead");
      if (cloudfront == 2 && set.policy && set.policy->name() == "failover")
        problems.warning(member.where,
                         "two CloudFront distributions cannot be the two sides of a failover: each "
                         "name belongs to one of them (AP-05)");
    }
    std::string_view bucket;
    if (!s3_website(host, bucket)) continue;
    if (!bucket.empty() && bucket != owner)
      problems.warning(member.where, "S3 finds the bucket by the host name that browsers send, " +
                                         owner +
                                         ", and not by this target: the bucket has to be called '" +
                                         owner + "', not '" + std::string(bucket) + "' (A-23)");
    if (set.type == 28 && !set.type_implied)
      problems.warning(member.where,
                       "S3 website endpoints have no IPv6 addresses: an AAAA alias to " + host +
                           " answers nothing (A-23)");
    if (first_s3)
      problems.warning(member.where,
                       "only one member of a group can be an S3 website: the bucket must be called "
                       "like the record, and bucket names are unique (A-30); the first stands at " +
                           first_s3->where.text());
    else
      first_s3 = &member;
  }
}

}  // namespace signpost
