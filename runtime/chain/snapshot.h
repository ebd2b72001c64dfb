// All that the workers read: one immutable generation of tables, made on the control loop and
// swapped whole. Parts that did not change are shared between snapshots.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "chain/chain.h"
#include "chain/dispatch.h"

namespace signpost {

// The tables of one block, by slot.
class BlockTables {
 public:
  void set(uint16_t slot, std::shared_ptr<const void> table) {
    if (slot >= owners_.size()) {
      owners_.resize(slot + 1u);
      tables_.resize(slot + 1u);
    }
    tables_[slot] = table.get();
    owners_[slot] = std::move(table);
  }
  const void* const* view() const { return tables_.data(); }
  std::shared_ptr<const void> get(uint16_t slot) const {
    return slot < owners_.size() ? owners_[slot] : nullptr;
  }

 private:
  std::vector<const void*> tables_;
  std::vector<std::shared_ptr<const void>> owners_;
};

// The part of a configuration that serves: made once per (re)load.
struct Service {
  std::vector<Dispatch> listeners;  // by listener id
  // Chains by worker and block. Each worker touches only its own row.
  std::vector<std::vector<std::unique_ptr<Chain>>> chains;
};

struct Snapshot {
  uint64_t number = 0;
  std::shared_ptr<const Service> service;
  std::vector<BlockTables> tables;  // by block
};

}  // namespace signpost
