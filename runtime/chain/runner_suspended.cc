// The part of Runner that parks queries and goes on with them.
#include <algorithm>

#include "chain/runner.h"

namespace signpost {

namespace {

constexpr std::string_view kGivenUp = "the answer was given up";

}  // namespace

Ticket Runner::suspend(Query& q) noexcept {
  SuspendedQueries::Slot* slot = nullptr;
  if (arrival_ && serving_) {
    slot = parked_.park(q);
    if (!slot) RunnerCounters::add(counters_.overflowed);
  } else if (!arrival_) {  // suspended again after a retry: the slot that holds the query stays
    for (auto& s : parked_.slots())
      if (&s->query == &q) slot = s.get();
    if (slot) {
      slot->state = SuspendedQueries::Slot::waiting;
      return parked_.ticket(*slot);
    }
  }
  if (!slot) return {};
  RunnerCounters::add(counters_.suspended);
  slot->listener = arrival_->listener;
  slot->has_path = !arrival_->path.empty();
  std::copy(arrival_->path.begin(), arrival_->path.end(), slot->path.bytes.begin());
  slot->deadline_ns = arrival_->now_ns + options_.deadline_ns;
  slot->serving = serving_.get();
  ++serving_->pins;
  return parked_.ticket(*slot);
}

void Runner::answer_late(SuspendedQueries::Slot& slot, Walk walked, uint64_t now_ns) noexcept {
  Query& q = slot.query;
  const size_t size = encode(q, walked, late_);
  const Outcome outcome = outcome_of(q, {late_.data(), size}, now_ns - q.received_ns);
  if (q.chain_)
    for (const auto& step : q.chain_->done_) step.hook(step.instance, q, outcome);
  if (size && slot.has_path && options_.late)
    options_.late->send(slot.path, q.transport, {late_.data(), size});
  auto* serving = static_cast<Serving*>(slot.serving);
  parked_.release(slot);
  unpin(serving);
}

void Runner::run_suspended(uint64_t now_ns) noexcept {
  using Slot = SuspendedQueries::Slot;
  parked_.take_signal();
  arrival_ = nullptr;
  for (size_t i = 0; i < parked_.slots().size(); ++i) {
    Slot& slot = *parked_.slots()[i];
    if (slot.state == Slot::free || (slot.state == Slot::waiting && now_ns < slot.deadline_ns))
      continue;
    Query& q = slot.query;
    Walk walked = Walk::reply;
    // Unless the walk suspends the query again, nobody holds a ticket for it any more.
    const Slot::State state = std::exchange(slot.state, Slot::abandoned);
    if (state == Slot::retry && now_ns < slot.deadline_ns) {
      // The walk begins anew in the newest snapshot; nothing of the first one remains.
      if (serving_) {
        auto* before = static_cast<Serving*>(slot.serving);
        ++serving_->pins;
        slot.serving = serving_.get();
        unpin(before);
      }
      ++slot.turn;
      if (enter(q, slot.listener)) {
        walked = walk(q, 0, false);
      } else {
        q.rcode = Rcode::refused;
      }
    } else if (state == Slot::resume) {
      ++slot.turn;
      if (slot.verdict == Down::drop) {
        walked = Walk::drop;
      } else {
        const bool up = q.going_up_ || slot.verdict == Down::answered;
        walked = walk(q, up ? q.position_ : uint16_t(q.position_ + 1), up);
      }
    } else {
      if (state != Slot::abandoned) RunnerCounters::add(counters_.expired);
      fail(q, state == Slot::abandoned ? kGivenUp : "the answer took too long");
      if (q.recorder) q.recorder->note("signpost", "waited too long: SERVFAIL");
    }
    if (walked == Walk::suspended) {
      if (slot.state != Slot::abandoned) continue;  // waits, or its ticket was used within the hook
      fail(q, kGivenUp);
      walked = Walk::reply;
    }
    answer_late(slot, walked, now_ns);
  }
}

}  // namespace signpost
