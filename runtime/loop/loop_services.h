// What the control loop offers to agents, apart from what belongs to one configuration: resolvers,
// probes, HTTP endpoints, state, objects that outlive reloads. One per process. Control loop only.
#pragma once

#include <uv.h>

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "loop/state_directory.h"
#include "net/http_endpoint.h"
#include "probe/probe.h"
#include "resolve/resolver.h"
#include "signpost/control.h"

namespace signpost {

class LoopServices {
 public:
  LoopServices(uv_loop_t* loop, std::string state_directory);
  LoopServices(const LoopServices&) = delete;
  LoopServices& operator=(const LoopServices&) = delete;
  ~LoopServices();  // after close() has called back and the loop ran dry

  uv_loop_t* loop() const { return loop_; }
  HttpEndpoints& http() { return http_; }
  Prober& prober() { return *prober_; }
  // The resolver for these servers; the system's if empty. Made at first use, kept.
  Resolver& resolver(std::span<const Endpoint> servers);
  StateDirectory& state() { return state_; }
  std::shared_ptr<void> keep(const std::string& key,
                             const std::function<std::shared_ptr<void>()>& make);
  // What SIGUSR2 logs of plugins: each text under its plugin's name, oldest first, empty ones left
  // out.
  Handle add_counters(std::string plugin, std::function<std::string()> text);
  std::vector<std::pair<std::string, std::string>> counters() const;
  uint32_t random_below(uint32_t n) {
    return std::uniform_int_distribution<uint32_t>(0, n - 1)(random_);
  }

  void close(std::function<void()> closed);

 private:
  class HeldCounters;
  struct Teller {
    std::string plugin;
    std::function<std::string()> text;
  };

  void one_closed();

  uv_loop_t* loop_;
  StateDirectory state_;
  HttpEndpoints http_;
  std::map<std::string, std::unique_ptr<Resolver>> resolvers_;
  std::unique_ptr<Prober> prober_;
  std::map<std::string, std::weak_ptr<void>> kept_;
  std::map<uint64_t, Teller> tellers_;
  uint64_t next_teller_ = 0;
  std::mt19937 random_{std::random_device{}()};
  size_t open_ = 0;
  std::function<void()> closed_;
};

}  // namespace signpost
