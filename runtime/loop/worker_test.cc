// Two real workers on loopback, and the snapshots that are handed to them (worker.h,
// publication.h).
#include "loop/worker.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <thread>

#include "kit/message.h"
#include "kit/packet.h"
#include "loop/publication.h"
#include "net/test_socket.h"
#include "zone/zone.h"

namespace signpost {
namespace {

struct Number {
  static constexpr std::string_view table_name = "number";
  uint32_t number = 0;
};
constexpr Key<Number> kNumber{first_free_slot};

struct Settings {
  Settings() = default;
  explicit Settings(Setup&) {}
};

// Answers the number of the snapshot; keeps what asks for TXT until the next snapshot is there.
class Source {
 public:
  explicit Source(const Settings&) {}
  Down down(Query& query) noexcept {
    if (query.type == rr::txt && !waiting_.waiting()) {
      waiting_ = query.suspend();
      if (waiting_.waiting()) return Down::suspended;
    }
    const uint32_t n = query.table(kNumber).number;
    const uint8_t data[] = {uint8_t(n >> 24), uint8_t(n >> 16), uint8_t(n >> 8), uint8_t(n)};
    query.add_record(Section::answer, ReplyEntry::step_owner, {}, rr::a, 0, data);
    return Down::answered;
  }
  void refreshed() noexcept { std::move(waiting_).resume(Down::next); }

 private:
  Ticket waiting_;
};

constexpr PluginInfo kSource = describe<Settings, Source>("source", Stage::source);

class Workers : public testing::Test {
 protected:
  static constexpr unsigned kWorkers = 2;

  Workers() : publication_(workers_, [](Publication::Garbage) {}) {
    for (unsigned i = 0; i < kWorkers; ++i) {
      RunnerOptions options;
      options.worker = i;
      workers_.push_back(std::make_unique<Worker>(options, TcpLimits(), [this] {
        const std::lock_guard lock(mutex_);
        ++signals_;
        signalled_.notify_one();
      }));
    }
    service_ = make_service();
    Listener listener = open_listener({*Address::parse("127.0.0.1"), 0, 0, false}, kWorkers);
    server_ = listener.bound;
    std::vector<std::pair<uint32_t, std::vector<WorkerSockets>>> added;
    added.emplace_back(0, std::move(listener.workers));
    publication_.publish(snapshot(1), std::move(added));
    for (const auto& worker : workers_) worker->start();
  }

  ~Workers() override {
    for (const auto& worker : workers_) worker->stop(1000);
    for (const auto& worker : workers_) {
      worker->join();
      EXPECT_TRUE(worker->ended());
    }
    publication_.collect();
    EXPECT_EQ(publication_.alive(), 0u) << "a worker that ended gives everything back";
    publication_.clear();
    workers_.clear();
  }

  static std::shared_ptr<const Service> make_service() {
    auto service = std::make_shared<Service>();
    service->chains.resize(kWorkers);
    for (auto& chains : service->chains)
      chains.push_back(std::make_unique<Chain>(
          std::vector<PluginUse>{{&kSource, std::make_shared<Settings>()}}));
    service->listeners.emplace_back();
    service->listeners[0].add(Name(), 0);
    return service;
  }

  std::shared_ptr<const Snapshot> snapshot(uint32_t number) {
    auto made = std::make_shared<Snapshot>();
    made->number = number;
    made->service = service_;
    made->tables.emplace_back().set(first_free_slot,
                                    std::make_shared<const Number>(Number{number}));
    return made;
  }

  void publish(std::shared_ptr<const Snapshot> next) { publication_.publish(std::move(next)); }

  // Takes back what workers let go of until `snapshot` is gone.
  bool gone(const std::weak_ptr<const Snapshot>& snapshot) {
    return comes([&] { return snapshot.expired(); });
  }

  // Collects until `state` holds; false after 5 s.
  bool comes(const std::function<bool()>& state) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    std::unique_lock lock(mutex_);
    for (;;) {
      lock.unlock();
      publication_.collect();
      lock.lock();
      if (state()) return true;
      if (!signalled_.wait_until(lock, end, [this] { return signals_ > 0; })) return false;
      signals_ = 0;
    }
  }

  static std::string question(const char* text) {
    const auto packet = kit::query_packet({text}, Name());
    return {packet.begin(), packet.end()};
  }

  // The number answered; 0 if there is no answer within five seconds.
  static uint32_t answer(net::TestSocket& socket) {
    if (!socket.readable(5000)) return 0;
    const std::string bytes = socket.receive().value_or("");
    const auto reply = kit::decode({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
    if (reply.answer.empty()) return 0;
    const auto& data = reply.answer[0].data;
    return uint32_t(data[0]) << 24 | uint32_t(data[1]) << 16 | uint32_t(data[2]) << 8 | data[3];
  }

  uint32_t ask(net::TestSocket& socket) {
    EXPECT_TRUE(socket.send(question("www A")));
    return answer(socket);
  }

  std::vector<std::unique_ptr<Worker>> workers_;
  Publication publication_;
  std::shared_ptr<const Service> service_;
  Endpoint server_;
  std::mutex mutex_;
  std::condition_variable signalled_;
  unsigned signals_ = 0;
};

TEST_F(Workers, AnswerFromTheSnapshot) {
  for (int i = 0; i < 16; ++i) {  // ports spread over the workers
    net::TestSocket client(SOCK_DGRAM, server_);
    EXPECT_EQ(ask(client), 1u);
  }
}

TEST_F(Workers, TheOldSnapshotIsFreedWhenEveryWorkerHasTheNew) {
  std::weak_ptr<const Snapshot> before;
  for (uint32_t number = 2; number < 5; ++number) {
    auto next = snapshot(number);
    const std::weak_ptr<const Snapshot> weak = next;
    publish(std::move(next));
    if (number > 2) {
      EXPECT_TRUE(gone(before));
    }
    before = weak;
  }
  EXPECT_FALSE(before.expired()) << "the newest stays";
  EXPECT_TRUE(comes([&] { return publication_.alive() == 1; })) << "those before have gone";
  net::TestSocket client(SOCK_DGRAM, server_);
  EXPECT_EQ(ask(client), 4u);
}

// Queries flow from several clients while snapshots change; the numbers a client sees never go
// down, for it stays with one worker.
TEST_F(Workers, SnapshotsChangeWhileQueriesFlow) {
  std::atomic<bool> done{false};
  std::atomic<unsigned> answers{0}, wrong{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i)
    clients.emplace_back([&] {
      net::TestSocket client(SOCK_DGRAM, server_);
      uint32_t last = 1;
      while (!done) {
        const uint32_t number = ask(client);
        if (number < last) ++wrong;
        last = number;
        ++answers;
      }
    });
  uint32_t number = 1;
  while (answers < 400 && wrong == 0) publish(snapshot(++number));
  auto old = snapshot(++number);
  const std::weak_ptr<const Snapshot> last_but_one = old;
  publish(std::move(old));
  publish(snapshot(++number));
  done = true;
  for (auto& client : clients) client.join();
  EXPECT_EQ(wrong, 0u);
  EXPECT_TRUE(gone(last_but_one));
  net::TestSocket client(SOCK_DGRAM, server_);
  EXPECT_EQ(ask(client), number);
}

// A query that waits pins the snapshot it began with, and is answered from it.
TEST_F(Workers, AWaitingQueryPinsItsSnapshot) {
  auto second = snapshot(2);
  const std::weak_ptr<const Snapshot> pinned = second;
  publish(std::move(second));
  net::TestSocket client(SOCK_DGRAM, server_);
  EXPECT_EQ(ask(client), 2u);
  ASSERT_TRUE(client.send(question("www TXT")));
  EXPECT_EQ(ask(client), 2u) << "asked behind it, so it waits by now";
  EXPECT_FALSE(client.readable());
  publish(snapshot(3));  // refreshed() resumes it
  ASSERT_TRUE(client.readable(5000));
  const std::string bytes = client.receive().value_or("");
  const auto reply = kit::decode({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
  EXPECT_EQ(reply.rcode, 5) << "went on below the plugin, where nobody answers";
  EXPECT_TRUE(gone(pinned));
}

TEST_F(Workers, AReloadBringsNewChains) {
  net::TestSocket client(SOCK_DGRAM, server_);
  const std::weak_ptr<const Service> old = service_;
  service_ = make_service();
  auto next = snapshot(9);
  publish(next);
  next.reset();
  EXPECT_EQ(ask(client), 9u);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (!old.expired() && std::chrono::steady_clock::now() < end) publication_.collect();
  EXPECT_TRUE(old.expired()) << "its chains are freed here, not on a worker";
}

TEST_F(Workers, OverTcp) {
  net::TestSocket client(SOCK_STREAM, server_);
  const std::string packet = question("www A");
  ASSERT_TRUE(client.send(std::string{char(packet.size() >> 8), char(packet.size())} + packet));
  ASSERT_TRUE(client.readable(5000));
  EXPECT_GT(client.receive().value_or("").size(), packet.size());
}

TEST_F(Workers, RemovedListenersAreClosed) {
  net::TestSocket client(SOCK_STREAM, server_);
  publication_.publish(snapshot(2), {}, {0});
  ASSERT_TRUE(client.readable(5000));
  EXPECT_EQ(client.receive().value_or("x"), "") << "the connection ends";
}

TEST(Worker, NeverStarted) {
  const Worker worker({}, TcpLimits(), [] {});
  EXPECT_FALSE(worker.ended());
}

// Two reloads may follow each other before the worker opens its mail.
TEST(Worker, AListenerThatGoesBeforeItWasTakenUpIsClosed) {
  Worker worker({}, TcpLimits(), [] {});
  const Address loopback = *Address::parse("127.0.0.1");
  Listener listener = open_listener({loopback, 0, 0, false}, 1);
  const Snapshot first, second;
  std::vector<std::pair<uint32_t, WorkerSockets>> added;
  added.emplace_back(0, std::move(listener.workers[0]));
  worker.hand_over(&first, std::move(added), {});
  EXPECT_THROW(open_listener({loopback, listener.bound.port, 0, false}, 1), ListenError);
  worker.hand_over(&second, {}, {0});
  EXPECT_NO_THROW(open_listener({loopback, listener.bound.port, 0, false}, 1));
  EXPECT_EQ(worker.collect(), std::vector<const Snapshot*>{&first});
}

}  // namespace
}  // namespace signpost
