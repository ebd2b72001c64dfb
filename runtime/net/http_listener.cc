#include "net/http_listener.h"

#include <fcntl.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <system_error>
#include <utility>

namespace signpost::net {
namespace {

constexpr unsigned kConnections = 64;
constexpr unsigned kClosing = 16;  // more that the library may hold, while those pushed out close
constexpr unsigned kIdleSeconds = 5;
constexpr size_t kConnectionMemory = 32 * 1024;
constexpr int kBacklog = 64;

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& o) noexcept : fd_(std::exchange(o.fd_, -1)) {}
  Socket& operator=(Socket&& o) noexcept {
    std::swap(fd_, o.fd_);
    return *this;
  }
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

[[noreturn]] void fail(const Endpoint& address, int error) {
  std::string where = address.address.family ? address.text() : ":" + std::to_string(address.port);
  throw std::system_error(error, std::generic_category(), "listen on " + where);
}

Socket stream_socket(int family) {
  return Socket(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

void set(const Socket& s, int level, int option, int value) {
  ::setsockopt(s.get(), level, option, &value, sizeof value);
}

// The address to bind for "all addresses": IPv6 with IPv4 mapped into it, or IPv4 on a machine
// without IPv6.
Socket socket_for_all(uint16_t port, sockaddr_storage& out, socklen_t& size) {
  Socket s = stream_socket(AF_INET6);
  if (s.get() >= 0) {
    set(s, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    size = Endpoint{{{}, 6}, port}.to(out);
  } else if (errno == EAFNOSUPPORT) {
    s = stream_socket(AF_INET);
    size = Endpoint{{{}, 4}, port}.to(out);
  }
  return s;
}

// A socket of its own kind for the address; `name` and `size` get what to bind it to.
Socket socket_for(const Endpoint& address, sockaddr_storage& name, socklen_t& size) {
  Socket s(-1);
  if (address.address.family == 0) {
    s = socket_for_all(address.port, name, size);
  } else {
    size = address.to(name);
    s = stream_socket(name.ss_family);
    if (s.get() >= 0 && name.ss_family == AF_INET6) set(s, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  }
  if (s.get() < 0) fail(address, errno);
  set(s, SOL_SOCKET, SO_REUSEADDR, 1);
  return s;
}

// Sockets of ":8080" and "127.0.0.1:8080" may stand side by side, as they do during a reload from
// one to the other. A socket without SO_REUSEPORT tells whether anybody else has the port.
Socket listening_socket(const Endpoint& address, bool shares_own_port) {
  sockaddr_storage name{};
  socklen_t size = 0;
  if (!shares_own_port && address.port != 0) {
    const Socket probe = socket_for(address, name, size);
    if (::bind(probe.get(), reinterpret_cast<sockaddr*>(&name), size) != 0) fail(address, errno);
  }
  Socket s = socket_for(address, name, size);
  set(s, SOL_SOCKET, SO_REUSEPORT, 1);
  if (::bind(s.get(), reinterpret_cast<sockaddr*>(&name), size) != 0 ||
      ::listen(s.get(), kBacklog) != 0)
    fail(address, errno);
  return s;
}

uint16_t bound_port(const Socket& s) {
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  ::getsockname(s.get(), reinterpret_cast<sockaddr*>(&name), &size);
  return Endpoint::from(reinterpret_cast<sockaddr*>(&name)).port;
}

bool has_body(MHD_Connection* connection) {
  const char* length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Length");
  return (length != nullptr && std::strcmp(length, "0") != 0) ||
         MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Transfer-Encoding") != nullptr;
}

MHD_Result send(MHD_Connection* connection, const HttpReply& reply) {
  // The library copies the body; it only fails to for want of memory, and then drops the client.
  MHD_Response* response = MHD_create_response_from_buffer(
      reply.body.size(), const_cast<char*>(reply.body.data()), MHD_RESPMEM_MUST_COPY);
  if (response == nullptr) return MHD_NO;
  int status = reply.status >= 200 && reply.status <= 599 ? reply.status : 500;
  MHD_add_response_header(response, "Content-Type", reply.content_type.c_str());
  if (status == 405) MHD_add_response_header(response, "Allow", "GET, HEAD");
  MHD_Result queued = MHD_queue_response(connection, unsigned(status), response);
  MHD_destroy_response(response);
  return queued;
}

int socket_of(MHD_Connection* connection) {
  return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

void on_connection(void* listener, MHD_Connection* connection, void**,
                   MHD_ConnectionNotificationCode what) {
  auto& self = *static_cast<HttpListener*>(listener);
  if (what == MHD_CONNECTION_NOTIFY_STARTED)
    self.client_opened(socket_of(connection));
  else
    self.client_closing(socket_of(connection));
}

// Called by libmicrohttpd when the header of a request is complete, and again when its body is. A
// reply to the first call makes it close the connection afterwards; that is how bodies, which
// nobody here wants, stay unread. Only the second call keeps the connection.
MHD_Result on_request(void* listener, MHD_Connection* connection, const char* url,
                      const char* method, const char*, const char*, size_t*, void** context) {
  HttpRequest request{url, method};
  static_cast<HttpListener*>(listener)->client_asked(socket_of(connection));
  if (request.method != "GET" && request.method != "HEAD")
    return send(connection, {.status = 405, .body = "405 only GET and HEAD\n"});
  if (*context == nullptr && !has_body(connection)) {
    *context = listener;  // any mark will do
    return MHD_YES;
  }
  return send(connection, static_cast<HttpListener*>(listener)->answer(request));
}

}  // namespace

std::shared_ptr<HttpListener> HttpListener::open(uv_loop_t* loop, const Endpoint& address,
                                                 std::function<void(HttpListener&)> unused,
                                                 bool shares_own_port) {
  std::shared_ptr<HttpListener> listener(new HttpListener(address, std::move(unused)));
  listener->start(loop, shares_own_port);
  return listener;
}

HttpListener::HttpListener(const Endpoint& address, std::function<void(HttpListener&)> unused)
    : address_(address), unused_(std::move(unused)) {}

HttpListener::~HttpListener() {
  if (daemon_ != nullptr) MHD_stop_daemon(daemon_);
}

void HttpListener::start(uv_loop_t* loop, bool shares_own_port) {
  Socket socket = listening_socket(address_, shares_own_port);
  port_ = bound_port(socket);
  errno = 0;
  daemon_ = MHD_start_daemon(MHD_USE_EPOLL, 0, nullptr, nullptr, on_request, this,
                             MHD_OPTION_LISTEN_SOCKET, socket.get(), MHD_OPTION_CONNECTION_LIMIT,
                             kConnections + kClosing, MHD_OPTION_CONNECTION_TIMEOUT, kIdleSeconds,
                             MHD_OPTION_NOTIFY_CONNECTION, on_connection, this,
                             MHD_OPTION_CONNECTION_MEMORY_LIMIT, kConnectionMemory, MHD_OPTION_END);
  if (daemon_ == nullptr) fail(address_, errno);
  socket.release();
  int epoll = MHD_get_daemon_info(daemon_, MHD_DAEMON_INFO_EPOLL_FD)->listen_fd;
  if (int error = uv_poll_init(loop, &poll_, epoll); error != 0) fail(address_, -error);
  uv_timer_init(loop, &timer_);
  open_handles_ = 2;
  poll_.data = timer_.data = this;
  uv_poll_start(&poll_, UV_READABLE,
                [](uv_poll_t* p, int, int) { static_cast<HttpListener*>(p->data)->run(); });
}

uint64_t HttpListener::add(std::string path, HttpHandler handler) {
  auto shared = std::make_shared<const HttpHandler>(std::move(handler));
  routes_.push_back({++last_id_, std::move(path), std::move(shared)});
  return last_id_;
}

void HttpListener::remove(uint64_t route) {
  std::erase_if(routes_, [&](const Route& r) { return r.id == route; });
  if (routes_.empty() && !running_ && !closing_) unused_(*this);
}

// The library closes a client whose socket is shut down as if it had gone by itself.
void HttpListener::client_opened(int socket) {
  clients_.push_back(socket);
  if (clients_.size() <= kConnections) return;
  ++pushed_out_;
  ::shutdown(clients_.front(), SHUT_RDWR);
  clients_.erase(clients_.begin());
}

void HttpListener::client_asked(int socket) {
  if (std::erase(clients_, socket) != 0) clients_.push_back(socket);
}

void HttpListener::client_closing(int socket) { std::erase(clients_, socket); }

HttpReply HttpListener::answer(const HttpRequest& request) const {
  auto newest = std::find_if(routes_.rbegin(), routes_.rend(),
                             [&](const Route& r) { return r.path == request.path; });
  if (newest == routes_.rend()) return {.status = 404, .body = "404 not found\n"};
  std::shared_ptr<const HttpHandler> handler = newest->handler;
  try {
    return (*handler)(request);
  } catch (const std::exception& e) {
    return {.status = 500, .body = std::string("500 ") + e.what() + "\n"};
  } catch (...) {
    return {.status = 500, .body = "500 internal error\n"};
  }
}

void HttpListener::run() {
  auto alive = shared_from_this();
  running_ = true;
  // At its limit libmicrohttpd takes the socket out of its epoll set, and looks whether there is
  // room again only at the start of a run; so a run that ended connections needs another.
  for (unsigned before = UINT_MAX, after = connections(); after < before;) {
    before = after;
    MHD_run(daemon_);
    after = connections();
  }
  running_ = false;
  if (closing_) return stop();
  if (routes_.empty()) return unused_(*this);
  arm_timer();
}

unsigned HttpListener::connections() const {
  return MHD_get_daemon_info(daemon_, MHD_DAEMON_INFO_CURRENT_CONNECTIONS)->num_connections;
}

void HttpListener::arm_timer() {
  MHD_UNSIGNED_LONG_LONG milliseconds = 0;
  if (MHD_get_timeout(daemon_, &milliseconds) != MHD_YES) {
    uv_timer_stop(&timer_);
    return;
  }
  uv_timer_start(
      &timer_, [](uv_timer_t* t) { static_cast<HttpListener*>(t->data)->run(); }, milliseconds, 0);
}

void HttpListener::close(std::function<void()> closed) {
  if (closing_) return;
  closing_ = true;
  closed_ = std::move(closed);
  self_ = shared_from_this();
  if (!running_) stop();
}

void HttpListener::stop() {
  // The poll handle first: stopping the daemon closes the descriptor under it.
  uv_close(reinterpret_cast<uv_handle_t*>(&poll_), on_handle_closed);
  uv_close(reinterpret_cast<uv_handle_t*>(&timer_), on_handle_closed);
  MHD_stop_daemon(std::exchange(daemon_, nullptr));
  routes_.clear();
}

void HttpListener::on_handle_closed(uv_handle_t* handle) {
  auto* listener = static_cast<HttpListener*>(handle->data);
  if (--listener->open_handles_ > 0) return;
  auto self = std::move(listener->self_);
  if (self->closed_) self->closed_();
}

}  // namespace signpost::net
