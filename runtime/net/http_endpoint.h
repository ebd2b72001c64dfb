// The HTTP endpoints of the server (/health, /health/checks, /ready, /metrics): paths that plugins
// and the runtime hang onto addresses. Control loop only; handlers run there too.
#pragma once

#include <uv.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "signpost/address.h"
#include "signpost/http.h"

namespace signpost {

namespace net {
class HttpListener;
}

class HttpEndpoints {
  struct State;

 public:
  // Holds one path on one address; letting go of it takes the path away. Move-only. May outlive the
  // HttpEndpoints, and may be dropped from within a handler, its own included.
  class [[nodiscard]] Route {
   public:
    Route() = default;
    Route(Route&&) noexcept = default;
    Route& operator=(Route&& other) noexcept;
    ~Route() { reset(); }
    void reset();
    uint16_t port() const;  // the port bound, where 0 was asked for; 0 after close()

   private:
    friend class HttpEndpoints;
    Route(std::weak_ptr<net::HttpListener> listener, uint64_t id);
    std::weak_ptr<net::HttpListener> listener_;
    uint64_t id_ = 0;
  };

  explicit HttpEndpoints(uv_loop_t* loop);
  ~HttpEndpoints();  // closes; the loop must turn once more before it ends

  // Serves `path` ("/health", compared as a whole) on `address`. All routes of one address share
  // one socket, which stays open while any of them is held: a reload that adds the new route before
  // it drops the old one never closes it. Where a path is added twice, the newest answers, and the
  // older again when the newest leaves. An Endpoint without a family, or ":PORT" in text, means all
  // addresses, IPv6 and IPv4. Throws std::system_error where the address cannot be listened on
  // ("listen on 127.0.0.1:8080: Address already in use"), std::runtime_error where it is none.
  Route add(const Endpoint& address, std::string path, HttpHandler handler);
  Route add(std::string_view address, std::string path, HttpHandler handler);

  // Clients that were closed since the start because newer ones needed their place.
  uint64_t pushed_out() const;

  // Closes every socket and connection; `closed` is called when libuv has let go of them all, which
  // is within the call if nothing was open. Routes still held become empty. To be called once.
  void close(std::function<void()> closed);

 private:
  std::shared_ptr<State> state_;
};

}  // namespace signpost
