#include "chain/modules.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>

#include "chain/module_file.h"

namespace signpost {

namespace fs = std::filesystem;

namespace {

// Throws if the file ends before what its headers tell of. What cannot be read is left to dlopen(),
// which has words for it.
void expect_whole(const std::string& path) {
  std::error_code error;
  const uint64_t size = fs::file_size(path, error);
  std::ifstream file(path, std::ios::binary);
  if (error || !file) return;
  const uint64_t length = length_by_headers(file);
  if (length > size)
    throw ModuleError("module " + path + " is cut off: it has " + std::to_string(size) +
                      " bytes, and by its headers at least " + std::to_string(length) +
                      "; install it again");
}

}  // namespace

void Modules::add(const PluginInfo* info) { loaded_[info->name] = info; }

std::string Modules::find(const std::string& file) const {
  std::error_code error;
  for (const std::string& folder : folders_)
    if (const fs::path path = fs::path(folder) / file; fs::is_regular_file(path, error))
      return path.string();
  return {};
}

std::string Modules::path_of(const std::string& name) const { return find(name + ".so"); }
std::string Modules::manual_of(const std::string& name) const { return find(name + ".md"); }

const PluginInfo* Modules::load(const std::string& name) {
  if (const auto it = loaded_.find(name); it != loaded_.end()) return it->second;
  const std::string path = path_of(name);
  if (path.empty()) {
    std::string folders;
    for (const std::string& folder : folders_) folders += (folders.empty() ? "" : ", ") + folder;
    throw ModuleError("plugin '" + name + "' has no module: looked for " + name + ".so in " +
                      (folders.empty() ? "no folder" : folders) +
                      "; -plugin-dir or SIGNPOST_PLUGIN_DIR name another");
  }
  expect_whole(path);
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) throw ModuleError("module " + path + " cannot be opened: " + dlerror());
  const std::string symbol = "signpost_plugin_" + name;
  const auto describe = reinterpret_cast<const PluginInfo* (*)()>(dlsym(handle, symbol.c_str()));
  if (!describe)
    throw ModuleError("module " + path + " is no plugin '" + name + "': it lacks the symbol " +
                      symbol);
  const PluginInfo* info = describe();
  if (std::strcmp(info->api, SIGNPOST_API_HASH) != 0)
    throw ModuleError("module " + path + " was built for another API: it has '" + info->api +
                      "', this server '" SIGNPOST_API_HASH "'; build both from one tree");
  loaded_[name] = info;
  return info;
}

std::vector<std::string> Modules::names() const {
  std::set<std::string> names;
  for (const auto& [name, info] : loaded_) names.insert(name);
  for (const std::string& folder : folders_) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error))
      if (entry.path().extension() == ".so") names.insert(entry.path().stem().string());
  }
  return {names.begin(), names.end()};
}

void order_plugins(std::vector<const PluginInfo*>& plugins) {
  std::sort(plugins.begin(), plugins.end(), [](const PluginInfo* a, const PluginInfo* b) {
    return a->stage != b->stage ? a->stage < b->stage : std::strcmp(a->name, b->name) < 0;
  });
  // Takes the first by name whose wishes are met; wishes across stages mean nothing.
  std::vector<const PluginInfo*> left = std::move(plugins);
  plugins.clear();
  const auto waits = [&](const PluginInfo* candidate) {
    return std::any_of(left.begin(), left.end(), [&](const PluginInfo* other) {
      if (other == candidate || other->stage != candidate->stage) return false;
      return (candidate->after && std::strcmp(candidate->after, other->name) == 0) ||
             (other->before && std::strcmp(other->before, candidate->name) == 0);
    });
  };
  while (!left.empty()) {
    auto next = std::find_if(left.begin(), left.end(), [&](const PluginInfo* p) {
      return p->stage == left.front()->stage && !waits(p);
    });
    if (next == left.end()) next = left.begin();
    plugins.push_back(*next);
    left.erase(next);
  }
}

std::string_view stage_name(Stage stage) {
  constexpr std::string_view names[] = {"observe", "guard", "rewrite", "follow",
                                        "choose",  "judge", "cache",   "source"};
  return names[size_t(stage)];
}

}  // namespace signpost
