// The parts of ZoneBuilder that turn data into what workers copy and follow: prepared bytes, alias
// targets, CNAME targets and the links to addresses for the additional section.
#include <algorithm>

#include "dns/name_text.h"
#include "dns/rdata.h"
#include "dns/types.h"
#include "zone/builder.h"

namespace signpost {

namespace {

void put16(std::vector<uint8_t>& out, unsigned value) {
  out.push_back(uint8_t(value >> 8));
  out.push_back(uint8_t(value));
}

}  // namespace

WireSet ZoneBuilder::wire(uint16_t type, uint32_t ttl,
                          std::span<const std::span<const uint8_t>> data) {
  std::vector<uint8_t> bytes;
  std::vector<uint32_t> starts, holes;
  const NameView apex = apex_;
  for (const auto& rdata : data) {
    starts.push_back(uint32_t(bytes.size()));
    put16(bytes, 0);  // for the owner
    put16(bytes, type);
    put16(bytes, rr::class_in);
    put16(bytes, ttl >> 16);
    put16(bytes, ttl);
    const size_t length_at = bytes.size();
    put16(bytes, 0);
    size_t copied = 0;
    for_each_name(type, rdata, [&](size_t offset, NameView name, bool compressible) {
      if (!compressible || apex.is_root() || !dns::lower_case(name).view().within(apex)) return;
      const size_t until = offset + name.size() - apex.size();
      bytes.insert(bytes.end(), rdata.begin() + ptrdiff_t(copied),
                   rdata.begin() + ptrdiff_t(until));
      holes.push_back(uint32_t(bytes.size()));
      put16(bytes, 0);
      copied = offset + name.size();
    });
    bytes.insert(bytes.end(), rdata.begin() + ptrdiff_t(copied), rdata.end());
    const size_t length = bytes.size() - length_at - 2;
    bytes[length_at] = uint8_t(length >> 8);
    bytes[length_at + 1] = uint8_t(length);
  }
  starts.push_back(uint32_t(bytes.size()));

  WireSet set;
  auto* kept = zone_->arena_.array<uint8_t>(bytes.size());
  std::copy(bytes.begin(), bytes.end(), kept);
  auto* kept_starts = zone_->arena_.array<uint32_t>(starts.size());
  std::copy(starts.begin(), starts.end(), kept_starts);
  auto* kept_holes = zone_->arena_.array<uint32_t>(holes.size());
  std::copy(holes.begin(), holes.end(), kept_holes);
  set.bytes = kept;
  set.starts = kept_starts;
  set.holes = kept_holes;
  set.count = uint16_t(data.size());
  set.hole_count = uint16_t(holes.size());
  set.ttl = ttl;
  return set;
}

void ZoneBuilder::write_alias(const SetSpec& set, const MemberSpec& from, Member& to) {
  AliasTarget* alias = zone_->arena_.array<AliasTarget>(1);
  alias->name = zone_->arena_.copy(from.alias->target.view());
  alias->evaluate = from.alias->evaluate;
  alias->type_implied = set.type_implied;
  to.alias = alias;
  const bool ours = std::any_of(context_.block_zones.begin(), context_.block_zones.end(),
                                [&](const Name& z) { return alias->name.within(z); });
  if (ours) return;
  if (from.alias->undotted)
    if (const auto inside =
            Name::parse(alias->name.text().substr(0, alias->name.text().size() - 1), apex_);
        inside && slots_[find_slot(*inside, inside->view().hash())] != 0)
      report(false, from.where,
             "'" + alias->name.text() + "' is taken as a name outside the zone, but " +
                 inside->text() + " exists too; write one of them with its final dot");
  const auto row = std::find(context_.outside.begin(), context_.outside.end(), from.alias->target);
  alias->outside = uint32_t(row - context_.outside.begin());
  if (set.type != rr::a && set.type != rr::aaaa)
    report(true, from.where,
           "an alias to " + alias->name.text() +
               ", a name outside this block's zones, stands for addresses: its type is A or AAAA, "
               "not " +
               type_text(set.type));
}

const NameView* ZoneBuilder::target_of(std::span<const uint8_t> rdata) {
  NameView* target = zone_->arena_.array<NameView>(1);
  *target = zone_->arena_.copy(dns::lower_case(NameView(rdata.data(), rdata.size())).view());
  return target;
}

// Which address sets of this zone belong to the names in the data of `set` (DN-04). Addresses below
// a cut serve only as glue of a delegation.
void ZoneBuilder::relate(RecordSet& set, std::span<const std::span<const uint8_t>> data) {
  std::vector<const RecordSet*> related;
  const Node* own = zone_->find(set.owner);
  for (const auto& rdata : data)
    for_each_name(set.type, rdata, [&](size_t, NameView name, bool) {
      const Node* node = zone_->find(dns::lower_case(name));
      if (!node || (node->cut && !(set.type == rr::ns && own->cut))) return;
      for (uint16_t type : {rr::a, rr::aaaa}) {
        const RecordSet* s = node->find(type);
        if (s && !s->policy && !s->is_alias() &&
            std::find(related.begin(), related.end(), s) == related.end())
          related.push_back(s);
      }
    });
  const RecordSet** out = zone_->arena_.array<const RecordSet*>(related.size());
  std::copy(related.begin(), related.end(), out);
  set.related = out;
  set.related_count = uint16_t(related.size());
}

void ZoneBuilder::link_related() {
  for (auto [set, pending] : relating_)
    if (set->type == rr::ns || set->type == rr::mx || set->type == rr::srv ||
        set->type == rr::svcb || set->type == rr::https)
      relate(*set, data_of(sets_[pending]));
}

}  // namespace signpost
