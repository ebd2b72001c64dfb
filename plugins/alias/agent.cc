#include "agent.h"

#include <algorithm>

#include "signpost/log.h"
#include "signpost/mnemonics.h"

namespace signpost::alias {

namespace {

void report(Learned::News news, const std::string& what, const Learned& learned,
            const Resolution& outcome) {
  switch (news) {
    case Learned::News::none:
      return;
    case Learned::News::failing:
      return log_warning("alias", what + " cannot be resolved: " + excerpt(outcome.error) +
                                      (learned.known() ? "; the last answer stays in use"
                                                       : "; aliases to it answer SERVFAIL"));
    case Learned::News::back:
      return log_info("alias", what + " is resolved again");
    case Learned::News::gone:
      return log_warning("alias", what + (outcome.status == Resolution::no_such_name
                                              ? " does not exist any more"
                                              : " has no addresses any more"));
  }
}

OutsideAddresses published(const Learned& learned, uint16_t type) {
  OutsideAddresses addresses;
  addresses.known = learned.known();
  addresses.failed = learned.failed() && !learned.known();
  addresses.stale = learned.stale();
  addresses.records = AddressRecords(learned.addresses(), type, learned.ttl());
  return addresses;
}

}  // namespace

Agent::Agent(const Settings& settings, Control& control) : settings_(settings), control_(control) {
  for (const Name& name : control.outside_names())
    for (uint16_t type : {rr::a, rr::aaaa}) add(name, type);
  for (Lookup& lookup : lookups_) look(lookup);
  update_ready();
}

void Agent::add(const Name& name, uint16_t type) {
  std::string key = "alias " + name.text() + " " + type_text(type);
  for (const Endpoint& resolver : settings_.resolvers) key += " " + resolver.text();
  auto learned = control_.keep<Learned>(key, [] { return std::make_shared<Learned>(); });
  lookups_.push_back({name, type, std::move(learned), 0, {}, {}});
}

// Asks if it is time to, else waits until it is. Another agent that shares what is learned may have
// asked meanwhile.
void Agent::look(Lookup& lookup) {
  const Learned& learned = *lookup.learned;
  if (learned.version() != lookup.published) control_.changed();
  if (learned.attempted() && learned.due_ms() > control_.now_ms()) return wait(lookup);
  lookup.question =
      control_.resolve(lookup.name, lookup.type, settings_.resolvers,
                       [this, &lookup](const Resolution& outcome) { take(lookup, outcome); });
}

// Up to a tenth longer than due, so that names learned together are not asked for together for
// ever. That is 88 % of the TTL at most.
void Agent::wait(Lookup& lookup) {
  const uint64_t wait = lookup.learned->due_ms() - control_.now_ms();
  const uint64_t late = control_.random_below(uint32_t(wait / 10) + 1);
  lookup.timer =
      control_.after(Control::Milliseconds(wait + late), [this, &lookup] { look(lookup); });
}

void Agent::take(Lookup& lookup, const Resolution& outcome) {
  Learned& learned = *lookup.learned;
  const Learned::News news = learned.take(outcome, control_.now_ms());
  report(news, lookup.name.text() + " " + type_text(lookup.type), learned, outcome);
  if (learned.version() != lookup.published) control_.changed();
  update_ready();
  wait(lookup);
}

void Agent::update_ready() {
  const bool ready = std::all_of(lookups_.begin(), lookups_.end(),
                                 [](const Lookup& l) { return l.learned->attempted(); });
  if (ready != ready_) control_.ready(ready_ = ready);
}

void Agent::publish(Draft& draft) {
  bool changed = !table_;
  for (const Lookup& lookup : lookups_) changed |= lookup.published != lookup.learned->version();
  if (changed) table_ = make_table();
  draft.set(settings_.table, table_);
}

std::shared_ptr<const AddressTable> Agent::make_table() {
  auto table = std::make_shared<AddressTable>();
  table->names.resize(lookups_.size() / 2);
  for (size_t i = 0; i < lookups_.size(); ++i) {
    Lookup& lookup = lookups_[i];
    OutsideName& row = table->names[i / 2];
    (lookup.type == rr::a ? row.a : row.aaaa) = published(*lookup.learned, lookup.type);
    lookup.published = lookup.learned->version();
  }
  return table;
}

}  // namespace signpost::alias
