#include "net/tcp_connection.h"

#include <sys/socket.h>

#include <cstring>
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

uv_stream_t* stream(const uv_tcp_t& handle) {
  return reinterpret_cast<uv_stream_t*>(const_cast<uv_tcp_t*>(&handle));
}

void put_length(uint8_t* prefix, size_t length) {
  prefix[0] = uint8_t(length >> 8);
  prefix[1] = uint8_t(length);
}

// Gives memory back that only a burst needed.
void clear(std::vector<uint8_t>& bytes) {
  if (bytes.capacity() > kDrained)
    bytes = {};
  else
    bytes.clear();
}

}  // namespace

TcpConnection::TcpConnection(uv_loop_t* loop, Owner& owner, Shared& shared, uint32_t slot)
    : owner_(owner), shared_(shared), slot_(slot) {
  uv_tcp_init(loop, &handle_);
  handle_.data = request_.data = this;
}

bool TcpConnection::accept(uv_stream_t* listener, const ReturnPath& path) {
  sockaddr_storage peer{};
  int length = sizeof peer;
  if (uv_accept(listener, stream(handle_)) != 0 ||
      uv_tcp_getpeername(&handle_, reinterpret_cast<sockaddr*>(&peer), &length) != 0) {
    close();
    return false;
  }
  uv_tcp_nodelay(&handle_, 1);  // an answer is written in one piece and must not wait
  uv_os_fd_t fd = -1;
  uv_fileno(reinterpret_cast<uv_handle_t*>(&handle_), &fd);
  const sockaddr_storage local = bound_address(fd);
  query_.client = endpoint_of(reinterpret_cast<const sockaddr&>(peer));
  query_.local = endpoint_of(reinterpret_cast<const sockaddr&>(local));
  query_.listener = path.listener();
  query_.transport = Transport::tcp;
  query_.path = path;
  settle();
  return true;
}

void TcpConnection::on_read(ssize_t count) noexcept {
  if (count == 0) return;
  if (count < 0) {
    if (count != UV_EOF) return close();
    ended_ = true;  // half closed: what was asked is still answered (RFC 7766, section 6.2.3)
    return settle();
  }
  frames_.filled(size_t(count));
  serve();
}

// Takes queries until they run out, the client has too much to read, or the others on this worker
// must have their turn.
void TcpConnection::serve() noexcept {
  int batches = 0;
  while (!closing_ && !full_ && batches < kBatchesPerTurn && serve_batch()) ++batches;
  if (closing_) return;
  frames_.stash();
  if (batches == kBatchesPerTurn && !full_) {
    yielded_ = true;
    owner_.yielded(*this);
  }
  settle();
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
    more = taken == kBatch || queued() + used >= kFull;
  }
  if (taken != 0) {
    shared_.responder.end_batch();
    shared_.counters.received.add(taken);
    owner_.active(*this);
    write({shared_.output.get(), used});
  }
  if (next == TcpFrames::Next::abusive) abuse();
  full_ = queued() >= kFull;
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
  ++unanswered_;  // already now: the late answer may come before respond() returns
  const size_t length = shared_.responder.respond(query_, {prefix + 2, kTcpMessage});
  if (length == 0) return used;
  --unanswered_;
  put_length(prefix, length);
  shared_.counters.sent.add(1);
  return used + 2 + length;
}

void TcpConnection::send(std::span<const uint8_t> answer) noexcept {
  if (closing_) return;
  if (unanswered_ > 0) --unanswered_;
  if (answer.empty()) return settle();
  if (queued() + answer.size() > kHopeless) return abuse();
  shared_.counters.sent.add(1);
  owner_.active(*this);
  uint8_t prefix[2];
  put_length(prefix, answer.size());
  queue_.insert(queue_.end(), prefix, prefix + 2);
  queue_.insert(queue_.end(), answer.begin(), answer.end());
  write_queue();
  settle();
}

// Hands bytes to the kernel, and what it does not take to the queue.
void TcpConnection::write(std::span<const uint8_t> bytes) noexcept {
  if (closing_ || bytes.empty()) return;
  size_t written = 0;
  if (!in_flight_) {
    const uv_buf_t buffer = uv_buf_init(reinterpret_cast<char*>(const_cast<uint8_t*>(bytes.data())),
                                        unsigned(bytes.size()));
    const int result = uv_try_write(stream(handle_), &buffer, 1);
    if (result < 0 && result != UV_EAGAIN) return close();
    if (result > 0) written = size_t(result);
  }
  if (written == bytes.size()) return;
  queue_.insert(queue_.end(), bytes.begin() + ptrdiff_t(written), bytes.end());
  write_queue();
}

void TcpConnection::write_queue() noexcept {
  if (closing_ || in_flight_ || queue_.empty()) return;
  std::swap(queue_, writing_);
  in_flight_ = true;
  const uv_buf_t buffer =
      uv_buf_init(reinterpret_cast<char*>(writing_.data()), unsigned(writing_.size()));
  const int result = uv_write(
      &request_, stream(handle_), &buffer, 1,
      [](uv_write_t* request, int status) { connection_of(request->data).on_written(status); });
  if (result != 0) {
    in_flight_ = false;
    close();
  }
}

void TcpConnection::on_written(int status) noexcept {
  in_flight_ = false;
  clear(writing_);
  if (closing_) return;
  if (status != 0) return close();
  write_queue();
  if (full_ && queued() <= kDrained) {
    full_ = false;
    if (!yielded_) return serve();
  }
  settle();
}

void TcpConnection::resume() noexcept {
  yielded_ = false;
  if (!closing_) serve();
}

void TcpConnection::stop() noexcept {
  if (closing_ || ended_) return;
  if (std::exchange(reading_, false)) uv_read_stop(stream(handle_));
  ended_ = true;
  if (full_ || yielded_) return;  // serve() will be called for what is kept
  uv_os_fd_t fd = -1;
  uv_fileno(reinterpret_cast<uv_handle_t*>(&handle_), &fd);
  const auto room = frames_.room({shared_.input.get(), Shared::kInput});
  const ssize_t count = recv(fd, room.data(), room.size(), MSG_DONTWAIT);
  if (count > 0) frames_.filled(size_t(count));
  serve();
}

// Brings reading and the life of the connection in line with its state.
void TcpConnection::settle() noexcept {
  if (closing_) return;
  if (ended_ && unanswered_ == 0 && !full_ && !yielded_ && queued() == 0) return close();
  const bool wanted = !ended_ && !full_ && !yielded_;
  if (wanted == reading_) return;
  reading_ = wanted;
  if (!wanted) {
    uv_read_stop(stream(handle_));
    return;
  }
  uv_read_start(
      stream(handle_),
      [](uv_handle_t* handle, size_t, uv_buf_t* buffer) {
        auto& self = connection_of(handle->data);
        const auto room = self.frames_.room({self.shared_.input.get(), Shared::kInput});
        *buffer = uv_buf_init(reinterpret_cast<char*>(room.data()), unsigned(room.size()));
      },
      [](uv_stream_t* from, ssize_t count, const uv_buf_t*) {
        connection_of(from->data).on_read(count);
      });
}

void TcpConnection::abuse() noexcept {
  if (closing_) return;
  shared_.counters.closed_abuse.add(1);
  close();
}

void TcpConnection::close() noexcept {
  if (std::exchange(closing_, true)) return;
  owner_.closing(*this);
  uv_close(reinterpret_cast<uv_handle_t*>(&handle_), [](uv_handle_t* handle) {
    auto& self = connection_of(handle->data);
    self.owner_.closed(self);
  });
}

size_t TcpConnection::queued() const noexcept {
  return queue_.size() + uv_stream_get_write_queue_size(stream(handle_));
}

}  // namespace signpost::net
