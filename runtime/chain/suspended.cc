#include "chain/suspended.h"

#include <cstring>
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
  const auto moved = [&](const void* p, const void* begin, size_t size) {
    const auto at = reinterpret_cast<uintptr_t>(p), from = reinterpret_cast<uintptr_t>(begin);
    return at >= from && at < from + size;
  };
  for (unsigned i = 0; i < copy.made_count_; ++i) {
    copy.made_sets_[i].bytes = copy.made_.data() + (query.made_sets_[i].bytes - query.made_.data());
    copy.made_sets_[i].starts =
        copy.made_starts_.data() + (query.made_sets_[i].starts - query.made_starts_.data());
  }
  for (unsigned i = 0; i < copy.entry_count_; ++i) {
    ReplyEntry& e = copy.entries_[i];
    if (moved(e.records, query.made_sets_.data(), sizeof query.made_sets_))
      e.records = copy.made_sets_.data() + (e.records - query.made_sets_.data());
    if (moved(e.owner_name.data(), query.qname_.data(), query.qname_.size()))
      e.owner_name = {copy.qname_.data() + (e.owner_name.data() - query.qname_.data()),
                      e.owner_name.size()};
  }
  for (unsigned i = 0; i <= copy.step_; ++i)
    if (moved(copy.steps_[i].looked_for.data(), query.qname_.data(), query.qname_.size()))
      copy.steps_[i].looked_for = copy.name();
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
