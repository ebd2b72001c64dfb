// A plugin's settings and agent, made through its descriptor as the runtime makes them, with set-up
// and control loop faked. One thread.
#pragma once

#include <string_view>

#include "kit/fake_control.h"
#include "kit/fake_setup.h"
#include "signpost/plugin.h"

namespace signpost::kit {

class AgentUnderTest {
 public:
  // `lines` are the plugin's own. Throws what set-up throws.
  AgentUnderTest(const PluginInfo& plugin, std::string_view lines, FakeControl& control)
      : plugin_(plugin), setup_(lines) {
    settings_ = plugin.make_settings(setup_);
    try {
      agent_ = plugin.make_agent(settings_, control);
    } catch (...) {
      plugin_.unmake_settings(settings_);
      throw;
    }
  }
  ~AgentUnderTest() {
    plugin_.unmake_agent(agent_);
    plugin_.unmake_settings(settings_);
  }
  AgentUnderTest(const AgentUnderTest&) = delete;
  AgentUnderTest& operator=(const AgentUnderTest&) = delete;

  FakeSetup& setup() { return setup_; }
  FakeDraft publish() {
    FakeDraft draft;
    plugin_.publish(agent_, draft);
    return draft;
  }

 private:
  const PluginInfo& plugin_;
  FakeSetup setup_;
  void* settings_ = nullptr;
  void* agent_ = nullptr;
};

}  // namespace signpost::kit
