#include "chain/serving_kit.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "signpost/addresses.h"
#include "signpost/health.h"
#include "signpost/zones.h"
#include "steer/judge.h"
#include "zone/builder.h"
#include "zone/zone_file.h"

namespace signpost::chain {

namespace {

constexpr size_t kBuffer = 65535;

std::shared_ptr<Service> make_service(const std::vector<Fake*>& fakes) {
  auto service = std::make_shared<Service>();
  std::vector<PluginUse> plugins;
  for (Fake* fake : fakes) plugins.push_back(fake->use());
  service->chains.resize(1);
  service->chains[0].push_back(std::make_unique<Chain>(plugins));
  service->listeners.emplace_back();
  service->listeners[0].add(Name(), 0);
  service->listeners[0].add_beyond(beyond_of(plugins), 0);
  return service;
}

}  // namespace

PluginUse Fake::use() {
  info_.name = name_;
  info_.stage = stage_;
  info_.beyond = beyond;
  info_.make_worker = [](const void* settings) { return const_cast<void*>(settings); };
  info_.unmake_worker = [](void*) noexcept {};
  if (down) info_.down = [](void* p, Query& q) noexcept { return static_cast<Fake*>(p)->down(q); };
  if (up) info_.up = [](void* p, Query& q) noexcept { return static_cast<Fake*>(p)->up(q); };
  if (done)
    info_.done = [](void* p, const Query& q, const Outcome& o) noexcept {
      static_cast<Fake*>(p)->done(q, o);
    };
  if (refreshed) info_.refreshed = [](void* p) noexcept { static_cast<Fake*>(p)->refreshed(); };
  return {&info_, std::shared_ptr<void>(this, [](void*) {})};
}

std::unique_ptr<Fake> zone_plugin() {
  auto fake = std::make_unique<Fake>("zone");
  fake->down = [](Query& query) {
    const Zone* zone = find_zone(query, query.looked_for());
    if (!zone) return Down::next;
    answer_from(*zone, query);
    return Down::answered;
  };
  return fake;
}

std::shared_ptr<const Zone> zone_of(std::string_view origin, std::string_view text,
                                    unsigned position, std::vector<Name> siblings) {
  const Name apex = Name::parse(origin).value();
  if (siblings.empty()) siblings.push_back(apex);
  Problems problems;
  ZoneContext context{position, true, false, {"test", 1}, siblings, {}, {}};
  Findings findings(problems);
  ZoneBuilder builder(apex, std::move(context), findings);
  const auto read = [&](const std::string&, std::string&) {
    return std::optional<std::string>(text);
  };
  read_zone_file(
      "test.db", apex,
      [&](const ZoneRecord& r) { builder.add_record(r.owner, r.type, r.ttl, r.rdata, r.where); },
      problems, read);
  auto zone = builder.build();
  for (const Problem& problem : problems.all())
    if (problem.severity == Problem::error) {
      ADD_FAILURE() << problem.text();
    }
  return zone;
}

Serving::Serving(std::vector<Fake*> chain, std::vector<std::shared_ptr<const Zone>> zones,
                 RunnerOptions options)
    : chain_(std::move(chain)) {
  options.late = this;
  runner_ = std::make_unique<Runner>(options);
  publish(std::move(zones), true);
}

Serving::~Serving() {
  runner_->adopt(nullptr);
  snapshots_.clear();
  service_.reset();
}

void Serving::publish(std::vector<std::shared_ptr<const Zone>> zones, bool reload) {
  if (reload) service_ = make_service(chain_);
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->number = snapshots_.empty() ? 1 : snapshots_.back()->number + 1;
  snapshot->service = service_;
  auto table = std::make_shared<ZoneTable>();
  table->zones = std::move(zones);
  BlockTables& tables = snapshot->tables.emplace_back();
  tables.set(verdicts_slot, std::make_shared<VerdictTable>(verdicts(*table, {}, {})));
  tables.set(zones_slot, std::move(table));
  tables.set(health_slot, std::make_shared<HealthTable>());
  tables.set(addresses_slot, std::make_shared<AddressTable>());
  snapshots_.push_back(snapshot);
  runner_->adopt(snapshot.get());
  collect();
}

void Serving::collect() {
  for (const Snapshot* gone : runner_->take_released())
    std::erase_if(snapshots_, [&](const auto& s) { return s.get() == gone; });
}

std::vector<uint8_t> Serving::send(std::span<const uint8_t> packet, Transport transport) {
  // Copies of exactly the sizes in use, so that the address sanitizer sees a step beyond them.
  const std::vector<uint8_t> in(packet.begin(), packet.end());
  std::vector<uint8_t> out(kBuffer);
  const std::byte path[] = {std::byte{42}};
  Arrival arrival;
  arrival.packet = in;
  arrival.client = Endpoint::parse("192.0.2.200:4000", 0).value();
  arrival.transport = transport;
  arrival.path = path;
  arrival.now_ns = now_ns;
  const size_t size = runner_->respond(arrival, out);
  runner_->end_batch(now_ns);
  collect();
  out.resize(size);
  return out;
}

std::vector<uint8_t> Serving::send(const kit::Ask& ask) {
  const std::vector<uint8_t> packet =
      ask.packet.empty() ? kit::query_packet(ask, Name::parse("example.com.").value()) : ask.packet;
  return send(packet, ask.tcp ? Transport::tcp : Transport::udp);
}

void Serving::advance(uint64_t ms) {
  now_ns += ms * 1'000'000;
  runner_->run_suspended(now_ns);
  collect();
}

std::vector<kit::Message> Serving::late() {
  std::vector<kit::Message> messages;
  for (const auto& packet : std::exchange(late_, {})) messages.push_back(kit::decode(packet));
  return messages;
}

void Serving::send(const ReplyPath& path, Transport, std::span<const uint8_t> reply) noexcept {
  EXPECT_EQ(path.bytes[0], std::byte{42}) << "a late reply takes the way of its query";
  if (!reply.empty()) late_.emplace_back(reply.begin(), reply.end());
}

std::vector<std::string> texts(const std::vector<kit::Record>& section) {
  std::vector<std::string> texts;
  for (const kit::Record& record : section) texts.push_back(record.text());
  return texts;
}

std::vector<std::string> sorted(const std::vector<kit::Record>& section) {
  std::vector<std::string> found = texts(section);
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace signpost::chain
