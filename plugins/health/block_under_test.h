// One block's `health` with everything around it faked, for the tests of this folder.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "agent.h"
#include "kit/fake_control.h"
#include "kit/fake_setup.h"

namespace signpost::health {

inline const ProbeResult kUp{.success = true,
                             .reason = "HTTP Status Code 200, OK",
                             .total_time = std::chrono::microseconds(1500)};
inline const ProbeResult kDown{.success = false,
                               .reason = "connect: Connection refused",
                               .total_time = std::chrono::microseconds(300)};

class Block {
 public:
  using Prepare = std::function<void(kit::FakeControl&)>;

  // In a process of its own, to which `prepare` is done before the agent starts.
  explicit Block(
      std::string_view text, const Prepare& prepare = [](kit::FakeControl&) {})
      : setup_(text), settings_(setup_), control_("health") {
    prepare(control_);
    start();
  }
  // In the process of `sibling`: another block, or the same one after a reload.
  Block(Block& sibling, std::string_view text, std::string zone = "example.com.")
      : setup_(text, {std::move(zone)}), settings_(setup_), control_(sibling.control_, "health") {
    start();
  }
  ~Block() {
    agent_.reset();
    EXPECT_EQ(control_.live_handles(), 0u);
  }

  kit::FakeControl& control() { return control_; }
  const HealthTable& table() {
    draft_ = kit::FakeDraft();
    agent_->publish(draft_);
    return *draft_.get(settings_.table);
  }
  // The published status of each check as H or U, in file order.
  std::string states() {
    std::string states;
    for (const CheckState& check : table().checks) states += check.healthy ? 'H' : 'U';
    return states;
  }
  // Ends the next probe of `host` like this, `times` times, waiting for each to start.
  void end(std::string_view host, const ProbeResult& result, int times = 1) {
    for (int seconds = 0; times > 0; ++seconds) {
      ASSERT_LT(seconds, 3600) << "no probe of " << host;
      if (control_.finish_probe(host, result))
        --times;
      else
        control_.advance(std::chrono::seconds(1));
    }
  }
  json::Value report() { return json::parse(control_.get(":8080", "/health/checks").body); }

 private:
  void start() {
    EXPECT_EQ(setup_.problem_text(), "");
    agent_ = std::make_unique<Agent>(settings_, control_);
  }

  kit::FakeSetup setup_;
  Settings settings_;
  kit::FakeControl control_;
  std::unique_ptr<Agent> agent_;
  kit::FakeDraft draft_;
};

}  // namespace signpost::health
