// What tests of the chain serve with: plugins made of functions, zones made of text, and a runner
// with a clock that the test turns. No sockets. One thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "chain/runner.h"
#include "kit/message.h"
#include "kit/packet.h"
#include "zone/zone.h"

namespace signpost::chain {

// A plugin whose hooks are functions; a function left empty is an absent hook. Stands still once
// used, and outlives the chains it is in.
class Fake {
 public:
  explicit Fake(const char* name, Stage stage = Stage::source) : name_(name), stage_(stage) {}
  Fake(const Fake&) = delete;
  Fake& operator=(const Fake&) = delete;

  std::function<Down(Query&)> down;
  std::function<Up(Query&)> up;
  std::function<void(const Query&, const Outcome&)> done;
  std::function<void()> refreshed;
  uint8_t beyond = 0;  // of Beyond

  PluginUse use();

 private:
  const char* name_;
  Stage stage_;
  PluginInfo info_;
};

// Answers from the zones of the block, as the plugin `zone` does.
std::unique_ptr<Fake> zone_plugin();

// The zone `origin` read from `text` in the standard format. What is wrong fails the test.
// `siblings`: the zones of the block, this one included; empty: only this one.
std::shared_ptr<const Zone> zone_of(std::string_view origin, std::string_view text,
                                    unsigned position = 0, std::vector<Name> siblings = {});

// One worker's runner over one block for the root zone, and the snapshots it was given.
class Serving final : private LateReplies {
 public:
  explicit Serving(std::vector<Fake*> chain, std::vector<std::shared_ptr<const Zone>> zones = {},
                   RunnerOptions options = {});
  ~Serving();

  // Serves `zones` from now on by a new snapshot: of the same service, or of a new one.
  void publish(std::vector<std::shared_ptr<const Zone>> zones, bool reload = false);
  // Answers a packet and ends the batch; empty: no reply.
  std::vector<uint8_t> send(std::span<const uint8_t> packet, Transport transport = Transport::udp);
  std::vector<uint8_t> send(const kit::Ask& ask);
  kit::Message ask(const kit::Ask& ask) { return kit::decode(send(ask)); }
  kit::Message ask(std::string question) { return ask(kit::Ask{std::move(question)}); }
  // Lets `ms` pass and runs what waits.
  void advance(uint64_t ms);
  std::vector<kit::Message> late();  // replies sent late since the last call

  Runner& runner() { return *runner_; }
  size_t snapshots() const {
    return snapshots_.size();
  }  // given to the runner and not yet released
  uint64_t now_ns = 1'000'000'000;

 private:
  void send(const ReplyPath& path, Transport transport,
            std::span<const uint8_t> reply) noexcept override;
  void collect();

  std::vector<Fake*> chain_;
  std::vector<std::shared_ptr<const Snapshot>> snapshots_;
  std::shared_ptr<const Service> service_;
  std::vector<std::vector<uint8_t>> late_;
  std::unique_ptr<Runner> runner_;
};

// The records of a section, one text each, in the order sent.
std::vector<std::string> texts(const std::vector<kit::Record>& section);
// The same, sorted.
std::vector<std::string> sorted(const std::vector<kit::Record>& section);

}  // namespace signpost::chain
