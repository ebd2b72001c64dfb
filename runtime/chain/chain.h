// The plugins of one server block on one worker: their instances, and their hooks in flat arrays by
// direction, so that an absent hook costs nothing. Made on the control loop, used on one worker.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "signpost/plugin.h"

namespace signpost {

// One plugin of a block with its settings, shared by all workers; the place in the vector is the
// plugin's position in the chain.
struct PluginUse {
  const PluginInfo* info = nullptr;
  std::shared_ptr<void> settings;
};

// What of Beyond the plugins of a block answer.
uint8_t beyond_of(const std::vector<PluginUse>& plugins);

class Chain {
 public:
  // Throws what a plugin's constructor throws, and nothing of the chain stays.
  explicit Chain(const std::vector<PluginUse>& plugins);
  ~Chain();
  Chain(const Chain&) = delete;
  Chain& operator=(const Chain&) = delete;

  bool watches() const { return !done_.empty(); }  // has done hooks
  void refreshed() noexcept;
  std::string_view name_at(uint16_t position) const {
    return position < plugins_.size() ? plugins_[position].info->name : "signpost";
  }

 private:
  friend class Runner;
  template <class Hook>
  struct Step {
    Hook hook;
    void* instance;
    uint16_t position;
    uint8_t beyond = 0;  // down and up: what of Beyond the plugin is asked
  };

  void make_instances();
  void unmake_instances() noexcept;

  std::vector<PluginUse> plugins_;
  std::vector<void*> instances_;
  std::vector<Step<decltype(PluginInfo::down)>> down_;  // client to source
  std::vector<Step<decltype(PluginInfo::up)>> up_;      // source to client
  std::vector<Step<decltype(PluginInfo::done)>> done_;
  std::vector<Step<decltype(PluginInfo::refreshed)>> refreshed_;
  std::vector<uint16_t> down_from_;  // [position]: first down hook at or below it
  std::vector<uint16_t> up_from_;    // [position]: first up hook above it
  uint16_t follow_begin_ = 0;        // positions of stage `follow`: [begin, end)
  uint16_t follow_end_ = 0;
};

}  // namespace signpost
