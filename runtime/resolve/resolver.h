// Asks name servers for the addresses of names, through c-ares on the control loop. Control loop
// thread only; nothing here blocks. Names are absolute: no search domains, no /etc/hosts; names
// under "localhost." are answered with the loopback address without asking (RFC 6761, section
// 6.3). Answers are not cached here: whoever asks knows how long it wants to keep them.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "signpost/address.h"
#include "signpost/name.h"
#include "signpost/resolution.h"

struct uv_loop_s;

namespace signpost {

class Resolver {
 public:
  struct Options {
    std::vector<Endpoint> servers;            // in order of trial; empty: those of /etc/resolv.conf
    std::chrono::milliseconds timeout{2000};  // for the first trial of each server, then doubled
    int tries = 2;                            // rounds through the servers, at least 1
  };
  using Done = std::function<void(Resolution)>;

  // Throws std::runtime_error if c-ares cannot be set up (a resolv.conf that cannot be read, no
  // memory). `loop` must outlive the closing.
  Resolver(uv_loop_s* loop, const Options& options);
  // Only after `closed` of close() was called, or inside it.
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // Asks for addresses of `type`, 1 (A) or 28 (AAAA). `done` is called exactly once, from the
  // loop and never inside resolve(); it may call any function of this class.
  void resolve(NameView name, uint16_t type, Done done);

  // Gives up: questions still open are told `failed`, then `closed` is called, and no handle is
  // left on the loop after its next turn. resolve() fails from here on. Call once.
  void close(std::function<void()> closed);

 private:
  class Channel;
  std::unique_ptr<Channel> channel_;
};

}  // namespace signpost
