// The listeners that are open, by what the Corefile asked for. A reload opens what is new before it
// closes what is gone, so that sockets both want are never touched. Control loop only.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "chain/dispatch.h"
#include "config/configuration.h"
#include "net/listener.h"

namespace signpost {

class ListenerSet {
 public:
  // What a configuration needs beyond what is open, and what it no longer needs.
  struct Plan {
    std::vector<Dispatch> listeners;                                     // by id
    std::vector<std::pair<uint32_t, std::vector<WorkerSockets>>> added;  // opened
    std::vector<uint32_t> removed;
    std::vector<std::string> lines;  // of the start-up listing, one per zone and address
  };

  // Opens the missing listeners. Throws ConfigError with the block's line, and leaves everything as
  // it was. The plan is not in force until commit().
  Plan prepare(const Configuration& configuration, unsigned workers);
  void commit(const Plan& plan);
  // Closes what prepare() opened for a plan that is given up.
  void abandon(Plan& plan);

 private:
  using Wanted =
      std::tuple<std::string, uint16_t, uint32_t>;  // address text ("" = every), port, scope
  struct Open {
    uint32_t id;
    Endpoint bound;
  };
  struct Place {
    Address address;
    uint32_t scope = 0;
  };
  std::vector<Place> places(const BlockConfiguration& block) const;
  Open& open(const Place& place, uint16_t port, Location where, unsigned workers, Plan& plan);

  uint32_t free_id(Location where);

  std::map<Wanted, Open> open_;
  std::map<Wanted, Open> pending_;
  std::set<uint32_t> used_;  // ids of both
};

}  // namespace signpost
