// The first half of a zone keeper: looks at files and sources and finds out what has to be done.
// The second is zone_rereading.cc.
#include "loop/zone_keeper.h"

#include <algorithm>

#include "loop/background.h"
#include "signpost/log.h"

namespace signpost {

namespace {

// A folder or list is often rewritten in steps; a zone is gone when it was missed that often.
constexpr unsigned kMissedMost = 2;

}  // namespace

// What one look at a round's files has to do, and what it found. Used on the pool.
struct ZoneKeeper::Look {
  std::shared_ptr<const Configuration> configuration;  // holds the source
  const ZoneSource* source = nullptr;
  struct Watched {
    unsigned position;
    uint32_t turn;
    std::shared_ptr<const FilesRead> read;
    enum Found : uint8_t { same, changed, gone } found = same;
  };
  std::vector<Watched> watched;
  std::vector<ZoneFile> found;
  bool told = false;
  Problems problems;

  void run() noexcept {
    try {
      if (source) told = source->find(found, problems);
      for (Watched& w : watched)
        w.found = !w.read ? Watched::changed  // for want of memory
                  : !FileStamp::of(w.read->front().path).exists ? Watched::gone
                  : differs(*w.read)                            ? Watched::changed
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
      tell_(loop, [this] { changed_(); }) {
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
  table_.reset();
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

void ZoneKeeper::look(size_t index) {
  Round& round = rounds_[index];
  if (round.looking) return;  // slow storage
  round.looking = true;
  auto look = std::make_shared<Look>();
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
  Problems problems = std::move(look.problems);
  if (look.source && look.told) compare(round.source, look.found, problems);
  say(round, problems);
  for (const Look::Watched& w : look.watched) {
    Kept& kept = kept_[w.position];
    if (!kept.used || kept.turn != w.turn) continue;
    if (!look.source || look.told) file_gone(kept, w.found == Look::Watched::gone);
    if (w.found == Look::Watched::changed) read_soon(w.position);
  }
}

void ZoneKeeper::say(Round& round, const Problems& problems) {
  std::string text = text_of(problems);
  if (round.said == text) return;
  log_problems(problems);
  if (text.empty()) log_info("zone", "what was wrong with the list of zones has been put right");
  round.said = std::move(text);
}

// Brings the zones of a source to what was found.
void ZoneKeeper::compare(uint32_t source, std::vector<ZoneFile>& found, Problems& problems) {
  std::vector<bool> seen(kept_.size());
  for (ZoneFile& file : found) {
    const auto at = positions_.find(file.origin);
    if (at == positions_.end()) {
      add(std::move(file), source);
      continue;
    }
    Kept& kept = kept_[at->second];
    if (kept.served.source != source || at->second >= seen.size() || seen[at->second]) {
      problems.warning(file.where, already_served(file));
      continue;
    }
    seen[at->second] = true;
    kept.missed = 0;
    const bool elsewhere = kept.served.file.path != file.path;
    kept.served.file = std::move(file);
    if (elsewhere) read_soon(at->second);
  }
  for (unsigned i = 0; i < seen.size(); ++i)
    if (kept_[i].used && kept_[i].served.source == source && !seen[i]) miss(i);
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

void ZoneKeeper::miss(unsigned position) {
  Kept& kept = kept_[position];
  const ZoneFile& file = kept.served.file;
  if (++kept.missed < kMissedMost) return;
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

void ZoneKeeper::file_gone(Kept& kept, bool gone) {
  if (kept.gone == gone) return;
  kept.gone = gone;
  const ZoneFile& file = kept.served.file;
  if (gone && kept.missed == 0 && zones_[size_t(&kept - kept_.data())]->loaded())
    log_warning("zone", "zone file " + file.path + " is gone: zone " + file.origin.text() +
                            " is served on as it was read last");
}

void ZoneKeeper::add_to(PresentZones& present) const {
  for (unsigned i = 0; i < kept_.size(); ++i)
    if (kept_[i].used && kept_[i].served.read)
      present.add(kept_[i].served.file, kept_[i].served.read, zones_[i]);
}

}  // namespace signpost
