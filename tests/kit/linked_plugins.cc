// The plugins linked into a test program, from the list in plugins/meson.build.
#include <vector>

#include "linked_plugins.h"
#include "signpost/plugin.h"

#define PLUGIN(NAME) extern "C" const signpost::PluginInfo* signpost_plugin_##NAME();
SIGNPOST_PLUGINS
#undef PLUGIN

namespace signpost::kit {

std::vector<const PluginInfo*> linked_plugins();

std::vector<const PluginInfo*> linked_plugins() {
#define PLUGIN(NAME) signpost_plugin_##NAME(),
  return {SIGNPOST_PLUGINS};
#undef PLUGIN
}

}  // namespace signpost::kit
