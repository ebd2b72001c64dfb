#include "kit/packet_server.h"

#include "dns/rdata.h"
#include "dns/types.h"
#include "signpost/addresses.h"
#include "signpost/health.h"
#include "signpost/zones.h"
#include "steer/judge.h"
#include "zone/builder.h"
#include "zone/zone_file.h"

namespace signpost::kit {

namespace {

struct Settings {
  Settings() = default;
  explicit Settings(Setup&) {}
};

struct Source {
  explicit Source(const Settings&) {}
  Down down(Query& query) noexcept {
    const Zone* zone = find_zone(query, query.looked_for());
    if (!zone) return Down::next;
    answer_from(*zone, query);
    return Down::answered;
  }
};

constexpr PluginInfo kSource = describe<Settings, Source>("zone", Stage::source);

}  // namespace

PacketServer::PacketServer(const std::vector<ServedZone>& zones, std::vector<SetSpec> sets,
                           std::vector<PluginUse> plugins)
    : sets_(std::move(sets)), out_(65535) {
  for (const ServedZone& zone : zones) names_.push_back(Name::parse(zone.origin).value());
  auto table = std::make_shared<ZoneTable>();
  for (unsigned i = 0; i < zones.size(); ++i) {
    table->zones.push_back(build(i, zones[i].text));
    if (!table->zones.back()) good_ = false;
  }
  if (!good_) return;
  plugins.push_back({&kSource, std::make_shared<Settings>()});
  auto service = std::make_shared<Service>();
  service->chains.resize(1);
  service->chains[0].push_back(std::make_unique<Chain>(plugins));
  service->listeners.emplace_back();
  for (const Name& name : names_) service->listeners[0].add(name, 0);
  service->listeners[0].add_beyond(beyond_of(plugins), 0);
  snapshot_.service = std::move(service);
  BlockTables& tables = snapshot_.tables.emplace_back();
  tables.set(verdicts_slot, std::make_shared<VerdictTable>(verdicts(*table, {}, {})));
  tables.set(zones_slot, std::move(table));
  tables.set(health_slot, std::make_shared<HealthTable>());
  tables.set(addresses_slot, std::make_shared<AddressTable>());
  RunnerOptions options;
  options.tcp_idle_ms = &idle_ms_;
  runner_ = std::make_unique<Runner>(options);
  runner_->adopt(&snapshot_);
}

PacketServer::~PacketServer() {
  if (runner_) runner_->adopt(nullptr);
}

std::shared_ptr<const Zone> PacketServer::build(unsigned position, const std::string& text) {
  Problems problems;
  const Name& origin = names_[position];
  Findings findings(problems);
  ZoneBuilder builder(origin, {position, true, false, {}, names_, {}, {}}, findings);
  const auto take = [&](const ZoneRecord& r) {
    builder.add_record(r.owner, r.type, r.ttl, r.rdata, r.where);
    records_.push_back(r.owner.view().text() + " " + std::to_string(r.ttl) + " " +
                       type_text(r.type) + " " + print_rdata(r.type, r.rdata));
  };
  read_zone_file("db", origin, take, problems, [&](const std::string&, std::string&) {
    return std::optional<std::string>(text);
  });
  for (const SetSpec& set : sets_)
    if (set.owner.view().within(origin)) builder.add_set(set);
  auto zone = builder.build();
  return problems.any_error() ? nullptr : zone;
}

std::span<const uint8_t> PacketServer::ask(std::span<const uint8_t> packet, bool tcp) {
  Arrival arrival;
  arrival.packet = packet;
  arrival.client.address.family = 4;
  arrival.client.address.bytes = {198, 51, 100, 7};
  arrival.client.port = 5353;
  arrival.transport = tcp ? Transport::tcp : Transport::udp;
  arrival.wall_s = 1'767'225'600;
  const size_t size =
      runner_->respond(arrival, tcp ? std::span(out_) : std::span(out_).first(4096));
  runner_->end_batch(0);
  return {out_.data(), size};
}

}  // namespace signpost::kit
