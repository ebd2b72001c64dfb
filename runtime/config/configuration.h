// A Corefile made ready to serve: its blocks with the settings of their plugins, the record sets
// they contribute, their zones and the slots of their tables. Immutable once built; shared by the
// control loop and, through snapshots, the workers. Building touches nothing but files, so that
// `signpost check`, start and reload are one code path; control thread or libuv's pool.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <typeindex>
#include <vector>

#include "chain/chain.h"
#include "chain/modules.h"
#include "chain/snapshot.h"
#include "config/zone_reading.h"
#include "corefile/document.h"
#include "corefile/keys.h"
#include "corefile/overlap.h"
#include "signpost/setup.h"
#include "zone/zone.h"

namespace signpost {

// A table of a block that plugins read or publish, by slot.
struct TableSlot {
  std::string name;
  std::type_index type = typeid(void);
  bool offered = false;
};

// Where a plugin of a block listens for HTTP.
struct HttpAddress {
  Endpoint address;  // without family: all addresses
  Location where;
};

inline constexpr uint32_t no_source = UINT32_MAX;

// A zone of a block and what it was read from.
struct ServedZone {
  ZoneFile file;
  uint32_t source = no_source;  // which of the block's sources it is of; no_source: of a line
  std::shared_ptr<const FilesRead> read = nullptr;
  bool broken = false;  // these files are in error: an older zone is served, or none
};

struct ZoneSourceUse {
  std::shared_ptr<const ZoneSource> source;
  std::chrono::milliseconds every;  // 0: asked once
  std::string said = {};            // text_of() what was wrong with the zones found
};

struct BlockConfiguration {
  Location where;
  int64_t read_since_ms = 0;  // wall clock when the reading of its files began
  std::vector<corefile::Endpoint> keys;
  std::vector<Token> bind;           // addresses or interfaces; empty: every address
  std::vector<Name> zones;           // of the keys, in order, without duplicates
  std::vector<PluginUse> plugins;    // in chain order
  std::vector<std::string> implied;  // plugins that no line names but another plugin needs
  std::vector<TableSlot> slots;
  std::vector<ServedZone> served;  // by position in the first zone table
  std::vector<ZoneSourceUse> sources;
  std::deque<std::pair<Name, SetSpec>> sets;  // by origin of their zone
  std::vector<std::string> checks;
  std::vector<HttpAddress> http;
  std::vector<Name> inside;   // the zones that alias targets lie in
  std::vector<Name> outside;  // alias targets that are not ours
  BlockTables tables;         // as they are before any agent published
};

struct Configuration {
  std::vector<BlockConfiguration> blocks;
  std::vector<corefile::Extension> extensions;
  Problems broken;  // of zones that fail alone: a check fails, a start goes on
};

class PresentZones;

struct ConfigurationSource {
  std::string name = "Corefile";  // as messages name it
  std::string text;
  std::string path;  // absolute, for relative imports
  uint16_t default_port = 53;
  // True for a reload: what has no server block is an error then, and not the built-in default,
  // which would throw away every zone that is being served.
  bool reload = false;
  const PresentZones* present = nullptr;  // zones that need not be read again
};

// Reads `source` and everything it names. What is wrong goes to `problems`; null if there was an
// error. The zones are for the one who puts the configuration in force to move out of it: it would
// keep their first state alive. Without server blocks the built-in default is served
// (spec/corefile.md, section 1). `formatters` takes the formatters of query logs and outlives the
// configuration.
std::shared_ptr<Configuration> build_configuration(const ConfigurationSource& source,
                                                   Modules& modules, LineFormatters& formatters,
                                                   Problems& problems);

// find_corefile() and build_configuration() in one: whatever is wrong goes to `problems`.
std::shared_ptr<Configuration> load_configuration(const std::string& corefile,
                                                  uint16_t default_port, Modules& modules,
                                                  LineFormatters& formatters, Problems& problems,
                                                  bool reload = false,
                                                  const PresentZones* present = nullptr);

// The configuration file: `name` may be "stdin" (not for a reload: it is read already). Without
// one, and with no file called Corefile in the working directory if `name` is empty, the built-in
// default. Throws ConfigError.
ConfigurationSource find_corefile(const std::string& name, bool reload = false);

}  // namespace signpost
