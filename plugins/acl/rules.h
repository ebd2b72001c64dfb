// The rules of a server block and how one is found for a query: by source address, type and name.
// Built once, when the configuration is read; immutable from then on, asked by workers. The sources
// of all rules lie in one prefix map. It leads from an address to a row: the numbers of the rules
// that have the address among their sources, in the order written. So a query costs one look-up,
// however many rules and prefixes there are.
#pragma once

#include <bitset>
#include <cstdint>
#include <span>
#include <vector>

#include "signpost/address.h"
#include "signpost/name.h"
#include "signpost/prefix_map.h"

namespace signpost::acl {

enum class Action : uint8_t { allow, block, filter, drop };
inline constexpr size_t kActions = 4;

// Types that a rule is for; empty: all types.
class TypeSet {
 public:
  void add(uint16_t type);
  bool empty() const { return low_.none() && high_.empty(); }
  bool has(uint16_t type) const noexcept;

 private:
  std::bitset<256> low_;
  std::vector<uint16_t> high_;  // 256 and above, ascending
};

struct Rule {
  Action action = Action::allow;
  bool every_type = true;  // else `types`
  TypeSet types;
  bool every_source = true;     // else `sources`
  std::vector<Prefix> sources;  // moved into the map of Rules
  std::vector<Name> zones;      // names below these; empty: all names
  Location where;

  // Whatever is asked, if the source fits.
  bool any_question() const { return every_type && zones.empty(); }
  bool fits(NameView name, uint16_t type) const noexcept;
};

class Rules {
 public:
  Rules() : Rules(std::vector<Rule>()) {}
  explicit Rules(std::vector<Rule> rules);  // in the order that counts

  // The first rule that fits; null if none does. `name` in lower case.
  const Rule* find(const Address& source, NameView name, uint16_t type) const noexcept;

 private:
  using Numbers = std::vector<uint32_t>;  // of rules, ascending
  class Builder;

  std::vector<Rule> rules_;
  // Row r is the rules numbers_[starts_[r]] to before numbers_[starts_[r + 1]]. Row 0 is for
  // addresses that no prefix holds.
  Numbers numbers_, starts_;
  PrefixMap rows_;
};

}  // namespace signpost::acl
