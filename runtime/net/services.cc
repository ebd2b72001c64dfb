#include "net/services.h"

#include <cassert>
#include <utility>

namespace signpost {

Services::Services(uv_loop_t* loop, Responder& responder, const TcpLimits& limits)
    : loop_(loop), responder_(responder), limits_(limits) {}

Services::~Services() { assert(open_services_ == 0); }

void Services::add(uint32_t listener, WorkerSockets sockets) {
  if (pairs_.size() <= listener) pairs_.resize(listener + 1);
  Pair& pair = pairs_[listener];
  assert(!pair.udp && !pair.tcp);
  pair.udp = std::make_unique<UdpService>(loop_, std::move(sockets.udp), listener, responder_,
                                          counters_.udp);
  ++open_services_;
  pair.tcp = std::make_unique<TcpService>(loop_, listener, responder_, counters_.tcp, limits_);
  ++open_services_;
  pair.tcp->start(std::move(sockets.tcp));
}

void Services::remove(uint32_t listener) {
  if (listener >= pairs_.size()) return;
  if (pairs_[listener].udp) pairs_[listener].udp->stop();
  if (pairs_[listener].tcp) pairs_[listener].tcp->stop();
  close_pair(listener);
}

void Services::send(const ReturnPath& path, std::span<const uint8_t> answer) noexcept {
  if (path.listener() >= pairs_.size()) return;
  const Pair& pair = pairs_[path.listener()];
  if (path.transport() == Transport::udp) {
    if (pair.udp) pair.udp->send(path, answer);
  } else if (pair.tcp) {
    pair.tcp->send(path, answer);
  }
}

void Services::stop() noexcept {
  for (Pair& pair : pairs_) {
    if (pair.udp) pair.udp->stop();
    if (pair.tcp) pair.tcp->stop();
  }
}

size_t Services::connections() const noexcept {
  size_t sum = 0;
  for (const Pair& pair : pairs_) sum += pair.tcp ? pair.tcp->connections() : 0;
  return sum;
}

void Services::close(std::function<void()> closed) {
  closed_ = std::move(closed);
  ++open_services_;  // so that nothing is reported before all have been told
  for (size_t i = 0; i < pairs_.size(); ++i) close_pair(i);
  one_closed();
}

// A service is destroyed when its sockets are gone; one that is closing is not asked again.
void Services::close_pair(size_t listener) {
  Pair& pair = pairs_[listener];
  if (pair.udp && !pair.udp->closing()) {
    pair.udp->close([this, listener] {
      pairs_[listener].udp.reset();
      one_closed();
    });
  }
  if (pair.tcp && !pair.tcp->closing()) {
    pair.tcp->close([this, listener] {
      pairs_[listener].tcp.reset();
      one_closed();
    });
  }
}

void Services::one_closed() noexcept {
  if (--open_services_ != 0 || !closed_) return;
  const auto closed = std::move(closed_);
  closed();
}

}  // namespace signpost
