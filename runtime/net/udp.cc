#include "net/udp.h"

#include <sys/socket.h>

#include <cassert>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "net/monotonic_clock.h"
#include "net/socket_address.h"

namespace signpost {
namespace {

// Of all widths, 16 to 32 cost least per packet: wider ones push each other out of the cache.
constexpr unsigned kBatch = 32;

// Not a power of two, so that the beginnings of the buffers, all that most packets touch, do not
// compete for the same cache sets.
constexpr size_t kStride = kUdpPacket + 64;

// Ancillary data of a wildcard socket: the address that was asked (ip(7) IP_PKTINFO, RFC 3542,
// section 6.1 IPV6_PKTINFO).
struct alignas(cmsghdr) Control {
  char bytes[CMSG_SPACE(sizeof(in6_pktinfo))];
};

size_t control_size(sa_family_t family) {
  return family == AF_INET6 ? CMSG_SPACE(sizeof(in6_pktinfo)) : CMSG_SPACE(sizeof(in_pktinfo));
}

void prepare(Control& control, sa_family_t family) {
  std::memset(&control, 0, sizeof control);
  auto* header = reinterpret_cast<cmsghdr*>(control.bytes);
  const bool v6 = family == AF_INET6;
  header->cmsg_level = v6 ? int(IPPROTO_IPV6) : int(IPPROTO_IP);
  header->cmsg_type = v6 ? IPV6_PKTINFO : IP_PKTINFO;
  header->cmsg_len = v6 ? CMSG_LEN(sizeof(in6_pktinfo)) : CMSG_LEN(sizeof(in_pktinfo));
}

// The interface stays 0: routing picks it, or the scope of a link-local peer does.
void set_source(Control& control, sa_family_t family, const in6_addr& local) {
  auto* data = CMSG_DATA(reinterpret_cast<cmsghdr*>(control.bytes));
  if (family == AF_INET6) {
    std::memcpy(data + offsetof(in6_pktinfo, ipi6_addr), &local, sizeof(in6_addr));
  } else {
    std::memcpy(data + offsetof(in_pktinfo, ipi_spec_dst), &local, sizeof(in_addr));
  }
}

// False if the kernel did not say.
bool get_destination(const msghdr& message, sa_family_t family, in6_addr& local) {
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header == nullptr) return false;
  if (family == AF_INET6) {
    if (header->cmsg_level != IPPROTO_IPV6 || header->cmsg_type != IPV6_PKTINFO) return false;
    std::memcpy(&local, CMSG_DATA(header) + offsetof(in6_pktinfo, ipi6_addr), sizeof(in6_addr));
  } else {
    if (header->cmsg_level != IPPROTO_IP || header->cmsg_type != IP_PKTINFO) return false;
    std::memcpy(&local, CMSG_DATA(header) + offsetof(in_pktinfo, ipi_spec_dst), sizeof(in_addr));
  }
  return true;
}

// False for ports that no client sends from: 0, to which nothing can be sent, and those of services
// that answer whatever reaches them (echo, daytime, qotd, chargen, time), which a forged query
// would set talking with this server.
bool answerable(uint16_t port) {
  constexpr uint64_t refused =
      1ull << 0 | 1ull << 7 | 1ull << 13 | 1ull << 17 | 1ull << 19 | 1ull << 37;
  return port > 37 || (refused >> port & 1) == 0;
}

bool no_room(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == ENOBUFS; }

}  // namespace

// Everything a batch needs, laid out once; a batch then changes lengths and pointers only.
struct UdpService::Batch {
  sa_family_t family;
  bool wildcard;
  socklen_t name_size;
  std::unique_ptr<uint8_t[]> packets{new uint8_t[kBatch * kStride]};
  std::unique_ptr<uint8_t[]> answers{new uint8_t[kBatch * kStride]};
  mmsghdr in[kBatch] = {}, out[kBatch] = {};
  iovec in_bytes[kBatch] = {}, out_bytes[kBatch] = {};
  sockaddr_in6 peers[kBatch] = {};
  Control in_control[kBatch], out_control[kBatch];

  explicit Batch(const sockaddr_storage& bound)
      : family(bound.ss_family),
        wildcard(net::is_wildcard(bound)),
        name_size(family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in)) {
    for (unsigned i = 0; i < kBatch; ++i) {
      in_bytes[i] = {packets.get() + i * kStride, kUdpPacket};
      out_bytes[i] = {answers.get() + i * kStride, 0};
      in[i].msg_hdr.msg_name = &peers[i];
      in[i].msg_hdr.msg_namelen = name_size;
      in[i].msg_hdr.msg_iov = &in_bytes[i];
      out[i].msg_hdr.msg_namelen = name_size;
      out[i].msg_hdr.msg_iov = &out_bytes[i];
      in[i].msg_hdr.msg_iovlen = out[i].msg_hdr.msg_iovlen = 1;
      prepare(out_control[i], family);
      if (!wildcard) continue;
      in[i].msg_hdr.msg_control = &in_control[i];
      out[i].msg_hdr.msg_control = &out_control[i];
      out[i].msg_hdr.msg_controllen = control_size(family);
    }
  }

  std::span<uint8_t> answer(unsigned slot) {
    return {static_cast<uint8_t*>(out_bytes[slot].iov_base), kUdpPacket};
  }
};

UdpService::UdpService(uv_loop_t* loop, FileDescriptor socket, uint32_t listener,
                       Responder& responder, UdpCounters& counters, uint8_t turn)
    : socket_(std::move(socket)), responder_(responder), counters_(counters) {
  const sockaddr_storage bound = net::bound_address(socket_.get());
  batch_ = std::make_unique<Batch>(bound);
  query_.local = net::endpoint_of(reinterpret_cast<const sockaddr&>(bound));
  query_.listener = listener;
  query_.transport = Transport::udp;
  query_.path = ReturnPath(Transport::udp, listener, turn);
  query_.path.datagram_ = {};
  if (int error = uv_poll_init(loop, &poll_, socket_.get()); error != 0)
    throw std::system_error(-error, std::generic_category(), "cannot watch a UDP socket");
  poll_.data = this;
  watch();
}

UdpService::~UdpService() { assert(!socket_); }

void UdpService::watch() noexcept {
  uv_poll_start(&poll_, UV_READABLE, [](uv_poll_t* handle, int status, int) {
    auto& self = *static_cast<UdpService*>(handle->data);
    if (status < 0) {  // libuv stops at an error of the socket: take it off and go on
      int error = 0;
      socklen_t size = sizeof error;
      getsockopt(self.socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
      self.counters_.receive_failed.add(1);
      self.watch();
      return;
    }
    for (int i = 0; i < kBatchesPerTurn && self.serve_batch(); ++i) {
    }
  });
}

// True if the batch was full, so that more is likely to wait.
bool UdpService::serve_batch() noexcept {
  Batch& batch = *batch_;
  if (batch.wildcard) {  // the kernel left its own lengths in the last batch
    for (mmsghdr& m : batch.in) m.msg_hdr.msg_controllen = control_size(batch.family);
  }
  const int received = recvmmsg(socket_.get(), batch.in, kBatch, MSG_DONTWAIT, nullptr);
  if (received <= 0) {
    // Whatever the kernel reports (say, ECONNREFUSED after an ICMP message) is off the socket with
    // this call, so it cannot come again and again.
    if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) counters_.receive_failed.add(1);
    return false;
  }
  counters_.received.add(unsigned(received));

  query_.now_ns = net::monotonic_ns();
  responder_.begin_batch(query_.now_ns);
  unsigned answers = 0;
  for (unsigned i = 0; i < unsigned(received); ++i) {
    take(i);
    if (!answerable(query_.client.port)) {
      counters_.unanswerable.add(1);
      continue;
    }
    const size_t length = responder_.respond(query_, batch.answer(answers));
    if (length == 0 || length == kLater) continue;
    assert(length <= kUdpPacket);
    batch.out[answers].msg_hdr.msg_name = &batch.peers[i];
    batch.out_bytes[answers].iov_len = length;
    if (batch.wildcard)
      set_source(batch.out_control[answers], batch.family, query_.path.datagram_.local);
    ++answers;
  }
  responder_.end_batch();
  if (answers != 0) flush(answers);
  return received == int(kBatch);
}

// Turns one slot of the batch into query_.
void UdpService::take(unsigned slot) noexcept {
  const Batch& batch = *batch_;
  const mmsghdr& message = batch.in[slot];
  query_.packet = {batch.packets.get() + slot * kStride, message.msg_len};
  query_.client = net::endpoint_of(reinterpret_cast<const sockaddr&>(batch.peers[slot]));
  query_.path.datagram_.peer = batch.peers[slot];
  query_.truncated = (message.msg_hdr.msg_flags & MSG_TRUNC) != 0;
  if (query_.truncated) counters_.truncated.add(1);
  if (!batch.wildcard) return;
  in6_addr& local = query_.path.datagram_.local;
  if (!get_destination(message.msg_hdr, batch.family, local)) {
    local = {};  // unspecified: the kernel picks the source
  }
  if (batch.family == AF_INET6) {
    query_.local.address = net::address_of(local);
  } else {
    query_.local.address = net::address_of(reinterpret_cast<const in_addr&>(local));
  }
}

// Sends the first `count` answers. A message that cannot be sent (too long for the interface,
// forbidden by a filter, no route) stops sendmmsg in front of it: it is skipped. When the socket
// itself is full, one retry, then the rest is dropped: a client asks again, a worker must not wait.
void UdpService::flush(unsigned count) noexcept {
  unsigned next = 0, sent = 0;
  bool retried = false;
  while (next < count) {
    const int n = sendmmsg(socket_.get(), batch_->out + next, count - next, MSG_DONTWAIT);
    if (n > 0) {
      next += unsigned(n);
      sent += unsigned(n);
    } else if (no_room(errno)) {
      if (std::exchange(retried, true)) break;
    } else if (errno != EINTR) {
      ++next;
    }
  }
  counters_.sent.add(sent);
  if (sent < count) counters_.send_dropped.add(count - sent);
}

void UdpService::send(const ReturnPath& path, std::span<const uint8_t> answer) noexcept {
  if (!socket_ || answer.empty()) return;
  ReturnPath::Datagram to = path.datagram_;
  iovec bytes{const_cast<uint8_t*>(answer.data()), answer.size()};
  Control control;
  msghdr message{};
  message.msg_name = &to.peer;
  message.msg_namelen = batch_->name_size;
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  if (batch_->wildcard) {
    prepare(control, batch_->family);
    set_source(control, batch_->family, to.local);
    message.msg_control = &control;
    message.msg_controllen = control_size(batch_->family);
  }
  ssize_t sent = 0;
  do {
    sent = sendmsg(socket_.get(), &message, MSG_DONTWAIT);
  } while (sent < 0 && errno == EINTR);
  (sent < 0 ? counters_.send_dropped : counters_.sent).add(1);
}

void UdpService::stop() noexcept {
  if (!socket_ || std::exchange(stopped_, true)) return;
  uv_poll_stop(&poll_);
  for (int i = 0; i < kDrainBatches && serve_batch(); ++i) {
  }
}

void UdpService::close(std::function<void()> closed) {
  closed_ = std::move(closed);
  uv_close(reinterpret_cast<uv_handle_t*>(&poll_), [](uv_handle_t* handle) {
    auto closed_callback = std::move(static_cast<UdpService*>(handle->data)->closed_);
    if (closed_callback) closed_callback();
  });
  socket_.reset();
}

}  // namespace signpost
