// The registered line formatters by id. Two sides meet here: set-up adds and retires, the
// log writer looks up and destroys. Not synchronized itself: what is marked [locked] needs the log
// writer's lock, what is marked [writer] belongs to the thread that drains.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "signpost/log.h"

namespace signpost::observe {

class FormatterTable {
 public:
  using Retired = std::vector<std::unique_ptr<LineFormatter>>;

  // [locked] Ids are given out in turn, so that a late record of a retired formatter meets nobody
  // for a long time, and not at once a formatter that would misread it. Throws std::length_error
  // when all ids are taken.
  uint16_t add(std::unique_ptr<LineFormatter> formatter);
  // [locked] The formatter stays for find() until remove().
  void retire(uint16_t id) { retired_.push_back(id); }

  // [locked] [writer] Makes what was added visible to find() and returns the ids retired so far.
  std::vector<uint16_t> sync();
  // [writer] nullptr: no such formatter.
  LineFormatter* find(uint16_t id) const;
  // [locked] [writer] Frees the ids. The formatters come back, to be destroyed without the lock.
  Retired remove(const std::vector<uint16_t>& ids);

 private:
  std::map<uint16_t, std::unique_ptr<LineFormatter>> owned_;
  std::vector<uint16_t> added_, retired_;
  uint16_t next_id_ = 0;
  std::unordered_map<uint16_t, LineFormatter*> active_;  // [writer]
};

}  // namespace signpost::observe
