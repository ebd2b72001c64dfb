// For tests: an endpoint to probe, on a loopback TCP port and on the same loop as the prober. What
// it does with a connection is a script.
#pragma once

#include <openssl/ssl.h>
#include <uv.h>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace signpost::probe {

class FakeEndpoint {
 public:
  class Connection;
  using Script = std::function<void(Connection&)>;

  // `on_request` runs once a request header is complete; `on_accept` when a connection comes in.
  // With `tls`, which must outlive this object, everything goes through TLS.
  explicit FakeEndpoint(uv_loop_t* loop, Script on_request, SSL_CTX* tls = nullptr);
  FakeEndpoint(const FakeEndpoint&) = delete;
  FakeEndpoint& operator=(const FakeEndpoint&) = delete;

  void on_accept(Script script) { on_accept_ = std::move(script); }
  uint16_t port() const;
  int connections() const { return accepted_; }
  // The header of the last request, and the SNI of each handshake ("" for none).
  const std::string& request() const { return request_; }
  const std::vector<std::string>& server_names() const { return server_names_; }
  // Closes everything; run the loop before this object goes.
  void close();

 private:
  static void accept(uv_stream_t* listener, int status);

  uv_loop_t* loop_;
  Script on_request_, on_accept_;
  SSL_CTX* tls_;
  uv_tcp_t listener_;
  int accepted_ = 0;
  std::string request_;
  std::vector<std::string> server_names_;
  std::vector<Connection*> open_;
};

class FakeEndpoint::Connection {
 public:
  void send(std::string_view text);
  // Sends `text` again and again for as long as the other side takes it.
  void send_forever(std::string text);
  void close();  // after what was sent
  void reset();  // with RST

 private:
  friend class FakeEndpoint;
  struct Write {
    uv_write_t uv;
    std::string bytes;
    Connection* connection;
  };
  struct SslFree {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  explicit Connection(FakeEndpoint& server);
  static void on_read(uv_stream_t* stream, ssize_t size, const uv_buf_t* buffer);
  void take(std::string_view bytes);
  void take_tls(std::string_view bytes);
  void flush_tls();
  void write(std::string bytes);
  void shut();

  FakeEndpoint& server_;
  uv_tcp_t tcp_;
  std::unique_ptr<SSL, SslFree> ssl_;
  std::array<char, 16384> room_;
  std::string received_, forever_;
  size_t writes_ = 0;
  bool answered_ = false, closing_ = false;
};

}  // namespace signpost::probe
