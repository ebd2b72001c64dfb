#include "loop/listener_set.h"

#include <algorithm>

#include "net/interface_addresses.h"

namespace signpost {

namespace {

constexpr uint32_t kMostListeners = 65'536;  // ReturnPath keeps 16 bits of the id

}  // namespace

// The addresses that `bind` names, interfaces taken apart; one without family for "every address".
std::vector<ListenerSet::Place> ListenerSet::places(const BlockConfiguration& block) const {
  std::vector<Place> places;
  if (block.bind.empty()) return {Place{}};
  const auto add = [&](const Address& address, uint32_t scope) {  // "lo" and "127.0.0.1" are one
    for (const Place& place : places)
      if (place.address == address && place.scope == scope) return;
    places.push_back({address, scope});
  };
  for (const Token& word : block.bind) {
    if (const auto address = Address::parse(word.text)) {
      add(*address, 0);
      continue;
    }
    const auto of = addresses_of_interface(word.text);
    if (!of) {
      const std::vector<std::string> names = interface_names();
      const std::vector<std::string_view> known(names.begin(), names.end());
      throw ConfigError(word.where, "bind: '" + word.text +
                                        "' is neither an IP address nor a network interface" +
                                        did_you_mean(word.text, known));
    }
    for (const InterfaceAddress& a : *of) add(a.address, a.scope);
  }
  return places;
}

// The lowest that neither what is open nor what is to be has: tables are indexed by it.
uint32_t ListenerSet::free_id(Location where) {
  uint32_t id = 0;
  for (auto used = used_.begin(); used != used_.end() && *used == id; ++used) ++id;
  if (id > kMostListeners - 1)
    throw ConfigError(where, "more than " + std::to_string(kMostListeners) +
                                 " listeners, the old ones of a reload counted");
  used_.insert(id);
  return id;
}

ListenerSet::Open& ListenerSet::open(const Place& place, uint16_t port, Location where,
                                     unsigned workers, Plan& plan) {
  const Wanted wanted{place.address.family ? place.address.text() : "", port, place.scope};
  if (const auto it = pending_.find(wanted); it != pending_.end()) return it->second;
  if (const auto it = open_.find(wanted); it != open_.end())
    return pending_.emplace(wanted, it->second).first->second;
  ListenOn on{place.address, port, place.scope, false};
  for (const auto* set : {&open_, &pending_})
    for (const auto& [key, other] : *set)
      on.shares_own_port |= port != 0 && std::get<1>(key) == port;
  try {
    Listener listener = open_listener(on, workers);
    const uint32_t id = free_id(where);
    plan.added.emplace_back(id, std::move(listener.workers));
    return pending_.emplace(wanted, Open{id, listener.bound}).first->second;
  } catch (const ListenError& e) {
    throw ConfigError(where, e.what());
  }
}

ListenerSet::Plan ListenerSet::prepare(const Configuration& configuration, unsigned workers) {
  Plan plan;
  pending_.clear();
  used_.clear();
  for (const auto& [wanted, open] : open_) used_.insert(open.id);
  try {
    for (uint32_t b = 0; b < configuration.blocks.size(); ++b) {
      const BlockConfiguration& block = configuration.blocks[b];
      for (const Place& place : places(block))
        for (const corefile::Endpoint& key : block.keys) {
          const Open& open = this->open(place, key.port, key.where, workers, plan);
          if (plan.listeners.size() <= open.id) plan.listeners.resize(open.id + 1);
          plan.listeners[open.id].add(key.zone, b);
          plan.listeners[open.id].add_beyond(beyond_of(block.plugins), b);
          plan.lines.push_back(key.zone.text() + ":" + std::to_string(open.bound.port) +
                               (place.address.family ? " on " + place.address.text() : ""));
        }
    }
  } catch (...) {
    pending_.clear();
    throw;
  }
  for (const auto& [wanted, open] : open_)
    if (!pending_.contains(wanted)) plan.removed.push_back(open.id);
  std::sort(plan.lines.begin(), plan.lines.end());
  return plan;
}

void ListenerSet::commit(const Plan&) { open_ = std::exchange(pending_, {}); }

void ListenerSet::abandon(Plan& plan) {
  plan.added.clear();
  pending_.clear();
}

}  // namespace signpost
