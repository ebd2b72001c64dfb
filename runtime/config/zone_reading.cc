#include "config/zone_reading.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <optional>
#include <string_view>
#include <system_error>
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

bool is_readable(const std::string& path) { return access(path.c_str(), R_OK) == 0; }

// Reads files and notes what they were.
class StampedFiles {
 public:
  // The stamp is taken first: what changes while it is read is seen at the next look. What is read
  // more than once keeps its first.
  std::optional<std::string> read(const std::string& path, std::string& why) {
    if (!seen_.insert(path).second) return read_file_from_disk(path, why);
    const FileStamp stamp = FileStamp::of(path);
    auto text = read_file_from_disk(path, why);
    if (!text && stamp.exists && is_readable(path))
      files_->push_back({path, {}, false});
    else
      files_->push_back({path, stamp, !stamp.exists || stamp.changed + kCoarseNs < wall_ns()});
    return text;
  }
  std::shared_ptr<FilesRead> files() const { return files_; }

 private:
  const std::shared_ptr<FilesRead> files_ = std::make_shared<FilesRead>();
  std::unordered_set<std::string> seen_;
};

std::string absence_text(const ZoneFile& file, int error) {
  if (error == ENOENT) return "zone file " + file.path + " does not exist";
  return "zone file " + file.path +
         " cannot be looked at: " + std::generic_category().message(error);
}

}  // namespace

FileStamp FileStamp::of(const std::string& path) {
  struct stat s;
  if (stat(path.c_str(), &s) != 0) return {.error = errno};
  return {
      true,         0, uint64_t(s.st_dev), uint64_t(s.st_ino), uint64_t(s.st_size), ns(s.st_mtim),
      ns(s.st_ctim)};
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
  if (const FileStamp stamp = FileStamp::of(file.path); !stamp.exists) {
    problems.error(file.where, absence_text(file, stamp.error));
    return {nullptr, nullptr, std::make_shared<FilesRead>(FilesRead{{file.path, stamp, true}})};
  }
  StampedFiles files;
  Problems found;
  ZoneContext context{position,     file.chase,    file.minimal, file.where,
                      block.inside, block.outside, block.checks};
  context.path = file.path;
  context.now = uint32_t(wall_ns() / 1'000'000'000);
  context.tag = file.tag;
  context.passes_on = file.passes_on;
  Findings findings(found);
  ZoneBuilder builder(file.origin, std::move(context), findings);
  const bool read = read_zone_file(
      file.path, file.origin,
      [&](const ZoneRecord& r) { builder.add_record(r.owner, r.type, r.ttl, r.rdata, r.where); },
      found, [&](const std::string& path, std::string& why) { return files.read(path, why); });
  for (const auto& [origin, set] : block.sets)
    if (origin == file.origin) builder.add_set(set);
  if (!read) builder.add_gap();
  std::shared_ptr<const Zone> zone = builder.build(true);
  findings.tell_rest({keep_file_name(file.path), Location::behind}, "zone " + file.origin.text());
  problems.add(found);
  if (!read) return {nullptr, nullptr, files.files()};
  if (found.any_error()) return {nullptr, std::move(zone), files.files()};
  return {std::move(zone), nullptr, files.files()};
}

}  // namespace signpost
