// The first half of a zone keeper: looks at files and sources and finds out what has to be done.
// The second is zone_rereading.cc.
#include "loop/zone_keeper.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "loop/background.h"
#include "signpost/log.h"

namespace signpost {

namespace {

// A folder or list is often rewritten in steps; a zone is gone when it was missed that often.
constexpr unsigned kMissedMost = 2;

// What a zone was read from while `file` is still to be read: it differs from any file.
std::shared_ptr<const FilesRead> unread(const ZoneFile& file) {
  return std::make_shared<const FilesRead>(FilesRead{{file.path, {}, false}});
}

}  // namespace

// What one look at a round's files has to do, and what it found. Used on the pool.
struct ZoneKeeper::Look {
  std::shared_ptr<const Configuration> configuration;  // holds the source
  const ZoneSource* source = nullptr;
  bool between = false;
  struct Watched {
    unsigned position;
    uint32_t turn;
    std::shared_ptr<const FilesRead> read;
    enum Found : uint8_t { same, changed, gone } found = same;
    int error = 0;  // of what is gone: why it cannot be looked at
  };
  uint64_t number = 0;
  std::vector<Watched> watched;
  std::vector<ZoneFile> found;
  bool told = false;
  Problems problems;

  static bool is_gone(Watched& watched) {
    const FileStamp stamp = FileStamp::of(watched.read->front().path);
    watched.error = stamp.error;
    return !stamp.exists;
  }
  void run() noexcept {
    try {
      if (source) told = source->find(found, problems);
      for (Watched& w : watched)
        w.found = !w.read            ? Watched::changed  // for want of memory
                  : is_gone(w)       ? Watched::gone
                  : differs(*w.read) ? Watched::changed
                                     : Watched::same;
    } catch (const std::exception& e) {  // out of memory must not end the server
      told = false;
      problems.error({}, e.what());
    }
  }
};

ZoneKeeper::ZoneKeeper(uv_loop_t* loop, std::shared_ptr<const Configuration> configuration,
                       unsigned block, std::vector<ServedZone> zones,
                       std::shared_ptr<const ZoneTable> table, std::function<void()> changed)
    : loop_(loop),
      configuration_(std::move(configuration)),
      block_(block),
      changed_(std::move(changed)),
      self_(std::make_shared<ZoneKeeper*>(this)),
      zones_(table->zones),
      table_(std::move(table)),
      tell_(loop, [this] { tell(); }) {
  for (ServedZone& zone : zones) {
    positions_.emplace(zone.file.origin, unsigned(kept_.size()));
    kept_.emplace_back().served = std::move(zone);
  }
  const auto& sources = this->block().sources;
  for (uint32_t s = 0; s < sources.size(); ++s) start_round(s, sources[s].every);
  for (const Kept& kept : kept_) {
    const auto every = kept.served.file.reload;
    const auto same = [&](const Round& r) { return r.source == no_source && r.every == every; };
    if (kept.served.source == no_source && std::none_of(rounds_.begin(), rounds_.end(), same))
      start_round(no_source, every);
  }
}

ZoneKeeper::~ZoneKeeper() {
  *self_ = nullptr;
  std::vector<std::shared_ptr<const void>> garbage(zones_.begin(), zones_.end());
  zones_.clear();
  garbage.push_back(std::move(table_));  // which has others where zones changed since it was made
  dispose(loop_, std::move(garbage));
}

void ZoneKeeper::start_round(uint32_t source, std::chrono::milliseconds every) {
  const size_t index = rounds_.size();
  Round& round = rounds_.emplace_back();
  round.source = source;
  round.every = every;
  if (source != no_source) round.said = block().sources[source].said;
  if (every.count() == 0) return;
  round.timer = std::make_unique<LoopTimer>(loop_, [this, index] { look(index); });
  round.timer->start(uint64_t(every.count()), uint64_t(every.count()));
}

// `between` its times a round looks for what there is: what it misses then does not count.
void ZoneKeeper::look(size_t index, bool between) {
  Round& round = rounds_[index];
  if (held_) {
    round.left_out = true;
    return;
  }
  round.left_out = false;
  if (round.looking) {  // slow storage, where one look in its time is as good as two
    round.again |= between || round.between;
    round.in_time |= !between;
    return;
  }
  round.looking = true;
  round.between = between;
  auto look = std::make_shared<Look>();
  look->number = ++looks_;
  look->between = between;
  look->configuration = configuration_;
  if (round.source != no_source) look->source = block().sources[round.source].source.get();
  for (unsigned i = 0; i < kept_.size(); ++i) {
    const Kept& k = kept_[i];
    if (k.used && k.state == Kept::idle && k.served.source == round.source &&
        (round.source != no_source || k.served.file.reload == round.every))
      look->watched.push_back({i, k.turn, k.served.read});
  }
  in_background(
      loop_, [look] { look->run(); },
      [look, index, self = self_] {
        if (*self) (*self)->looked(index, *look);
      });
}

void ZoneKeeper::looked(size_t index, Look& look) {
  Round& round = rounds_[index];
  round.looking = false;
  const bool again = std::exchange(round.again, false);
  const bool in_time = std::exchange(round.in_time, false);
  if (held_) {
    round.left_out = true;
    return;
  }
  round.seen = look.number;
  Problems problems = std::move(look.problems);
  if (look.source && look.told) compare(round, look.found, look.between, problems);
  say(round, problems);
  for (const Look::Watched& w : look.watched) {
    Kept& kept = kept_[w.position];
    if (!kept.used || kept.turn != w.turn) continue;
    if (w.read && w.read->front().path != kept.served.file.path) {  // has another file since
      if (kept.state == Kept::idle) read_soon(w.position);
      continue;
    }
    if (!look.source || look.told) file_gone(kept, w.error);
    if (w.found == Look::Watched::changed) read_soon(w.position);
  }
  if (again) this->look(index, !in_time);
}

void ZoneKeeper::go_on() {
  held_ = false;
  read_more();
  for (size_t i = 0; i < rounds_.size(); ++i)
    if (rounds_[i].left_out) look(i);
}

void ZoneKeeper::say(Round& round, const Problems& problems) {
  std::string text = text_of(problems);
  if (round.said == text) return;
  log_problems(problems);
  if (text.empty()) log_info("zone", "what was wrong with the list of zones has been put right");
  round.said = std::move(text);
}

// Brings the zones of a source to what was found.
void ZoneKeeper::compare(Round& round, std::vector<ZoneFile>& found, bool between,
                         Problems& problems) {
  const uint32_t source = round.source;
  for (Kept& kept : kept_)
    std::erase_if(kept.others, [&](const ServedZone& other) { return other.source == source; });
  std::vector<bool> seen(kept_.size());
  RepeatedZones repeated(problems);
  for (ZoneFile& file : found) {
    const auto at = positions_.find(file.origin);
    if (at == positions_.end()) {
      add(std::move(file), source);
      continue;
    }
    Kept& kept = kept_[at->second];
    if (kept.served.source != source || at->second >= seen.size() || seen[at->second]) {
      repeated.add(file);
      claim(kept, file, source);
      continue;
    }
    seen[at->second] = true;
    kept.missed = 0;
    const bool elsewhere = kept.served.file.path != file.path;
    kept.served.file = std::move(file);
    if (!elsewhere) continue;
    kept.served.read = unread(kept.served.file);
    read_soon(at->second);
  }
  repeated.tell_rest();
  if (between) return;
  bool newly = false;
  for (unsigned i = 0; i < seen.size(); ++i)
    if (kept_[i].used && kept_[i].served.source == source && !seen[i]) {
      newly |= kept_[i].missed == 0;
      miss(i);
    }
  if (newly) ask_others(round);
}

void ZoneKeeper::add(ZoneFile file, uint32_t source) {
  unsigned position = unsigned(kept_.size());
  if (free_.empty()) {
    kept_.emplace_back();
    zones_.emplace_back();
  } else {
    position = free_.back();
    free_.pop_back();
  }
  Kept& kept = kept_[position];
  kept = {{std::move(file), source}, kept.turn + 1};
  positions_.emplace(kept.served.file.origin, position);
  read_soon(position);
}

// Remembers that the zone, which another source or a line has, is also in `source`: the first of
// two files there counts. A line never gives a zone up.
void ZoneKeeper::claim(Kept& kept, const ZoneFile& file, uint32_t source) {
  if (kept.served.source == source || kept.served.source == no_source) return;
  const auto at = std::find_if(kept.others.begin(), kept.others.end(),
                               [&](const ServedZone& other) { return other.source >= source; });
  if (at == kept.others.end() || at->source != source)
    kept.others.insert(at, ServedZone{file, source});
}

// What `round` misses may have moved to another source, whose next look may be far.
void ZoneKeeper::ask_others(const Round& round) {
  for (size_t i = 0; i < rounds_.size(); ++i) {
    Round& other = rounds_[i];
    if (&other != &round && other.source != no_source && other.timer) look(i, true);
  }
}

// Whether every other source was looked at since the zone was missed first.
bool ZoneKeeper::others_told(const Kept& kept) const {
  return std::all_of(rounds_.begin(), rounds_.end(), [&](const Round& round) {
    return round.source == no_source || round.source == kept.served.source || !round.timer ||
           round.seen > kept.missed_at;
  });
}

void ZoneKeeper::miss(unsigned position) {
  Kept& kept = kept_[position];
  const ZoneFile& file = kept.served.file;
  if (kept.missed == 0) kept.missed_at = looks_;
  if (kept.missed + 1 == kMissedMost && !others_told(kept)) return;  // the next look will tell
  if (++kept.missed < kMissedMost) return;
  if (!kept.others.empty()) return hand_over(position);
  if (has_sets(block(), file.origin) || is_aliased(block(), file.origin)) {
    if (kept.missed == kMissedMost)
      log_error("zone", "zone " + file.origin.text() + " is gone from " + file.where.text() +
                            ", but the Corefile adds records to it: it is served on");
    return;
  }
  log_info("zone", "zone " + file.origin.text() + " removed: " + file.path + " is gone");
  positions_.erase(file.origin);
  kept.used = false;
  ++kept.turn;
  free_.push_back(position);
  put(position, nullptr);
}

// From its source to the first of the others that have the zone. It is served as it is until it has
// been read from there.
void ZoneKeeper::hand_over(unsigned position) {
  Kept& kept = kept_[position];
  ServedZone next = std::move(kept.others.front());
  kept.others.erase(kept.others.begin());
  next.read = unread(next.file);
  log_info("zone", "zone " + next.file.origin.text() + " moved: " + kept.served.file.path +
                       " is gone, " + next.file.path + " takes its place");
  kept.served = std::move(next);
  kept.missed = 0;
  kept.gone = 0;
  ++kept.turn;  // what is being read is the file before
  if (kept.state != Kept::waiting) kept.state = Kept::idle;
  read_soon(position);
}

// `error`: why the file cannot be looked at, or 0 if it can.
void ZoneKeeper::file_gone(Kept& kept, int error) {
  if (std::exchange(kept.gone, error) == error || error == 0) return;
  const ZoneFile& file = kept.served.file;
  if (kept.missed != 0 || !zones_[size_t(&kept - kept_.data())]->loaded()) return;
  const std::string what = error == ENOENT ? std::string(" is gone")
                                           : " cannot be looked at any more (" +
                                                 std::generic_category().message(error) + ")";
  log_warning("zone", "zone file " + file.path + what + ": zone " + file.origin.text() +
                          " is served on as it was read last");
}

void ZoneKeeper::add_to(PresentZones& present) const {
  present.begin(block());
  for (unsigned i = 0; i < kept_.size(); ++i)
    if (kept_[i].used) present.add(kept_[i].served, zones_[i]);
}

}  // namespace signpost
