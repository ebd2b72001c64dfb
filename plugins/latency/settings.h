// The lines of `latency` in a block: groups, and the tables they use. Control side.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "policy.h"
#include "signpost/setup.h"
#include "table.h"

namespace signpost::latency {

struct Settings {
  explicit Settings(Setup& setup);

  struct Source {
    std::string path;  // empty: no table, nothing is known of any client
    Location where;    // the line that names it
    const Latency* policy;
    std::vector<std::string> regions;  // that the table names
  };
  std::vector<Source> sources;  // by place in LatencyTable::tables
  Key<LatencyTable> key;
  std::shared_ptr<const LatencyTable> first;  // as read when the configuration was built

 private:
  size_t add_source(const Token& path, Problems& problems);
  void read_line(Setup& setup, const Directive& line, size_t fallback);
  void check_regions(const Directive& line, const Source& source, Problems& problems) const;

  LatencyTable reading_;
};

}  // namespace signpost::latency
