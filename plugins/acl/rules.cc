#include "rules.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace signpost::acl {

void TypeSet::add(uint16_t type) {
  if (type < low_.size()) {
    low_.set(type);
    return;
  }
  const auto at = std::lower_bound(high_.begin(), high_.end(), type);
  if (at == high_.end() || *at != type) high_.insert(at, type);
}

bool TypeSet::has(uint16_t type) const noexcept {
  if (type < low_.size()) return low_[type];
  return std::binary_search(high_.begin(), high_.end(), type);
}

bool Rule::fits(NameView name, uint16_t type) const noexcept {
  if (!every_type && !types.has(type)) return false;
  return zones.empty() || std::any_of(zones.begin(), zones.end(),
                                      [&](const Name& zone) { return name.within(zone); });
}

// Works out which rules hold each prefix, and gives equal lists one row.
class Rules::Builder {
 public:
  explicit Builder(Rules& rules) : rules_(rules) {
    for (uint32_t i = 0; i < rules.rules_.size(); ++i) {
      Rule& rule = rules.rules_[i];
      if (rule.every_source) everywhere_.push_back(i);
      for (const Prefix& prefix : rule.sources) sources_.push_back({prefix, i});
      rule.sources = {};
    }
    std::sort(sources_.begin(), sources_.end(), outer_first);
  }

  void build() {
    row_of(everywhere_);
    for (size_t i = 0; i < sources_.size();) {
      const Prefix& prefix = sources_[i].prefix;
      while (!around_.empty() && !around_.back().prefix.contains(prefix.address))
        around_.pop_back();
      Numbers own;
      for (; i < sources_.size() && sources_[i].prefix == prefix; ++i)
        own.push_back(sources_[i].rule);
      Numbers all;
      const Numbers& outer = around_.empty() ? everywhere_ : around_.back().rules;
      std::set_union(own.begin(), own.end(), outer.begin(), outer.end(), std::back_inserter(all));
      cut(all);
      entries_.push_back({prefix, row_of(all)});
      around_.push_back({prefix, std::move(all)});
    }
    rules_.starts_.push_back(uint32_t(rules_.numbers_.size()));
    rules_.rows_ = PrefixMap(entries_);
  }

 private:
  struct Source {
    Prefix prefix;
    uint32_t rule;
  };
  struct Around {  // a prefix that holds the present one, and the rules for its addresses
    Prefix prefix;
    Numbers rules;
  };

  static bool outer_first(const Source& a, const Source& b) {
    const auto key = [](const Source& s) {
      return std::tie(s.prefix.address.family, s.prefix.address.bytes, s.prefix.length, s.rule);
    };
    return key(a) < key(b);
  }

  // What stands behind a rule for any question is never reached.
  void cut(Numbers& numbers) const {
    const auto last = std::find_if(numbers.begin(), numbers.end(), [&](uint32_t number) {
      return rules_.rules_[number].any_question();
    });
    if (last != numbers.end()) numbers.erase(last + 1, numbers.end());
  }

  uint32_t row_of(const Numbers& numbers) {
    const auto [at, fresh] = known_.emplace(numbers, uint32_t(known_.size()));
    if (fresh) {
      rules_.starts_.push_back(uint32_t(rules_.numbers_.size()));
      rules_.numbers_.insert(rules_.numbers_.end(), numbers.begin(), numbers.end());
    }
    return at->second;
  }

  Rules& rules_;
  std::vector<Source> sources_;
  std::vector<Around> around_;  // widest first
  Numbers everywhere_;
  std::map<Numbers, uint32_t> known_;
  std::vector<PrefixMap::Entry> entries_;
};

Rules::Rules(std::vector<Rule> rules) : rules_(std::move(rules)) { Builder(*this).build(); }

const Rule* Rules::find(const Address& source, NameView name, uint16_t type) const noexcept {
  const PrefixMatch match = rows_.find(source);
  const uint32_t row = match.row == no_row ? 0 : match.row;
  for (uint32_t i = starts_[row]; i < starts_[row + 1]; ++i) {
    const Rule& rule = rules_[numbers_[i]];
    if (rule.fits(name, type)) return &rule;
  }
  return nullptr;
}

}  // namespace signpost::acl
