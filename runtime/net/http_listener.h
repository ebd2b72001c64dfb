// One listening socket that speaks HTTP, run by libmicrohttpd on a libuv loop without a thread of
// its own. Control loop only; HttpEndpoints (net/http_endpoint.h) decides when one opens and
// closes.
#pragma once

#include <uv.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "signpost/address.h"
#include "signpost/http.h"

struct MHD_Daemon;

namespace signpost::net {

// Bounded for strangers: 64 connections, 32 KiB of memory each (longer header: 431), closed after
// 5 idle seconds. At the limit the one whose last request is longest ago makes room, so that slow
// clients shut nobody out.
class HttpListener : public std::enable_shared_from_this<HttpListener> {
 public:
  // Binds and listens at once. `address` without a family means all addresses, IPv6 and IPv4.
  // `unused` is called whenever the last route has gone, never from within a handler.
  // `shares_own_port`: another listener of this process has the port, on another address that may
  // include this one or lie in it; otherwise the port must be free.
  // Throws std::system_error: "listen on 127.0.0.1:8080: Address already in use".
  static std::shared_ptr<HttpListener> open(uv_loop_t* loop, const Endpoint& address,
                                            std::function<void(HttpListener&)> unused,
                                            bool shares_own_port = false);
  ~HttpListener();

  const Endpoint& address() const { return address_; }  // as given to open()
  uint16_t port() const { return port_; }               // as bound, where port 0 was asked for

  // Of several routes with one path the newest answers. Returns what remove() wants.
  uint64_t add(std::string path, HttpHandler handler);
  void remove(uint64_t route);

  // Closes the socket and every connection (from within a handler: right after it), then calls
  // `closed` in a later turn of the loop. To be called once, before the loop ends. The listener
  // keeps itself alive until then.
  void close(std::function<void()> closed);

  HttpReply answer(const HttpRequest& request) const;

  // For libmicrohttpd's callbacks: a client's socket opened, sent a request, closes.
  void client_opened(int socket);
  void client_asked(int socket);
  void client_closing(int socket);
  uint64_t pushed_out() const { return pushed_out_; }  // clients closed for newer ones

 private:
  struct Route {
    uint64_t id;
    std::string path;
    std::shared_ptr<const HttpHandler> handler;  // shared: it may remove itself while it runs
  };

  HttpListener(const Endpoint& address, std::function<void(HttpListener&)> unused);
  void start(uv_loop_t* loop, bool shares_own_port);
  void run();
  unsigned connections() const;
  void arm_timer();
  void stop();
  static void on_handle_closed(uv_handle_t* handle);

  const Endpoint address_;
  const std::function<void(HttpListener&)> unused_;
  std::vector<Route> routes_;  // oldest first
  std::vector<int> clients_;   // their sockets, the idlest in front
  uint64_t pushed_out_ = 0;
  uint64_t last_id_ = 0;
  uint16_t port_ = 0;
  MHD_Daemon* daemon_ = nullptr;
  uv_poll_t poll_{};  // on libmicrohttpd's epoll descriptor
  uv_timer_t timer_{};
  unsigned open_handles_ = 0;
  bool running_ = false;  // inside MHD_run, where the daemon must not be stopped
  bool closing_ = false;
  std::function<void()> closed_;
  std::shared_ptr<HttpListener> self_;  // set while closing
};

}  // namespace signpost::net
