// The TCP connections of one worker, over all of its listeners: whose they are, which of them has
// been idle longest, and how long each may go on as it does (RFC 7766, section 6.2; RFC 9210,
// section 4). It only decides; TcpService and TcpConnection do. Worker loop only. Times are
// milliseconds of uv_now().
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>
#include <vector>

#include "signpost/address.h"

namespace signpost {

struct TcpLimits {
  // At a limit the connection from which nothing has come for the longest time makes room for the
  // new one: of this client, of this listener, or of all (RFC 7766, section 6.2.2). Each at
  // least 1.
  uint32_t connections = 8192;  // of the worker; one listener of several has three quarters
  uint32_t per_client = 64;     // of these, from one IPv4 address or one IPv6 network of 56 bits
  uint32_t outstanding = 128;   // queries of one connection that wait for an answer
  // Since the last query or late answer, with nothing outstanding (RFC 7766, section 6.2.3). Above
  // half of `connections`, a quarter of it is granted.
  uint32_t idle_ms = 10'000;
  uint32_t message_ms = 5'000;  // from the first byte of a message to its last
  // Until the client acknowledges another byte of what it was sent, or closes as this side did.
  uint32_t write_ms = 5'000;
  // Of memory that messages and answers wait in, for all connections of a worker. Above half of it
  // no query is taken from a connection for which an answer waits; unfinished messages grow on, as
  // they could not end else. Above all of it the one that has held some longest is reset.
  size_t memory = 64 << 20;
};

// What a connection is waiting for, and so how long it may.
enum class TcpWait : uint8_t {
  query,    // the client may ask or leave: idle_ms, or less, if it has taken what it was sent
  rest,     // of a message that has begun: message_ms
  reader,   // that takes what was answered: write_ms
  parting,  // the end of the stream, which this side has ended: write_ms
  answer    // somebody here has to act: no end
};

enum class TcpEnd : uint8_t { idle, incomplete, slow, limit, memory, parted };

// How far a client is with what it was sent, in bytes of the stream.
struct TcpProgress {
  uint64_t acknowledged = 0;
  uint64_t left = 0;      // sent and not acknowledged, or not with the kernel yet
  bool owed = false;      // queries of it have arrived that are not answered yet
  bool finished = false;  // both sides have ended the stream, and nothing is left
};

class TcpTable;

// A connection as the table sees it.
class TcpEntry {
 public:
  virtual ~TcpEntry() = default;
  // Time is up, or another needs the room. Must leave() the table before it returns.
  virtual void end(TcpEnd why) noexcept = 0;
  // Asks the kernel: for those whose time seems to be up, not for every answer.
  virtual TcpProgress progress() const noexcept = 0;

 private:
  friend class TcpTable;
  using Place = std::list<TcpEntry*>::iterator;
  Place among_all_, among_clients_, among_listeners_, in_queue_, among_holders_;
  Address client_;  // the network that is counted
  uint32_t listener_ = 0;
  uint8_t queue_ = 0;
  bool unheard_ = true;        // it waits in line for its first visit since something has come
  uint64_t since_ms_ = 0;      // in the queue, or looked at there
  uint64_t active_ms_ = 0;     // its last query or late answer, or its beginning
  uint64_t moved_ms_ = 0;      // when acknowledged_ was seen to grow
  uint64_t acknowledged_ = 0;  // as it was last seen
  size_t held_ = 0;            // bytes of memory
};

class TcpTable {
 public:
  explicit TcpTable(const TcpLimits& limits);
  TcpTable(const TcpTable&) = delete;
  TcpTable& operator=(const TcpTable&) = delete;

  const TcpLimits& limits() const noexcept { return limits_; }
  // At most so many connections, at least 1. Before the first enters.
  void allow(uint32_t connections) noexcept { limits_.connections = connections; }
  // What a connection that asks or is answered now is granted. A reference, so that what clients
  // are told (RFC 7828) and what holds is one value.
  const uint32_t& idle_ms() const noexcept { return idle_ms_; }
  size_t size() const noexcept { return all_.size(); }

  void add_listener() noexcept { ++listeners_; }
  void remove_listener() noexcept { --listeners_; }
  // True if one more can enter on the listener without ending one that is unheard, unless all of
  // its own client's are.
  bool has_room(uint32_t listener) const noexcept;

  // `entry` stands still until it leaves. Ends others where a limit is passed. It is unheard.
  void enter(TcpEntry& entry, const Address& client, uint32_t listener, uint64_t now_ms);
  void leave(TcpEntry& entry) noexcept;
  // Something has come from it, and it waits in line to be heard: until then it does not make room
  // for others, nor is its time up as long as it is the client's to act.
  void unheard(TcpEntry& entry) noexcept;
  void heard(TcpEntry& entry) noexcept;  // all that has come, or as much as its turn allows
  // It took a query or gave a late answer.
  void active(TcpEntry& entry, uint64_t now_ms) noexcept;
  // It waits for `what`; since now if it did not before, or if `anew`. Readers' progress is looked
  // at here, so `anew` is nothing to them.
  void wait(TcpEntry& entry, TcpWait what, bool anew, uint64_t now_ms) noexcept;

  // What waits for or from it takes `bytes` of memory now. May end any connection, also this one.
  void hold(TcpEntry& entry, size_t bytes) noexcept;
  // True if memory is so short that the answers that wait for a client must not become more.
  bool crowded() const noexcept { return held_ > limits_.memory / 2; }

  // Ends every connection whose time is up.
  void expire(uint64_t now_ms) noexcept;
  // Ends the idlest of all, for want of descriptors; false if there is none that has been heard.
  bool end_idlest(uint64_t now_ms) noexcept;

  static Address network_of(const Address& client) noexcept;

 private:
  using List = std::list<TcpEntry*>;  // the oldest in front
  // Of all, of a client, of a listener; in front those from which nothing has come the longest.
  struct Group {
    List heard, unheard;
    size_t size() const noexcept { return heard.size() + unheard.size(); }
    List& of(const TcpEntry& entry) noexcept { return entry.unheard_ ? unheard : heard; }
  };
  enum Queue : uint8_t { long_idle, short_idle, rest, reader, parting, endless, queues };
  struct NetworkHash {
    size_t operator()(const Address& address) const noexcept;
  };

  static TcpEntry& idlest(const Group& group, uint64_t now_ms) noexcept;
  uint32_t share_of_listener() const noexcept;
  void to_back(TcpEntry& entry, bool unheard) noexcept;
  void make_room(const TcpEntry& newcomer, uint64_t now_ms) noexcept;
  void expire_idle(TcpEntry& entry, uint64_t now_ms) noexcept;
  void look_at(TcpEntry& entry, uint64_t now_ms) noexcept;
  void move(TcpEntry& entry, Queue to, uint64_t now_ms) noexcept;
  void weigh() noexcept;

  TcpLimits limits_;
  const uint32_t short_idle_ms_;
  uint32_t idle_ms_;
  uint32_t listeners_ = 0;
  size_t held_ = 0;
  Group all_;
  std::unordered_map<Address, Group, NetworkHash> clients_;
  std::unordered_map<uint32_t, Group> by_listener_;
  std::array<List, queues> queues_;  // by since_ms_, which is the order in which they expire
  List holders_;                     // by when they began to hold memory
  List others_;                      // the places of those that hold none
};

}  // namespace signpost
