// Opens a TCP connection without blocking. Loop thread only.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "resolve/handles.h"
#include "signpost/address.h"

namespace signpost::probe {

// Owns a file descriptor; -1 is none.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& from) noexcept : fd_(from.release()) {}
  Descriptor& operator=(Descriptor&& from) noexcept {
    std::swap(fd_, from.fd_);
    return *this;
  }
  ~Descriptor();
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

// One attempt. Destroying it gives the attempt up.
class Connector {
 public:
  // `error` is 0 and `connected` valid, or `error` is an errno value.
  using Done = std::function<void(Descriptor connected, int error)>;

  Connector(uv_loop_s* loop, Done done) : loop_(loop), done_(std::move(done)) {}
  // Calls `done` once, possibly before this returns (no route, say); `done` may destroy the
  // connector. There is no time limit here.
  void start(const Endpoint& to);

 private:
  void finish(int error);

  uv_loop_s* loop_;
  Done done_;
  Descriptor socket_;
  std::unique_ptr<DescriptorWatch> watch_;  // behind socket_, so that it goes first
};

}  // namespace signpost::probe
