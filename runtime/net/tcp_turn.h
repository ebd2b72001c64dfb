// Whose turn it is among the TCP connections of one worker, over all of its listeners. A readable
// socket and a connection with queries left join a line; once in each turn of the loop so many
// queries are answered, one batch of each connection after the other. The rest waits for the next
// turn, after UDP and timers. New connections are accepted behind that, when those that have just
// been answered can make room for them. Worker loop only.
#pragma once

#include <uv.h>

#include <list>

namespace signpost {

class TcpTurn {
 public:
  static constexpr unsigned kQueries =
      256;  // in a turn of the loop; a visit counts as one at least

  // Who waits in line. Leaves it before it is destroyed.
  class Member {
   public:
    Member() = default;
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;
    virtual ~Member() = default;
    // Takes one batch of queries and returns how many; joins again if there are more. It has left
    // the line before.
    virtual unsigned take_turn() noexcept = 0;

   private:
    friend class TcpTurn;
    std::list<Member*> place_{this};  // empty while in line: nodes move, nothing is allocated
    std::list<Member*>::iterator node_ = place_.begin();
  };

  // Who accepts new connections.
  class Door {
   public:
    Door() = default;
    Door(const Door&) = delete;
    Door& operator=(const Door&) = delete;
    virtual ~Door() = default;
    // Accepts its part. False: there was no room, so it comes first in the next turn.
    virtual bool accept() noexcept = 0;

   private:
    friend class TcpTurn;
    std::list<Door*> place_{this};  // as a Member's
    std::list<Door*>::iterator node_ = place_.begin();
  };

  explicit TcpTurn(uv_loop_t* loop);
  TcpTurn(const TcpTurn&) = delete;
  TcpTurn& operator=(const TcpTurn&) = delete;
  ~TcpTurn();  // only after close()

  bool join(Member& member) noexcept;   // at the end; false, and no change, if it is in line
  void leave(Member& member) noexcept;  // harmless for one that is not
  void knock(Door& door) noexcept;      // somebody waits there; harmless if that is known
  void forget(Door& door) noexcept;     // harmless if nobody waits there
  void close() noexcept;                // nobody is in line or at a door, or will be

 private:
  void run() noexcept;
  void start() noexcept;

  uv_idle_t* idle_;  // runs only while somebody waits; the loop frees it
  std::list<Member*> line_;
  std::list<Door*> doors_;
};

}  // namespace signpost
