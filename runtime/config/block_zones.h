// The zones of a block when a configuration is built: finds those of folders and lists, reads all,
// and makes the first zone table. Zones in force that did not change are taken over instead of read
// again. Control thread or libuv's pool.
#pragma once

#include <memory>
#include <unordered_map>

#include "config/configuration.h"

namespace signpost {

// The zones in force when a reload begins.
class PresentZones {
 public:
  void add(const ZoneFile& file, std::shared_ptr<const FilesRead> read,
           std::shared_ptr<const Zone> zone);
  struct Present {
    ZoneFile file;
    std::shared_ptr<const FilesRead> read;
    std::shared_ptr<const Zone> zone;
  };
  // A zone of the same origin and options, read from the same path, without anything of its block
  // in it; null if there is none.
  const Present* find(const ZoneFile& file) const;

 private:
  std::unordered_multimap<Name, Present, NameHash> zones_;
};

// Fills in `served`, `inside`, `outside` and the tables of zones and verdicts. What is wrong with a
// zone of a line, or with one that lines add record sets to, goes to `problems`; what is wrong with
// another zone of a source goes to `broken`, and the zone stays as it is in `present`, or fails.
void load_zones(BlockConfiguration& block, const PresentZones* present, Problems& problems,
                Problems& broken);

// Problems in one text, a line each.
std::string text_of(const Problems& problems);
// Says that another zone of this origin comes first.
std::string already_served(const ZoneFile& file);

// Whether the block's lines add record sets to the zone, or aliases lead into it.
bool has_sets(const BlockConfiguration& block, const Name& origin);
bool is_aliased(const BlockConfiguration& block, const Name& origin);

}  // namespace signpost
