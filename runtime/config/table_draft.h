// The Draft over the tables of one block. Thread of the agents.
#pragma once

#include <memory>

#include "chain/snapshot.h"
#include "signpost/control.h"

namespace signpost {

class TableDraft final : public Draft {
 public:
  explicit TableDraft(BlockTables& tables) : tables_(tables) {}
  void set_table(uint16_t slot, std::shared_ptr<const void> table) override {
    tables_.set(slot, std::move(table));
  }

 private:
  BlockTables& tables_;
};

}  // namespace signpost
