// What a reload may take over of the zones in force: those whose files did not change, and those
// whose files are in error now. Filled on the control loop, then read on libuv's pool.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/configuration.h"
#include "config/zone_reading.h"

namespace signpost {

// The zones in force when a reload begins, by block.
class PresentZones {
 public:
  struct Present {
    std::string path;
    bool passes_on;
    std::shared_ptr<const FilesRead> read;  // null: the zone is not what its files hold
    std::shared_ptr<const Zone> zone;       // may not be loaded
    unsigned block;
  };
  // What is added from here on is of `block`.
  void begin(const BlockConfiguration& block);
  // `zone` may be null: then nothing is added.
  void add(const ServedZone& served, std::shared_ptr<const Zone> zone);
  // What `file` holds, if that has been read and has not changed since, and nothing of its block is
  // in it; else null. Of any block, and with the options of another line. Looks at files.
  const Present* current(const ZoneFile& file) const;
  // The zone that answers now where `file` is to answer in `block`: that of the block with the same
  // key on the same addresses (split horizons have the same zones on others). If no such block has
  // a zone of this origin, what was read from this path in another block, as long as nothing of
  // that block is in it. Null if there is none, or if it is not loaded.
  std::shared_ptr<const Zone> served(const BlockConfiguration& block, const ZoneFile& file) const;

 private:
  struct Block {
    std::vector<corefile::Endpoint> keys;
    std::set<std::string> bind;
  };
  static size_t nearness(const Block& one, const Block& other, const Name& origin);

  std::unordered_multimap<Name, Present, NameHash> zones_;
  std::vector<Block> blocks_;
};

}  // namespace signpost
