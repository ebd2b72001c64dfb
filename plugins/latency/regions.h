// Regions by number. The codes of spec Appendix C have fixed numbers; others that a table or a
// Corefile names get the next free one, for the life of the process, so that a number means the
// same Region in every table. Any thread but a worker, which only handles numbers.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace signpost::latency {

inline constexpr uint32_t kMostRegions = 4096;

// The codes that Route 53 knows (L-07).
std::span<const std::string_view> known_regions();
// The number of `code`, made if it is new. no_region if all numbers are taken.
uint32_t region_number(std::string_view code);
inline constexpr uint32_t no_region = UINT32_MAX;
std::string region_code(uint32_t number);

inline constexpr std::string_view kChinaRegion = "cn-north-1";  // L-06

}  // namespace signpost::latency
