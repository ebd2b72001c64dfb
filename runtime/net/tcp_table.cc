#include "net/tcp_table.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace signpost {
namespace {

constexpr size_t kNetworkBytes = 7;        // of an IPv6 address: a customer has 56 bits or longer
constexpr uint32_t kShortestIdle = 1'000;  // milliseconds, unless less was asked for
// An answer is on its way for that long without anything being wrong, in milliseconds; of so many
// whose answers may be, one that has got them makes room.
constexpr uint64_t kOnItsWay = 1'000;
constexpr unsigned kMostAsked = 8;
constexpr uint32_t kMostAccepts = 64;
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

uint32_t TcpTable::accepts_per_turn() const noexcept {
  const uint32_t share = limits_.connections / 2 / std::max(listeners_, 1u);
  return std::clamp(share, 1u, kMostAccepts);
}

void TcpTable::enter(TcpEntry& entry, const Address& client, uint32_t listener, uint64_t now_ms) {
  entry.client_ = network_of(client);
  entry.listener_ = listener;
  entry.since_ms_ = entry.active_ms_ = entry.moved_ms_ = now_ms;
  entry.among_holders_ = others_.insert(others_.end(), &entry);
  List& of_client = clients_[entry.client_];
  List& of_listener = by_listener_[listener];
  entry.among_all_ = all_.insert(all_.end(), &entry);
  entry.among_clients_ = of_client.insert(of_client.end(), &entry);
  entry.among_listeners_ = of_listener.insert(of_listener.end(), &entry);
  make_room(entry, now_ms);
  weigh();
  entry.queue_ = idle_ms_ == limits_.idle_ms ? long_idle : short_idle;
  List& queue = queues_[entry.queue_];
  entry.in_queue_ = queue.insert(queue.end(), &entry);
}

// The one that has been idle longest. Nobody is reset while an answer may still be on its way to
// him, if another has got his.
TcpEntry& TcpTable::idlest(const List& list, const TcpEntry* newcomer, uint64_t now_ms) noexcept {
  unsigned asked = 0;
  for (TcpEntry* entry : list) {
    if (entry == newcomer || asked++ == kMostAsked) break;
    if (now_ms - entry->active_ms_ >= kOnItsWay || entry->progress().left == 0) return *entry;
  }
  return *list.front();
}

// The client's own go first, so that nobody can push others out by himself.
void TcpTable::make_room(const TcpEntry& newcomer, uint64_t now_ms) noexcept {
  const List& of_client = clients_.at(newcomer.client_);
  const List& of_listener = by_listener_.at(newcomer.listener_);
  const uint32_t share =
      listeners_ > 1 ? limits_.connections - limits_.connections / 4 : limits_.connections;
  const List* full = of_client.size() > limits_.per_client ? &of_client
                     : of_listener.size() > share          ? &of_listener
                     : all_.size() > limits_.connections   ? &all_
                                                           : nullptr;
  if (full != nullptr) idlest(*full, &newcomer, now_ms).end(TcpEnd::limit);
}

void TcpTable::leave(TcpEntry& entry) noexcept {
  all_.erase(entry.among_all_);
  queues_[entry.queue_].erase(entry.in_queue_);
  const auto erase = [](auto& lists, const auto& key, TcpEntry::Place place) {
    const auto list = lists.find(key);
    list->second.erase(place);
    if (list->second.empty()) lists.erase(list);
  };
  erase(clients_, entry.client_, entry.among_clients_);
  erase(by_listener_, entry.listener_, entry.among_listeners_);
  (entry.held_ != 0 ? holders_ : others_).erase(entry.among_holders_);
  held_ -= entry.held_;
  weigh();
}

void TcpTable::active(TcpEntry& entry, uint64_t now_ms) noexcept {
  entry.active_ms_ = now_ms;
  all_.splice(all_.end(), all_, entry.among_all_);
  List& of_client = clients_.find(entry.client_)->second;
  of_client.splice(of_client.end(), of_client, entry.among_clients_);
  List& of_listener = by_listener_.find(entry.listener_)->second;
  of_listener.splice(of_listener.end(), of_listener, entry.among_listeners_);
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
    while (!list.empty() && now_ms - list.front()->since_ms_ >= limit_ms) act(*list.front());
  };
  const auto idle = [&](TcpEntry& entry) { expire_idle(entry, now_ms); };
  const auto look = [&](TcpEntry& entry) { look_at(entry, now_ms); };
  each(long_idle, limits_.idle_ms, idle);
  each(short_idle, short_idle_ms_, idle);
  each(rest, limits_.message_ms, [](TcpEntry& entry) { entry.end(TcpEnd::incomplete); });
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
  } else if (progress.finished || now_ms - entry.moved_ms_ >= limits_.write_ms) {
    entry.end(nothing_left ? TcpEnd::parted : TcpEnd::slow);
  } else {
    move(entry, Queue(entry.queue_), now_ms);
  }
}

bool TcpTable::end_idlest(uint64_t now_ms) noexcept {
  if (all_.empty()) return false;
  idlest(all_, nullptr, now_ms).end(TcpEnd::limit);
  return true;
}

}  // namespace signpost
