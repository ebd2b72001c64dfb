// signpost zone dump|check|diff: zone files without a server.
#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "app/commands.h"
#include "app/output.h"
#include "corefile/files.h"
#include "dns/rdata.h"
#include "dns/types.h"
#include "signpost/findings.h"
#include "signpost/json.h"
#include "zone/apex_guess.h"
#include "zone/builder.h"
#include "zone/difference.h"
#include "zone/judgement.h"
#include "zone/record_list.h"
#include "zone/zone_file.h"

namespace signpost {

namespace {

using zone::Change;
using zone::RecordList;

constexpr size_t kMostOfAStream = size_t{1} << 30;

// Unlike the server's way to read files this takes pipes as well: "-" and /dev/fd/N.
std::optional<std::string> read_anything(const std::string& path, std::string& why) {
  try {
    std::error_code error;
    if (path == "-") return corefile::read_stream(STDIN_FILENO, kMostOfAStream);
    if (std::filesystem::is_regular_file(path, error)) return corefile::read_file(path);
    return corefile::read_stream(path, kMostOfAStream);
  } catch (const std::system_error& e) {
    why = e.code() == std::errc::file_too_large
              ? "more than 1 GiB comes out of it; name a regular file"
              : corefile::reason_of(e);
  }
  return std::nullopt;
}

// A zone file with what it is about.
struct ZoneText {
  Name apex;
  RecordList records;  // sorted
  bool good = false;
};

// Says on stderr what is wrong; true if nothing is but warnings.
bool tell(Problems& problems) {
  problems.sort();
  for (const Problem& p : problems.all()) std::fprintf(stderr, "%s\n", p.text().c_str());
  return !problems.any_error();
}

std::optional<Name> apex_of(const std::string& path, const std::string& text,
                            const std::string& origin, Problems& problems) {
  const Location where{keep_file_name(path), 0};
  if (origin.empty()) {
    auto apex = zone::guess_apex(text, path);
    if (!apex) problems.error(where, "neither the file nor its name tells the zone: add ORIGIN");
    return apex;
  }
  std::string why;
  auto apex = Name::parse(origin, NameView(), &why);
  if (!apex) problems.error(where, "ORIGIN '" + origin + "': " + why);
  return apex;
}

// Reads what stands in the file; `findings`, which tell into `problems`, get what that says about
// the zone. With `builder`, makes one for the zone, which gets each record in the order of the
// file.
ZoneText read_records(const std::string& path, const std::string& origin, Problems& problems,
                      Findings& findings, std::unique_ptr<ZoneBuilder>* builder) {
  ZoneText zone;
  std::string why;
  auto text = read_anything(path, why);
  const Location where{keep_file_name(path), 0};
  if (!text) {
    problems.error(where, "cannot read zone file '" + path + "': " + why);
    return zone;
  }
  const auto apex = apex_of(path, *text, origin, problems);
  if (!apex) return zone;
  zone.apex = *apex;
  if (builder != nullptr) {
    ZoneContext context;
    context.where = where;
    context.now = uint32_t(std::time(nullptr));
    context.needs_ns = true;
    *builder = std::make_unique<ZoneBuilder>(zone.apex, context, findings);
  }
  bool first = true;  // what was read to find the apex need not be read again
  auto read = [&](const std::string& name, std::string& reason) {
    return std::exchange(first, false) ? std::move(text) : read_anything(name, reason);
  };
  auto sink = [&](const ZoneRecord& record) {
    const bool inside = record.owner.view().within(zone.apex);
    if (builder != nullptr) {
      (*builder)->add_record(record.owner, record.type, record.ttl, record.rdata, record.where);
    } else if (!inside) {
      findings.add(
          false, record.where,
          record.owner.text() + " lies outside zone " + zone.apex.text() + " and is ignored");
    }
    if (inside) zone.records.add(record);
  };
  zone.good = read_zone_file(path, zone.apex, sink, problems, read);
  zone.records.sort();
  return zone;
}

ZoneText read_zone(const std::string& path, const std::string& origin, Problems& problems,
                   bool judged = false) {
  Findings findings(problems);
  std::unique_ptr<ZoneBuilder> builder;
  ZoneText zone = read_records(path, origin, problems, findings, judged ? &builder : nullptr);
  if (judged && zone.good) {  // else what is missing would be blamed on the rest
    builder->build();
    judge_zone(zone.records, zone.apex, findings);
  }
  findings.tell_rest({keep_file_name(path), Location::behind}, "zone " + zone.apex.text());
  return zone;
}

void print_lines(std::string& text, bool last) {
  constexpr size_t kEnough = 1 << 20;
  if (!last && text.size() < kEnough) return;
  print(text);
  text.clear();
}

int dump(const std::string& path, const std::string& origin) {
  Problems problems;
  ZoneText zone = read_zone(path, origin, problems);
  if (!tell(problems)) return 1;
  zone.records.settle();
  std::string text;
  for (size_t at = 0; at < zone.records.size(); ++at) {
    zone.records.append_text(at, text);
    text += '\n';
    print_lines(text, false);
  }
  print_lines(text, true);
  return written(0, 1);
}

int check(const std::string& path, const std::string& origin, bool quiet) {
  Problems problems;
  const ZoneText zone = read_zone(path, origin, problems, true);
  if (!tell(problems)) return 1;
  if (quiet) return 0;
  const size_t count = zone.records.size();
  const auto serial = zone::serial_of(zone.records);
  print(path + " is good: zone " + zone.apex.text() + ", serial " +
        std::to_string(serial.value_or(0)) + ", " + std::to_string(count) + " record" +
        (count == 1 ? "" : "s") + "\n");
  return written(0, 1);
}

// What two versions of a zone have and have not in common.
struct Comparison {
  const ZoneText &before, &after;
  std::vector<Change> changes;
  size_t added = 0;

  RecordList::Record record(const Change& change) const {
    return (change.added ? after : before).records[change.at];
  }
};

void print_text(const Comparison& compared) {
  const auto& [before, after, changes, added] = compared;
  if (changes.empty()) return;
  std::string text =
      "; zone " + after.apex.text() + ": " +
      zone::serial_text(zone::serial_of(before.records), zone::serial_of(after.records)) + "; " +
      std::to_string(changes.size() - added) + " removed, " + std::to_string(added) + " added\n";
  for (const Change& c : changes) {
    text += c.added ? '+' : '-';
    (c.added ? after : before).records.append_text(c.at, text);
    text += '\n';
    print_lines(text, false);
  }
  print_lines(text, true);
}

json::Value serial_value(const RecordList& records) {
  const auto serial = zone::serial_of(records);
  return serial ? json::Value(*serial) : json::Value();
}

// One change a line, so that the text of a large zone is never whole in memory.
void print_json(const Comparison& compared) {
  const auto& [before, after, changes, added] = compared;
  std::string text =
      json::write(json::Object{{"zone", after.apex.text()},
                               {"serial", json::Object{{"old", serial_value(before.records)},
                                                       {"new", serial_value(after.records)}}},
                               {"removed", changes.size() - added},
                               {"added", added}});
  text.back() = ',';
  text += "\"changes\":[";
  for (const Change& c : changes) {
    const RecordList::Record record = compared.record(c);
    text += &c == changes.data() ? "\n" : ",\n";
    text += json::write(json::Object{{"change", c.added ? "added" : "removed"},
                                     {"name", record.owner.text()},
                                     {"ttl", record.ttl},
                                     {"type", type_text(record.type)},
                                     {"data", print_rdata(record.type, record.rdata)}});
    print_lines(text, false);
  }
  text += "]}\n";
  print_lines(text, true);
}

int diff(const std::string& old_path, const std::string& new_path, const std::string& origin,
         bool as_json) {
  constexpr int kSame = 0, kDifferent = 1, kTrouble = 2;
  Problems problems;
  ZoneText before = read_zone(old_path, origin, problems);
  ZoneText after = read_zone(new_path, origin, problems);
  if (before.good && after.good && !(before.apex == after.apex)) {
    problems.error({keep_file_name(new_path), 0}, "this is zone " + after.apex.text() + ", but " +
                                                      old_path + " is " + before.apex.text());
  }
  // Cut off, as likely as not: applied, the difference would take the zone away.
  if (before.good && after.good && zone::serial_of(before.records) &&
      !zone::serial_of(after.records)) {
    problems.error({keep_file_name(new_path), 0}, "there is no SOA record of " + after.apex.text() +
                                                      ", which " + old_path +
                                                      " has: this is not the whole zone");
  }
  if (!tell(problems)) return kTrouble;
  before.records.settle();
  after.records.settle();
  Comparison compared{before, after, difference(before.records, after.records)};
  for (const Change& c : compared.changes) compared.added += c.added;
  as_json ? print_json(compared) : print_text(compared);
  return written(compared.changes.empty() ? kSame : kDifferent, kTrouble);
}

}  // namespace

int zone_command(const CommandLine& line) {
  const std::vector<std::string>& words = line.words;
  const auto word = [&](size_t i) { return i < words.size() ? words[i] : std::string(); };
  if (words[0] == "dump") return dump(words[1], word(2));
  if (words[0] == "check") return check(words[1], word(2), line.quiet);
  try {
    return diff(words[1], words[2], word(3), line.json);
  } catch (const std::exception& e) {  // not 1, which says that the zones differ
    std::fprintf(stderr, "signpost: %s\n", e.what());
    return 2;
  }
}

}  // namespace signpost
