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

void TcpTurn::join(Member& member) noexcept {
  if (member.place_.empty()) return;
  line_.splice(line_.end(), member.place_);
  uv_idle_start(idle_, [](uv_idle_t* idle) { static_cast<TcpTurn*>(idle->data)->run(); });
}

void TcpTurn::leave(Member& member) noexcept {
  if (!member.place_.empty()) return;
  member.place_.splice(member.place_.end(), line_, member.node_);
}

void TcpTurn::run() noexcept {
  for (unsigned taken = 0; taken < kQueries && !line_.empty();) {
    Member& next = *line_.front();
    next.place_.splice(next.place_.end(), line_, line_.begin());
    taken += std::max(next.take_turn(), 1u);
  }
  if (line_.empty()) uv_idle_stop(idle_);
}

void TcpTurn::close() noexcept {
  assert(line_.empty());
  uv_close(reinterpret_cast<uv_handle_t*>(std::exchange(idle_, nullptr)),
           [](uv_handle_t* handle) { delete reinterpret_cast<uv_idle_t*>(handle); });
}

}  // namespace signpost
