// A configuration in force: its agents, the tables they published, and the service that the workers
// run. Control loop only. Replaced as a whole by a reload.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "config/configuration.h"
#include "loop/agent_control.h"
#include "loop/zone_keeper.h"

namespace signpost {

class Generation final : public AgentHost {
 public:
  struct Events {
    std::function<void()> changed;  // a snapshot should be published soon
    std::function<void(std::chrono::milliseconds)> lameduck;
    std::function<bool()> stopping;
  };

  // Makes the chains for `workers` workers and starts the agents; what an agent cannot get (an HTTP
  // address in use) throws std::runtime_error or ConfigError, and nothing of the generation stays.
  // `listeners` come from ListenerSet. The zones are moved out of the configuration.
  Generation(std::shared_ptr<Configuration> configuration, LoopServices& services, unsigned workers,
             std::vector<Dispatch> listeners, Events events);
  ~Generation();
  Generation(const Generation&) = delete;
  Generation& operator=(const Generation&) = delete;

  const Configuration& configuration() const { return *configuration_; }
  // Asks every agent for its tables, makes the verdicts and returns the next snapshot.
  std::shared_ptr<const Snapshot> snapshot(uint64_t number);
  std::vector<std::string> not_ready() const override;
  bool stopping() const override { return events_.stopping(); }
  // The zones as they are now, for the configuration that comes next. They stay so until it takes
  // over, or release_zones().
  PresentZones hold_zones();
  void release_zones();
  // No more is asked of the agents: they are gone, the chains stay until their snapshots are.
  void stop_agents();

 private:
  struct Agent {
    const PluginInfo* info = nullptr;
    void* instance = nullptr;
    std::unique_ptr<AgentControl> control;
  };

  void agent_changed() override { events_.changed(); }
  void lameduck(std::chrono::milliseconds duration) override { events_.lameduck(duration); }
  void start_agents();
  void make_verdicts(BlockTables& tables) const;

  std::shared_ptr<const Configuration> configuration_;
  LoopServices& services_;
  Events events_;
  std::shared_ptr<Service> service_;
  std::vector<std::unique_ptr<ZoneKeeper>> keepers_;  // by block; they free what tables_ let go of
  std::vector<BlockTables> tables_;
  std::vector<Agent> agents_;
};

}  // namespace signpost
