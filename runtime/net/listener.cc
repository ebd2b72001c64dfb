#include "net/listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "net/socket_address.h"

namespace signpost {
namespace {

constexpr int kReceiveBuffer = 4 << 20;  // bytes; bursts wait here while a worker is busy
constexpr int kSendBuffer = 1 << 20;
constexpr int kTcpSendBuffer = 128 << 10;  // which the kernel doubles for its own use
constexpr int kFastOpenQueue = 256;
constexpr int kPortTries = 32;  // for a port that is free for UDP and TCP

// Where to bind, with the choice between a dual-stack and an IPv4 socket made.
struct Target {
  Endpoint at;
  uint32_t scope = 0;
  bool dual_stack = false;

  int family() const { return at.address.family == 6 ? AF_INET6 : AF_INET; }
  bool is_wildcard() const { return at.address.bytes == Address{}.bytes; }
};

Target target_of(const ListenOn& where, bool ipv6) {
  Target to{{where.address, where.port}, where.scope};
  if (where.address.family == 0) {
    to.at.address.family = ipv6 ? 6 : 4;
    to.dual_stack = ipv6;
  }
  return to;
}

std::string reason(int error, uint16_t port) {
  switch (error) {
    case EADDRINUSE:
      return "address already in use; another server listens there ('ss -lntup sport = :" +
             std::to_string(port) + "' shows which)";
    case EACCES:
      if (port >= 1024) break;
      return "permission denied; ports below 1024 need a privilege: run 'setcap "
             "cap_net_bind_service=+ep' on the server's binary, or set "
             "'AmbientCapabilities=CAP_NET_BIND_SERVICE' in its systemd unit, or 'sysctl "
             "net.ipv4.ip_unprivileged_port_start=" +
             std::to_string(port) + "'";
    case EADDRNOTAVAIL:
      return "address not available; no interface of this machine has it ('ip address' lists "
             "those there are)";
    case EAFNOSUPPORT:
      return "address family not supported; this kernel has no IPv6";
    case EMFILE:
      return "too many open files; raise the limit ('ulimit -n', LimitNOFILE= of a systemd unit)";
    case ENFILE:
      return "too many open files on this machine; raise the limit ('sysctl fs.file-max')";
    default:
      break;
  }
  return std::strerror(error);
}

[[noreturn]] void fail(const Target& where, int type, int error) {
  throw ListenError(error, "cannot listen on " + where.at.text() +
                               (type == SOCK_DGRAM ? " (UDP): " : " (TCP): ") +
                               reason(error, where.at.port));
}

void set(int fd, int level, int option, int value) {
  setsockopt(fd, level, option, &value, sizeof value);
}

FileDescriptor new_socket(const Target& where, int type) {
  FileDescriptor fd(socket(where.family(), type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) fail(where, type, errno);
  if (where.family() == AF_INET6)
    set(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, where.dual_stack ? 0 : 1);
  // Lets a restarted server listen while old connections linger. Not for UDP, where it would let
  // two servers share the port.
  if (type == SOCK_STREAM) set(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  return fd;
}

void bind_to(const FileDescriptor& fd, const Target& where, int type) {
  sockaddr_storage address{};
  const socklen_t length = where.at.to(address);
  if (where.scope != 0 && where.family() == AF_INET6)
    reinterpret_cast<sockaddr_in6&>(address).sin6_scope_id = where.scope;
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), length) != 0)
    fail(where, type, errno);
}

// Throws unless nobody has the port: a socket without SO_REUSEPORT does not get in beside others.
// Returns the port, which is news if 0 was asked for.
uint16_t claim(const Target& where, int type) {
  FileDescriptor probe = new_socket(where, type);
  bind_to(probe, where, type);
  const sockaddr_storage bound = net::bound_address(probe.get());
  return net::endpoint_of(reinterpret_cast<const sockaddr&>(bound)).port;
}

// All of these are wishes; a kernel that refuses one serves nevertheless.
void tune_udp(int fd, const Target& where) {
  set(fd, SOL_SOCKET, SO_RCVBUF, kReceiveBuffer);
  set(fd, SOL_SOCKET, SO_SNDBUF, kSendBuffer);
  // PROBE: Don't Fragment is set and the path MTU in the routing cache is ignored. Answers are
  // never fragmented (RFC 9715, section 3.1), a forged ICMP "fragmentation needed" cannot make us
  // fragment, and the kernel saves choosing an IP identification: 5 % of a packet's cost.
  set(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE);
  const bool v6 = where.family() == AF_INET6;
  if (v6) set(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE);
  // Only a wildcard socket has to learn which address was asked; elsewhere it would be waste.
  if (!where.is_wildcard()) return;
  if (v6)
    set(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
  else
    set(fd, IPPROTO_IP, IP_PKTINFO, 1);
}

// Accepted sockets inherit these; wishes as well.
void tune_tcp(int fd) {
  set(fd, IPPROTO_TCP, TCP_NODELAY, 1);  // answers are written in one piece and must not wait
  // Bounds what the kernel keeps for a client that does not read: it would grow to several MiB.
  set(fd, SOL_SOCKET, SO_SNDBUF, kTcpSendBuffer);
  // RFC 7413, where the operator has switched it on for servers (net.ipv4.tcp_fastopen). The query
  // in a repeated SYN may be answered twice, which costs a client nothing.
  set(fd, IPPROTO_TCP, TCP_FASTOPEN, kFastOpenQueue);
  // Not TCP_DEFER_ACCEPT: connections without a query would wait where no limit of ours counts
  // them.
}

FileDescriptor open_one(const Target& where, int type) {
  FileDescriptor fd = new_socket(where, type);
  const int one = 1;
  if (setsockopt(fd.get(), SOL_SOCKET, SO_REUSEPORT, &one, sizeof one) != 0)
    fail(where, type, errno);
  if (type == SOCK_DGRAM)
    tune_udp(fd.get(), where);
  else
    tune_tcp(fd.get());
  bind_to(fd, where, type);
  if (type == SOCK_STREAM && listen(fd.get(), kTcpBacklog) != 0) fail(where, type, errno);
  return fd;
}

std::vector<WorkerSockets> open_workers(const Target& where, unsigned workers) {
  std::vector<WorkerSockets> sockets;
  for (unsigned i = 0; i < workers; ++i)
    sockets.push_back({open_one(where, SOCK_DGRAM), open_one(where, SOCK_STREAM)});
  return sockets;
}

Listener open_at(const ListenOn& on, Target where, unsigned workers) {
  uint16_t port = on.port;
  if (port == 0) {
    where.at.port = port = claim(where, SOCK_DGRAM);
    claim(where, SOCK_STREAM);
  } else if (!on.shares_own_port) {
    claim(where, SOCK_DGRAM);
    claim(where, SOCK_STREAM);
  }
  return {{on.address, port}, open_workers(where, workers)};
}

// With port 0, another process may hold or take the TCP port that UDP was given: then another one.
Listener open_with_retries(const ListenOn& on, const Target& where, unsigned workers) {
  for (int i = 1;; ++i) {
    try {
      return open_at(on, where, workers);
    } catch (const ListenError& error) {
      if (on.port != 0 || error.code() != EADDRINUSE || i == kPortTries) throw;
    }
  }
}

bool without_ipv6(int error) {
  return error == EAFNOSUPPORT || error == EPROTONOSUPPORT || error == EADDRNOTAVAIL;
}

}  // namespace

Listener open_listener(const ListenOn& where, unsigned workers) {
  try {
    return open_with_retries(where, target_of(where, true), workers);
  } catch (const ListenError& error) {
    if (where.address.family != 0 || !without_ipv6(error.code())) throw;
    return open_with_retries(where, target_of(where, false), workers);
  }
}

}  // namespace signpost
