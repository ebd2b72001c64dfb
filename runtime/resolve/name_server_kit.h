// For tests: a name server on a loopback UDP port, on the same loop as the code under test.
#pragma once

#include <uv.h>

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "resolve/answer_kit.h"
#include "signpost/address.h"

namespace signpost::resolve {

class FakeNameServer {
 public:
  struct Asked {
    uint16_t id = 0, type = 0;
    std::string name;
  };
  // What to send back; an empty optional is silence.
  using Script = std::function<std::optional<std::vector<uint8_t>>(const Asked&)>;

  FakeNameServer(uv_loop_t* loop, Script script) : script_(std::move(script)) {
    uv_udp_init(loop, &udp_);
    udp_.data = this;
    sockaddr_in any;
    uv_ip4_addr("127.0.0.1", 0, &any);
    uv_udp_bind(&udp_, reinterpret_cast<const sockaddr*>(&any), 0);
    uv_udp_recv_start(&udp_, &lend_buffer, &on_packet);
  }

  Endpoint endpoint() const {
    sockaddr_storage bound;
    int size = sizeof bound;
    uv_udp_getsockname(&udp_, reinterpret_cast<sockaddr*>(&bound), &size);
    return Endpoint::from(reinterpret_cast<const sockaddr*>(&bound));
  }
  int asked() const { return asked_; }
  // Run the loop before this object goes.
  void close() { uv_close(reinterpret_cast<uv_handle_t*>(&udp_), nullptr); }

 private:
  static void lend_buffer(uv_handle_t* handle, size_t, uv_buf_t* buffer) {
    auto& room = static_cast<FakeNameServer*>(handle->data)->room_;
    *buffer = uv_buf_init(room.data(), unsigned(room.size()));
  }

  static void on_packet(uv_udp_t* udp, ssize_t size, const uv_buf_t* buffer, const sockaddr* from,
                        unsigned) {
    if (size <= 12 || !from) return;
    auto* self = static_cast<FakeNameServer*>(udp->data);
    ++self->asked_;
    const auto* bytes = reinterpret_cast<const uint8_t*>(buffer->base);
    Asked asked;
    asked.id = uint16_t(bytes[0] << 8 | bytes[1]);
    size_t end = 12;
    while (bytes[end] != 0) end += bytes[end] + 1u;
    asked.name = NameView(bytes + 12, end + 1 - 12).text();
    asked.type = uint16_t(bytes[end + 1] << 8 | bytes[end + 2]);
    auto reply = self->script_(asked);
    if (!reply) return;
    uv_buf_t out = uv_buf_init(reinterpret_cast<char*>(reply->data()), unsigned(reply->size()));
    uv_udp_try_send(udp, &out, 1, from);
  }

  Script script_;
  uv_udp_t udp_;
  std::array<char, 2048> room_;
  int asked_ = 0;
};

}  // namespace signpost::resolve
