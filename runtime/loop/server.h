// The server as a whole, on the control loop: start, serve, reload, stop. One per process.
#pragma once

#include <uv.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "chain/modules.h"
#include "config/configuration.h"
#include "loop/generation.h"
#include "loop/listener_set.h"
#include "loop/loop_services.h"
#include "loop/publication.h"
#include "observe/log_writer.h"

namespace signpost {

struct ServerOptions {
  std::string corefile;  // "" or "stdin" as on the command line
  uint16_t default_port = 53;
  unsigned workers = 1;
  std::string state_directory;  // "": none
  bool quiet = false;           // no listing at start
  uint16_t udp_payload = 1232;
  TcpLimits tcp;  // of the process
};

class Server {
 public:
  // Throws std::runtime_error if the process may not have enough files open.
  Server(ServerOptions options, Modules& modules);
  ~Server();

  // Builds the configuration, opens the listeners and starts the workers. False: it cannot, and why
  // was printed to stderr.
  bool start();
  // Serves until a signal ends it; returns the exit status.
  int run();
  // After run(): nobody reads the log, or the pool is still busy with a zone that nobody will
  // serve. Destroying the server would wait for that, so the process should end without.
  bool held_up() const { return held_up_; }

 private:
  struct Loading;

  void make_workers();
  void share_descriptors();
  bool install(std::shared_ptr<Configuration> configuration, std::string& why);
  void publish();
  void publish_soon();
  void watch_signals();
  void on_signal(int number);
  void reload();
  void loaded(Loading& loading);
  void discard_zones(Configuration& configuration);
  void log_counters() const;
  void begin_stop();
  void stop_workers();
  void workers_said_something();
  void finish();
  void print_listing(const std::vector<std::string>& lines) const;

  ServerOptions options_;
  Modules& modules_;
  uv_loop_t loop_;
  std::unique_ptr<observe::LogWriter> log_;
  std::unique_ptr<LoopServices> services_;
  std::vector<std::unique_ptr<Worker>> workers_;
  Publication publication_;
  ListenerSet listeners_;
  std::unique_ptr<Generation> generation_;
  uv_async_t worker_signal_;
  uv_timer_t publish_timer_, stop_timer_;
  std::vector<uv_signal_t> signals_;
  uint64_t snapshot_number_ = 0;
  std::chrono::milliseconds lameduck_{0};
  bool loading_ = false, load_again_ = false, stopping_ = false, finished_ = false;
  bool held_up_ = false;
  int interrupts_ = 0;
};

}  // namespace signpost
