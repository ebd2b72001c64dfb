#include "zone/difference.h"

#include "dns/types.h"

namespace signpost::zone {

std::vector<Change> difference(const RecordList& before, const RecordList& after) {
  std::vector<Change> changes;
  size_t old_at = 0, new_at = 0;
  while (old_at < before.size() || new_at < after.size()) {
    const int order = old_at == before.size()  ? 1
                      : new_at == after.size() ? -1
                                               : before.compare(old_at, after, new_at);
    const bool same = order == 0 && before[old_at].ttl == after[new_at].ttl;
    if (order <= 0 && !same) changes.push_back({false, old_at});
    if (order >= 0 && !same) changes.push_back({true, new_at});
    old_at += order <= 0;
    new_at += order >= 0;
  }
  return changes;
}

std::optional<uint32_t> serial_of(const RecordList& records) {
  for (size_t at = 0; at < records.size(); ++at) {
    if (records[at].type != rrtype::soa) continue;
    constexpr size_t kFromEnd = 20;  // serial, refresh, retry, expire, minimum
    auto octets = records[at].rdata.last<kFromEnd>();
    return uint32_t(octets[0]) << 24 | uint32_t(octets[1]) << 16 | uint32_t(octets[2]) << 8 |
           octets[3];
  }
  return std::nullopt;
}

std::string serial_text(std::optional<uint32_t> before, std::optional<uint32_t> after) {
  if (!before && !after) return "no serial";
  if (!before) return "serial " + std::to_string(*after) + ", before none";
  if (!after) return "no serial, before " + std::to_string(*before);
  if (*before == *after) {
    return "serial " + std::to_string(*after) + " unchanged: secondary servers will not notice";
  }
  const std::string text = "serial " + std::to_string(*before) + " -> " + std::to_string(*after);
  const uint32_t forward = *after - *before;
  if (forward == uint32_t(1) << 31) return text + ": neither is newer";
  return forward < uint32_t(1) << 31 ? text : text + ": a step back, secondary servers ignore it";
}

}  // namespace signpost::zone
