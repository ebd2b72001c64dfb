#include "net/tcp_connection.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "net/monotonic_clock.h"
#include "net/socket_address.h"

namespace signpost::net {
namespace {

constexpr unsigned kBatch = 32;               // queries between two writes,
constexpr size_t kBatchBytes = 64 << 10;      // or so many bytes of answers
constexpr size_t kBytesLikeAQuery = 1 << 10;  // in what a visit costs the others

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
  shared_.turn.join(*this);  // as if something had come: mostly it has
  return true;
}

void TcpConnection::on_events(int status, int events) noexcept {
  if (status < 0) return close();
  if ((events & UV_WRITABLE) != 0) {
    flush();
    settle();
  }
  if (!closing_ && (events & watched_ & UV_READABLE) != 0 && shared_.turn.join(*this))
    shared_.table.unheard(*this);
}

unsigned TcpConnection::take_turn() noexcept {
  const unsigned taken = visit();
  return taken + unsigned(batch_bytes_ / kBytesLikeAQuery);
}

// One batch: of what is kept, else of what one read brings. Returns how many queries.
unsigned TcpConnection::visit() noexcept {
  if (closing_) return 0;
  shared_.table.heard(*this);
  unsigned taken = 0;
  batch_bytes_ = 0;
  if (ended_) {
    discard();
  } else if (!held()) {
    serving_ = true;
    if (pending_ || read()) taken = serve_batch();
    serving_ = false;
    frames_.stash();
  }
  settle();
  return taken;
}

// True if something was read.
bool TcpConnection::read() noexcept {
  auto room = frames_.room({shared_.input.get(), Shared::kInput});
  room = room.first(std::min(room.size(), owed_));
  const ssize_t count = room.empty() ? 0 : recv(socket_.get(), room.data(), room.size(), 0);
  if (count < 0) {
    if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) close();
    return false;
  }
  if (count == 0) {  // half closed: what was asked is still answered (RFC 7766, section 6.2.3)
    ended_ = true;
    eof_ = !room.empty();
    return false;
  }
  if (owed_ != SIZE_MAX) owed_ -= size_t(count);
  frames_.filled(size_t(count));
  return true;
}

// What is sent after the last query that is taken would make a reset of the close, and that
// destroys answers on their way.
void TcpConnection::discard() noexcept {
  const ssize_t count = recv(socket_.get(), shared_.input.get(), Shared::kInput, 0);
  if (count == 0) eof_ = true;
  if (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) close();
}

// Takes queries until they run out, the client has too much to read or to wait for, or it has had
// its turn. Returns how many.
unsigned TcpConnection::serve_batch() noexcept {
  query_.now_ns = monotonic_ns();
  unsigned taken = 0;
  size_t used = 0;
  pending_ = false;
  auto next = TcpFrames::Next::more;
  std::span<const uint8_t> message;
  while (!pending_ && !closing_ && (next = frames_.next(message)) == TcpFrames::Next::message) {
    if (taken++ == 0) shared_.responder.begin_batch(query_.now_ns);
    used = answer(message, used);
    pending_ = taken == kBatch || batch_bytes_ >= kBatchBytes || queued() + used >= kFull ||
               unanswered_ >= shared_.table.limits().outstanding;
  }
  if (taken != 0) {
    shared_.responder.end_batch();
    shared_.counters.received.add(taken);
    took_ = true;
    if (!closing_) shared_.table.active(*this, now_ms());
    write({shared_.output.get(), used});
  }
  if (next == TcpFrames::Next::abusive && !closing_) {
    shared_.counters.closed_abuse.add(1);
    end_input();
  }
  return taken;
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
  batch_bytes_ += 2 + length;
  return used + 2 + length;
}

// Called from within the responder, which must not be asked from here: what may be taken now waits
// for the next turn. It may have been asked by this very connection, which then has answers of its
// own to write and must not end before.
void TcpConnection::send(std::span<const uint8_t> answer) noexcept {
  if (closing_ || parting_) return;
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
    queue_ = {};  // nobody keeps memory who reads
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
  sent_ += uint64_t(sent);
  return size_t(sent);
}

void TcpConnection::stop() noexcept {
  if (closing_ || ended_ || owed_ != SIZE_MAX) return;
  int arrived = 0;
  ioctl(socket_.get(), SIOCINQ, &arrived);
  owed_ = std::min(size_t(std::max(arrived, 0)), kMostOwed);
  const bool idle = owed_ == 0 && !pending_ && unanswered_ == 0 && queued() == 0;
  if (idle && unacknowledged() == 0) return close();
  settle();
}

std::optional<unsigned> TcpConnection::hurry() noexcept {
  if (closing_ || ended_ || stalled_) return {};
  shared_.turn.leave(*this);
  const size_t owed = owed_;
  const unsigned taken = visit();
  if (taken == 0 && owed_ == owed) return {};
  return taken;
}

void TcpConnection::forget() noexcept {
  if (closing_) return;
  end_input();
  unanswered_ = 0;
  settle();
}

// True if no more queries are to be taken for now.
bool TcpConnection::held() const noexcept {
  const size_t full = shared_.table.crowded() ? 1 : kFull;
  return unanswered_ >= shared_.table.limits().outstanding ||
         queued() >= (stalled_ ? std::min(full, kDrained) : full);
}

// Brings what the loop reports, and the life of the connection, in line with its state.
void TcpConnection::settle() noexcept {
  if (!closing_) account();
  if (!closing_ && owed_ == 0 && !pending_) ended_ = true;
  if (!closing_ && ended_ && unanswered_ == 0 && queued() == 0) part();
  if (closing_) return;
  stalled_ = !ended_ && held();
  if (pending_ && !stalled_) shared_.turn.join(*this);
  const bool reads = ended_ ? parting_ && !eof_ : !stalled_;
  watch((reads ? UV_READABLE : 0) | (queued() != 0 ? UV_WRITABLE : 0));
  const bool took = std::exchange(took_, false);
  const auto what = parting_                     ? TcpWait::parting
                    : queued() != 0              ? TcpWait::reader
                    : pending_ || stalled_       ? TcpWait::answer
                    : !ended_ && frames_.begun() ? TcpWait::rest
                    : unanswered_ != 0           ? TcpWait::answer
                                                 : TcpWait::query;
  shared_.table.wait(*this, what, took, now_ms());
}

void TcpConnection::account() noexcept {
  const size_t bytes = queue_.capacity() + frames_.held();
  if (bytes != std::exchange(held_, bytes)) shared_.table.hold(*this, bytes);
}

// All is answered. Closes as soon as both sides have ended their streams and the client has its
// answers; the table ends what takes too long.
void TcpConnection::part() noexcept {
  if (eof_ && unacknowledged() == 0) return close();
  if (std::exchange(parting_, true)) return;
  shutdown(socket_.get(), SHUT_WR);
  ++sent_;
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

// No more queries are taken, also of those that are here.
void TcpConnection::end_input() noexcept {
  frames_ = {};
  pending_ = false;
  ended_ = true;
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
    case TcpEnd::memory:
      count.closed_memory.add(1);
      break;
    case TcpEnd::parted:
      break;
  }
  close();
}

TcpProgress TcpConnection::progress() const noexcept {
  const uint64_t in_kernel = unacknowledged();
  const uint64_t left = in_kernel + queued();
  return {sent_ - std::min(sent_, in_kernel), left, unanswered_ != 0 || pending_,
          parting_ && eof_ && left == 0};
}

// What the kernel still has to send, or to hear that it arrived.
size_t TcpConnection::unacknowledged() const noexcept {
  int bytes = 0;
  if (sent_ != 0) ioctl(socket_.get(), SIOCOUTQ, &bytes);
  return size_t(std::max(bytes, 0));
}

void TcpConnection::close() noexcept {
  if (std::exchange(closing_, true)) return;
  shared_.turn.leave(*this);
  owner_.closing(*this);
  uv_close(reinterpret_cast<uv_handle_t*>(&poll_), [](uv_handle_t* handle) {
    auto& self = connection_of(handle->data);
    self.owner_.closed(self);
  });
  // Of a client that does not read, the kernel would keep what is left for minutes: reset.
  const linger reset{1, 0};
  if (queued() != 0 || unacknowledged() != 0)
    setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  socket_.reset();
}

}  // namespace signpost::net
