#include "probe/endpoint_kit.h"

#include <algorithm>
#include <csignal>
#include <utility>

namespace signpost::probe {

FakeEndpoint::FakeEndpoint(uv_loop_t* loop, Script on_request, SSL_CTX* tls)
    : loop_(loop), on_request_(std::move(on_request)), tls_(tls) {
  std::signal(SIGPIPE, SIG_IGN);  // libuv writes without MSG_NOSIGNAL
  sockaddr_in any;
  uv_ip4_addr("127.0.0.1", 0, &any);
  uv_tcp_init(loop, &listener_);
  listener_.data = this;
  uv_tcp_bind(&listener_, reinterpret_cast<const sockaddr*>(&any), 0);
  uv_listen(reinterpret_cast<uv_stream_t*>(&listener_), 128, &accept);
  if (!tls_) return;
  using OnName = int (*)(SSL*, int*, void*);
  const OnName on_name = [](SSL* ssl, int*, void* self) {
    const char* const name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    static_cast<FakeEndpoint*>(self)->server_names_.push_back(name ? name : "");
    return SSL_TLSEXT_ERR_OK;
  };
  SSL_CTX_set_tlsext_servername_callback(tls_, on_name);
  SSL_CTX_set_tlsext_servername_arg(tls_, this);
}

uint16_t FakeEndpoint::port() const {
  sockaddr_in bound;
  int size = sizeof bound;
  uv_tcp_getsockname(&listener_, reinterpret_cast<sockaddr*>(&bound), &size);
  return ntohs(bound.sin_port);
}

void FakeEndpoint::accept(uv_stream_t* listener, int status) {
  if (status != 0) return;
  auto* server = static_cast<FakeEndpoint*>(listener->data);
  auto* connection = new Connection(*server);
  server->open_.push_back(connection);
  ++server->accepted_;
  auto* stream = reinterpret_cast<uv_stream_t*>(&connection->tcp_);
  uv_accept(listener, stream);
  const auto lend = [](uv_handle_t* handle, size_t, uv_buf_t* buffer) {
    auto& room = static_cast<Connection*>(handle->data)->room_;
    *buffer = uv_buf_init(room.data(), unsigned(room.size()));
  };
  uv_read_start(stream, lend, &Connection::on_read);
  if (server->on_accept_) server->on_accept_(*connection);
}

void FakeEndpoint::close() {
  uv_close(reinterpret_cast<uv_handle_t*>(&listener_), nullptr);
  for (Connection* connection : std::vector(open_)) connection->shut();
}

FakeEndpoint::Connection::Connection(FakeEndpoint& server) : server_(server) {
  uv_tcp_init(server.loop_, &tcp_);
  tcp_.data = this;
  if (!server.tls_) return;
  ssl_.reset(SSL_new(server.tls_));
  SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_accept_state(ssl_.get());
}

void FakeEndpoint::Connection::on_read(uv_stream_t* stream, ssize_t size, const uv_buf_t* buffer) {
  auto* self = static_cast<Connection*>(stream->data);
  if (size < 0) return self->shut();
  const std::string_view bytes(buffer->base, size_t(size));
  if (self->ssl_) {
    self->take_tls(bytes);
  } else {
    self->take(bytes);
  }
}

void FakeEndpoint::Connection::take(std::string_view bytes) {
  received_ += bytes;
  if (answered_ || received_.find("\r\n\r\n") == std::string::npos) return;
  answered_ = true;
  server_.request_ = received_;
  if (server_.on_request_) server_.on_request_(*this);
}

void FakeEndpoint::Connection::take_tls(std::string_view bytes) {
  BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), int(bytes.size()));
  std::array<char, 4096> plain;
  const int size = SSL_read(ssl_.get(), plain.data(), int(plain.size()));
  flush_tls();
  if (size > 0) take({plain.data(), size_t(size)});
}

void FakeEndpoint::Connection::flush_tls() {
  std::string out(BIO_ctrl_pending(SSL_get_wbio(ssl_.get())), '\0');
  if (out.empty()) return;
  BIO_read(SSL_get_wbio(ssl_.get()), out.data(), int(out.size()));
  write(std::move(out));
}

void FakeEndpoint::Connection::send(std::string_view text) {
  if (!ssl_) return write(std::string(text));
  SSL_write(ssl_.get(), text.data(), int(text.size()));
  flush_tls();
}

void FakeEndpoint::Connection::send_forever(std::string text) {
  forever_ = std::move(text);
  send(forever_);
}

void FakeEndpoint::Connection::write(std::string bytes) {
  auto* request = new Write{{}, std::move(bytes), this};
  request->uv.data = request;
  uv_buf_t buffer = uv_buf_init(request->bytes.data(), unsigned(request->bytes.size()));
  ++writes_;
  uv_write(&request->uv, reinterpret_cast<uv_stream_t*>(&tcp_), &buffer, 1,
           [](uv_write_t* uv, int status) {
             const std::unique_ptr<Write> done(static_cast<Write*>(uv->data));
             Connection* self = done->connection;
             if (--self->writes_ > 0) return;
             if (self->closing_ || status != 0) return self->shut();
             if (!self->forever_.empty()) self->send(self->forever_);
           });
}

void FakeEndpoint::Connection::close() {
  closing_ = true;
  if (writes_ == 0) shut();
}

void FakeEndpoint::Connection::reset() {
  std::erase(server_.open_, this);
  uv_tcp_close_reset(&tcp_,
                     [](uv_handle_t* handle) { delete static_cast<Connection*>(handle->data); });
}

void FakeEndpoint::Connection::shut() {
  auto* handle = reinterpret_cast<uv_handle_t*>(&tcp_);
  if (uv_is_closing(handle)) return;
  std::erase(server_.open_, this);
  uv_close(handle, [](uv_handle_t* closed) { delete static_cast<Connection*>(closed->data); });
}

}  // namespace signpost::probe
