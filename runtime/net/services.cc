#include "net/services.h"

#include <cassert>
#include <utility>

namespace signpost {

Services::Services(uv_loop_t* loop, Responder& responder, TcpTable& tcp)
    : loop_(loop), responder_(responder), tcp_(tcp), turn_(loop) {}

Services::~Services() { assert(leaving_.empty()); }

void Services::add(uint32_t listener, WorkerSockets sockets) {
  if (pairs_.size() <= listener) pairs_.resize(listener + 1);
  Pair& pair = pairs_[listener];
  assert(!pair.udp && !pair.tcp);
  pair.udp = std::make_unique<UdpService>(loop_, std::move(sockets.udp), listener, responder_,
                                          counters_.udp, pair.turn);
  try {
    pair.tcp = std::make_unique<TcpService>(loop_, std::move(sockets.tcp), listener, responder_,
                                            counters_.tcp, tcp_, turn_, pair.turn);
  } catch (...) {
    remove(listener);
    throw;
  }
}

void Services::remove(uint32_t listener) {
  if (listener >= pairs_.size() || (!pairs_[listener].udp && !pairs_[listener].tcp)) return;
  const Leaving gone = take_out(pairs_[listener]);
  if (gone->udp) gone->udp->stop();
  close_udp(gone);
  if (gone->tcp) gone->tcp->leave(kGraceMs, when_tcp_closed(gone));
}

void Services::send(const ReturnPath& path, std::span<const uint8_t> answer) noexcept {
  if (path.listener() >= pairs_.size()) return;
  const Pair& pair = pairs_[path.listener()];
  if (pair.turn != path.turn_) return;  // another listener by now
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

size_t Services::connections() const noexcept { return tcp_.size(); }

void Services::close(std::function<void()> closed) {
  closed_ = std::move(closed);
  for (const Pair& pair : leaving_)
    if (pair.tcp) pair.tcp->close_at_once();
  for (Pair& pair : pairs_) {
    if (!pair.udp && !pair.tcp) continue;
    const Leaving gone = take_out(pair);
    close_udp(gone);
    if (gone->tcp) gone->tcp->close(when_tcp_closed(gone));
  }
  turn_.close();
  if (leaving_.empty() && closed_) std::exchange(closed_, nullptr)();
}

// Makes the place free for the next listener at once; the services go when they have closed.
Services::Leaving Services::take_out(Pair& pair) {
  const uint8_t turn = pair.turn;
  const Leaving gone = leaving_.insert(leaving_.end(), std::exchange(pair, {}));
  pair.turn = uint8_t(turn + 1);
  return gone;
}

void Services::close_udp(Leaving pair) {
  if (!pair->udp) return;
  pair->udp->close([this, pair] {
    pair->udp.reset();
    let_go(pair);
  });
}

std::function<void()> Services::when_tcp_closed(Leaving pair) {
  return [this, pair] {
    pair->tcp.reset();
    let_go(pair);
  };
}

void Services::let_go(Leaving pair) {
  if (pair->udp || pair->tcp) return;
  leaving_.erase(pair);
  if (!leaving_.empty() || !closed_) return;
  const auto closed = std::exchange(closed_, nullptr);
  closed();  // may destroy this
}

}  // namespace signpost
