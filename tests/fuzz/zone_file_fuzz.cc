// Any bytes as a zone file and once more as a file it includes: reading must end, every record
// handed out must be sound, and the verdict must fit the problems.
#include <algorithm>
#include <cstdlib>

#include "dns/rdata.h"
#include "dns/types.h"
#include "zone/zone_file.h"

namespace {

using namespace signpost;

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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t kMaxSize = 4096, kChecked = 1000;
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (size > kMaxSize || has_long_range(text)) return 0;
  // Included twice and more, the same text would multiply without end.
  int reads = 0;
  auto read = [&](const std::string&, std::string&) {
    return std::optional<std::string>(++reads <= 2 ? text : "");
  };
  size_t records = 0;
  auto sink = [&](const ZoneRecord& record) {
    if (++records <= kChecked) check(record);
  };
  Problems problems;
  bool clean = read_zone_file("fuzz.db", NameView(), sink, problems, read);
  require(clean == !problems.any_error());
  require(problems.all().size() <= kMaxZoneErrors + 1);
  return 0;
}
