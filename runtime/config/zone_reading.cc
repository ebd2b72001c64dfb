#include "config/zone_reading.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "config/configuration.h"
#include "zone/builder.h"
#include "zone/zone_file.h"

namespace signpost {

namespace {

constexpr int64_t kCoarseNs = 20'000'000;  // the kernel stamps files by a clock that lags behind

int64_t wall_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

int64_t ns(const timespec& t) { return int64_t(t.tv_sec) * 1'000'000'000 + t.tv_nsec; }

}  // namespace

FileStamp FileStamp::of(const std::string& path) {
  struct stat s;
  if (stat(path.c_str(), &s) != 0) return {};
  return {true,          uint64_t(s.st_dev), uint64_t(s.st_ino), uint64_t(s.st_size),
          ns(s.st_mtim), ns(s.st_ctim)};
}

bool differs(const FilesRead& files) {
  return std::any_of(files.begin(), files.end(), [](const FileRead& file) {
    return !file.settled || FileStamp::of(file.path) != file.stamp;
  });
}

void settle(FilesRead& files, const FilesRead& before) {
  std::unordered_map<std::string_view, const FileStamp*> known;
  for (const FileRead& old : before) known.emplace(old.path, &old.stamp);
  for (FileRead& file : files)
    if (const auto old = known.find(file.path); old != known.end())
      file.settled |= *old->second == file.stamp;
}

ZoneRead read_zone(const BlockConfiguration& block, const ZoneFile& file, unsigned position,
                   Problems& problems) {
  auto files = std::make_shared<FilesRead>();
  // The stamp is taken first: what changes while it is read is seen at the next look. What is read
  // more than once keeps its first.
  std::unordered_set<std::string> seen;
  const auto stamped = [&](const std::string& path, std::string& why) {
    if (!seen.insert(path).second) return read_file_from_disk(path, why);
    const FileStamp stamp = FileStamp::of(path);
    files->push_back({path, stamp, !stamp.exists || stamp.changed + kCoarseNs < wall_ns()});
    return read_file_from_disk(path, why);
  };
  if (const FileStamp stamp = FileStamp::of(file.path); !stamp.exists) {
    files->push_back({file.path, stamp, true});
    problems.error(file.where, "zone file " + file.path + " does not exist");
    return {nullptr, nullptr, std::move(files)};
  }
  Problems found;
  ZoneContext context{position,     file.chase,    file.minimal, file.where,
                      block.inside, block.outside, block.checks};
  context.now = uint32_t(wall_ns() / 1'000'000'000);
  context.tag = file.tag;
  context.passes_on = file.passes_on;
  ZoneBuilder builder(file.origin, std::move(context), found);
  const bool read = read_zone_file(
      file.path, file.origin,
      [&](const ZoneRecord& r) { builder.add_record(r.owner, r.type, r.ttl, r.rdata, r.where); },
      found, stamped);
  for (const auto& [origin, set] : block.sets)
    if (origin == file.origin) builder.add_set(set);
  if (!read) builder.add_gap();
  std::shared_ptr<const Zone> zone = builder.build(true);
  problems.add(found);
  if (!read) return {nullptr, nullptr, std::move(files)};
  if (found.any_error()) return {nullptr, std::move(zone), std::move(files)};
  return {std::move(zone), nullptr, std::move(files)};
}

}  // namespace signpost
