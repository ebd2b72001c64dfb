#include "chain/runner.h"

#include <algorithm>
#include <cstring>

#include "chain/explanation.h"
#include "chain/proof.h"
#include "chain/query_reader.h"
#include "chain/reply_encoder.h"
#include "signpost/zones.h"
#include "zone/zone.h"

namespace signpost {

namespace {

// SplitMix64, to spread one seed over the generator's state.
uint64_t next_seed(uint64_t& state) {
  uint64_t z = state += 0x9E3779B97F4A7C15ull;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

}  // namespace

Runner::Runner(const RunnerOptions& options)
    : options_(options),
      queries_(std::make_unique<Query[]>(batch)),
      parked_(options.suspended_cap),
      late_(65535) {
  uint64_t state = options.seed;
  for (unsigned i = 0; i < 4; i += 2) {
    const uint64_t bits = next_seed(state);
    random_[i] = uint32_t(bits);
    random_[i + 1] = uint32_t(bits >> 32);
  }
}

Runner::~Runner() = default;

void Runner::adopt(const Snapshot* snapshot) {
  std::unique_ptr<Serving> before = std::move(serving_);
  serving_ = snapshot ? std::make_unique<Serving>(Serving{snapshot}) : nullptr;
  const Service* service = snapshot ? snapshot->service.get() : nullptr;
  // The chains of a configuration that ends let go of their tickets as well.
  if (before && before->snapshot->service.get() != service)
    for (const auto& chain : before->snapshot->service->chains[options_.worker]) chain->refreshed();
  if (service)
    for (const auto& chain : service->chains[options_.worker]) chain->refreshed();
  if (!before) return;
  retired_.push_back(std::move(before));
  unpin(nullptr);
}

// Counts a suspended query off its snapshot and collects the snapshots that nobody reads.
void Runner::unpin(Serving* serving) noexcept {
  if (serving) --serving->pins;
  std::erase_if(retired_, [&](const std::unique_ptr<Serving>& old) {
    if (old->pins != 0) return false;
    released_.push_back(old->snapshot);
    return true;
  });
}

size_t Runner::respond(const Arrival& arrival, std::span<uint8_t> out,
                       Recorder* recorder) noexcept {
  RunnerCounters::add(counters_.queries);
  parked_now_ = nullptr;
  if (used_ == batch) end_batch(arrival.now_ns);
  Query& q = queries_[used_];
  q.transport = arrival.transport;
  const Reading reading = QueryReader::read(arrival.packet, q);
  if (reading.action == Reading::discard) {
    RunnerCounters::add(counters_.discarded);
    return 0;
  }
  q.client.source = arrival.client;
  q.local = arrival.local;
  q.client.verified = arrival.transport != Transport::udp;
  q.received_ns = arrival.now_ns;
  q.received_s = arrival.wall_s;
  q.recorder = recorder;
  if (reading.action == Reading::reply || arrival.cut_short) {
    const Rcode rcode = arrival.cut_short ? Rcode::formerr : reading.rcode;
    RunnerCounters::add(rcode == Rcode::formerr ? counters_.malformed : counters_.unsupported);
    return ReplyEncoder::encode_error(q, rcode, out.first(512), options_.udp_payload);
  }
  if (!enter(q, arrival.listener)) {
    RunnerCounters::add(counters_.refused);
    explain_reply(q);
    return ReplyEncoder::encode_error(q, q.rcode, out, options_.udp_payload);
  }
  arrival_ = &arrival;
  const Walk walked = hold_to_promise(q, walk(q, 0, false));
  if (walked == Walk::suspended) return 0;
  const size_t size = encode(q, walked, out);
  if (q.chain_->watches()) {
    watched_[used_].outcome = outcome_of(q, out.first(size), 0);
    ++used_;
  }
  return size;
}

Outcome Runner::outcome_of(const Query& q, std::span<const uint8_t> reply,
                           uint64_t took_ns) noexcept {
  const auto flags = uint16_t(reply.empty() ? 0 : reply[2] << 8 | reply[3]);
  return {q.rcode, flags, uint16_t(reply.size()), took_ns, q.content()};
}

size_t Runner::encode(Query& q, Walk walked, std::span<uint8_t> out) noexcept {
  if (walked == Walk::drop) {
    RunnerCounters::add(counters_.dropped);
    return 0;
  }
  RunnerCounters::add(counters_.answered);
  size_t limit = out.size();
  if (q.transport == Transport::udp)
    limit = std::min<size_t>({limit, q.edns.present ? q.edns.payload : 512u,
                              std::max<size_t>(options_.udp_payload, 512)});
  return ReplyEncoder::encode(q, out.first(limit), options_.udp_payload);
}

void Runner::end_batch(uint64_t now_ns) noexcept {
  for (unsigned i = 0; i < used_; ++i) {
    const Query& q = queries_[i];
    watched_[i].outcome.took_ns = now_ns - q.received_ns;
    for (const auto& step : q.chain_->done_) step.hook(step.instance, q, watched_[i].outcome);
  }
  used_ = 0;
  if (parked_.size() != 0 && parked_.take_signal()) run_suspended(now_ns);
}

// One walk from `position`: down to a source, up to the client, and again after each restart.
Runner::Walk Runner::walk(Query& q, uint16_t position, bool up) noexcept {
  Walk result = Walk::reply;
  for (;;) {
    if (!up && !go_down(q, position, result)) return result;
    switch (go_up(q, position, result)) {
      case Climb::stop:
        return result;
      case Climb::again:
        up = false;
        break;
      case Climb::top:
        finish(q);
        return Walk::reply;
    }
  }
}

// Asks the hooks from `position` on; `position` becomes the one that answered. False: the walk
// ends.
bool Runner::go_down(Query& q, uint16_t& position, Walk& result) noexcept {
  const Chain& chain = *q.chain_;
  for (size_t i = chain.down_from_[position]; i < chain.down_.size(); ++i) {
    const auto& step = chain.down_[i];
    if ((step.beyond & q.beyond_) != q.beyond_) continue;
    q.position_ = step.position;
    q.going_up_ = false;
    const Down verdict = step.hook(step.instance, q);
    if (verdict == Down::next) continue;
    position = step.position;
    if (verdict == Down::answered) return true;
    result = verdict == Down::drop ? Walk::drop : Walk::suspended;
    return false;
  }
  nobody_answered(q);
  if (q.recorder) q.recorder->note("signpost", "no plugin of the block answers: REFUSED");
  position = uint16_t(chain.plugins_.size());
  return true;
}

Runner::Climb Runner::go_up(Query& q, uint16_t& position, Walk& result) noexcept {
  const Chain& chain = *q.chain_;
  bool followed = false;
  for (size_t i = chain.up_from_[position]; i < chain.up_.size(); ++i) {
    const auto& step = chain.up_[i];
    if ((step.beyond & q.beyond_) != q.beyond_) continue;
    if (!followed && step.position < chain.follow_begin_) {
      followed = true;
      if (follow_cname(q)) {
        position = chain.follow_end_;
        return Climb::again;
      }
    }
    q.position_ = step.position;
    q.going_up_ = true;
    switch (step.hook(step.instance, q)) {
      case Up::next:
        break;
      case Up::restart:
        if (next_step(q, q.target_, true)) {
          position = uint16_t(step.position + 1);
          return Climb::again;
        }
        fail(q, "aliases lead in a circle or through more than 8 names");
        break;
      case Up::suspended:
        result = Walk::suspended;
        return Climb::stop;
      case Up::drop:
        result = Walk::drop;
        return Climb::stop;
    }
  }
  if (!followed && follow_cname(q)) {
    position = chain.follow_end_;
    return Climb::again;
  }
  return Climb::top;
}

// Whether a chain goes on to `target`: another zone's answers are for those who ask that zone's
// servers, which may be others than ours.
bool Runner::stays_inside(const Query& q, NameView target) noexcept {
  if (!q.zone->chase()) return false;
  const LabelStarts labels(target);
  return target == q.zone->apex() || find_zone(q, SplitName(target, labels)) == q.zone;
}

// Goes on to the target of a CNAME, also of one that follows from a DNAME, if it lies in the same
// zone (RFC 1034, section 4.3.2, 3a). A loop ends the chain where it closes; the records seen so
// far are the answer.
bool Runner::follow_cname(Query& q) noexcept {
  if (!q.set && q.was_redirected() && q.type != rr::cname) {
    const Query::Redirection& last = q.redirections_[q.redirection_count_ - 1u];
    const NameView target(last.bytes.data() + last.target.at, last.target.labels + 1u);
    return stays_inside(q, target) && next_step(q, target, false);
  }
  if (!q.set || q.set->type != rr::cname || q.type == rr::cname || q.type == rr::any) return false;
  decide(q);
  if (q.chosen < 0) return false;
  const Member& member = q.set->members[q.chosen];
  if (!member.leads_to || !stays_inside(q, *member.leads_to)) return false;
  if (!can_step(q, *member.leads_to)) return false;  // the record itself is added by finish()
  settle(q);
  return next_step(q, *member.leads_to, false);
}

bool Runner::can_step(const Query& q, NameView target) noexcept {
  if (q.step_ + 1u == Query::max_steps) return false;
  for (unsigned i = 0; i <= q.step_; ++i)
    if (q.steps_[i].looked_for == target) return false;
  return true;
}

bool Runner::next_step(Query& q, NameView target, bool same_owner) noexcept {
  if (!can_step(q, target)) return false;
  if (same_owner && q.aliases() == Query::max_aliases) return false;
  if (q.recorder)
    q.recorder->note("signpost", (same_owner ? "alias to " : "CNAME to ") + target.text() +
                                     ": looked up in turn");
  q.steps_[++q.step_] = {nullptr, target, same_owner};
  q.look_for(target);
  q.zone = nullptr;
  q.set = nullptr;
  q.chosen = -1;
  return true;
}

void Runner::fail(Query& q, std::string_view why) noexcept {
  q.rcode = Rcode::servfail;
  q.error = why;
  q.error_code = ede::other;
  q.set = nullptr;
  q.entry_count_ = 0;
  q.authoritative = false;
}

// Where no policy chose, the first candidate stands.
void Runner::decide(Query& q) noexcept {
  if (q.chosen < 0)
    q.candidates.each([&](unsigned i) {
      if (q.chosen < 0) q.chosen = int16_t(i);
    });
}

// Turns the proposal of a step into records of the answer.
void Runner::settle(Query& q) noexcept {
  if (!q.set) return;
  decide(q);
  if (q.chosen < 0) {  // no member is for this client: "no answer" (DN-09)
    q.set = nullptr;
    q.add(Section::authority, q.zone->negative_soa(), ReplyEntry::apex);
    return;
  }
  const Member& member = q.set->members[q.chosen];
  if (member.alias) return fail(q, "no plugin of the block follows the alias");
  // A DNAME that led here by a circle stands in the answer already (RFC 2181, section 5).
  const auto there = std::span(q.entries_).first(q.entry_count_);
  if (q.set->type == rr::dname && std::any_of(there.begin(), there.end(), [&](const ReplyEntry& e) {
        return e.records == &member.values && e.owner_name == q.looked_for();
      }))
    return;
  q.add(Section::answer, member, ReplyEntry::step_owner);
}

// The end of the walk: the last step's records, then the zone's name servers (DN-02) and addresses
// of names in the answer (DN-04). A chain that leads elsewhere has no name servers of ours at its
// end, and an answer to ANY does without them (RFC 8482).
void Runner::finish(Query& q) noexcept {
  const RecordSet* set = q.set;
  settle(q);
  if (q.rcode == Rcode::servfail || !q.zone || q.entry_count_ == 0) return;
  const bool found = q.entries_[q.entry_count_ - 1].section == Section::answer;
  const bool leads_away =
      q.was_redirected() || (set && set->type == rr::cname && q.type != rr::cname);
  Proof::expansions(q);
  if (q.rcode != Rcode::noerror || !found || leads_away) return;
  const Zone& zone = *q.zone;
  if (!zone.minimal() && zone.ns() && set != zone.ns() && q.type != rr::any)
    q.add(Section::authority, zone.ns()->members[0], ReplyEntry::apex, {}, false);
  if (set && q.chosen >= 0) q.add_related(set->members[q.chosen]);
}

}  // namespace signpost
