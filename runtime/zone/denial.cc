#include "zone/denial.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>

#include "zone/zone.h"

namespace signpost {

namespace {

// The sort key of a name below an apex: its labels from the right, each octet as it is except 0 and
// 1, which get a 1 in front, and a 0 behind each label. Bytewise order of keys is canonical order
// of names (RFC 4034, section 6.1).
class SortKey {
 public:
  SortKey(NameView name, NameView apex) {
    std::array<uint8_t, 128> starts;
    unsigned labels = 0;
    for (size_t at = 0; at + apex.size() < name.size(); at += name.data()[at] + 1u)
      starts[labels++] = uint8_t(at);
    while (labels != 0) {
      const uint8_t* label = name.data() + starts[--labels];
      for (unsigned i = 1; i <= *label; ++i) {
        if (label[i] <= 1) bytes_[size_++] = 1;
        bytes_[size_++] = uint8_t(label[i] <= 1 ? label[i] + 1 : label[i]);
      }
      bytes_[size_++] = 0;
    }
  }
  std::span<const uint8_t> view() const { return {bytes_.data(), size_}; }

 private:
  std::array<uint8_t, 512> bytes_;
  size_t size_ = 0;
};

int compare(std::span<const uint8_t> a, std::span<const uint8_t> b) {
  const size_t common = std::min(a.size(), b.size());
  const int order = common == 0 ? 0 : std::memcmp(a.data(), b.data(), common);
  return order != 0 ? order : a.size() < b.size() ? -1 : int(a.size() > b.size());
}

}  // namespace

Denial::Denial(NameView apex, std::vector<const RecordSet*> sets)
    : kind_(nsec), apex_(apex), chain_(std::move(sets)) {
  std::vector<uint8_t> keys;
  std::vector<size_t> starts{0};
  for (const RecordSet* set : chain_) {
    const SortKey key(set->owner, apex_);
    keys.insert(keys.end(), key.view().begin(), key.view().end());
    starts.push_back(keys.size());
  }
  const auto key_of = [&](uint32_t i) {
    return std::span(keys.data() + starts[i], starts[i + 1] - starts[i]);
  };
  std::vector<uint32_t> order(chain_.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(),
            [&](uint32_t a, uint32_t b) { return compare(key_of(a), key_of(b)) < 0; });
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
  const SortKey key(name, apex_);
  uint32_t first = 0, last = uint32_t(chain_.size());  // the apex comes before every other name
  int order = -1;
  while (last - first > 1) {
    const uint32_t middle = first + (last - first) / 2;
    const size_t start = key_starts_[middle];
    order = compare({keys_.data() + start, key_starts_[middle + 1] - start}, key.view());
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
