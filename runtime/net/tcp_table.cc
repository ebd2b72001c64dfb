#include "net/tcp_table.h"

#include <algorithm>
#include <string_view>

namespace signpost {
namespace {

constexpr size_t kNetworkBytes = 7;        // of an IPv6 address: a customer has 56 bits or longer
constexpr uint32_t kShortestIdle = 1'000;  // milliseconds, unless less was asked for

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

void TcpTable::enter(TcpEntry& entry, const Address& client, uint32_t listener, uint64_t now_ms) {
  entry.client_ = network_of(client);
  entry.listener_ = listener;
  entry.since_ms_ = now_ms;
  List& of_client = clients_[entry.client_];
  List& of_listener = by_listener_[listener];
  entry.among_all_ = all_.insert(all_.end(), &entry);
  entry.among_clients_ = of_client.insert(of_client.end(), &entry);
  entry.among_listeners_ = of_listener.insert(of_listener.end(), &entry);
  make_room(entry);
  weigh();
  entry.queue_ = idle_ms_ == limits_.idle_ms ? long_idle : short_idle;
  List& queue = queues_[entry.queue_];
  entry.in_queue_ = queue.insert(queue.end(), &entry);
}

// The client's own go first, so that nobody can push others out by himself.
void TcpTable::make_room(const TcpEntry& newcomer) noexcept {
  const List& of_client = clients_.at(newcomer.client_);
  const List& of_listener = by_listener_.at(newcomer.listener_);
  const uint32_t share =
      listeners_ > 1 ? limits_.connections - limits_.connections / 4 : limits_.connections;
  if (of_client.size() > limits_.per_client) {
    of_client.front()->end(TcpEnd::limit);
  } else if (of_listener.size() > share) {
    of_listener.front()->end(TcpEnd::limit);
  } else if (all_.size() > limits_.connections) {
    end_idlest();
  }
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
  weigh();
}

void TcpTable::active(TcpEntry& entry, uint64_t now_ms) noexcept {
  all_.splice(all_.end(), all_, entry.among_all_);
  List& of_client = clients_.find(entry.client_)->second;
  of_client.splice(of_client.end(), of_client, entry.among_clients_);
  List& of_listener = by_listener_.find(entry.listener_)->second;
  of_listener.splice(of_listener.end(), of_listener, entry.among_listeners_);
  if (entry.queue_ <= short_idle) wait(entry, TcpWait::query, true, now_ms);
}

void TcpTable::wait(TcpEntry& entry, TcpWait what, bool anew, uint64_t now_ms) noexcept {
  const Queue idle = idle_ms_ == limits_.idle_ms ? long_idle : short_idle;
  const auto to = what == TcpWait::query    ? idle
                  : what == TcpWait::rest   ? rest
                  : what == TcpWait::reader ? reader
                                            : endless;
  const bool was_idle = entry.queue_ <= short_idle;
  if (!anew && (entry.queue_ == to || (was_idle && what == TcpWait::query))) return;
  move(entry, to, now_ms);
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
  const struct {
    Queue queue;
    uint32_t limit_ms;
    TcpEnd why;
  } rows[] = {{long_idle, limits_.idle_ms, TcpEnd::idle},
              {short_idle, short_idle_ms_, TcpEnd::idle},
              {rest, limits_.message_ms, TcpEnd::incomplete},
              {reader, limits_.write_ms, TcpEnd::slow}};
  for (const auto& row : rows) {
    const List& list = queues_[row.queue];
    while (!list.empty() && now_ms - list.front()->since_ms_ >= row.limit_ms)
      list.front()->end(row.why);
  }
}

bool TcpTable::end_idlest() noexcept {
  if (all_.empty()) return false;
  all_.front()->end(TcpEnd::limit);
  return true;
}

}  // namespace signpost
