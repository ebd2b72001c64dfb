#include "steer/alias_links.h"

#include <algorithm>
#include <vector>

#include "dns/types.h"

namespace signpost {

namespace {

constexpr size_t kMostLevels = 3;  // E-17

class Walk {
 public:
  Walk(const ZoneTable& zones, Problems& problems) : zones_(zones), problems_(problems) {}

  void from(const RecordSet& set) {
    path_.push_back(&set);
    for (const Member& member : set.all())
      if (member.alias && member.alias->ours() && follow(member, set)) break;
    path_.pop_back();
  }

 private:
  // True if a problem was reported for the set the walk began with: one is enough.
  bool follow(const Member& member, const RecordSet& set) {
    const RecordSet* target = zones_.find_set(member.alias->name, set.type);
    if (!target) return missing(member, set);
    const auto seen = std::find(path_.begin(), path_.end(), target);
    if (seen != path_.end()) {
      if (seen != path_.begin()) return false;  // reported where the cycle begins
      problems_.error(path_.front()->members[0].origin->where,
                      "alias cycle: " + names() + " -> " + target->owner.text());
      return true;
    }
    if (path_.size() > kMostLevels) {
      problems_.error(
          path_.front()->members[0].origin->where,
          "aliases nest deeper than three levels: " + names() + " -> " + target->owner.text());
      return true;
    }
    path_.push_back(target);
    bool reported = false;
    for (const Member& next : target->all())
      if (!reported && next.alias && next.alias->ours()) reported = follow(next, *target);
    path_.pop_back();
    return reported;
  }

  bool missing(const Member& member, const RecordSet& set) {
    if (path_.size() > 1) return false;  // reported where it is written
    const NameView name = member.alias->name;
    const bool other = zones_.find_set(name, set.type == rr::a ? rr::aaaa : rr::a) != nullptr;
    if (member.alias->type_implied && other) return false;
    if (member.alias->type_implied && set.type == rr::aaaa) return true;  // reported for A
    const Zone* zone = zones_.find(name);
    if (!zone || !zone->loaded()) return false;  // not read, which is reported there
    const RecordSet* cname = zones_.find_set(name, rr::cname);
    problems_.error(member.origin->where,
                    "Tried to create an alias that targets " + name.text() + ", type " +
                        type_text(set.type) + " in zone " + zone->apex().text() +
                        ", but that target was not found" +
                        (cname ? "; it is a CNAME: alias the name that the CNAME leads to" : ""));
    return true;
  }

  std::string names() const {
    std::string text;
    for (const RecordSet* set : path_) text += (text.empty() ? "" : " -> ") + set->owner.text();
    return text;
  }

  const ZoneTable& zones_;
  Problems& problems_;
  std::vector<const RecordSet*> path_;
};

}  // namespace

void check_alias_links(const ZoneTable& zones, Problems& problems) {
  for (const auto& zone : zones.zones) {
    if (!zone) continue;
    for (const RecordSet* set : zone->written()) Walk(zones, problems).from(*set);
  }
}

}  // namespace signpost
