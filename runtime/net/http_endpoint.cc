#include "net/http_endpoint.h"

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <vector>

#include "net/http_listener.h"

namespace signpost {

using net::HttpListener;

// Shared with the listeners that are still closing when the HttpEndpoints is gone.
struct HttpEndpoints::State : std::enable_shared_from_this<HttpEndpoints::State> {
  uv_loop_t* loop = nullptr;
  std::vector<std::shared_ptr<HttpListener>> listeners;  // open ones
  uint64_t pushed_out = 0;                               // by listeners that are gone
  unsigned unclosed = 0;                                 // open, or not yet closed by libuv
  bool closing = false;
  std::function<void()> closed;

  HttpListener& listener_on(const Endpoint& address);
  void close(HttpListener& listener);
};

HttpListener& HttpEndpoints::State::listener_on(const Endpoint& address) {
  for (auto& listener : listeners)
    if (listener->address() == address) return *listener;
  // Safe to capture: the listener is closed, and calls this no more, before the state goes.
  auto unused = [this](HttpListener& listener) { close(listener); };
  const bool shares = std::any_of(listeners.begin(), listeners.end(),
                                  [&](const auto& other) { return other->port() == address.port; });
  listeners.push_back(HttpListener::open(loop, address, unused, shares));
  ++unclosed;
  return *listeners.back();
}

void HttpEndpoints::State::close(HttpListener& listener) {
  pushed_out += listener.pushed_out();
  listener.close([self = shared_from_this()] {
    if (--self->unclosed == 0 && self->closed) std::exchange(self->closed, nullptr)();
  });
  std::erase_if(listeners, [&](const auto& l) { return l.get() == &listener; });
}

namespace {

Endpoint parse_listen_address(std::string_view text) {
  const bool all = text.starts_with(':');
  const std::string full = all ? "0.0.0.0" + std::string(text) : std::string(text);
  auto endpoint = Endpoint::parse(full, 0);
  // Where no port is written, the fallback shows through.
  if (!endpoint || endpoint != Endpoint::parse(full, 1))
    throw std::runtime_error("'" + std::string(text) +
                             "' is no address to listen on; expected ADDRESS:PORT or :PORT");
  if (all) endpoint->address = Address{};
  return *endpoint;
}

}  // namespace

HttpEndpoints::HttpEndpoints(uv_loop_t* loop) : state_(std::make_shared<State>()) {
  state_->loop = loop;
}

HttpEndpoints::~HttpEndpoints() {
  if (!state_->closing) close(nullptr);
}

HttpEndpoints::Route HttpEndpoints::add(const Endpoint& address, std::string path,
                                        HttpHandler handler) {
  if (state_->closing) throw std::runtime_error("HTTP endpoints are closed");
  if (!path.starts_with('/'))
    throw std::runtime_error("HTTP path '" + path + "' does not begin with '/'");
  HttpListener& listener = state_->listener_on(address);
  return Route(listener.weak_from_this(), listener.add(std::move(path), std::move(handler)));
}

HttpEndpoints::Route HttpEndpoints::add(std::string_view address, std::string path,
                                        HttpHandler handler) {
  return add(parse_listen_address(address), std::move(path), std::move(handler));
}

uint64_t HttpEndpoints::pushed_out() const {
  uint64_t sum = state_->pushed_out;
  for (const auto& listener : state_->listeners) sum += listener->pushed_out();
  return sum;
}

void HttpEndpoints::close(std::function<void()> closed) {
  state_->closing = true;
  if (state_->unclosed == 0) {
    if (closed) closed();
    return;
  }
  state_->closed = std::move(closed);
  while (!state_->listeners.empty()) state_->close(*state_->listeners.back());
}

HttpEndpoints::Route::Route(std::weak_ptr<HttpListener> listener, uint64_t id)
    : listener_(std::move(listener)), id_(id) {}

HttpEndpoints::Route& HttpEndpoints::Route::operator=(Route&& other) noexcept {
  // Not by swapping: the route held so far must go now, not when `other` does.
  if (this != &other) {
    reset();
    listener_ = std::move(other.listener_);
    id_ = other.id_;
  }
  return *this;
}

void HttpEndpoints::Route::reset() {
  if (auto listener = std::exchange(listener_, {}).lock()) listener->remove(id_);
}

uint16_t HttpEndpoints::Route::port() const {
  auto listener = listener_.lock();
  return listener ? listener->port() : 0;
}

}  // namespace signpost
