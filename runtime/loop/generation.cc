#include "loop/generation.h"

#include <algorithm>

#include "config/table_draft.h"
#include "steer/judge.h"

namespace signpost {

namespace {

template <class T>
std::shared_ptr<const T> table(const BlockTables& tables, uint16_t slot) {
  return std::static_pointer_cast<const T>(tables.get(slot));
}

}  // namespace

Generation::Generation(std::shared_ptr<Configuration> configuration, LoopServices& services,
                       unsigned workers, std::vector<Dispatch> listeners, Events events)
    : configuration_(configuration),
      services_(services),
      events_(std::move(events)),
      service_(std::make_shared<Service>()) {
  service_->listeners = std::move(listeners);
  service_->chains.resize(workers);
  for (unsigned b = 0; b < configuration->blocks.size(); ++b) {
    BlockConfiguration& block = configuration->blocks[b];
    for (auto& chains : service_->chains) chains.push_back(std::make_unique<Chain>(block.plugins));
    tables_.push_back(std::move(block.tables));
    keepers_.push_back(std::make_unique<ZoneKeeper>(
        services_.loop(), configuration_, b, std::move(block.served),
        table<ZoneTable>(tables_.back(), zones_slot), [this] { events_.changed(); }));
  }
  try {
    start_agents();
  } catch (...) {
    stop_agents();  // the destructor does not run
    throw;
  }
}

Generation::~Generation() { stop_agents(); }

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
  for (size_t b = 0; b < tables_.size(); ++b) {
    tables_[b].set(zones_slot, keepers_[b]->table());
    make_verdicts(tables_[b]);
  }
  auto next = std::make_shared<Snapshot>();
  next->number = number;
  next->service = service_;
  next->tables = tables_;
  return next;
}

PresentZones Generation::hold_zones() {
  PresentZones present;
  for (const auto& keeper : keepers_) {
    keeper->hold();
    keeper->add_to(present);
  }
  return present;
}

void Generation::release_zones() {
  for (const auto& keeper : keepers_) keeper->go_on();
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

}  // namespace signpost
