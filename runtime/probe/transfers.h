// Runs libcurl transfers on the loop: libcurl says which sockets to watch and when to wake up, and
// this class does so with libuv. Loop thread only.
#pragma once

#include <curl/curl.h>

#include <functional>
#include <memory>
#include <unordered_map>

#include "resolve/handles.h"

namespace signpost::probe {

class Transfers {
 public:
  // Called once, outside of libcurl, so that it may add and remove any transfer.
  using Ended = std::function<void(CURLcode)>;

  explicit Transfers(uv_loop_s* loop);  // throws std::runtime_error
  ~Transfers();                         // no transfer may be left; not from inside an Ended
  Transfers(const Transfers&) = delete;
  Transfers& operator=(const Transfers&) = delete;

  // Starts `easy`, which stays the caller's and must be removed, or have ended, before it is
  // cleaned up. Ended is never called from inside add().
  void add(CURL* easy, Ended ended);
  // Gives a transfer up; nothing happens if it has ended. Not from inside libcurl's callbacks.
  void remove(CURL* easy);

 private:
  struct Library {
    Library();
    ~Library() { curl_global_cleanup(); }
  };

  void watch(curl_socket_t socket, int what);
  void act(curl_socket_t socket, int events);
  void report_ended();

  Library library_;
  uv_loop_s* loop_;
  CURLM* multi_;
  Timer timer_;
  std::unordered_map<curl_socket_t, std::unique_ptr<DescriptorWatch>> watches_;
  std::unordered_map<CURL*, Ended> running_;
};

}  // namespace signpost::probe
