#include "loop/publication.h"

#include "zone/zone.h"

namespace signpost {

void Publication::publish(std::shared_ptr<const Snapshot> snapshot,
                          std::vector<std::pair<uint32_t, std::vector<WorkerSockets>>> added,
                          const std::vector<uint32_t>& removed) {
  const Snapshot* raw = snapshot.get();
  held_[raw] = {std::move(snapshot), workers_.size()};
  for (size_t w = 0; w < workers_.size(); ++w) {
    std::vector<std::pair<uint32_t, WorkerSockets>> mine;
    for (auto& [listener, sockets] : added) mine.emplace_back(listener, std::move(sockets[w]));
    workers_[w]->hand_over(raw, std::move(mine), removed);
  }
  collect();
}

void Publication::collect() {
  Garbage zones;
  for (const auto& worker : workers_)
    for (const Snapshot* snapshot : worker->collect())
      if (const auto it = held_.find(snapshot); it != held_.end() && --it->second.readers == 0) {
        for (const BlockTables& tables : snapshot->tables) zones.push_back(tables.get(zones_slot));
        held_.erase(it);
      }
  if (!zones.empty()) dispose_(std::move(zones));
}

}  // namespace signpost
