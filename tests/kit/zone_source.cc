// A source of zones for tests of plugins that need one: `zone FILE`, for the zones of the block.
#include "signpost/plugin.h"
#include "signpost/zones.h"

namespace signpost::kit {

const PluginInfo* zone_source();

namespace {

struct Settings {
  explicit Settings(Setup& setup) {
    for (const Directive& line : setup.lines())
      for (const Name& zone : setup.zones())
        setup.add_zone({zone, line.args.at(0).text, line.where()});
  }
};

struct Worker {
  explicit Worker(const Settings&) {}
  Down down(Query& query) noexcept {
    const Zone* zone = find_zone(query, query.looked_for());
    if (!zone) return Down::next;
    answer_from(*zone, query);
    return Down::answered;
  }
};

}  // namespace

const PluginInfo* zone_source() {
  static constexpr PluginInfo info = describe<Settings, Worker>("zone", Stage::source);
  return &info;
}

}  // namespace signpost::kit
