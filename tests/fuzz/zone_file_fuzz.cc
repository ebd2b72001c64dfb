// Any bytes as a zone file and once more as a file it includes: reading must end, every record
// handed out must be sound, the verdict must fit the problems, and the canonical text of what was
// read must read as the same records again. Which zone it is about, and what is wrong with it as a
// zone, is asked as well.
#include <algorithm>
#include <cstdlib>

#include "dns/rdata.h"
#include "dns/types.h"
#include "signpost/findings.h"
#include "zone/apex_guess.h"
#include "zone/difference.h"
#include "zone/judgement.h"
#include "zone/record_list.h"
#include "zone/zone_file.h"

namespace {

using namespace signpost;
using zone::RecordList;

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const ZoneRecord& record) {
  require(is_data_type(record.type));
  require(record.ttl <= kMaxTtl);
  require(record.where.line > 0);
  require(valid_rdata(record.type, record.rdata));
  require(Name::parse(record.owner.text()) == record.owner);
}

// $GENERATE makes up to a million records from a few bytes; that is slow, not wrong.
bool has_long_range(std::string_view text) {
  constexpr size_t kDigits = 3;  // with the dash
  for (size_t at = text.find('-'); at != text.npos; at = text.find('-', at + 1)) {
    size_t end = text.find_first_not_of("0123456789", at + 1);
    if (std::min(end, text.size()) - at > kDigits) return true;
  }
  return false;
}

std::string canonical_text(const RecordList& records) {
  std::string text;
  for (size_t at = 0; at < records.size(); ++at) records.append_text(at, text), text += '\n';
  return text;
}

void reads_back(RecordList& records) {
  records.sort();
  records.settle();
  RecordList again;
  Problems problems;
  auto read = [&](const std::string&, std::string&) { return canonical_text(records); };
  auto sink = [&](const ZoneRecord& record) { again.add(record); };
  require(read_zone_file("dump.db", NameView(), sink, problems, read));
  require(again.size() == records.size());
  again.sort();
  again.settle();
  require(zone::difference(records, again).empty());
  require(canonical_text(again) == canonical_text(records));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t kMaxSize = 4096, kChecked = 1000;
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (size > kMaxSize || has_long_range(text)) return 0;
  const Name apex = zone::guess_apex(text, "fuzz.db").value_or(Name());
  // Included twice and more, the same text would multiply without end.
  int reads = 0;
  auto read = [&](const std::string&, std::string&) {
    return std::optional<std::string>(++reads <= 2 ? text : "");
  };
  RecordList records, inside;
  auto sink = [&](const ZoneRecord& record) {
    if (records.size() >= kChecked) return;
    check(record);
    records.add(record);
    if (record.owner.view().within(apex)) inside.add(record);
  };
  Problems problems, told;
  Findings findings(told);
  bool clean = read_zone_file("fuzz.db", apex, sink, problems, read);
  require(clean == !problems.any_error());
  require(problems.all().size() <= kMaxZoneErrors + 1);
  reads_back(records);
  inside.sort();
  zone::judge_zone(inside, apex, findings);
  require(told.all().size() <= 2 * kMaxFindings);
  return 0;
}
