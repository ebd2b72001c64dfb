#include "loop/generation.h"

#include <algorithm>

#include "config/table_draft.h"
#include "signpost/log.h"
#include "steer/alias_links.h"
#include "steer/judge.h"

namespace signpost {

namespace {

template <class T>
std::shared_ptr<const T> table(const BlockTables& tables, uint16_t slot) {
  return std::static_pointer_cast<const T>(tables.get(slot));
}

}  // namespace

Generation::Generation(std::shared_ptr<const Configuration> configuration, LoopServices& services,
                       unsigned workers, std::vector<Dispatch> listeners, Events events)
    : configuration_(std::move(configuration)),
      services_(services),
      events_(std::move(events)),
      service_(std::make_shared<Service>()),
      self_(std::make_shared<Generation*>(this)) {
  service_->listeners = std::move(listeners);
  service_->chains.resize(workers);
  for (const BlockConfiguration& block : configuration_->blocks) {
    for (auto& chains : service_->chains) chains.push_back(std::make_unique<Chain>(block.plugins));
    tables_.push_back(block.tables);
    rebuilding_.emplace_back(block.zone_files.size());
  }
  try {
    start_agents();
  } catch (...) {
    *self_ = nullptr;  // the destructor does not run, and a zone may be under way
    stop_agents();
    throw;
  }
}

Generation::~Generation() {
  *self_ = nullptr;
  stop_agents();
}

void Generation::start_agents() {
  for (unsigned b = 0; b < configuration_->blocks.size(); ++b) {
    const BlockConfiguration& block = configuration_->blocks[b];
    for (const PluginUse& use : block.plugins) {
      if (!use.info->make_agent) continue;
      Agent& agent = agents_.emplace_back();
      agent.info = use.info;
      agent.control = std::make_unique<AgentControl>(services_, *this, block, b, use.info->name);
      try {
        agent.instance = use.info->make_agent(use.settings.get(), *agent.control);
      } catch (const ConfigError&) {
        throw;
      } catch (const std::exception& e) {
        throw ConfigError(block.where, "plugin/" + std::string(use.info->name) + ": " + e.what());
      }
    }
  }
}

void Generation::stop_agents() {
  while (!agents_.empty()) {
    Agent agent = std::move(agents_.back());
    agents_.pop_back();
    if (agent.instance) agent.info->unmake_agent(agent.instance);
  }
}

std::shared_ptr<const Snapshot> Generation::snapshot(uint64_t number) {
  for (Agent& agent : agents_)
    if (agent.info->publish) {
      TableDraft draft(tables_[agent.control->block()]);
      agent.info->publish(agent.instance, draft);
    }
  for (BlockTables& tables : tables_) make_verdicts(tables);
  auto next = std::make_shared<Snapshot>();
  next->number = number;
  next->service = service_;
  next->tables = tables_;
  return next;
}

void Generation::make_verdicts(BlockTables& tables) const {
  const auto zones = table<ZoneTable>(tables, zones_slot);
  tables.set(verdicts_slot, std::make_shared<VerdictTable>(
                                verdicts(*zones, *table<HealthTable>(tables, health_slot),
                                         *table<AddressTable>(tables, addresses_slot))));
}

std::vector<std::string> Generation::not_ready() const {
  std::vector<std::string> names;
  for (const Agent& agent : agents_)
    if (!agent.control->is_ready() &&
        std::find(names.begin(), names.end(), agent.control->plugin()) == names.end())
      names.push_back(agent.control->plugin());
  return names;
}

// A zone that is read again on libuv's pool. Holds what it works on, the generation may go
// meanwhile.
struct Generation::Rebuild {
  uv_work_t work;
  std::shared_ptr<Generation*> owner;
  std::shared_ptr<const Configuration> configuration;
  unsigned block, position;
  Problems problems;
  std::shared_ptr<const Zone> zone;
};

void Generation::reload_zone(unsigned block, const Name& origin) {
  const auto& files = configuration_->blocks[block].zone_files;
  const auto file = std::find_if(files.begin(), files.end(),
                                 [&](const ZoneFile& z) { return z.origin == origin; });
  if (file == files.end()) return;
  const auto position = unsigned(file - files.begin());
  uint8_t& state = rebuilding_[block][position];
  if (state != 0) {
    state = 2;
    return;
  }
  state = 1;
  auto* rebuild = new Rebuild{{}, self_, configuration_, block, position, {}, nullptr};
  rebuild->work.data = rebuild;
  uv_queue_work(
      services_.loop(), &rebuild->work,
      [](uv_work_t* w) {
        auto* r = static_cast<Rebuild*>(w->data);
        const BlockConfiguration& of = r->configuration->blocks[r->block];
        try {
          r->zone = build_zone(of, r->position, r->problems);
        } catch (const std::exception& e) {  // out of memory must not end the server
          r->problems.error(of.zone_files[r->position].where, e.what());
        }
      },
      [](uv_work_t* w, int) {
        const std::unique_ptr<Rebuild> r(static_cast<Rebuild*>(w->data));
        if (*r->owner) (*r->owner)->zone_built(*r);
      });
}

void Generation::zone_built(Rebuild& rebuild) {
  const ZoneFile& file = configuration_->blocks[rebuild.block].zone_files[rebuild.position];
  BlockTables& tables = tables_[rebuild.block];
  auto next = std::make_shared<ZoneTable>(*table<ZoneTable>(tables, zones_slot));
  if (rebuild.zone) {
    next->zones[rebuild.position] = rebuild.zone;
    check_alias_links(*next, rebuild.problems);
  }
  for (const Problem& p : rebuild.problems.all())
    p.severity == Problem::error ? log_error("zone", p.text()) : log_warning("zone", p.text());
  if (rebuild.problems.any_error() || !rebuild.zone) {
    log_error("zone",
              "zone " + file.origin.text() + " is not reloaded: the one before is served on");
  } else {
    tables.set(zones_slot, std::move(next));
    log_info("zone", "zone " + file.origin.text() + " reloaded from " + file.path + ", serial " +
                         std::to_string(rebuild.zone->serial()));
    events_.changed();
  }
  uint8_t& state = rebuilding_[rebuild.block][rebuild.position];
  const bool again = state == 2;
  state = 0;
  if (again) reload_zone(rebuild.block, file.origin);
}

}  // namespace signpost
