// The plugin `alias`: puts what an alias stands for in its place (spec, section 5). An alias to a
// name of the block is followed by asking the zones again; one to a name elsewhere is answered with
// the addresses that the agent keeps fresh.
#include <algorithm>
#include <vector>

#include "agent.h"
#include "settings.h"
#include "signpost/plugin.h"
#include "signpost/zones.h"

namespace signpost::alias {
namespace {

constexpr std::string_view kUnresolvable = "the name that an alias stands for cannot be resolved";
constexpr std::string_view kTooMany = "too many queries wait for the name that an alias stands for";
constexpr std::string_view kStale = "addresses behind an alias cannot be renewed";

class Worker {
 public:
  explicit Worker(const Settings& settings) : table_(settings.table) { waiting_.reserve(64); }

  Up up(Query& query) noexcept {
    const AliasTarget* alias = alias_of(query);
    if (!alias) return Up::next;
    if (alias->ours()) {
      query.restart(alias->name);
      return Up::restart;
    }
    const AddressTable& table = query.table(table_);
    if (alias->outside < table.names.size()) {
      const OutsideAddresses& addresses = table.names[alias->outside].of(query.set->type);
      if (addresses.known) return answer(query, *alias, addresses);
      if (addresses.failed) return fail(query, *alias, kUnresolvable, ede::no_reachable_authority);
    }
    return wait(query, *alias);
  }

  // The addresses may have come: those that wait are asked again.
  void refreshed() noexcept {
    for (Ticket& ticket : waiting_) std::move(ticket).retry();
    waiting_.clear();
  }

 private:
  // Of the member decided for; null if there is none, or it is no alias.
  static const AliasTarget* alias_of(const Query& query) noexcept {
    if (!query.set) return nullptr;
    if (query.chosen >= 0) return query.set->members[query.chosen].alias;
    return query.set->is_alias() ? query.set->members[0].alias : nullptr;
  }

  static Up answer(Query& query, const AliasTarget& alias,
                   const OutsideAddresses& addresses) noexcept {
    const WireSet& records = addresses.records.wire();
    if (query.recorder)
      query.recorder->note("alias", alias.name.text() + " lies outside the block's zones; " +
                                        "addresses known: " + std::to_string(records.count));
    if (addresses.stale) query.explain_error(ede::stale_answer, kStale);
    answer_with(query, records);
    return Up::next;
  }

  static Up fail(Query& query, const AliasTarget& alias, std::string_view why,
                 uint16_t code) noexcept {
    if (query.recorder)
      query.recorder->note("alias", alias.name.text() + ": " + std::string(why) + ": SERVFAIL");
    query.set = nullptr;
    query.authoritative = false;
    query.rcode = Rcode::servfail;
    query.error = why;
    query.error_code = code;
    return Up::next;
  }

  Up wait(Query& query, const AliasTarget& alias) noexcept {
    if (query.recorder)
      query.recorder->note("alias", alias.name.text() + " is not resolved yet: the query waits");
    if (waiting_.size() == waiting_.capacity())  // some may have been answered as too late
      std::erase_if(waiting_, [](const Ticket& ticket) { return !ticket.waiting(); });
    Ticket ticket = query.suspend();
    if (!ticket.waiting()) return fail(query, alias, kTooMany, ede::other);
    waiting_.push_back(std::move(ticket));
    return Up::suspended;
  }

  const Key<AddressTable> table_;
  std::vector<Ticket> waiting_;
};

}  // namespace
}  // namespace signpost::alias

SIGNPOST_PLUGIN(alias, signpost::Stage::follow, signpost::alias::Settings, signpost::alias::Worker,
                signpost::alias::Agent)
