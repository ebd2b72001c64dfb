#include "chain/suspended.h"

#include <cstring>
#include <type_traits>
#include <utility>

namespace signpost {

SuspendedQueries::Slot* SuspendedQueries::park(const Query& query) {
  if (free_.empty()) {
    if (slots_.size() >= cap_) return nullptr;
    slots_.push_back(std::make_unique<Slot>());
    slots_.back()->index = uint32_t(slots_.size() - 1);
    free_.push_back(slots_.back()->index);
  }
  Slot& slot = *slots_[free_.back()];
  free_.pop_back();
  ++used_;
  slot.query = query;
  Query& copy = slot.query;
  // What pointed into the query or the packet points into the copy now.
  const size_t bytes = 12u + query.question_size_;
  std::memcpy(slot.packet.data(), query.packet_, bytes);
  copy.packet_ = slot.packet.data();
  const auto move = [&](auto*& p) {
    const auto at = reinterpret_cast<uintptr_t>(p), from = reinterpret_cast<uintptr_t>(&query);
    if (at >= from && at < from + sizeof query)
      p = reinterpret_cast<std::remove_reference_t<decltype(p)>>(
          reinterpret_cast<uintptr_t>(&copy) + (at - from));
  };
  const auto move_name = [&](NameView& name) {
    const uint8_t* wire = name.data();
    move(wire);
    name = {wire, name.size()};
  };
  const auto move_set = [&](WireSet& set) {
    move(set.bytes);
    move(set.starts);
    move(set.names);
  };
  for (unsigned i = 0; i < copy.made_count_; ++i) move_set(copy.made_sets_[i]);
  for (unsigned i = 0; i < copy.redirection_count_; ++i) move_set(copy.redirections_[i].cname);
  for (unsigned i = 0; i < copy.entry_count_; ++i) {
    move(copy.entries_[i].records);
    move_name(copy.entries_[i].owner_name);
  }
  for (unsigned i = 0; i <= copy.step_; ++i) move_name(copy.steps_[i].looked_for);
  move_name(copy.target_);
  slot.state = Slot::waiting;
  return &slot;
}

Ticket SuspendedQueries::ticket(const Slot& slot) {
  Ticket t;
  t.pool_ = this;
  t.slot_ = slot.index;
  t.turn_ = slot.turn;
  return t;
}

void SuspendedQueries::release(Slot& slot) {
  ++slot.turn;
  slot.state = Slot::free;
  --used_;
  free_.push_back(slot.index);
}

SuspendedQueries::Slot* SuspendedQueries::find(uint32_t slot, uint32_t turn) {
  if (slot >= slots_.size()) return nullptr;
  Slot& s = *slots_[slot];
  return s.turn == turn && s.state == Slot::waiting ? &s : nullptr;
}

Ticket::Ticket(Ticket&& o) noexcept
    : pool_(std::exchange(o.pool_, nullptr)), slot_(o.slot_), turn_(o.turn_) {}

Ticket& Ticket::operator=(Ticket&& o) noexcept {
  if (this != &o) {
    Ticket old(std::move(*this));
    pool_ = std::exchange(o.pool_, nullptr);
    slot_ = o.slot_;
    turn_ = o.turn_;
  }
  return *this;
}

Ticket::~Ticket() {
  if (!pool_) return;
  if (auto* slot = pool_->find(slot_, turn_)) {
    slot->state = SuspendedQueries::Slot::abandoned;
    pool_->signal_ = true;
  }
}

void Ticket::resume(Down verdict) && {
  if (!pool_) return;
  if (auto* slot = pool_->find(slot_, turn_)) {
    slot->state = SuspendedQueries::Slot::resume;
    slot->verdict = verdict;
    pool_->signal_ = true;
  }
  pool_ = nullptr;
}

void Ticket::retry() && {
  if (!pool_) return;
  if (auto* slot = pool_->find(slot_, turn_)) {
    slot->state = SuspendedQueries::Slot::retry;
    pool_->signal_ = true;
  }
  pool_ = nullptr;
}

bool Ticket::waiting() const { return pool_ && pool_->find(slot_, turn_); }

}  // namespace signpost
