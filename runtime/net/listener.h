// Opens the sockets of one DNS listener: for every worker one UDP and one TCP socket on the same
// address and port, joined by SO_REUSEPORT so that the kernel spreads clients over the workers.
// Control thread; the sockets are then moved to the worker loops (services.h). Errors are thrown
// as ListenError with a text for the operator.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "net/file_descriptor.h"
#include "signpost/address.h"

namespace signpost {

// what() says which address and port, what is wrong and what to do; code() is errno.
class ListenError : public std::runtime_error {
 public:
  ListenError(int code, const std::string& text) : std::runtime_error(text), code_(code) {}
  int code() const noexcept { return code_; }

 private:
  int code_;
};

struct ListenOn {
  // Family 0: every address, IPv4 and IPv6, by one dual-stack socket; IPv4 alone where the kernel
  // has no IPv6. 0.0.0.0 and [::] mean every address of that family only.
  Address address;
  uint16_t port = 53;  // 0: the kernel picks one, the same for UDP and TCP
  uint32_t scope = 0;  // interface number, for link-local IPv6 addresses only
  // Set when this process has a listener on the port already (on another address). Otherwise the
  // port must be free: SO_REUSEPORT alone would let a second server of the same user steal half
  // of the queries unnoticed.
  bool shares_own_port = false;
};

inline constexpr int kTcpBacklog = 1024;  // cut to net.core.somaxconn by the kernel

struct WorkerSockets {
  FileDescriptor udp, tcp;  // bound, not blocking; tcp is listening
};

struct Listener {
  Endpoint bound;  // with the port that was picked; no address (family 0) for "every address"
  std::vector<WorkerSockets> workers;
};

// `workers` is at least 1. Throws ListenError: address in use, no permission for the port, address
// not on this machine, or whatever else the kernel says.
Listener open_listener(const ListenOn& where, unsigned workers);

}  // namespace signpost
