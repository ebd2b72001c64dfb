#include "regions.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <mutex>

namespace signpost::latency {

namespace {

constexpr std::string_view kRegions[] = {
    "us-east-1",      "us-east-2",      "us-west-1",      "us-west-2",      "ca-central-1",
    "ca-west-1",      "mx-central-1",   "sa-east-1",      "eu-west-1",      "eu-west-2",
    "eu-west-3",      "eu-central-1",   "eu-central-2",   "eu-north-1",     "eu-south-1",
    "eu-south-2",     "eusc-de-east-1", "af-south-1",     "me-south-1",     "me-central-1",
    "il-central-1",   "ap-south-1",     "ap-south-2",     "ap-east-1",      "ap-east-2",
    "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5",
    "ap-southeast-6", "ap-southeast-7", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3",
    "cn-north-1",     "cn-northwest-1", "us-gov-east-1",  "us-gov-west-1"};
static_assert(std::size(kRegions) == 39);

std::mutex mutex;
std::deque<std::string> others;  // numbered on from the known ones; guarded by mutex

}  // namespace

std::span<const std::string_view> known_regions() { return kRegions; }

uint32_t region_number(std::string_view code) {
  const auto known = std::find(std::begin(kRegions), std::end(kRegions), code);
  if (known != std::end(kRegions)) return uint32_t(known - std::begin(kRegions));
  const std::lock_guard lock(mutex);
  const auto at = std::find(others.begin(), others.end(), code);
  const auto number = uint32_t(std::size(kRegions) + size_t(at - others.begin()));
  if (at != others.end()) return number;
  if (number >= kMostRegions) return no_region;
  others.emplace_back(code);
  return number;
}

std::string region_code(uint32_t number) {
  if (number < std::size(kRegions)) return std::string(kRegions[number]);
  const std::lock_guard lock(mutex);
  const size_t at = number - std::size(kRegions);
  return at < others.size() ? others[at] : "?";
}

}  // namespace signpost::latency
