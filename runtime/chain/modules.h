// Plugin modules: found in folders, opened when a Corefile names them, never closed. The same
// plugins linked into a program (tests) are registered by add(). One thread at a time.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "signpost/plugin.h"

namespace signpost {

// A module that is missing or does not fit; what() says which file and what to do.
struct ModuleError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Modules {
 public:
  // Looks for NAME.so in `folders`, in their order.
  explicit Modules(std::vector<std::string> folders = {}) : folders_(std::move(folders)) {}
  void add(const PluginInfo* info);

  // The plugin; opens its module the first time. Throws ModuleError.
  const PluginInfo* load(const std::string& name);
  // Names of all plugins there are, by file name and registration; sorted.
  std::vector<std::string> names() const;
  // The file that load(name) would open; empty if there is none.
  std::string path_of(const std::string& name) const;
  // The manual beside a module (NAME.md); empty if there is none.
  std::string manual_of(const std::string& name) const;
  const std::vector<std::string>& folders() const { return folders_; }

 private:
  std::string find(const std::string& file) const;
  std::vector<std::string> folders_;
  std::map<std::string, const PluginInfo*, std::less<>> loaded_;
};

// The order of plugins in a chain: by stage, then `before` and `after` within the stage, then name.
// `plugins` is sorted in place. A circle of wishes is resolved by name.
void order_plugins(std::vector<const PluginInfo*>& plugins);
std::string_view stage_name(Stage stage);

}  // namespace signpost
