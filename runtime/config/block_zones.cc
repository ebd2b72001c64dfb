#include "config/block_zones.h"

#include <algorithm>
#include <set>
#include <unordered_set>

#include "signpost/addresses.h"
#include "signpost/health.h"
#include "steer/alias_links.h"
#include "steer/judge.h"

namespace signpost {

namespace {

class Loader {
 public:
  Loader(BlockConfiguration& block, const PresentZones* present, Problems& problems,
         Problems& broken)
      : block_(block), present_(present), problems_(problems), broken_(broken) {}

  void load() {
    for (uint32_t s = 0; s < block_.sources.size(); ++s) find(s);
    require_zones_of_sets();
    sort_targets();
    auto table = std::make_shared<ZoneTable>();
    for (unsigned i = 0; i < block_.served.size(); ++i) table->zones.push_back(read(i));
    table->index();
    check_links(*table);
    block_.tables.set(verdicts_slot, std::make_shared<VerdictTable>(verdicts(*table, {}, {})));
    block_.tables.set(zones_slot, std::move(table));
  }

 private:
  void find(uint32_t source) {
    if (known_.empty())
      for (const ServedZone& zone : block_.served) known_.insert(zone.file.origin);
    std::vector<ZoneFile> found;
    Problems about;
    ZoneSourceUse& use = block_.sources[source];
    const bool told = use.source->find(found, about);
    RepeatedZones repeated(about);
    for (ZoneFile& file : found)
      if (known_.insert(file.origin).second)
        block_.served.push_back({std::move(file), source});
      else
        repeated.add(file);
    repeated.tell_rest();
    for (const Problem& p : about.all())
      p.severity == Problem::warning ? problems_.warning(p.where, p.message)
      : told                         ? broken_.error(p.where, p.message)
                                     : problems_.error(p.where, p.message);
    use.said = text_of(about);
  }

  void require_zones_of_sets() {
    std::set<Name> reported;
    for (const auto& [origin, set] : block_.sets) {
      const bool has =
          std::any_of(block_.served.begin(), block_.served.end(),
                      [o = &origin](const ServedZone& z) { return z.file.origin == *o; });
      if (!has && reported.insert(origin).second)
        problems_.error(set.where, (set.policy ? std::string(set.policy->name()) : "alias") +
                                       " needs the zone " + origin.text() +
                                       " in this block; add the line: zone FILE");
    }
  }

  // Which alias targets are ours, for as long as this configuration is in force.
  void sort_targets() {
    std::set<Name> seen, zones;
    for (const auto& [origin, set] : block_.sets)
      for (const MemberSpec& m : set.members) {
        if (!m.alias || !seen.insert(m.alias->target).second) continue;
        const auto zone = std::find_if(
            block_.served.begin(), block_.served.end(),
            [&](const auto& z) { return m.alias->target.view().within(z.file.origin); });
        if (zone == block_.served.end())
          block_.outside.push_back(m.alias->target);
        else if (zones.insert(zone->file.origin).second)
          block_.inside.push_back(zone->file.origin);
      }
  }

  std::shared_ptr<const Zone> read(unsigned position) {
    ServedZone& served = block_.served[position];
    const ZoneFile& file = served.file;
    const Zone::Service service{position, file.tag, file.chase, file.minimal};
    const bool bare = !has_sets(block_, file.origin);
    if (const auto* now = bare && present_ ? present_->current(file) : nullptr) {
      served.read = now->read;
      return Zone::served_as(now->zone, service);
    }
    Problems about;
    ZoneRead result = read_zone(block_, file, position, about);
    served.read = std::move(result.files);
    served.broken = !result.zone;
    if (result.wrong) wrong_.emplace_back(position, std::move(result.wrong));
    bool alone = bare && served.source != no_source;
    std::shared_ptr<const Zone> before;
    if (alone && !result.zone && present_) before = present_->served(block_, file);
    alone &= !before || before->written().empty();
    for (const Problem& p : about.all())
      p.severity == Problem::warning ? problems_.warning(p.where, p.message)
                                     : (alone ? broken_ : problems_).error(p.where, p.message);
    if (result.zone || !alone) return result.zone;
    if (before) return Zone::served_as(before, service);
    return Zone::unloaded(file.origin, position, file.tag);
  }

  // Also those of zones that have other errors, so that one run shows all there is to mend.
  void check_links(const ZoneTable& table) {
    if (block_.sets.empty()) return;
    if (wrong_.empty()) return check_alias_links(table, problems_);
    ZoneTable all;
    all.zones = table.zones;
    for (const auto& [position, zone] : wrong_) all.zones[position] = zone;
    all.index();
    check_alias_links(all, problems_);
  }

  BlockConfiguration& block_;
  const PresentZones* present_;
  Problems &problems_, &broken_;
  std::unordered_set<Name, NameHash> known_;
  std::vector<std::pair<unsigned, std::shared_ptr<const Zone>>> wrong_;  // by position
};

}  // namespace

bool has_sets(const BlockConfiguration& block, const Name& origin) {
  return std::any_of(block.sets.begin(), block.sets.end(),
                     [&](const auto& set) { return set.first == origin; });
}

bool is_aliased(const BlockConfiguration& block, const Name& origin) {
  const auto leads_in = [&](const MemberSpec& m) {
    return m.alias && m.alias->target.view().within(origin);
  };
  return std::any_of(block.sets.begin(), block.sets.end(), [&](const auto& set) {
    return std::any_of(set.second.members.begin(), set.second.members.end(), leads_in);
  });
}

std::string text_of(const Problems& problems) {
  std::string text;
  for (const Problem& p : problems.all()) text += p.text() + "\n";
  return text;
}

void RepeatedZones::add(const ZoneFile& file) {
  file_ = file.where.file;
  if (!findings_.tells(false)) return findings_.add(false, {}, {});
  findings_.add(false, file.where,
                "zone " + file.origin.text() + " is already served: " + file.path + " is ignored");
}

void RepeatedZones::tell_rest() {
  findings_.tell_rest({file_, Location::behind}, "zones that are already served");
}

void load_zones(BlockConfiguration& block, const PresentZones* present, Problems& problems,
                Problems& broken) {
  Loader(block, present, problems, broken).load();
}

}  // namespace signpost
