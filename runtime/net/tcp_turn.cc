#include "net/tcp_turn.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace signpost {

TcpTurn::TcpTurn(uv_loop_t* loop) : idle_(new uv_idle_t) {
  uv_idle_init(loop, idle_);
  idle_->data = this;
}

TcpTurn::~TcpTurn() { assert(idle_ == nullptr); }

bool TcpTurn::join(Member& member) noexcept {
  if (member.place_.empty()) return false;
  line_.splice(line_.end(), member.place_);
  start();
  return true;
}

void TcpTurn::leave(Member& member) noexcept {
  if (!member.place_.empty()) return;
  member.place_.splice(member.place_.end(), line_, member.node_);
}

void TcpTurn::knock(Door& door) noexcept {
  if (door.place_.empty()) return;
  doors_.splice(doors_.end(), door.place_);
  start();
}

void TcpTurn::forget(Door& door) noexcept {
  if (!door.place_.empty()) return;
  door.place_.splice(door.place_.end(), doors_, door.node_);
}

void TcpTurn::start() noexcept {
  uv_idle_start(idle_, [](uv_idle_t* idle) { static_cast<TcpTurn*>(idle->data)->run(); });
}

void TcpTurn::run() noexcept {
  for (unsigned taken = 0; taken < kQueries && !line_.empty();) {
    Member& next = *line_.front();
    next.place_.splice(next.place_.end(), line_, line_.begin());
    taken += std::max(next.take_turn(), 1u);
  }
  for (auto next = doors_.begin(); next != doors_.end();) {
    Door& door = **next++;
    if (door.accept()) forget(door);
  }
  if (line_.empty() && doors_.empty()) uv_idle_stop(idle_);
}

void TcpTurn::close() noexcept {
  assert(line_.empty() && doors_.empty());
  uv_close(reinterpret_cast<uv_handle_t*>(std::exchange(idle_, nullptr)),
           [](uv_handle_t* handle) { delete reinterpret_cast<uv_idle_t*>(handle); });
}

}  // namespace signpost
