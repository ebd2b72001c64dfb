// Any bytes as a packet to a server of two zones with a wildcard, CNAMEs, a delegation, a steered
// set and an alias. The first byte says how it comes in (bit 0: TCP). Whatever is sent back must be
// a well-formed reply to it that fits; a response gets nothing.
#include <algorithm>
#include <cstdlib>
#include <memory>

#include "chain/runner.h"
#include "kit/message.h"
#include "signpost/addresses.h"
#include "signpost/health.h"
#include "signpost/zones.h"
#include "steer/judge.h"
#include "zone/builder.h"
#include "zone/zone_file.h"

namespace {

using namespace signpost;

void require(bool holds) {
  if (!holds) std::abort();
}

constexpr const char* kHome =
    "$TTL 60\n@ SOA ns1 h 1 2 3 4 5\n@ NS ns1\n@ MX 10 mail\nns1 A 192.0.2.53\n"
    "mail A 192.0.2.25\nmail AAAA 2001:db8::25\n*.w TXT wild\na.ent A 192.0.2.1\n"
    "c1 CNAME c2\nc2 CNAME deep.away.net.\nl1 CNAME l2\nl2 CNAME l1\nout CNAME example.org.\n"
    "sub NS ns.sub\nsub NS ns1\nsub DS 1 13 1 0123456789abcdef0123456789abcdef01234567\n"
    "ns.sub A 192.0.2.54\n"
    "$GENERATE 1-99 many A 10.0.0.$\n$GENERATE 1-9 big TXT \"$ of many strings\"\n";
constexpr const char* kAway =
    "$TTL 60\n@ SOA ns1 h 1 2 3 4 5\n@ NS ns1.home.test.\ndeep MX 5 mx\ndeep A 192.0.2.2\n"
    "mx A 192.0.2.3\nback CNAME www.home.test.\n";

class Even final : public Policy {
 public:
  std::string_view name() const override { return "even"; }
  std::string describe(uint32_t) const override { return {}; }
  void check(const SetSpec&, Problems&) const override {}
};
const Even kEven;

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

struct Chooser {
  explicit Chooser(const Settings&) {}
  Up up(Query& query) noexcept {
    if (!query.undecided(kEven)) return Up::next;
    query.client.narrow(20);
    const uint64_t weights[] = {1, 1};
    query.draw(weights);
    return Up::next;
  }
};

struct Follower {
  explicit Follower(const Settings&) {}
  Up up(Query& query) noexcept {
    if (!query.set || !query.set->is_alias()) return Up::next;
    query.restart(query.set->members[0].alias->name);
    return Up::restart;
  }
};

constexpr PluginInfo kFollower = describe<Settings, Follower>("alias", Stage::follow);
constexpr PluginInfo kChooser = describe<Settings, Chooser>("even", Stage::choose);
constexpr PluginInfo kSource = describe<Settings, Source>("zone", Stage::source);

class Server {
 public:
  Server() : names_{Name::parse("home.test.").value(), Name::parse("away.net.").value()} {
    add_set("www.home.test.", {{192, 0, 2, 7}, {192, 0, 2, 8}}, &kEven);
    add_set("alias.home.test.", {}, nullptr);
    auto zones = std::make_shared<ZoneTable>();
    for (unsigned i = 0; i < 2; ++i) zones->zones.push_back(zone(i));
    auto service = std::make_shared<Service>();
    const auto settings = std::make_shared<Settings>();
    service->chains.resize(1);
    service->chains[0].push_back(std::make_unique<Chain>(std::vector<PluginUse>{
        {&kFollower, settings}, {&kChooser, settings}, {&kSource, settings}}));
    service->listeners.emplace_back();
    for (const Name& name : names_) service->listeners[0].add(name, 0);
    snapshot_.service = std::move(service);
    BlockTables& tables = snapshot_.tables.emplace_back();
    tables.set(verdicts_slot, std::make_shared<VerdictTable>(verdicts(*zones, {}, {})));
    tables.set(zones_slot, std::move(zones));
    tables.set(health_slot, std::make_shared<HealthTable>());
    tables.set(addresses_slot, std::make_shared<AddressTable>());
    runner_.adopt(&snapshot_);
  }

  std::vector<uint8_t> ask(std::span<const uint8_t> packet, bool tcp) {
    Arrival arrival;
    arrival.packet = packet;
    arrival.client = Endpoint::parse("198.51.100.7", 5353).value();
    arrival.transport = tcp ? Transport::tcp : Transport::udp;
    std::vector<uint8_t> out(tcp ? 65535 : 4096);
    out.resize(runner_.respond(arrival, out));
    runner_.end_batch(0);
    return out;
  }

 private:
  void add_set(const char* owner, std::vector<std::vector<uint8_t>> values, const Policy* policy) {
    SetSpec& set = sets_.emplace_back();
    set.owner = Name::parse(owner).value();
    set.type = rr::a;
    set.policy = policy;
    for (auto& value : values) set.members.emplace_back().values.push_back(std::move(value));
    if (values.empty())
      set.members.emplace_back().alias = AliasSpec{Name::parse("deep.away.net.").value()};
  }

  std::shared_ptr<const Zone> zone(unsigned position) {
    Problems problems;
    ZoneBuilder builder(names_[position], {position, true, false, {}, names_, {}, {}}, problems);
    read_zone_file(
        "db", names_[position],
        [&](const ZoneRecord& r) { builder.add_record(r.owner, r.type, r.ttl, r.rdata, r.where); },
        problems,
        [&](const std::string&, std::string&) {
          return std::optional<std::string>(position == 0 ? kHome : kAway);
        });
    for (const SetSpec& set : sets_)
      if (set.owner.view().within(names_[position])) builder.add_set(set);
    auto built = builder.build();
    require(built != nullptr && !problems.any_error());
    return built;
  }

  std::vector<Name> names_;
  std::vector<SetSpec> sets_;
  Snapshot snapshot_;
  Runner runner_{RunnerOptions()};
};

// The question section of a decoded message, as it stands in the packet.
std::span<const uint8_t> question_of(std::span<const uint8_t> reply) {
  size_t at = 12;
  while (reply[at] != 0) at += reply[at] + 1u;
  return reply.subspan(12, at + 5 - 12);
}

void check(std::span<const uint8_t> packet, std::span<const uint8_t> reply, bool tcp) {
  if (packet.size() < 12 || packet[2] & 0x80) return require(reply.empty());
  const kit::Message message = kit::decode(reply);
  require(std::equal(packet.begin(), packet.begin() + 2, reply.begin()));
  require((packet[2] & 0x79) == (reply[2] & 0x79));
  require((reply[3] & 0x80) == 0);
  if (!tcp) require(reply.size() <= (message.edns ? 1232u : 512u));
  require(message.questions.size() <= 1);
  if (message.rcode == 0 || message.rcode == 3) require(message.questions.size() == 1);
  if (message.questions.empty()) return;
  const auto question = question_of(reply);
  require(packet.size() >= 12 + question.size());
  require(std::equal(question.begin(), question.end(), packet.begin() + 12));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0 || size > 4097) return 0;
  static Server server;
  const bool tcp = data[0] & 1;
  const std::vector<uint8_t> packet(data + 1, data + size);
  check(packet, server.ask(packet, tcp), tcp);
  return 0;
}
