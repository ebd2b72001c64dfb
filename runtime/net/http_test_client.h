// A client for the tests of HTTP endpoints: sends raw bytes and collects what comes back, on the
// loop the server runs on. Lives until the loop has run after close().
#pragma once

#include <sys/socket.h>
#include <uv.h>

#include <string>

#include "signpost/address.h"

namespace signpost::net {

// A TCP connection that collects what comes back.
class Client {
 public:
  Client(uv_loop_t* loop, const char* address, uint16_t port) {
    uv_tcp_init(loop, &tcp_);
    tcp_.data = connect_.data = this;
    sockaddr_storage name{};
    Endpoint to{*Address::parse(address), port};
    to.to(name);
    uv_tcp_connect(&connect_, &tcp_, reinterpret_cast<sockaddr*>(&name),
                   [](auto* c, int status) { static_cast<Client*>(c->data)->on_connect(status); });
  }
  void send(std::string bytes) {
    unsent_ += std::move(bytes);
    if (connected) flush();
  }
  void close() {
    auto* handle = reinterpret_cast<uv_handle_t*>(&tcp_);
    if (!uv_is_closing(handle)) uv_close(handle, nullptr);
  }

  bool connected = false;
  bool ended = false;  // by the server, or refused
  std::string received;

 private:
  void on_connect(int status) {
    if (status == UV_ECANCELED) return;
    connected = status == 0;
    ended = !connected;
    if (!connected) return;
    flush();
    uv_read_start(
        reinterpret_cast<uv_stream_t*>(&tcp_),
        [](uv_handle_t* h, size_t, uv_buf_t* out) {
          auto* self = static_cast<Client*>(h->data);
          *out = uv_buf_init(self->buffer_, sizeof self->buffer_);
        },
        [](uv_stream_t* s, ssize_t size, const uv_buf_t* in) {
          auto* self = static_cast<Client*>(s->data);
          if (size > 0) self->received.append(in->base, size_t(size));
          if (size < 0) self->ended = true;
        });
  }
  void flush() {
    uv_buf_t out = uv_buf_init(unsent_.data(), unsigned(unsent_.size()));
    int sent = uv_try_write(reinterpret_cast<uv_stream_t*>(&tcp_), &out, 1);
    if (sent > 0) unsent_.erase(0, size_t(sent));
  }

  uv_tcp_t tcp_{};
  uv_connect_t connect_{};
  char buffer_[4096];
  std::string unsent_;
};

}  // namespace signpost::net
