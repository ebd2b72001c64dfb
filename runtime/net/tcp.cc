#include "net/tcp.h"

#include <algorithm>
#include <cassert>
#include <string_view>
#include <system_error>
#include <utility>

#include "net/listener.h"

namespace signpost {
namespace {

constexpr uint32_t kLongestTick = 1000;  // milliseconds

template <typename Handle>
uv_handle_t* as_handle(Handle& handle) {
  return reinterpret_cast<uv_handle_t*>(&handle);
}

template <typename Handle>
TcpService& service_of(Handle* handle) {
  return *static_cast<TcpService*>(handle->data);
}

void check(int error, const char* what) {
  if (error != 0) throw std::system_error(-error, std::generic_category(), what);
}

}  // namespace

size_t TcpService::AddressHash::operator()(const Address& address) const noexcept {
  const auto* bytes = reinterpret_cast<const char*>(address.bytes.data());
  return std::hash<std::string_view>()({bytes, address.bytes.size()});
}

TcpService::TcpService(uv_loop_t* loop, uint32_t listener, Responder& responder,
                       TcpCounters& counters, const TcpLimits& limits)
    : loop_(loop), listener_(listener), limits_(limits), shared_(responder, counters) {
  uv_tcp_init(loop, &socket_);
  uv_timer_init(loop, &idle_timer_);
  uv_idle_init(loop, &next_turn_);
  socket_.data = idle_timer_.data = next_turn_.data = this;
}

TcpService::~TcpService() { assert(open_handles_ == 0); }

void TcpService::start(FileDescriptor socket) {
  check(uv_tcp_open(&socket_, socket.get()), "cannot watch a TCP socket");
  socket.release();  // closed with the handle from here on
  check(uv_listen(reinterpret_cast<uv_stream_t*>(&socket_), kTcpBacklog,
                  [](uv_stream_t* stream, int status) {
                    if (status == 0) service_of(stream).accept();
                  }),
        "cannot listen on a TCP socket");
}

void TcpService::accept() {
  Connection& newcomer = new_connection();
  ReturnPath path(Transport::tcp, listener_);
  path.stream_ = {newcomer.slot(), slots_[newcomer.slot()].generation};
  if (!newcomer.accept(reinterpret_cast<uv_stream_t*>(&socket_), path)) return;
  shared_.counters.accepted.add(1);
  ++per_client_[newcomer.client()];
  make_room(newcomer);
}

TcpService::Connection& TcpService::new_connection() {
  if (free_slots_.empty()) {
    free_slots_.push_back(uint32_t(slots_.size()));
    slots_.emplace_back();
  }
  const uint32_t slot = free_slots_.back();
  free_slots_.pop_back();
  Connection::Owner& owner = *this;
  slots_[slot].connection = std::make_unique<Connection>(loop_, owner, shared_, slot);
  Connection& connection = *slots_[slot].connection;
  connection.place = order_.insert(order_.end(), &connection);
  connection.active_ms = uv_now(loop_);
  ++open_handles_;
  watch_idle();
  return connection;
}

void TcpService::make_room(const Connection& newcomer) {
  auto idlest = order_.end();
  if (per_client_[newcomer.client()] > limits_.per_client) {
    idlest = std::find_if(order_.begin(), order_.end(), [&](const Connection* other) {
      return other->client() == newcomer.client();
    });
  } else if (order_.size() > limits_.connections) {
    idlest = order_.begin();
  }
  if (idlest == order_.end()) return;
  shared_.counters.closed_limit.add(1);
  (*idlest)->close();
}

void TcpService::active(Connection& connection) noexcept {
  connection.active_ms = uv_now(loop_);
  order_.splice(order_.end(), order_, connection.place);
}

void TcpService::closing(Connection& connection) noexcept {
  ++slots_[connection.slot()].generation;  // late answers do not find it any more
  order_.erase(connection.place);
  const auto count = per_client_.find(connection.client());
  if (count != per_client_.end() && --count->second == 0) per_client_.erase(count);
  watch_idle();
}

void TcpService::closed(Connection& connection) noexcept {
  const uint32_t slot = connection.slot();
  slots_[slot].connection.reset();
  free_slots_.push_back(slot);
  handle_closed();
}

// The timer runs while there are connections, so an unused service never wakes its worker.
void TcpService::watch_idle() noexcept {
  if (order_.empty()) {
    uv_timer_stop(&idle_timer_);
  } else if (!uv_is_active(as_handle(idle_timer_))) {
    const uint32_t tick = std::clamp(limits_.idle_ms / 4, 1u, kLongestTick);
    uv_timer_start(
        &idle_timer_, [](uv_timer_t* timer) { service_of(timer).close_idle(); }, tick, tick);
  }
}

void TcpService::close_idle() noexcept {
  const uint64_t now = uv_now(loop_);
  while (!order_.empty() && now - order_.front()->active_ms >= limits_.idle_ms) {
    shared_.counters.closed_idle.add(1);
    order_.front()->close();
  }
}

void TcpService::yielded(Connection& connection) noexcept {
  ReturnPath path(Transport::tcp, listener_);
  path.stream_ = {connection.slot(), slots_[connection.slot()].generation};
  yielded_.push_back(path);
  uv_idle_start(&next_turn_, [](uv_idle_t* turn) { service_of(turn).resume_yielded(); });
}

void TcpService::resume_yielded() noexcept {
  uv_idle_stop(&next_turn_);
  for (const ReturnPath& path : std::exchange(yielded_, {})) {
    if (Connection* connection = find(path)) connection->resume();  // may yield again
  }
}

TcpService::Connection* TcpService::find(const ReturnPath& path) const noexcept {
  const auto [slot, generation] = path.stream_;
  if (slot >= slots_.size() || slots_[slot].generation != generation) return nullptr;
  return slots_[slot].connection.get();
}

void TcpService::send(const ReturnPath& path, std::span<const uint8_t> answer) noexcept {
  if (Connection* connection = find(path)) connection->send(answer);
}

void TcpService::stop() noexcept {
  close_listener();
  const std::vector<Connection*> open(order_.begin(), order_.end());  // stop() may close at once
  for (Connection* connection : open) connection->stop();
}

void TcpService::close(std::function<void()> closed) {
  closing_ = true;
  closed_ = std::move(closed);
  close_listener();
  while (!order_.empty()) order_.front()->close();
  close_handle(as_handle(idle_timer_));
  close_handle(as_handle(next_turn_));
}

void TcpService::close_listener() noexcept {
  if (std::exchange(listening_, false)) close_handle(as_handle(socket_));
}

void TcpService::close_handle(uv_handle_t* handle) noexcept {
  uv_close(handle, [](uv_handle_t* closed) { service_of(closed).handle_closed(); });
}

void TcpService::handle_closed() noexcept {
  if (--open_handles_ != 0) return;
  const auto closed = std::move(closed_);
  if (closed) closed();  // may destroy this
}

}  // namespace signpost
