#include "zone/record_list.h"

#include <algorithm>

#include "dns/name_text.h"
#include "dns/rdata.h"
#include "dns/types.h"
#include "zone/order_key.h"

namespace signpost::zone {

namespace {

using Octets = std::span<const uint8_t>;

bool starts_with(Octets octets, Octets start) {
  return octets.size() >= start.size() && std::equal(start.begin(), start.end(), octets.begin());
}

int rank(uint16_t type) { return type == rrtype::soa ? 0 : type; }

}  // namespace

void append_order_key(NameView name, std::vector<uint8_t>& out) {
  const OrderKey key(name);
  out.insert(out.end(), key.octets().begin(), key.octets().end());
}

void RecordList::add(const ZoneRecord& record) {
  Entry e{};
  if (!entries_.empty() && name(entries_.back()) == record.owner.view()) {
    e = entries_.back();
  } else {
    e.key = bytes_.size();
    append_order_key(record.owner, bytes_);
    e.key_size = uint16_t(bytes_.size() - e.key);
    e.name_size = uint8_t(record.owner.size());
    bytes_.insert(bytes_.end(), record.owner.data(), record.owner.data() + record.owner.size());
  }
  canonical_rdata(record.type, record.rdata, canonical_);
  e.rdata = canonical_.empty() ? 0 : bytes_.size();
  e.rdata_size = uint16_t(canonical_.size());
  bytes_.insert(bytes_.end(), canonical_.begin(), canonical_.end());
  e.ttl = record.ttl;
  e.type = record.type;
  e.line = record.where.line;
  e.file = files_.number(record.where.file);
  entries_.push_back(e);
}

int RecordList::compare(const Entry& a, const RecordList& other, const Entry& b) const {
  if (this != &other || a.key != b.key) {
    if (int order = compare_octets(key(a), other.key(b)); order != 0) return order;
  }
  if (a.type != b.type) return rank(a.type) - rank(b.type);
  return compare_octets(rdata(a), other.rdata(b));
}

int RecordList::compare(size_t at, const RecordList& other, size_t other_at) const {
  return compare(entries_[at], other, other.entries_[other_at]);
}

void RecordList::sort() {
  auto before = [this](const Entry& a, const Entry& b) { return compare(a, *this, b) < 0; };
  if (std::ranges::is_sorted(entries_, before)) return;
  std::ranges::stable_sort(entries_, before);  // duplicates stay in the order of the file
}

bool RecordList::same_set(size_t a, size_t b) const {
  const Entry &x = entries_[a], &y = entries_[b];
  if (x.type != y.type || !(name(x) == name(y))) return false;
  return x.type != rrtype::rrsig || compare_octets(rdata(x).first(2), rdata(y).first(2)) == 0;
}

void RecordList::settle() {
  for (size_t first = 0, last = 0; first < size(); first = last) {
    uint32_t lowest = entries_[first].ttl;
    for (last = first + 1; last < size() && same_set(first, last); ++last) {
      lowest = std::min(lowest, entries_[last].ttl);
    }
    for (size_t at = first; at < last; ++at) entries_[at].ttl = lowest;
  }
  auto same = [this](const Entry& a, const Entry& b) { return compare(a, *this, b) == 0; };
  entries_.erase(std::unique(entries_.begin(), entries_.end(), same), entries_.end());
}

RecordList::Record RecordList::operator[](size_t at) const {
  const Entry& e = entries_[at];
  return {name(e), e.type, e.ttl, rdata(e), {files_[e.file], e.line}};
}

void RecordList::append_text(size_t at, std::string& out) const {
  const Entry& e = entries_[at];
  dns::append_name_text(out, name(e));
  out += '\t' + std::to_string(e.ttl) + "\tIN\t" + type_text(e.type) + '\t';
  out += print_rdata(e.type, rdata(e));
}

// In steps that double, then halve: an owner may have one record or a million.
RecordList::Owner RecordList::owner_from(size_t at) const {
  const auto same = [&](const Entry& e) { return name(e) == name(entries_[at]); };
  size_t last = at, step = 1;
  for (; last + step < size() && same(entries_[last + step]); step *= 2) last += step;
  const auto first = entries_.begin() + ptrdiff_t(last) + 1;
  const auto end = entries_.begin() + ptrdiff_t(std::min(last + step, size()));
  return {at, size_t(std::partition_point(first, end, same) - entries_.begin())};
}

size_t RecordList::lower_bound(Octets wanted) const {
  auto at =
      std::lower_bound(entries_.begin(), entries_.end(), wanted,
                       [this](const Entry& e, Octets k) { return compare_octets(key(e), k) < 0; });
  return size_t(at - entries_.begin());
}

RecordList::Owner RecordList::find(NameView name) const {
  std::vector<uint8_t> wanted;
  append_order_key(name, wanted);
  const size_t at = lower_bound(wanted);
  if (at == size() || compare_octets(key(entries_[at]), wanted) != 0) return {};
  return owner_from(at);
}

bool RecordList::exists(NameView name) const {
  std::vector<uint8_t> wanted;
  append_order_key(name, wanted);
  const size_t at = lower_bound(wanted);
  return at < size() && starts_with(key(entries_[at]), wanted);
}

size_t RecordList::find(Owner owner, uint16_t type) const {
  const std::span of(entries_.begin() + ptrdiff_t(owner.first), owner.last - owner.first);
  const auto at =
      std::ranges::lower_bound(of, rank(type), {}, [](const Entry& e) { return rank(e.type); });
  return at != of.end() && at->type == type ? owner.first + size_t(at - of.begin()) : size();
}

}  // namespace signpost::zone
