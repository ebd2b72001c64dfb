// The second half of a zone keeper: reads zones again and tells of the tables they make.
#include <functional>
#include <utility>

#include "loop/background.h"
#include "loop/zone_keeper.h"
#include "signpost/log.h"
#include "steer/alias_links.h"

namespace signpost {

namespace {

constexpr unsigned kReadAtOnce = 2;  // of the pool's four threads
constexpr uint64_t kTellMs = 100;

// RFC 1982, section 3.2.
bool went_back(uint32_t before, uint32_t now) { return int32_t(now - before) < 0; }

// Tells a failure from another: what is the same, of the same files, need not be said again. Such
// files are read again because a try might succeed, or because they were just written.
size_t hash_of_failure(const Problems& problems, const FilesRead* files) {
  std::string text = text_of(problems);
  for (const FileRead& file : files ? *files : FilesRead()) {
    const FileStamp& s = file.stamp;
    for (const uint64_t part :
         {s.device, s.inode, s.size, uint64_t(s.modified), uint64_t(s.changed)})
      text += std::to_string(part) + " ";
  }
  return std::hash<std::string>()(text) | 1;
}

// Of a zone or a table.
void let_go(uv_loop_t* loop, std::shared_ptr<const void> last) {
  std::vector<std::shared_ptr<const void>> garbage;
  garbage.push_back(std::move(last));
  dispose(loop, std::move(garbage));
}

}  // namespace

// A zone that is read again. Holds what it works on: the keeper may go meanwhile.
struct ZoneKeeper::Reading {
  std::shared_ptr<const Configuration> configuration;
  unsigned block, position;
  uint32_t turn;
  ZoneFile file;
  ZoneRead result;
  Problems problems;

  void run() noexcept {
    try {
      result = read_zone(configuration->blocks[block], file, position, problems);
      result.wrong = nullptr;  // here, where freeing a large zone holds up nobody
    } catch (const std::exception& e) {
      problems.error(file.where, e.what());
    }
  }
};

void ZoneKeeper::log_problems(const Problems& problems) {
  for (const Problem& p : problems.all())
    p.severity == Problem::error ? log_error("zone", p.text()) : log_warning("zone", p.text());
}

void ZoneKeeper::read_soon(unsigned position) {
  Kept& kept = kept_[position];
  if (kept.state == Kept::reading) kept.state = Kept::read_again;
  if (kept.state != Kept::idle) return;
  kept.state = Kept::waiting;
  waiting_.push_back(position);
  read_more();
}

void ZoneKeeper::read_more() {
  while (!held_ && reading_ < kReadAtOnce && !waiting_.empty()) {
    const unsigned position = waiting_.front();
    waiting_.pop_front();
    Kept& kept = kept_[position];
    if (!kept.used || kept.state != Kept::waiting) continue;  // removed meanwhile
    kept.state = Kept::reading;
    ++reading_;
    auto reading = std::make_shared<Reading>(
        Reading{configuration_, block_, position, kept.turn, kept.served.file, {}, {}});
    in_background(
        loop_, [reading] { reading->run(); },
        [reading, loop = loop_, self = self_] {
          if (*self) (*self)->has_read(*reading);
          let_go(loop, std::move(reading->result.zone));
        });
  }
}

void ZoneKeeper::has_read(Reading& reading) {
  --reading_;
  Kept& kept = kept_[reading.position];
  if (kept.used && kept.turn == reading.turn && held_) {
    kept.state = Kept::waiting;
    waiting_.push_front(reading.position);
  } else if (kept.used && kept.turn == reading.turn) {
    const bool again = kept.state == Kept::read_again;
    kept.state = Kept::idle;
    const ZoneFile& file = kept.served.file;
    if (reading.result.files) {
      auto files = std::make_shared<FilesRead>(*reading.result.files);
      if (kept.served.read) settle(*files, *kept.served.read);
      kept.served.read = std::move(files);
    }
    const Zone* before = zones_[reading.position].get();
    const std::shared_ptr<const Zone>& zone = reading.result.zone;
    const bool good = zone && fits(reading.position, zone, reading.problems);
    kept.served.broken = !good;
    tell_of_reading(reading, good ? zone.get() : nullptr);
    if (good)
      put(reading.position, zone);
    else if (!before)
      put(reading.position, Zone::unloaded(file.origin, reading.position, file.tag));
    if (again) read_soon(reading.position);
  }
  read_more();
  tell_of_changes();
}

// `zone`: what was read and will be served, or null.
void ZoneKeeper::tell_of_reading(const Reading& reading, const Zone* zone) {
  Kept& kept = kept_[reading.position];
  const size_t said = zone ? 0 : hash_of_failure(reading.problems, reading.result.files.get());
  if (std::exchange(kept.said, said) == said && !zone) return;
  log_problems(reading.problems);
  const ZoneFile& file = kept.served.file;
  const std::string subject = "zone " + file.origin.text();
  const Zone* before = zones_[reading.position].get();
  const bool loaded = before && before->loaded();
  if (zone) {
    const std::string serial = std::to_string(zone->serial());
    if (loaded && went_back(before->serial(), zone->serial()))
      log_warning("zone", subject + ": serial " + serial + " is lower than " +
                              std::to_string(before->serial()) +
                              " before; servers that copy the zone will not take it up");
    log_info("zone", subject + (loaded ? " reloaded" : " added") + " from " + file.path +
                         ", serial " + serial);
  } else if (loaded) {
    log_error("zone", subject + " is not reloaded: the one before is served on");
  } else {
    log_error("zone", subject + " cannot be served: questions for it fail");
  }
}

// Whether the aliases of the block still lead somewhere with `zone` in place.
bool ZoneKeeper::fits(unsigned position, const std::shared_ptr<const Zone>& zone,
                      Problems& problems) const {
  if (zone->written().empty() && !is_aliased(block(), kept_[position].served.file.origin))
    return true;
  ZoneTable next;
  next.zones = zones_;
  next.zones[position] = zone;
  next.index();
  Problems found;
  check_alias_links(next, found);
  problems.add(found);
  return !found.any_error();
}

void ZoneKeeper::put(unsigned position, std::shared_ptr<const Zone> zone) {
  std::swap(zones_[position], zone);
  dirty_ = true;
  let_go(loop_, std::move(zone));  // of the one before, if it was never published
  tell_of_changes();
}

// At once if nothing more is under way and the last time is long enough ago, else soon: thousands
// of zones that change together make a few tables, and so does one that changes all the time.
void ZoneKeeper::tell_of_changes() {
  if (!dirty_) return;
  uv_update_time(loop_);
  const uint64_t now = uv_now(loop_);
  if (now >= tell_from_ && reading_ == 0 && waiting_.empty()) {
    tell_.stop();
    tell();
  } else if (!tell_.active()) {
    tell_.start(now < tell_from_ ? tell_from_ - now : kTellMs);
  }
}

void ZoneKeeper::tell() {
  tell_from_ = uv_now(loop_) + kTellMs;
  dirty_ = false;
  auto next = std::make_shared<ZoneTable>();
  next->zones = zones_;
  next->index();
  let_go(loop_, std::exchange(table_, std::move(next)));
  changed_();
}

}  // namespace signpost
