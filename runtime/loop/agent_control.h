// The Control that one agent sees. Control loop only.
#pragma once

#include <string>

#include "config/configuration.h"
#include "loop/loop_services.h"
#include "signpost/control.h"

namespace signpost {

// What an agent's wishes lead to; implemented by the generation it belongs to.
class AgentHost {
 public:
  virtual void agent_changed() = 0;
  virtual std::vector<std::string> not_ready() const = 0;
  virtual bool stopping() const = 0;
  virtual void lameduck(std::chrono::milliseconds duration) = 0;

 protected:
  ~AgentHost() = default;
};

class AgentControl final : public Control {
 public:
  AgentControl(LoopServices& services, AgentHost& host, const BlockConfiguration& configuration,
               unsigned block, std::string plugin)
      : services_(services),
        host_(host),
        configuration_(configuration),
        block_(block),
        plugin_(std::move(plugin)) {}

  bool is_ready() const { return ready_; }
  const std::string& plugin() const { return plugin_; }
  unsigned block() const { return block_; }

  uint64_t now_ms() const override;
  int64_t wall_ms() const override;
  uint32_t random_below(uint32_t n) override { return services_.random_below(n); }
  Handle after(Milliseconds delay, std::function<void()> then) override;
  Handle probe(ProbeSpec spec, std::function<void(const ProbeResult&)> done) override;
  Handle resolve(NameView name, uint16_t type, std::span<const Endpoint> servers,
                 std::function<void(const Resolution&)> done) override;
  Handle http(std::string_view address, std::string path, HttpHandler handler) override;
  Handle watch(std::string path, Milliseconds interval, std::function<void()> changed) override;
  void changed() override { host_.agent_changed(); }
  void ready(bool is) override { ready_ = is; }
  std::vector<std::string> not_ready() const override { return host_.not_ready(); }
  bool stopping() const override { return host_.stopping(); }
  void lameduck(Milliseconds duration) override { host_.lameduck(duration); }
  Handle counters(std::function<std::string()> text) override {
    return services_.add_counters(plugin_, std::move(text));
  }
  std::span<const Name> outside_names() const override { return configuration_.outside; }
  std::string load_state(std::string_view name) override { return services_.state().load(name); }
  void save_state(std::string_view name, std::string text) override {
    services_.state().save(name, std::move(text));
  }

 protected:
  std::shared_ptr<void> keep_any(const std::string& key,
                                 const std::function<std::shared_ptr<void>()>& make) override {
    return services_.keep(key, make);
  }

 private:
  LoopServices& services_;
  AgentHost& host_;
  const BlockConfiguration& configuration_;
  unsigned block_;
  std::string plugin_;
  bool ready_ = true;
};

}  // namespace signpost
