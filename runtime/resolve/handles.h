// Owners of libuv handles, for code on the control loop. A libuv handle must outlive its own
// closing, which ends in a later turn of the loop; these classes keep the handle on the heap and
// let it free itself, so that an owner can be destroyed at any time, also inside its own callback.
// Loop thread only. Running out of memory or of epoll watches aborts; nothing else can fail unless
// said.
#pragma once

#include <chrono>
#include <functional>

struct uv_loop_s;

namespace signpost {

// Calls `expired` once per start(). Destroying or stopping it means that no call follows.
class Timer {
 public:
  Timer(uv_loop_s* loop, std::function<void()> expired);
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // Counted from now, also when the loop has been busy; a running timer starts anew. A delay of
  // zero expires in the loop's next turn, never inside start().
  void start(std::chrono::milliseconds delay);
  void stop();

 private:
  struct Handle;
  Handle* handle_;
};

// Tells when a descriptor becomes readable or writable. The descriptor stays the caller's, who
// destroys the watch before closing it.
class DescriptorWatch {
 public:
  enum Event : int { readable = 1, writable = 2 };
  // `ready` gets the events seen. A broken descriptor reports both, so that the caller meets the
  // error in its next read or write.
  DescriptorWatch(uv_loop_s* loop, int descriptor, std::function<void(int events)> ready);
  ~DescriptorWatch();
  DescriptorWatch(const DescriptorWatch&) = delete;
  DescriptorWatch& operator=(const DescriptorWatch&) = delete;

  void want(int events);  // a union of Event; 0 pauses

 private:
  struct Handle;
  Handle* handle_;
};

}  // namespace signpost
