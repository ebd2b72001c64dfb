#include "app/places.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace signpost {

namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

}  // namespace

std::vector<std::string> plugin_folders(const std::string& given) {
  if (!given.empty()) return {given};
  if (const std::string folder = environment("SIGNPOST_PLUGIN_DIR"); !folder.empty())
    return {folder};
  std::error_code error;
  const auto binary = std::filesystem::read_symlink("/proc/self/exe", error);
  std::vector<std::string> folders;
  if (!error) folders.push_back((binary.parent_path() / "plugins").string());
  folders.push_back(SIGNPOST_PLUGIN_FOLDER);
  return folders;
}

std::string state_folder(const std::string& given) {
  if (given == "none") return "";
  if (!given.empty()) return given;
  if (const std::string folder = environment("STATE_DIRECTORY"); !folder.empty()) return folder;
  if (geteuid() == 0) return "/var/lib/signpost";
  if (const std::string folder = environment("XDG_STATE_HOME"); !folder.empty())
    return folder + "/signpost";
  const std::string home = environment("HOME");
  return home.empty() ? "" : home + "/.local/state/signpost";
}

}  // namespace signpost
