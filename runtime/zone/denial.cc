#include "zone/denial.h"

#include <algorithm>
#include <numeric>

#include "zone/order_key.h"
#include "zone/zone.h"

namespace signpost {

using zone::compare_octets;
using zone::OrderKey;

Denial::Denial(NameView apex, std::vector<const RecordSet*> sets)
    : kind_(nsec), apex_(apex), chain_(std::move(sets)) {
  std::vector<uint8_t> keys;
  std::vector<size_t> starts{0};
  for (const RecordSet* set : chain_) {
    const OrderKey key(set->owner, apex_);
    keys.insert(keys.end(), key.octets().begin(), key.octets().end());
    starts.push_back(keys.size());
  }
  const auto key_of = [&](uint32_t i) {
    return std::span(keys.data() + starts[i], starts[i + 1] - starts[i]);
  };
  std::vector<uint32_t> order(chain_.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(),
            [&](uint32_t a, uint32_t b) { return compare_octets(key_of(a), key_of(b)) < 0; });
  std::vector<const RecordSet*> sorted;
  sorted.reserve(order.size());
  keys_.reserve(keys.size());
  key_starts_.push_back(0);
  for (const uint32_t i : order) {
    sorted.push_back(chain_[i]);
    keys_.insert(keys_.end(), key_of(i).begin(), key_of(i).end());
    key_starts_.push_back(keys_.size());
  }
  chain_ = std::move(sorted);
}

Denial::Denial(NameView apex, const Nsec3Parameters& parameters, std::vector<const RecordSet*> sets)
    : kind_(nsec3), apex_(apex), parameters_(parameters) {
  std::vector<std::pair<Nsec3Hash, const RecordSet*>> links;
  links.reserve(sets.size());
  for (const RecordSet* set : sets)
    if (const auto hash = hash_in_owner(set->owner, apex_)) links.emplace_back(*hash, set);
  std::sort(links.begin(), links.end());
  for (const auto& [hash, set] : links) {
    hashes_.push_back(hash);
    chain_.push_back(set);
  }
}

void Denial::link(std::span<const Node> nodes) {
  if (chain_.empty()) return;
  nodes_.assign(nodes.size(), unknown);
  wildcards_.assign(nodes.size(), unknown);
  for (size_t i = 0; i < nodes.size(); ++i)
    if (!nodes[i].cut || nodes[i].cut == &nodes[i]) nodes_[i] = find(nodes[i].name);
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].cut) continue;
    if (nodes[i].wildcard)
      wildcards_[i] = nodes_[size_t(nodes[i].wildcard - nodes.data())];
    else if (const auto wildcard = Name::wildcard_of(nodes[i].name))
      wildcards_[i] = find(*wildcard);
  }
}

const RecordSet* Denial::covering(NameView name) const noexcept {
  return chain_.empty() ? nullptr : chain_[find(name) & ~at_name_bit];
}

uint32_t Denial::find(NameView name) const noexcept {
  if (kind_ == nsec3) return find_hash(hash_name(name, parameters_));
  const OrderKey key(name, apex_);
  uint32_t first = 0, last = uint32_t(chain_.size());  // the apex comes before every other name
  while (last - first > 1) {
    const uint32_t middle = first + (last - first) / 2;
    const size_t start = key_starts_[middle];
    const int order =
        compare_octets({keys_.data() + start, key_starts_[middle + 1] - start}, key.octets());
    if (order == 0) return middle | at_name_bit;
    (order < 0 ? first : last) = middle;
  }
  return first == 0 && name == apex_ ? at_name_bit : first;
}

uint32_t Denial::find_hash(const Nsec3Hash& hash) const noexcept {
  const auto behind = std::upper_bound(hashes_.begin(), hashes_.end(), hash);
  if (behind == hashes_.begin()) return uint32_t(hashes_.size() - 1);  // the last one leads around
  const auto at = uint32_t(behind - hashes_.begin() - 1);
  return hashes_[at] == hash ? at | at_name_bit : at;
}

}  // namespace signpost
