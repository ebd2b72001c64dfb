#include "policy.h"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>

#include "regions.h"

namespace signpost::latency {

const Latency without_table;

uint32_t Latency::read_lead(const Token& word) const {
  const uint32_t number = word.quoted || word.text.empty() ? no_region : region_number(word.text);
  if (number == no_region)
    throw ConfigError(word.where,
                      "a latency member begins with its Region, found '" + word.text + "'");
  return number;
}

std::string Latency::describe(uint32_t region) const { return region_code(region); }

// V-24: one member for each Region.
void Latency::check(const SetSpec& set, Problems& problems) const {
  for (size_t i = 0; i < set.members.size(); ++i) {
    const MemberSpec& member = set.members[i];
    const auto first =
        std::find_if(set.members.begin(), set.members.begin() + ptrdiff_t(i),
                     [&](const MemberSpec& m) { return m.attribute == member.attribute; });
    if (first == set.members.begin() + ptrdiff_t(i)) continue;
    problems.error(member.where,
                   "RRSet with DNS name " + set.owner.text() + ", SetIdentifier " + member.id +
                       ", and Region Name=" + describe(member.attribute) +
                       " cannot be created because a latency RRSet with the same name, type and "
                       "region already exists: " +
                       first->where.text() + " (V-24)");
  }
}

const Latency& policy_for(const std::string& path) {
  static std::mutex mutex;
  static std::map<std::string, std::unique_ptr<Latency>> policies;
  if (path.empty()) return without_table;
  const std::lock_guard lock(mutex);
  auto& policy = policies[path];
  if (!policy) policy = std::make_unique<Latency>();
  return *policy;
}

}  // namespace signpost::latency
