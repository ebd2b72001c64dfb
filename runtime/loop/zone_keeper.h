// Keeps the zones of one block as their files are: looks at files, folders and lists from time to
// time, reads again what changed, each zone by itself, and makes zone tables for the next snapshot.
// A file in error leaves the zone as it was; a zone that one folder or list no longer has, but
// another has, is served on from there. Looking and reading go on libuv's pool, everything
// else on the control loop. Bounds: two zones are read at a time, and a stream of changes makes no
// more than ten tables a second.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/block_zones.h"
#include "config/configuration.h"
#include "loop/loop_timer.h"

namespace signpost {

class ZoneKeeper {
 public:
  // Takes over what load_zones() has made of block `block`. `changed` is called when table() has a
  // new table.
  ZoneKeeper(uv_loop_t* loop, std::shared_ptr<const Configuration> configuration, unsigned block,
             std::vector<ServedZone> zones, std::shared_ptr<const ZoneTable> table,
             std::function<void()> changed);
  ~ZoneKeeper();
  ZoneKeeper(const ZoneKeeper&) = delete;
  ZoneKeeper& operator=(const ZoneKeeper&) = delete;

  const std::shared_ptr<const ZoneTable>& table() const { return table_; }
  void add_to(PresentZones& present) const;
  // No zone changes from hold() to go_on(), which makes up for it: a configuration that is built
  // meanwhile, with what add_to() gave, is then not older than this one in any zone.
  void hold() { held_ = true; }
  void go_on();

 private:
  // One of the zones; its position is its index.
  struct Kept {
    ServedZone served;
    uint32_t turn = 0;  // counts the zones that had the position: old results do not meet new ones
    unsigned missed = 0;     // looks in a row that did not find it in its folder or list
    uint64_t missed_at = 0;  // the last look that had begun at the first of these
    std::vector<ServedZone> others = {};  // as other folders and lists have it, by source
    bool used = true;
    int gone = 0;     // why its file cannot be looked at, if that was told
    size_t said = 0;  // the hash of what was wrong with it, which is not repeated; 0: nothing
    enum State : uint8_t { idle, waiting, reading, read_again } state = idle;
  };
  // What is looked at together: the zones of one source, or those of lines with one interval.
  struct Round {
    uint32_t source = no_source;
    std::chrono::milliseconds every{0};
    bool looking = false, between = false;  // now; between its times, for what others missed
    bool again = false;                     // asked to look while it was looking
    bool in_time = false;                   // its time came while it was looking
    bool left_out = false;                  // a look, because of hold()
    uint64_t seen = 0;                      // the number of the last look that ended
    std::string said;                       // the problems of the last look, which are not repeated
    std::unique_ptr<LoopTimer> timer;
  };
  struct Look;
  struct Reading;

  const BlockConfiguration& block() const { return configuration_->blocks[block_]; }
  static void log_problems(const Problems& problems);
  void start_round(uint32_t source, std::chrono::milliseconds every);
  void look(size_t round, bool between = false);
  void looked(size_t round, Look& look);
  void say(Round& round, const Problems& problems);
  void compare(Round& round, std::vector<ZoneFile>& found, bool between, Problems& problems);
  void add(ZoneFile file, uint32_t source);
  static void claim(Kept& kept, const ZoneFile& file, uint32_t source);
  void ask_others(const Round& round);
  bool others_told(const Kept& kept) const;
  void miss(unsigned position);
  void hand_over(unsigned position);
  void file_gone(Kept& kept, int error);
  void read_soon(unsigned position);
  void read_more();
  void has_read(Reading& reading);
  void tell_of_reading(const Reading& reading, const Zone* zone);
  bool fits(unsigned position, const std::shared_ptr<const Zone>& zone, Problems& problems) const;
  void put(unsigned position, std::shared_ptr<const Zone> zone);
  void tell_of_changes();
  void tell();

  uv_loop_t* loop_;
  std::shared_ptr<const Configuration> configuration_;
  const unsigned block_;
  std::function<void()> changed_;
  std::shared_ptr<ZoneKeeper*> self_;  // null content: gone; for work that comes back
  std::vector<Kept> kept_;
  std::vector<std::shared_ptr<const Zone>> zones_;  // by position, newer than table_ if dirty_
  std::unordered_map<Name, unsigned, NameHash> positions_;
  std::vector<unsigned> free_;
  std::vector<Round> rounds_;
  uint64_t looks_ = 0;  // begun so far, of all rounds
  std::deque<unsigned> waiting_;
  unsigned reading_ = 0;
  bool dirty_ = false, held_ = false;
  std::shared_ptr<const ZoneTable> table_;
  uint64_t tell_from_ = 0;  // the time of the loop before which no table is made
  LoopTimer tell_;
};

}  // namespace signpost
