// What the tests of this folder put in place of the chain: answers with the query in capitals,
// and remembers what it saw.
#pragma once

#include <algorithm>
#include <cctype>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "net/responder.h"

namespace signpost::net {

class FakeResponder : public Responder {
 public:
  struct Seen {
    std::string packet;
    Endpoint client, local;
    uint32_t listener;
    Transport transport;
    bool truncated;
    uint64_t now_ns;
  };

  void begin_batch(uint64_t now_ns) noexcept override {
    batch_ns_ = now_ns;
    in_batch_ = true;
    ++batches;
  }

  // "drop..." gets no answer, "late..." is suspended, "long..." an answer of `long_answer` bytes.
  size_t respond(const Received& query, std::span<uint8_t> out) noexcept override {
    const std::string packet(query.packet.begin(), query.packet.end());
    ordered = ordered && in_batch_ && query.now_ns == batch_ns_;
    seen.push_back({packet, query.client, query.local, query.listener, query.transport,
                    query.truncated, query.now_ns});
    if (packet.starts_with("drop")) return 0;
    if (packet.starts_with("late")) {
      suspended[packet] = query.path;
      return kLater;
    }
    if (packet.starts_with("long")) {
      std::fill_n(out.begin(), long_answer, 'x');
      return long_answer;
    }
    for (size_t i = 0; i < packet.size(); ++i) out[i] = uint8_t(std::toupper(packet[i]));
    return packet.size();
  }

  void end_batch() noexcept override {
    in_batch_ = false;
    if (auto then = std::exchange(at_end_of_batch, nullptr)) then();
  }

  std::function<void()> at_end_of_batch;  // once

  std::vector<Seen> seen;
  std::map<std::string, ReturnPath> suspended;
  size_t long_answer = 0;
  int batches = 0;
  bool ordered = true;  // every respond() stood between begin_batch() and end_batch()

 private:
  uint64_t batch_ns_ = 0;
  bool in_batch_ = false;
};

}  // namespace signpost::net
