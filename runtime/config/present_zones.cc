#include "config/present_zones.h"

#include <algorithm>
#include <utility>

namespace signpost {

namespace {

// Whether names that do not exist go to the next source; if so, a signed zone has a warning.
bool passes_on(const ZoneFile& file) { return file.passes_on != Location{}; }

std::set<std::string> texts_of(const std::vector<Token>& words) {
  std::set<std::string> texts;
  for (const Token& word : words) texts.insert(word.text);
  return texts;
}

}  // namespace

void PresentZones::begin(const BlockConfiguration& block) {
  blocks_.push_back({block.keys, texts_of(block.bind)});
}

void PresentZones::add(const ServedZone& served, std::shared_ptr<const Zone> zone) {
  if (!zone) return;
  const ZoneFile& file = served.file;
  auto read = served.broken ? nullptr : served.read;
  zones_.emplace(file.origin, Present{file.path, passes_on(file), std::move(read), std::move(zone),
                                      unsigned(blocks_.size() - 1)});
}

const PresentZones::Present* PresentZones::current(const ZoneFile& file) const {
  const auto [first, last] = zones_.equal_range(file.origin);
  const auto at = std::find_if(first, last, [&](const auto& entry) {
    const Present& p = entry.second;
    return p.path == file.path && p.passes_on == passes_on(file) && p.zone->loaded() &&
           p.zone->written().empty() && p.read && !differs(*p.read);
  });
  return at == last ? nullptr : &at->second;
}

// How many labels the key has, plus one, by which both blocks answer for `origin`; 0: there is
// none.
size_t PresentZones::nearness(const Block& one, const Block& other, const Name& origin) {
  size_t nearest = 0;
  if (one.bind != other.bind) return nearest;
  for (const corefile::Endpoint& a : one.keys)
    for (const corefile::Endpoint& b : other.keys)
      if (a.transport == b.transport && a.zone == b.zone && a.port == b.port &&
          origin.view().within(a.zone))
        nearest = std::max<size_t>(nearest, a.zone.view().labels() + 1);
  return nearest;
}

std::shared_ptr<const Zone> PresentZones::served(const BlockConfiguration& block,
                                                 const ZoneFile& file) const {
  const Block wanted{block.keys, texts_of(block.bind)};
  const Present *own = nullptr, *read = nullptr;
  size_t nearest = 0;
  const auto [first, last] = zones_.equal_range(file.origin);
  for (auto at = first; at != last; ++at) {
    const Present& present = at->second;
    const size_t near = nearness(blocks_[present.block], wanted, file.origin);
    if (near > nearest) {
      nearest = near;
      own = &present;
    }
    if (present.path == file.path && present.zone->loaded() && present.zone->written().empty())
      read = &present;
  }
  const Present* found = own ? own : read;
  return found && found->zone->loaded() ? found->zone : nullptr;
}

}  // namespace signpost
