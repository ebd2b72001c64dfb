// The part of Runner that finds the block of a query and makes the query ready to walk.
#include <algorithm>

#include "chain/option_reader.h"
#include "chain/runner.h"

namespace signpost {

namespace {

// How long this connection may idle, in units of 100 ms (RFC 7828, section 3.1).
void add_keepalive(Query& q, uint32_t idle_ms) {
  const unsigned timeout = std::min(idle_ms / 100, 0xffffu);
  const uint8_t data[] = {uint8_t(timeout >> 8), uint8_t(timeout)};
  q.add_option(OptionReader::tcp_keepalive, data);
}

}  // namespace

// The block that is asked, and whether as one for its zones or for what lies beyond them.
uint32_t Runner::find_block(Query& q, const Dispatch& listener) noexcept {
  if (q.question_size_ == 0) {
    q.beyond_ = beyond_a_question;
  } else if (q.klass == rr::class_in || q.klass == rr::class_any) {
    q.beyond_ = 0;
    return listener.find(q.name(), q.type);
  } else if (q.klass == rr::class_ch) {
    q.beyond_ = beyond_class_in;
  } else {
    return Dispatch::none;  // DN-23
  }
  return listener.find_beyond(q.beyond_);
}

// Finds the block and makes the query ready to walk; false: the RCODE says why not.
bool Runner::enter(Query& q, uint32_t listener) noexcept {
  q.random_ = random_.data();
  q.runner_ = this;
  q.log = options_.log;
  q.chain_ = nullptr;
  begin_walk(q);
  nobody_answered(q);
  if (q.type == rr::axfr || q.type == rr::ixfr) {  // DN-21
    q.error_code = ede::not_supported;
    return false;
  }
  if (!serving_ || listener >= serving_->snapshot->service->listeners.size()) {
    q.error_code = ede::not_ready;
    return false;
  }
  const Snapshot& snapshot = *serving_->snapshot;
  const uint32_t block = find_block(q, snapshot.service->listeners[listener]);
  if (block == Dispatch::none) return false;
  q.rcode = Rcode::noerror;
  q.error_code = ede::other;
  q.chain_ = snapshot.service->chains[options_.worker][block].get();
  q.tables_ = snapshot.tables[block].view();
  return true;
}

// What a query is told that no plugin answers.
void Runner::nobody_answered(Query& q) noexcept {
  q.rcode = q.question_size_ == 0 ? Rcode::formerr : Rcode::refused;
  q.error_code = ede::not_authoritative;
  q.authoritative = false;
}

void Runner::begin_walk(Query& q) noexcept {
  q.zone = nullptr;
  q.set = nullptr;
  q.chosen = -1;
  q.reason = RouteReason::none;
  q.routed_set = nullptr;
  q.routed_member = -1;
  q.routed_reason = RouteReason::none;
  q.client.scope = 0;
  q.rcode = Rcode::noerror;
  q.authoritative = false;
  q.error = {};
  q.error_code = ede::other;
  q.entry_count_ = q.step_ = q.made_count_ = q.redirection_count_ = 0;
  q.options_size_ = 0;
  q.made_used_ = 0;
  q.target_ = NameView(nullptr, 0);
  q.same_owner_next_ = false;
  q.explained_ = false;
  q.truncate = false;
  if (q.edns.keepalive && options_.tcp_idle_ms) add_keepalive(q, *options_.tcp_idle_ms);
  q.steps_[0] = {nullptr, q.name(), true};
}

}  // namespace signpost
