#include "steer/block_kit.h"

#include <algorithm>

#include "zone/builder.h"
#include "zone/zone_file.h"

namespace signpost::steer {

namespace {

constexpr std::string_view kHead =
    "$TTL 60\n@ 900 SOA ns1 hostmaster 1 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\n"
    "plain A 192.0.2.90\nplain AAAA 2001:db8::90\ntxt TXT text\nsub NS ns.sub\n"
    "glue.sub A 192.0.2.91\n*.wild A 192.0.2.92\ncname CNAME plain\n";

class Held : public Policy {
 public:
  std::string describe(uint32_t attribute) const override { return std::to_string(attribute); }
  void check(const SetSpec&, Problems&) const override {}
};

class Weighted final : public Held {
 public:
  std::string_view name() const override { return "weighted"; }
  std::string_view keyword() const override { return "weight"; }
  uint32_t read_value(const Token& word) const override { return read_number(word, 0, 255); }
  uint32_t fallback(const Location&) const override { return 1; }
  bool option(std::string_view word) const override { return word == "table"; }
};

class Share final : public Held {
 public:
  std::string_view name() const override { return "share"; }
  std::string_view keyword() const override { return "share"; }
  uint32_t read_value(const Token& word) const override { return read_number(word, 0, 100); }
  uint32_t fallback(const Location& member) const override {
    throw ConfigError(member, "share must be given");
  }
};

class Failover final : public Held {
 public:
  std::string_view name() const override { return "failover"; }
  bool leads() const override { return true; }
  uint32_t read_lead(const Token& word) const override {
    if (word.text == "primary") return 0;
    if (word.text == "secondary") return 1;
    throw ConfigError(word.where, "'" + word.text + "' is neither primary nor secondary");
  }
};

class Place final : public Held {
 public:
  std::string_view name() const override { return "place"; }
  bool leads() const override { return true; }
  uint32_t read_lead(const Token& word) const override { return read_number(word, 0, 255); }
  bool by_client() const override { return true; }
  MemberMask applicable(const RecordSet& set, const Client& client) const noexcept override {
    MemberMask mask;
    for (unsigned i = 0; i < set.member_count; ++i) {
      const uint32_t at = set.members[i].attribute;
      if (at == 0 || at == client.address().bytes[3]) mask.add(i);
    }
    return mask;
  }
};

}  // namespace

const Policy& weighted() {
  static const Weighted policy;
  return policy;
}
const Policy& share() {
  static const Share policy;
  return policy;
}
const Policy& failover() {
  static const Failover policy;
  return policy;
}
const Policy& place() {
  static const Place policy;
  return policy;
}

void read_lines(kit::FakeSetup& setup) {
  for (const Directive& line : setup.lines()) try {
      if (line.name.text == "alias") read_alias(setup, line);
      for (const Policy* policy : {&weighted(), &failover(), &place(), &share()})
        if (line.name.text == policy->name()) read_group(setup, line, *policy);
    } catch (const ConfigError& e) {
      setup.problems().add(e);
    }
}

Block::Block(std::string_view lines, std::vector<std::string> zone_names)
    : setup_(lines, zone_names) {
  read_lines(setup_);
  problems_.add(setup_.problems());
  std::vector<Name> names(setup_.zones().begin(), setup_.zones().end());
  for (const auto& [origin, set] : setup_.sets)
    for (const MemberSpec& m : set.members) {
      if (!m.check.empty() && std::find(checks_.begin(), checks_.end(), m.check) == checks_.end())
        checks_.push_back(m.check);
      const auto in_zone = [&](const Name& zone) { return m.alias->target.view().within(zone); };
      if (m.alias && std::none_of(names.begin(), names.end(), in_zone) &&
          std::find(outside.begin(), outside.end(), m.alias->target) == outside.end())
        outside.push_back(m.alias->target);
    }
  for (const std::string& check : checks_) health.checks.push_back({check, true, ""});
  addresses.names.resize(outside.size());
  for (unsigned i = 0; i < names.size(); ++i) {
    Findings findings(problems_);
    ZoneBuilder builder(names[i], {i, true, false, {"db", 1}, names, outside, checks_}, findings);
    read_zone_file(
        "db", names[i],
        [&](const ZoneRecord& r) { builder.add_record(r.owner, r.type, r.ttl, r.rdata, r.where); },
        problems_,
        [](const std::string&, std::string&) { return std::optional<std::string>(kHead); });
    for (const auto& [origin, set] : setup_.sets)
      if (origin == names[i]) builder.add_set(set);
    zones.zones.push_back(builder.build());
  }
}

std::string Block::problem_text() const {
  std::string text;
  for (const Problem& problem : problems_.all()) text += problem.text() + '\n';
  return text;
}

void Block::down(std::initializer_list<const char*> checks) {
  for (CheckState& check : health.checks)
    check.healthy = std::find(checks.begin(), checks.end(), check.name) == checks.end();
}

void Block::outside_is(std::string_view name, std::vector<std::string> texts, bool known,
                       bool failed) {
  const auto row = std::find(outside.begin(), outside.end(), Name::parse(name).value());
  std::vector<Address> parsed;
  for (const std::string& text : texts) parsed.push_back(Address::parse(text).value());
  OutsideName& of = addresses.names.at(size_t(row - outside.begin()));
  of.a = {known, failed, AddressRecords(parsed, rr::a, 60)};
  of.aaaa = {known, failed, AddressRecords(parsed, rr::aaaa, 60)};
}

const RecordSet& Block::set(std::string_view name, uint16_t type) const {
  const RecordSet* found =
      zones.find_set(Name::parse(name, Name::parse("example.com.")->view()).value(), type);
  if (!found) throw std::invalid_argument("no such set: " + std::string(name));
  return *found;
}

std::string Block::healthy(std::string_view name, std::string_view client, uint16_t type) {
  Client who;
  if (!client.empty()) who.source.address = Address::parse(client).value();
  const RecordSet& of = set(name, type);
  Judge judge(zones, health, addresses, client.empty() ? nullptr : &who);
  const MemberMask mask = judge.healthy_members(of);
  if (judge.needs_client()) return "?";
  std::string text;
  for (unsigned i = 0; i < of.member_count; ++i) text += mask.has(i) ? '1' : '0';
  return text;
}

}  // namespace signpost::steer
