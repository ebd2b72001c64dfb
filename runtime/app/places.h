// Where things lie: modules, and the state that outlives the process.
#pragma once

#include <string>
#include <vector>

namespace signpost {

// Folders to look for modules in: `given`, else SIGNPOST_PLUGIN_DIR, else beside the binary and in
// the place of installation.
std::vector<std::string> plugin_folders(const std::string& given);

// `given`, else $STATE_DIRECTORY (systemd), else /var/lib/signpost for root, else
// $XDG_STATE_HOME/signpost or ~/.local/state/signpost; "" for none.
std::string state_folder(const std::string& given);

}  // namespace signpost
