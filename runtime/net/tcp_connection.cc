#include "net/tcp_connection.h"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "net/monotonic_clock.h"
#include "net/socket_address.h"

namespace signpost::net {
namespace {

constexpr unsigned kBatch = 32;  // queries between two writes
constexpr int kBatchesPerTurn = 4;

// Bytes that wait for the client: above the first no query is taken, below the second they are
// again; above the third, which only late answers can reach, the client is given up.
constexpr size_t kFull = 256 << 10, kDrained = 64 << 10, kHopeless = 1 << 20;

TcpConnection& connection_of(void* data) { return *static_cast<TcpConnection*>(data); }

void put_length(uint8_t* prefix, size_t length) {
  prefix[0] = uint8_t(length >> 8);
  prefix[1] = uint8_t(length);
}

}  // namespace

TcpConnection::TcpConnection(Owner& owner, Shared& shared, uint32_t slot)
    : owner_(owner), shared_(shared), slot_(slot) {}

bool TcpConnection::open(uv_loop_t* loop, FileDescriptor socket, const Endpoint& client,
                         const ReturnPath& path) {
  if (uv_poll_init(loop, &poll_, socket.get()) != 0) return false;
  poll_.data = this;
  socket_ = std::move(socket);
  const sockaddr_storage local = bound_address(socket_.get());
  query_.client = client;
  query_.local = endpoint_of(reinterpret_cast<const sockaddr&>(local));
  query_.listener = path.listener();
  query_.transport = Transport::tcp;
  query_.path = path;
  shared_.table.enter(*this, client.address, path.listener(), now_ms());
  settle();
  return true;
}

void TcpConnection::on_events(int status, int events) noexcept {
  if (status < 0) return close();
  if ((events & UV_WRITABLE) != 0) flush();
  if ((events & UV_READABLE) != 0 && (watched_ & UV_READABLE) != 0) read();
  settle();
}

void TcpConnection::read() noexcept {
  if (closing_) return;
  const auto room = frames_.room({shared_.input.get(), Shared::kInput});
  const ssize_t count = recv(socket_.get(), room.data(), room.size(), MSG_DONTWAIT);
  if (count < 0) {
    frames_.stash();
    if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) close();
    return;
  }
  // Half closed: what was asked is still answered (RFC 7766, section 6.2.3).
  if (count == 0) ended_ = true;
  frames_.filled(size_t(count));
  serve();
}

// Takes queries until they run out, the client has too much to read or to wait for, or the others
// on this worker must have their turn.
void TcpConnection::serve() noexcept {
  int batches = 0;
  serving_ = true;
  while (!closing_ && !held() && batches < kBatchesPerTurn && serve_batch()) ++batches;
  serving_ = false;
  if (closing_) return;
  frames_.stash();
  stalled_ = held();
  if (batches == kBatchesPerTurn && !stalled_) yield();
}

// True if it stopped before the queries ran out.
bool TcpConnection::serve_batch() noexcept {
  query_.now_ns = monotonic_ns();
  unsigned taken = 0;
  size_t used = 0;
  bool more = false;
  auto next = TcpFrames::Next::more;
  std::span<const uint8_t> message;
  while (!more && !closing_ && (next = frames_.next(message)) == TcpFrames::Next::message) {
    if (taken++ == 0) shared_.responder.begin_batch(query_.now_ns);
    used = answer(message, used);
    more = taken == kBatch || queued() + used >= kFull ||
           unanswered_ >= shared_.table.limits().outstanding;
  }
  if (taken != 0) {
    shared_.responder.end_batch();
    shared_.counters.received.add(taken);
    took_ = true;
    if (!closing_) shared_.table.active(*this, now_ms());
    write({shared_.output.get(), used});
  }
  if (next == TcpFrames::Next::abusive) abuse();
  return more;
}

// Puts the answer to one message behind the `used` bytes of the shared output; returns the new end.
size_t TcpConnection::answer(std::span<const uint8_t> message, size_t used) noexcept {
  if (Shared::kOutput - used < 2 + kTcpMessage) {
    write({shared_.output.get(), used});
    used = 0;
  }
  uint8_t* prefix = shared_.output.get() + used;
  query_.packet = message;
  const size_t length = shared_.responder.respond(query_, {prefix + 2, kTcpMessage});
  if (length == kLater) ++unanswered_;
  if (length == kLater || length == 0) return used;
  put_length(prefix, length);
  shared_.counters.sent.add(1);
  return used + 2 + length;
}

// Called from within the responder, which must not be asked from here: what may be taken now waits
// for the next turn. It may have been asked by this very connection, which then has answers of its
// own to write and must not end before.
void TcpConnection::send(std::span<const uint8_t> answer) noexcept {
  if (closing_) return;
  if (unanswered_ > 0) --unanswered_;
  if (!answer.empty()) {
    if (queued() + answer.size() > kHopeless) return abuse();
    shared_.counters.sent.add(1);
    uint8_t prefix[2];
    put_length(prefix, answer.size());
    queue_.insert(queue_.end(), prefix, prefix + 2);
    queue_.insert(queue_.end(), answer.begin(), answer.end());
    flush();
  }
  if (closing_) return;
  shared_.table.active(*this, now_ms());
  if (!serving_) settle();
}

// Hands bytes to the kernel, and what it does not take to the queue.
void TcpConnection::write(std::span<const uint8_t> bytes) noexcept {
  if (closing_ || bytes.empty()) return;
  const size_t taken = queued() == 0 ? to_kernel(bytes) : 0;
  queue_.insert(queue_.end(), bytes.begin() + ptrdiff_t(taken), bytes.end());
}

void TcpConnection::flush() noexcept {
  if (closing_ || queued() == 0) return;
  written_ += to_kernel({queue_.data() + written_, queued()});
  if (queued() == 0) {
    if (queue_.capacity() > kDrained)  // gives memory back that only a burst needed
      queue_ = {};
    else
      queue_.clear();
    written_ = 0;
  } else if (written_ > queue_.size() / 2) {
    queue_.erase(queue_.begin(), queue_.begin() + ptrdiff_t(written_));
    written_ = 0;
  }
}

// How many of the bytes the kernel took; closes if there is nobody to send to any more.
size_t TcpConnection::to_kernel(std::span<const uint8_t> bytes) noexcept {
  ssize_t sent = 0;
  do {
    sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) {
    if (errno != EAGAIN && errno != EWOULDBLOCK && errno != ENOBUFS) close();
    return 0;
  }
  wrote_ = wrote_ || sent > 0;
  return size_t(sent);
}

void TcpConnection::yield() noexcept {
  if (std::exchange(yielded_, true)) return;
  owner_.yielded(*this);
}

void TcpConnection::resume() noexcept {
  yielded_ = false;
  if (closing_) return;
  serve();
  settle();
}

void TcpConnection::stop() noexcept {
  if (closing_ || ended_) return;
  ended_ = true;
  if (!stalled_ && !yielded_) {  // else serve() will be called for what is kept
    const auto room = frames_.room({shared_.input.get(), Shared::kInput});
    const ssize_t count = recv(socket_.get(), room.data(), room.size(), MSG_DONTWAIT);
    frames_.filled(count > 0 ? size_t(count) : 0);
    serve();
  }
  settle();
}

// True if no more queries are to be taken for now.
bool TcpConnection::held() const noexcept {
  return unanswered_ >= shared_.table.limits().outstanding ||
         queued() >= (stalled_ ? kDrained : kFull);
}

// Brings what the loop reports, and the life of the connection, in line with its state.
void TcpConnection::settle() noexcept {
  if (closing_) return;
  if (stalled_ && !held()) {
    stalled_ = false;
    yield();
  }
  const bool paused = stalled_ || yielded_;
  if (ended_ && unanswered_ == 0 && !paused && queued() == 0) return close();
  watch((ended_ || paused ? 0 : UV_READABLE) | (queued() != 0 ? UV_WRITABLE : 0));
  const bool took = std::exchange(took_, false), wrote = std::exchange(wrote_, false);
  const auto what = queued() != 0                ? TcpWait::reader
                    : paused                     ? TcpWait::answer
                    : !ended_ && frames_.begun() ? TcpWait::rest
                    : unanswered_ != 0           ? TcpWait::answer
                                                 : TcpWait::query;
  shared_.table.wait(*this, what, what == TcpWait::reader ? wrote : took, now_ms());
}

void TcpConnection::watch(int events) noexcept {
  if (closing_ || events == std::exchange(watched_, events)) return;
  if (events == 0) {
    uv_poll_stop(&poll_);
  } else {
    uv_poll_start(&poll_, events, [](uv_poll_t* poll, int status, int happened) {
      connection_of(poll->data).on_events(status, happened);
    });
  }
}

void TcpConnection::abuse() noexcept {
  if (closing_) return;
  shared_.counters.closed_abuse.add(1);
  close();
}

void TcpConnection::end(TcpEnd why) noexcept {
  TcpCounters& count = shared_.counters;
  switch (why) {
    case TcpEnd::idle:
      count.closed_idle.add(1);
      break;
    case TcpEnd::incomplete:
      count.closed_incomplete.add(1);
      break;
    case TcpEnd::slow:
      count.closed_slow.add(1);
      break;
    case TcpEnd::limit:
      count.closed_limit.add(1);
      break;
  }
  close();
}

void TcpConnection::close() noexcept {
  if (std::exchange(closing_, true)) return;
  owner_.closing(*this);
  uv_close(reinterpret_cast<uv_handle_t*>(&poll_), [](uv_handle_t* handle) {
    auto& self = connection_of(handle->data);
    self.owner_.closed(self);
  });
  // Of a client that does not read, the kernel would keep what is unsent for minutes: reset.
  const linger reset{1, 0};
  if (queued() != 0) setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  socket_.reset();
}

}  // namespace signpost::net
