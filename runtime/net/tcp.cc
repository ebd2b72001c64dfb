#include "net/tcp.h"

#include <sys/socket.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <system_error>
#include <utility>

#include "net/listener.h"
#include "net/socket_address.h"

namespace signpost {
namespace {

constexpr uint32_t kLongestTick = 1000;  // milliseconds; connections end this much late at most
constexpr unsigned kMostAccepts = 64;    // in a turn of the loop
constexpr uint64_t kPauseMs = 100;       // before accept() is tried again after it found no room

template <typename Handle>
uv_handle_t* as_handle(Handle& handle) {
  return reinterpret_cast<uv_handle_t*>(&handle);
}

template <typename Handle>
TcpService& service_of(Handle* handle) {
  return *static_cast<TcpService*>(handle->data);
}

uint32_t tick_for(const TcpLimits& limits) {
  const uint32_t shortest = std::min({limits.idle_ms, limits.message_ms, limits.write_ms});
  return std::clamp(shortest / 4, 1u, kLongestTick);
}

// True for what accept(2) reports of the connection it was to hand out, not of the listener.
bool of_one_client(int error) {
  return error != EMFILE && error != ENFILE && error != ENOBUFS && error != ENOMEM;
}

bool nobody_waits(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

}  // namespace

TcpService::TcpService(uv_loop_t* loop, FileDescriptor socket, uint32_t listener,
                       Responder& responder, TcpCounters& counters, TcpTable& table, TcpTurn& turn,
                       uint8_t nth)
    : loop_(loop),
      listener_(listener),
      nth_(nth),
      shared_(responder, counters, table, turn),
      socket_(std::move(socket)) {
  if (const int error = uv_poll_init(loop, &poll_, socket_.get()); error != 0)
    throw std::system_error(-error, std::generic_category(), "cannot watch a TCP socket");
  uv_timer_init(loop, &time_);
  uv_timer_init(loop, &pause_);
  poll_.data = time_.data = pause_.data = this;
  table.add_listener();
  watch_listener();
}

TcpService::~TcpService() { assert(open_handles_ == 0); }

void TcpService::watch_listener() noexcept {
  uv_poll_start(&poll_, UV_READABLE, [](uv_poll_t* poll, int status, int) {
    TcpService& service = service_of(poll);
    if (status < 0) return service.pause();
    service.shared_.turn.knock(service);
  });
}

// Admits one client; returns 0, or what accept(2) reports.
int TcpService::accept_one() {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  FileDescriptor client(accept4(socket_.get(), reinterpret_cast<sockaddr*>(&peer), &size,
                                SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!client) return errno;
  admit(std::move(client), net::endpoint_of(reinterpret_cast<const sockaddr&>(peer)));
  return 0;
}

// The listening socket stays readable while somebody waits, so the loop reports it again.
bool TcpService::accept() noexcept {
  TcpTable& table = shared_.table;
  bool made_room = false;
  for (unsigned taken = 0; taken < kMostAccepts;) {
    if (!table.has_room(listener_)) return taken != 0;
    const int error = accept_one();
    if (nobody_waits(error) || (error == 0 && made_room)) return true;
    if (error == 0 || of_one_client(error)) {
      ++taken;
      continue;
    }
    // accept() wants a descriptor before it looks whether anybody waits: only straight after the
    // loop's report does somebody. The idlest makes room for him; if that does not help, others
    // take the descriptors.
    if (taken != 0) return true;
    shared_.counters.accept_failed.add(1);
    if (std::exchange(made_room, true) || !table.end_idlest(uv_now(loop_))) {
      pause();
      return true;
    }
  }
  return true;
}

// Closing the listening socket would reset those that wait behind it.
void TcpService::accept_the_last() noexcept {
  for (int i = 0; i < kTcpBacklog && socket_ && shared_.table.has_room(listener_); ++i) {
    const int error = accept_one();
    if (error != 0 && (nobody_waits(error) || !of_one_client(error))) return;
  }
}

// The listening socket stays readable, so it is not watched for a while: clients wait in the
// kernel's queue.
void TcpService::pause() noexcept {
  uv_poll_stop(&poll_);
  uv_timer_start(
      &pause_, [](uv_timer_t* timer) { service_of(timer).watch_listener(); }, kPauseMs, 0);
}

void TcpService::admit(FileDescriptor socket, const Endpoint& client) {
  if (free_slots_.empty()) {
    free_slots_.push_back(uint32_t(slots_.size()));
    slots_.emplace_back();
  }
  const uint32_t slot = free_slots_.back();
  Connection::Owner& owner = *this;
  auto connection = std::make_unique<Connection>(owner, shared_, slot);
  ++open_;
  if (!connection->open(loop_, std::move(socket), client, path_of(slot))) {
    --open_;
    return;
  }
  free_slots_.pop_back();
  slots_[slot].connection = std::move(connection);
  ++open_handles_;
  shared_.counters.accepted.add(1);
  watch_time();
}

ReturnPath TcpService::path_of(uint32_t slot) const noexcept {
  ReturnPath path(Transport::tcp, listener_, nth_);
  path.stream_ = {slot, slots_[slot].generation};
  return path;
}

void TcpService::closing(Connection& connection) noexcept {
  ++slots_[connection.slot()].generation;  // late answers do not find it any more
  --open_;
  shared_.table.leave(connection);
  watch_time();
  if (leaving_ && open_ == 0) close_at_once();
}

void TcpService::closed(Connection& connection) noexcept {
  const uint32_t slot = connection.slot();
  slots_[slot].connection.reset();
  free_slots_.push_back(slot);
  handle_closed();
}

// An unused service never wakes its worker.
void TcpService::watch_time() noexcept {
  if (open_ == 0) {
    uv_timer_stop(&time_);
  } else if (!uv_is_active(as_handle(time_))) {
    put_off_ = false;
    start_ticking(tick_for(shared_.table.limits()));
  }
}

void TcpService::start_ticking(uint64_t first_ms) noexcept {
  ticked_ms_ = uv_now(loop_);
  uv_timer_start(
      &time_, [](uv_timer_t* timer) { service_of(timer).tick(); }, first_ms,
      tick_for(shared_.table.limits()));
}

// A tick that comes late may be the first thing that a process does after it has stood still: it
// is put off once, until the loop has seen what has come from clients meanwhile.
void TcpService::tick() noexcept {
  const uint64_t now = uv_now(loop_);
  const bool late = now - ticked_ms_ > 2 * uint64_t(tick_for(shared_.table.limits()));
  if (late && !std::exchange(put_off_, true)) return start_ticking(1);
  put_off_ = false;
  ticked_ms_ = now;
  shared_.table.expire(now);
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
  accept_the_last();
  close_listener();
  for (size_t i = 0; i < slots_.size(); ++i)
    if (slots_[i].connection) slots_[i].connection->stop();
}

void TcpService::leave(uint32_t grace_ms, std::function<void()> closed) {
  stop();
  unsigned taken = 0;
  for (bool more = true; std::exchange(more, false);)
    for (size_t i = 0; i < slots_.size() && taken < kLastQueries; ++i) {
      if (!slots_[i].connection) continue;
      const std::optional<unsigned> now = slots_[i].connection->hurry();
      taken += now.value_or(0);
      more = more || now;
    }
  for (const Slot& slot : slots_)
    if (slot.connection) slot.connection->forget();
  closed_ = std::move(closed);
  if (open_ == 0) return close_at_once();
  leaving_ = true;
  uv_timer_start(
      &pause_, [](uv_timer_t* timer) { service_of(timer).close_at_once(); }, grace_ms, 0);
}

void TcpService::close(std::function<void()> closed) {
  closed_ = std::move(closed);
  close_at_once();
}

void TcpService::close_at_once() noexcept {
  if (std::exchange(closing_, true)) return;
  close_listener();
  for (const Slot& slot : slots_)
    if (slot.connection) slot.connection->close();
  close_handle(as_handle(time_));
  close_handle(as_handle(pause_));
}

void TcpService::close_listener() noexcept {
  if (!socket_) return;
  shared_.table.remove_listener();
  shared_.turn.forget(*this);
  uv_timer_stop(&pause_);
  close_handle(as_handle(poll_));
  socket_.reset();
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
