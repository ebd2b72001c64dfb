#include "config/zone_judging.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>

#include "config/block_zones.h"
#include "dns/types.h"
#include "signpost/findings.h"
#include "zone/judgement.h"
#include "zone/record_list.h"
#include "zone/zone_file.h"

namespace signpost {

namespace {

// A record that stands for the set: there is one of this type at this name.
void add_set(const SetSpec& set, zone::RecordList& records) {
  constexpr std::array<uint8_t, 16> kAny{};  // an address
  // In place of other types, whose data is not known: a string for each, as no data stands twice.
  const std::array<uint8_t, 3> any_text{2, uint8_t(set.type >> 8), uint8_t(set.type)};
  const bool v4 = set.type == rr::a, v6 = set.type == rr::aaaa;
  ZoneRecord record{set.owner, set.type, set.ttl, std::span(kAny).first(v4 ? 4 : 16), set.where};
  const auto with_value = std::find_if(set.members.begin(), set.members.end(),
                                       [](const MemberSpec& m) { return !m.values.empty(); });
  if (with_value != set.members.end()) {
    record.rdata = with_value->values.front();
  } else if (!v4 && !v6) {
    record.type = rr::txt;
    record.rdata = any_text;
  }
  records.add(record);
}

zone::RecordList records_of(const BlockConfiguration& block, const ZoneFile& file, bool& read) {
  zone::RecordList records;
  Problems told_before;
  const auto keep = [&](const ZoneRecord& record) {
    if (record.owner.view().within(file.origin)) records.add(record);
  };
  read = read_zone_file(file.path, file.origin, keep, told_before);
  for (const auto& [origin, set] : block.sets)
    if (origin == file.origin) add_set(set, records);
  records.sort();
  return records;
}

void judge(const BlockConfiguration& block, const ZoneFile& file, Problems& problems) {
  bool read = false;
  const zone::RecordList records = records_of(block, file, read);
  if (!read) return;
  Problems found;
  Findings findings(found);
  judge_zone(records, file.origin, findings);
  findings.tell_rest({keep_file_name(file.path), Location::behind},
                     "zone " + file.origin.text() + " as a whole");
  for (const Problem& p : found.all()) problems.warning(p.where, p.message);
}

}  // namespace

void judge_zones(const Configuration& configuration, Problems& problems) {
  std::set<std::pair<std::string, Name>> plain;  // the same in every block, without sets
  for (const BlockConfiguration& block : configuration.blocks)
    for (const ServedZone& zone : block.served) {
      const ZoneFile& file = zone.file;
      if (!zone.broken &&
          (has_sets(block, file.origin) || plain.emplace(file.path, file.origin).second))
        judge(block, file, problems);
    }
}

}  // namespace signpost
