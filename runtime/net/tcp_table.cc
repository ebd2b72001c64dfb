#include "net/tcp_table.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace signpost {
namespace {

constexpr size_t kNetworkBytes = 7;        // of an IPv6 address: a customer has 56 bits or longer
constexpr uint32_t kShortestIdle = 1'000;  // milliseconds, unless less was asked for
// An answer is on its way for that long without anything being wrong, in milliseconds: 1.5 s until
// a suspended query ends, and what the network takes. Of so many whose answers may be, one that has
// got them makes room.
constexpr uint64_t kOnItsWay = 2'000;
constexpr unsigned kMostAsked = 8;
constexpr uint32_t kLooks = 8;  // at a reader, within the time that it has

uint32_t shortened(uint32_t idle_ms) {
  return std::min(idle_ms, std::max(idle_ms / 4, kShortestIdle));
}

}  // namespace

size_t TcpTable::NetworkHash::operator()(const Address& address) const noexcept {
  const auto* bytes = reinterpret_cast<const char*>(address.bytes.data());
  return std::hash<std::string_view>()({bytes, address.bytes.size()});
}

TcpTable::TcpTable(const TcpLimits& limits)
    : limits_(limits), short_idle_ms_(shortened(limits.idle_ms)), idle_ms_(limits.idle_ms) {}

Address TcpTable::network_of(const Address& client) noexcept {
  Address network = client;
  if (client.family == 6) std::fill(network.bytes.begin() + kNetworkBytes, network.bytes.end(), 0);
  return network;
}

uint32_t TcpTable::share_of_listener() const noexcept {
  return listeners_ > 1 ? limits_.connections - limits_.connections / 4 : limits_.connections;
}

bool TcpTable::has_room(uint32_t listener) const noexcept {
  if (all_.size() >= limits_.connections && all_.heard.empty()) return false;
  const auto of_listener = by_listener_.find(listener);
  return of_listener == by_listener_.end() || of_listener->second.size() < share_of_listener() ||
         !of_listener->second.heard.empty();
}

void TcpTable::enter(TcpEntry& entry, const Address& client, uint32_t listener, uint64_t now_ms) {
  entry.client_ = network_of(client);
  entry.listener_ = listener;
  entry.since_ms_ = entry.active_ms_ = entry.moved_ms_ = now_ms;
  entry.among_holders_ = others_.insert(others_.end(), &entry);
  const auto insert = [&](List& list) { return list.insert(list.end(), &entry); };
  entry.unheard_ = true;
  entry.among_all_ = insert(all_.unheard);
  entry.among_clients_ = insert(clients_[entry.client_].unheard);
  entry.among_listeners_ = insert(by_listener_[listener].unheard);
  make_room(entry, now_ms);
  weigh();
  entry.queue_ = idle_ms_ == limits_.idle_ms ? long_idle : short_idle;
  List& queue = queues_[entry.queue_];
  entry.in_queue_ = queue.insert(queue.end(), &entry);
}

// The one from which nothing has come for the longest time. Nobody is reset while an answer to him
// may be in the making or on its way, if another has got his.
TcpEntry& TcpTable::idlest(const Group& group, uint64_t now_ms) noexcept {
  if (group.heard.empty()) return *group.unheard.front();
  unsigned asked = 0;
  for (TcpEntry* entry : group.heard) {
    if (asked++ == kMostAsked) break;
    if (entry->active_ms_ + kOnItsWay <= now_ms) return *entry;
    const TcpProgress progress = entry->progress();
    if (progress.left == 0 && !progress.owed) return *entry;
  }
  return *group.heard.front();
}

// The client's own go first, so that nobody can push others out by himself.
void TcpTable::make_room(const TcpEntry& newcomer, uint64_t now_ms) noexcept {
  const Group& of_client = clients_.at(newcomer.client_);
  const Group& of_listener = by_listener_.at(newcomer.listener_);
  const Group* full = of_client.size() > limits_.per_client      ? &of_client
                      : of_listener.size() > share_of_listener() ? &of_listener
                      : all_.size() > limits_.connections        ? &all_
                                                                 : nullptr;
  if (full != nullptr) idlest(*full, now_ms).end(TcpEnd::limit);
}

void TcpTable::leave(TcpEntry& entry) noexcept {
  all_.of(entry).erase(entry.among_all_);
  queues_[entry.queue_].erase(entry.in_queue_);
  const auto erase = [&entry](auto& groups, const auto& key, TcpEntry::Place place) {
    const auto group = groups.find(key);
    group->second.of(entry).erase(place);
    if (group->second.size() == 0) groups.erase(group);
  };
  erase(clients_, entry.client_, entry.among_clients_);
  erase(by_listener_, entry.listener_, entry.among_listeners_);
  (entry.held_ != 0 ? holders_ : others_).erase(entry.among_holders_);
  held_ -= entry.held_;
  weigh();
}

void TcpTable::unheard(TcpEntry& entry) noexcept { to_back(entry, true); }
void TcpTable::heard(TcpEntry& entry) noexcept { to_back(entry, false); }

void TcpTable::to_back(TcpEntry& entry, bool unheard) noexcept {
  if (entry.unheard_ && unheard) return;
  const auto move = [&](Group& group, TcpEntry::Place place) {
    List& to = unheard ? group.unheard : group.heard;
    to.splice(to.end(), group.of(entry), place);
  };
  move(all_, entry.among_all_);
  move(clients_.find(entry.client_)->second, entry.among_clients_);
  move(by_listener_.find(entry.listener_)->second, entry.among_listeners_);
  entry.unheard_ = unheard;
}

void TcpTable::active(TcpEntry& entry, uint64_t now_ms) noexcept {
  entry.active_ms_ = now_ms;
  to_back(entry, entry.unheard_);
  if (entry.queue_ <= short_idle) wait(entry, TcpWait::query, true, now_ms);
}

void TcpTable::wait(TcpEntry& entry, TcpWait what, bool anew, uint64_t now_ms) noexcept {
  const Queue idle = idle_ms_ == limits_.idle_ms ? long_idle : short_idle;
  const auto to = what == TcpWait::query     ? idle
                  : what == TcpWait::rest    ? rest
                  : what == TcpWait::reader  ? reader
                  : what == TcpWait::parting ? parting
                                             : endless;
  const bool same = entry.queue_ == to || (entry.queue_ <= short_idle && to <= short_idle);
  if (same && (!anew || to == reader || to == parting)) return;
  entry.moved_ms_ = now_ms;
  move(entry, to, now_ms);
}

void TcpTable::hold(TcpEntry& entry, size_t bytes) noexcept {
  if ((entry.held_ == 0) != (bytes == 0)) {
    List& from = bytes == 0 ? holders_ : others_;
    List& to = bytes == 0 ? others_ : holders_;
    to.splice(to.end(), from, entry.among_holders_);
  }
  held_ += bytes - entry.held_;
  entry.held_ = bytes;
  while (held_ > limits_.memory) holders_.front()->end(TcpEnd::memory);
}

void TcpTable::move(TcpEntry& entry, Queue to, uint64_t now_ms) noexcept {
  queues_[to].splice(queues_[to].end(), queues_[entry.queue_], entry.in_queue_);
  entry.queue_ = to;
  entry.since_ms_ = now_ms;
}

// Above half of the limit idle time is short, before connections must be closed for others.
void TcpTable::weigh() noexcept {
  idle_ms_ = all_.size() > limits_.connections / 2 ? short_idle_ms_ : limits_.idle_ms;
}

void TcpTable::expire(uint64_t now_ms) noexcept {
  const auto each = [&](Queue queue, uint32_t limit_ms, const auto& act) {
    const List& list = queues_[queue];
    for (auto next = list.begin(); next != list.end();) {
      TcpEntry& entry = **next++;
      if (entry.since_ms_ + limit_ms > now_ms) break;
      act(entry);
    }
  };
  const auto idle = [&](TcpEntry& entry) {
    if (!entry.unheard_) expire_idle(entry, now_ms);
  };
  const auto incomplete = [](TcpEntry& entry) {
    if (!entry.unheard_) entry.end(TcpEnd::incomplete);
  };
  const auto look = [&](TcpEntry& entry) { look_at(entry, now_ms); };
  each(long_idle, limits_.idle_ms, idle);
  each(short_idle, short_idle_ms_, idle);
  each(rest, limits_.message_ms, incomplete);
  for (const Queue queue : {reader, parting})
    each(queue, std::max(limits_.write_ms / kLooks, 1u), look);
}

// Its answers fit into the kernel, but that is not where they were to go.
void TcpTable::expire_idle(TcpEntry& entry, uint64_t now_ms) noexcept {
  const TcpProgress progress = entry.progress();
  if (progress.left == 0) return entry.end(TcpEnd::idle);
  entry.acknowledged_ = progress.acknowledged;
  wait(entry, TcpWait::reader, true, now_ms);
}

void TcpTable::look_at(TcpEntry& entry, uint64_t now_ms) noexcept {
  const TcpProgress progress = entry.progress();
  if (std::exchange(entry.acknowledged_, progress.acknowledged) != progress.acknowledged)
    entry.moved_ms_ = now_ms;
  const bool nothing_left = progress.left == 0;
  if (entry.queue_ == reader && nothing_left) {
    wait(entry, TcpWait::query, true, now_ms);
  } else if (progress.finished || entry.moved_ms_ + limits_.write_ms <= now_ms) {
    entry.end(nothing_left ? TcpEnd::parted : TcpEnd::slow);
  } else {
    move(entry, Queue(entry.queue_), now_ms);
  }
}

bool TcpTable::end_idlest(uint64_t now_ms) noexcept {
  if (all_.heard.empty()) return false;
  idlest(all_, now_ms).end(TcpEnd::limit);
  return true;
}

}  // namespace signpost
