// Zone text to a list of records, for tests.
#pragma once

#include <string>

#include "zone/record_list.h"
#include "zone/zone_file.h"

namespace signpost::zone {

// The sorted records of `text`, whose names are relative to `apex`; they stand in file "z".
inline RecordList records_of(const std::string& text, NameView apex) {
  RecordList records;
  Problems problems;
  auto read = [&](const std::string&, std::string&) { return text; };
  read_zone_file(
      "z", apex, [&](const ZoneRecord& r) { records.add(r); }, problems, read);
  if (problems.any_error()) throw ConfigError(problems.all()[0].where, problems.all()[0].message);
  records.sort();
  return records;
}

inline std::string text_of(const RecordList& records) {
  std::string text;
  for (size_t at = 0; at < records.size(); ++at) records.append_text(at, text), text += '\n';
  return text;
}

}  // namespace signpost::zone
