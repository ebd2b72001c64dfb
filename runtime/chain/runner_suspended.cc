// The part of Runner that parks queries and goes on with them.
#include <algorithm>

#include "chain/runner.h"

namespace signpost {

namespace {

constexpr std::string_view kGivenUp = "the answer was given up";
constexpr std::string_view kNotKept = "a plugin put the query off without keeping it";

}  // namespace

Ticket Runner::suspend(Query& q) noexcept {
  SuspendedQueries::Slot* slot = nullptr;
  if (arrival_ && serving_) {
    take_back_parked();  // a hook before this one broke its promise
    slot = parked_.park(q);
    if (!slot) RunnerCounters::add(counters_.overflowed);
  } else if (resumed_ && &resumed_->query == &q) {  // again: the slot that holds the query stays
    resumed_->state = SuspendedQueries::Slot::waiting;
    return parked_.ticket(*resumed_);
  }
  if (!slot) return {};
  RunnerCounters::add(counters_.suspended);
  slot->listener = arrival_->listener;
  slot->has_path = !arrival_->path.empty();
  std::copy(arrival_->path.begin(), arrival_->path.end(), slot->path.bytes.begin());
  slot->deadline_ns = arrival_->now_ns + options_.deadline_ns;
  slot->serving = serving_.get();
  ++serving_->pins;
  parked_now_ = slot;
  return parked_.ticket(*slot);
}

// A hook returns `suspended` after it has suspended the query, and only then. One that breaks this
// costs its query a SERVFAIL, and leaves nothing in the pool that would answer a second time.
Runner::Walk Runner::hold_to_promise(Query& q, Walk walked) noexcept {
  if ((walked == Walk::suspended) == (parked_now_ != nullptr)) return walked;
  if (parked_now_) {
    take_back_parked();
    return walked;
  }
  fail(q, kNotKept);
  return Walk::reply;
}

void Runner::take_back_parked() noexcept {
  if (!parked_now_) return;
  auto* serving = static_cast<Serving*>(parked_now_->serving);
  parked_.release(*std::exchange(parked_now_, nullptr));
  unpin(serving);
}

void Runner::answer_late(SuspendedQueries::Slot& slot, Walk walked, uint64_t now_ns) noexcept {
  Query& q = slot.query;
  const size_t size = encode(q, walked, late_);
  const Outcome outcome = outcome_of(q, {late_.data(), size}, now_ns - q.received_ns);
  if (q.chain_)
    for (const auto& step : q.chain_->done_) step.hook(step.instance, q, outcome);
  if (slot.has_path && options_.late)
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
    resumed_ = &slot;
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
      if (enter(q, slot.listener)) walked = walk(q, 0, false);
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
  resumed_ = nullptr;
}

}  // namespace signpost
