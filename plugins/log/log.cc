// The plugin `log`: a line for each query, as CoreDNS writes it, and why the answer was given.
#include "record.h"
#include "settings.h"
#include "signpost/plugin.h"

namespace signpost::log {
namespace {

// As CoreDNS tells them apart: denial is "no such name" and "no data", error is everything else
// that is no answer, also that none was sent.
Class class_of(const Outcome& outcome) noexcept {
  if (outcome.bytes == 0) return error;
  if (outcome.rcode == Rcode::nxdomain) return denial;
  if (outcome.rcode != Rcode::noerror) return error;
  return outcome.content == Content::none ? denial : success;
}

class Worker {
 public:
  explicit Worker(const Settings& settings) : settings_(settings) {}

  void done(const Query& query, const Outcome& outcome) noexcept {
    if (!query.log) return;
    const NameView name = query.name();
    for (const Rule& rule : settings_.rules) {
      if (!name.within(rule.scope)) continue;
      if (rule.classes & class_of(outcome))
        write_record(*query.log, rule.formatter.id(), query, outcome,
                     rule.tells_route ? &query.table(settings_.health) : nullptr);
      return;
    }
  }

 private:
  const Settings& settings_;
};

}  // namespace
}  // namespace signpost::log

SIGNPOST_PLUGIN(log, signpost::Stage::observe, signpost::log::Settings, signpost::log::Worker)
