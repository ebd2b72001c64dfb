#include "chain/chain.h"

namespace signpost {

namespace {

// Observers and guards see every query.
uint8_t seen_beyond(const PluginInfo& info) {
  return info.stage < Stage::rewrite ? 0xff : info.beyond;
}

}  // namespace

uint8_t beyond_of(const std::vector<PluginUse>& plugins) {
  uint8_t beyond = 0;
  for (const PluginUse& plugin : plugins) beyond |= plugin.info->beyond;
  return beyond;
}

Chain::Chain(const std::vector<PluginUse>& plugins) : plugins_(plugins) {
  make_instances();
  const auto count = uint16_t(plugins_.size());
  for (uint16_t i = 0; i < count; ++i) {
    const PluginInfo& info = *plugins_[i].info;
    void* instance = instances_[i];
    if (info.down) down_.push_back({info.down, instance, i, seen_beyond(info)});
    if (info.up) up_.insert(up_.begin(), {info.up, instance, i, seen_beyond(info)});
    if (info.done) done_.push_back({info.done, instance, i});
    if (info.refreshed) refreshed_.push_back({info.refreshed, instance, i});
    if (info.stage < Stage::follow) follow_begin_ = uint16_t(i + 1);
    if (info.stage <= Stage::follow) follow_end_ = uint16_t(i + 1);
  }
  for (uint16_t position = 0; position <= count; ++position) {
    uint16_t first_down = 0, first_up = 0;
    while (first_down < down_.size() && down_[first_down].position < position) ++first_down;
    while (first_up < up_.size() && up_[first_up].position >= position) ++first_up;
    down_from_.push_back(first_down);
    up_from_.push_back(first_up);
  }
}

Chain::~Chain() { unmake_instances(); }

// A plugin that throws takes back those made before it: the destructor will not run.
void Chain::make_instances() {
  instances_.reserve(plugins_.size());
  try {
    for (const PluginUse& use : plugins_)
      instances_.push_back(use.info->make_worker(use.settings.get()));
  } catch (...) {
    unmake_instances();
    throw;
  }
}

void Chain::unmake_instances() noexcept {
  for (size_t i = instances_.size(); i-- > 0;) plugins_[i].info->unmake_worker(instances_[i]);
}

void Chain::refreshed() noexcept {
  for (const auto& step : refreshed_) step.hook(step.instance);
}

}  // namespace signpost
