// The Control of agents that only tell what they know: explain. No timer runs, nothing is probed,
// resolved or served, nothing is written; saved state is read. One thread.
#pragma once

#include <chrono>
#include <fstream>
#include <iterator>

#include "config/configuration.h"
#include "signpost/control.h"

namespace signpost {

class OfflineControl final : public Control {
 public:
  OfflineControl(const BlockConfiguration& block, std::string state_directory)
      : block_(block), state_directory_(std::move(state_directory)) {}

  uint64_t now_ms() const override {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return uint64_t(std::chrono::duration_cast<Milliseconds>(now).count());
  }
  int64_t wall_ms() const override {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<Milliseconds>(now).count();
  }
  uint32_t random_below(uint32_t) override { return 0; }
  Handle after(Milliseconds, std::function<void()>) override { return {}; }
  Handle probe(ProbeSpec, std::function<void(const ProbeResult&)>) override { return {}; }
  Handle resolve(NameView, uint16_t, std::span<const Endpoint>,
                 std::function<void(const Resolution&)>) override {
    return {};
  }
  Handle http(std::string_view, std::string, HttpHandler) override { return {}; }
  Handle watch(std::string, Milliseconds, std::function<void()>) override { return {}; }
  void changed() override {}
  void ready(bool) override {}
  std::vector<std::string> not_ready() const override { return {}; }
  bool stopping() const override { return false; }
  void lameduck(Milliseconds) override {}
  Handle counters(std::function<std::string()>) override { return {}; }
  std::span<const Name> outside_names() const override { return block_.outside; }
  std::string load_state(std::string_view name) override {
    if (state_directory_.empty()) return {};
    std::ifstream file(state_directory_ + "/" + std::string(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void save_state(std::string_view, std::string) override {}

 protected:
  std::shared_ptr<void> keep_any(const std::string&,
                                 const std::function<std::shared_ptr<void>()>& make) override {
    return make();
  }

 private:
  const BlockConfiguration& block_;
  std::string state_directory_;
};

}  // namespace signpost
