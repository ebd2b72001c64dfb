// One TCP connection of a DNS client (RFC 7766): messages in, answers out in the order in which
// they are ready, each with its length in front. Worker loop only. TcpService owns it; the table
// decides how long it may live, TcpTurn when it takes queries. A client that breaks the protocol,
// does not read its answers or goes away costs its own connection. A client that has something to
// read is not closed but told that no more comes (FIN), and waited for; one that does not read is
// reset, so that the kernel keeps nothing for it.
#pragma once

#include <uv.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "net/counters.h"
#include "net/file_descriptor.h"
#include "net/responder.h"
#include "net/tcp_frames.h"
#include "net/tcp_table.h"
#include "net/tcp_turn.h"

namespace signpost {

namespace net {

class TcpConnection final : public TcpEntry, private TcpTurn::Member {
 public:
  class Owner {
   public:
    virtual void closing(TcpConnection&) noexcept = 0;  // from now on of no use to anybody
    virtual void closed(TcpConnection&) noexcept = 0;   // may be destroyed now

   protected:
    ~Owner() = default;
  };

  // What the connections of a service use together, one at a time.
  struct Shared {
    Shared(Responder& to, TcpCounters& count, TcpTable& among, TcpTurn& one_by_one)
        : responder(to), counters(count), table(among), turn(one_by_one) {}
    Responder& responder;
    TcpCounters& counters;
    TcpTable& table;
    TcpTurn& turn;
    static constexpr size_t kInput = 16 << 10, kOutput = 2 * (kTcpMessage + 2);
    std::unique_ptr<uint8_t[]> input{new uint8_t[kInput]}, output{new uint8_t[kOutput]};
  };

  TcpConnection(Owner& owner, Shared& shared, uint32_t slot);
  TcpConnection(const TcpConnection&) = delete;
  TcpConnection& operator=(const TcpConnection&) = delete;

  // Takes an accepted socket, not blocking, and starts reading. Late answers to its queries come
  // along `path`, which is opaque here. False: the loop cannot watch it, and it may be destroyed.
  bool open(uv_loop_t* loop, FileDescriptor socket, const Endpoint& client, const ReturnPath& path);

  // A late answer, at most kTcpMessage bytes. Empty: there will be none to one of its queries.
  void send(std::span<const uint8_t> answer) noexcept;

  // Takes what has arrived, kMostOwed bytes at most, and no more; closes when all is answered and
  // the client has it.
  void stop() noexcept;
  // After stop(): takes some of that at once, and returns how many queries, which may be none of a
  // long message. Nothing: no more can be taken.
  std::optional<unsigned> hurry() noexcept;
  // After stop(): nothing more is taken, and no late answer comes.
  void forget() noexcept;
  void close() noexcept;  // at once; harmless when closing
  void end(TcpEnd why) noexcept override;
  TcpProgress progress() const noexcept override;

  static constexpr size_t kMostOwed = 256 << 10;

  uint32_t slot() const noexcept { return slot_; }

 private:
  void on_events(int status, int events) noexcept;
  unsigned take_turn() noexcept override;
  unsigned visit() noexcept;
  bool read() noexcept;
  void discard() noexcept;
  unsigned serve_batch() noexcept;
  size_t answer(std::span<const uint8_t> message, size_t used) noexcept;
  void write(std::span<const uint8_t> bytes) noexcept;
  void flush() noexcept;
  size_t to_kernel(std::span<const uint8_t> bytes) noexcept;
  void settle() noexcept;
  void account() noexcept;
  void part() noexcept;
  void watch(int events) noexcept;
  bool held() const noexcept;
  void end_input() noexcept;
  void abuse() noexcept;
  size_t unacknowledged() const noexcept;
  uint64_t now_ms() const noexcept { return uv_now(poll_.loop); }
  size_t queued() const noexcept { return queue_.size() - written_; }

  uv_poll_t poll_;
  FileDescriptor socket_;
  Owner& owner_;
  Shared& shared_;
  const uint32_t slot_;
  uint32_t unanswered_ = 0;  // queries whose answers come late
  TcpFrames frames_;
  Received query_;              // what does not change is set once
  std::vector<uint8_t> queue_;  // answers that the kernel had no room for
  size_t written_ = 0;          // bytes of it that it has taken since
  size_t held_ = 0;             // bytes of memory, as the table knows
  size_t owed_ = SIZE_MAX;      // bytes that are read before no more queries are taken
  size_t batch_bytes_ = 0;      // of answers
  uint64_t sent_ = 0;           // bytes that the kernel took, and one for the end of the stream
  int watched_ = 0;             // events that the loop reports
  bool closing_ = false;
  bool eof_ = false;      // the client has ended its stream
  bool ended_ = false;    // no more queries are taken
  bool parting_ = false;  // all is answered, and this side has ended its stream
  bool stalled_ = false;  // too much is unanswered, or not read by the client, to take more
  bool pending_ = false;  // complete queries are kept in frames_
  bool serving_ = false;  // within take_turn(), which settles at its end
  bool took_ = false;     // queries, since settle() looked
};

}  // namespace net
}  // namespace signpost
