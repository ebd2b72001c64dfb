// Hands snapshots to the workers and keeps each alive until the last worker has let go of it.
// Control loop only.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "loop/worker.h"

namespace signpost {

class Publication {
 public:
  using Garbage = std::vector<std::shared_ptr<const void>>;
  // `dispose` is given the zone tables that a snapshot leaves behind: freeing them may take long.
  Publication(std::vector<std::unique_ptr<Worker>>& workers, std::function<void(Garbage)> dispose)
      : workers_(workers), dispose_(std::move(dispose)) {}

  // `added` has a row of sockets for each listener: one pair per worker.
  void publish(std::shared_ptr<const Snapshot> snapshot,
               std::vector<std::pair<uint32_t, std::vector<WorkerSockets>>> added = {},
               const std::vector<uint32_t>& removed = {});
  // Takes back what workers have let go of; call when one says so.
  void collect();
  size_t alive() const { return held_.size(); }
  // Forgets everything: only after the workers have ended.
  void clear() { held_.clear(); }

 private:
  struct Held {
    std::shared_ptr<const Snapshot> snapshot;
    size_t readers;
  };
  std::vector<std::unique_ptr<Worker>>& workers_;
  std::function<void(Garbage)> dispose_;
  std::map<const Snapshot*, Held> held_;
};

}  // namespace signpost
