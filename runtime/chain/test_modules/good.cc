// A plugin module as it should be.
#include "signpost/plugin.h"

namespace {

struct Settings {
  explicit Settings(signpost::Setup&) {}
};

struct Worker {
  explicit Worker(const Settings&) {}
  signpost::Down down(signpost::Query&) noexcept { return signpost::Down::next; }
};

}  // namespace

SIGNPOST_PLUGIN(good, signpost::Stage::guard, Settings, Worker)
