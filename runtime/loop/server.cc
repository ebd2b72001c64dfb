#include "loop/server.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <random>

#include "loop/background.h"
#include "loop/descriptors.h"
#include "loop/socket_counters.h"
#include "loop/tcp_share.h"
#include "signpost/file_names.h"
#include "signpost/log.h"

namespace signpost {

namespace {

constexpr uint64_t kGraceMs = 5000;  // for what is in hand at SIGTERM
constexpr uint64_t kAtStart = 24;    // descriptors: of libraries, and to read a configuration with
constexpr int kSignals[] = {SIGHUP, SIGUSR1, SIGUSR2, SIGTERM, SIGINT, SIGQUIT};

void close_handle(void* handle) { uv_close(static_cast<uv_handle_t*>(handle), nullptr); }

}  // namespace

Server::Server(ServerOptions options, Modules& modules)
    : options_(std::move(options)),
      modules_(modules),
      publication_(workers_, [this](Publication::Garbage g) { dispose(&loop_, std::move(g)); }) {
  allow_descriptors();
  need_descriptors(kAtStart);  // libuv ends the process where it cannot have them
  uv_loop_init(&loop_);
  signal(SIGPIPE, SIG_IGN);
  log_ = std::make_unique<observe::LogWriter>(observe::stdout_output());
  services_ = std::make_unique<LoopServices>(&loop_, options_.state_directory);
  worker_signal_.data = publish_timer_.data = stop_timer_.data = this;
  uv_async_init(&loop_, &worker_signal_,
                [](uv_async_t* a) { static_cast<Server*>(a->data)->workers_said_something(); });
  uv_timer_init(&loop_, &publish_timer_);
  uv_timer_init(&loop_, &stop_timer_);
}

Server::~Server() {
  if (!finished_) {  // start() failed, or run() was never called
    for (const auto& worker : workers_) {
      worker->stop(0);
      worker->join();
    }
    generation_.reset();
    publication_.clear();
    workers_.clear();
    finish();
    while (uv_run(&loop_, UV_RUN_DEFAULT) != 0) {
    }
  }
  services_.reset();
  uv_loop_close(&loop_);
  log_->stop();
}

bool Server::start() {
  Problems problems;
  std::shared_ptr<Configuration> configuration =
      load_configuration(options_.corefile, options_.default_port, modules_, *log_, problems);
  if (configuration) problems.add(configuration->broken);
  for (const Problem& p : problems.all()) std::fprintf(stderr, "%s\n", p.text().c_str());
  if (!configuration) return false;

  std::string why;
  try {
    make_workers();
    // From here on a signal waits for the loop: who sees the listing may send one.
    watch_signals();
    install(std::move(configuration), why);
  } catch (const std::exception& e) {
    why = e.what();
  }
  if (!why.empty()) {
    std::fprintf(stderr, "%s\n", why.c_str());
    return false;
  }
  std::fflush(stdout);
  log_->start();
  for (const auto& worker : workers_) worker->start();
  return true;
}

void Server::make_workers() {
  need_descriptors(options_.workers * kOfALoop);
  const TcpLimits tcp = share_of_worker(options_.tcp, options_.workers);
  std::random_device seed;
  for (unsigned i = 0; i < options_.workers; ++i) {
    RunnerOptions runner;
    runner.worker = i;
    runner.seed = uint64_t(seed()) << 32 | seed();
    runner.udp_payload = options_.udp_payload;
    runner.log = &log_->add_worker();
    workers_.push_back(
        std::make_unique<Worker>(runner, tcp, [this] { uv_async_send(&worker_signal_); }));
  }
}

// Of what listeners, workers and agents have left open, connections get their part.
void Server::share_descriptors() {
  const unsigned workers = options_.workers;
  need_descriptors(workers + kLeastKeptDescriptors);
  const uint64_t allowed = allow_descriptors(), open = open_descriptors();
  const uint32_t each = connections_of_worker(options_.tcp, workers, allowed - open);
  for (const auto& worker : workers_) worker->allow_connections(each);
  const uint64_t all = uint64_t(each) * workers;
  if (all < options_.tcp.connections)
    log_warning("", "the limit of open files, " + std::to_string(allowed) + " of which " +
                        std::to_string(open) + " are open, leaves room for " + std::to_string(all) +
                        " TCP connections, not " + std::to_string(options_.tcp.connections) + ": " +
                        kMoreDescriptors + ", or lower -tcp-connections");
}

// Opens listeners and starts agents; only when nothing can fail any more does it take effect.
bool Server::install(std::shared_ptr<Configuration> configuration, std::string& why) {
  ListenerSet::Plan plan;
  std::unique_ptr<Generation> next;
  std::shared_ptr<const Snapshot> first;
  const bool at_start = snapshot_number_ == 0;
  const std::chrono::milliseconds lameduck_before = lameduck_;
  try {
    plan = listeners_.prepare(*configuration, options_.workers);
    lameduck_ = std::chrono::milliseconds(0);
    Generation::Events events{
        [this] { publish_soon(); },
        [this](std::chrono::milliseconds d) { lameduck_ = std::max(lameduck_, d); },
        [this] { return stopping_; }};
    next = std::make_unique<Generation>(std::move(configuration), *services_, options_.workers,
                                        plan.listeners, events);
    first = next->snapshot(++snapshot_number_);
    if (at_start) share_descriptors();
  } catch (const std::exception& e) {
    why = e.what();
    listeners_.abandon(plan);
    lameduck_ = lameduck_before;
    return false;
  }
  listeners_.commit(plan);
  std::swap(generation_, next);
  if (!options_.quiet && at_start) print_listing(plan.lines);
  publication_.publish(std::move(first), std::move(plan.added), plan.removed);
  return true;
}

void Server::print_listing(const std::vector<std::string>& lines) const {
  for (const std::string& line : lines) std::printf("%s\n", line.c_str());
  std::printf("Signpost-%s\nlinux, %u worker%s\n", SIGNPOST_VERSION, options_.workers,
              options_.workers == 1 ? "" : "s");
}

void Server::publish_soon() {
  if (stopping_ && finished_) return;
  if (!uv_is_active(reinterpret_cast<uv_handle_t*>(&publish_timer_)))
    uv_timer_start(
        &publish_timer_, [](uv_timer_t* t) { static_cast<Server*>(t->data)->publish(); }, 0, 0);
}

void Server::publish() {
  if (generation_) publication_.publish(generation_->snapshot(++snapshot_number_));
}

void Server::watch_signals() {
  signals_.resize(std::size(kSignals));
  for (size_t i = 0; i < signals_.size(); ++i) {
    uv_signal_init(&loop_, &signals_[i]);
    signals_[i].data = this;
    uv_signal_start(
        &signals_[i],
        [](uv_signal_t* s, int number) { static_cast<Server*>(s->data)->on_signal(number); },
        kSignals[i]);
  }
}

void Server::on_signal(int number) {
  switch (number) {
    case SIGHUP:
    case SIGUSR1:
      return reload();
    case SIGQUIT:
      log_->flush(std::chrono::milliseconds(500));
      _exit(0);
    case SIGINT:
      if (++interrupts_ == 2) _exit(2);
      return begin_stop();
    case SIGTERM:
      return begin_stop();
    case SIGUSR2:
      return log_counters();
    default:
      return;
  }
}

// A configuration that is read on libuv's pool while the present one serves.
struct Server::Loading {
  Problems problems;
  std::shared_ptr<Configuration> configuration;
  PresentZones present;
};

void Server::reload() {
  if (stopping_) return;
  if (loading_) {
    load_again_ = true;
    return;
  }
  loading_ = true;
  log_info("", "Reloading");
  const auto loading = std::make_shared<Loading>();
  if (generation_) loading->present = generation_->hold_zones();
  in_background(
      &loop_,
      [this, loading] {
        loading->configuration =
            load_configuration(options_.corefile, options_.default_port, modules_, *log_,
                               loading->problems, true, &loading->present);
        loading->present = {};  // here, where freeing a large zone holds up nobody
      },
      [this, loading] { loaded(*loading); });
}

void Server::loaded(Loading& loading) {
  loading_ = false;
  if (loading.configuration) loading.problems.add(loading.configuration->broken);
  for (const Problem& p : loading.problems.all())
    p.severity == Problem::error ? log_error("", p.text()) : log_warning("", p.text());
  std::string why = "the configuration has errors";
  if (!stopping_ && loading.configuration && install(loading.configuration, why)) {
    log_info("", "Reloading complete");
  } else {
    if (loading.configuration) discard_zones(*loading.configuration);
    if (stopping_) return;
    log_error("", "Restart failed: " + why + "; the configuration before is served on");
    if (generation_) generation_->release_zones();
  }
  if (std::exchange(load_again_, false)) reload();
}

// Of a configuration that does not come into force.
void Server::discard_zones(Configuration& configuration) {
  Publication::Garbage zones;
  for (BlockConfiguration& block : configuration.blocks)
    zones.push_back(std::exchange(block.tables, {}).get(zones_slot));
  dispose(&loop_, std::move(zones));
}

// What was counted since the start, in one line.
void Server::log_counters() const {
  uint64_t queries = 0, answered = 0, refused = 0, malformed = 0, unsupported = 0, discarded = 0,
           dropped = 0, suspended = 0, expired = 0, overflowed = 0, unsent = 0;
  for (const auto& worker : workers_) {
    const RunnerCounters& c = worker->counters();
    queries += c.queries;
    answered += c.answered;
    refused += c.refused;
    malformed += c.malformed;
    unsupported += c.unsupported;
    discarded += c.discarded;
    dropped += c.dropped;
    suspended += c.suspended;
    expired += c.expired;
    overflowed += c.overflowed;
    unsent += worker->service_counters().udp.send_dropped.value();
  }
  const auto word = [](uint64_t n, const char* what) { return ", " + std::to_string(n) + what; };
  log_info("", std::to_string(queries) + " packets" + word(answered, " answered") +
                   word(refused, " refused") + word(malformed, " malformed") +
                   word(unsupported, " not supported") + word(discarded, " no queries") +
                   word(dropped, " dropped by plugins") + word(suspended, " suspended") +
                   word(expired, " waited too long") + word(overflowed, " found no room to wait") +
                   word(unsent, " not sent") + word(log_->dropped(), " log lines lost") +
                   word(log_->failed_writes(), " times the log could not be written") +
                   word(services_->http().pushed_out(), " HTTP clients pushed out") +
                   word(kept_file_names(), " file names kept"));
  log_info("", socket_counters(workers_));
  for (const auto& [plugin, text] : services_->counters()) log_info(plugin, text);
}

void Server::begin_stop() {
  if (stopping_) return;
  stopping_ = true;
  log_info("", "Shutting down");
  uv_timer_start(
      &stop_timer_, [](uv_timer_t* t) { static_cast<Server*>(t->data)->stop_workers(); },
      uint64_t(lameduck_.count()), 0);
}

void Server::stop_workers() {
  for (const auto& worker : workers_) worker->stop(kGraceMs);
}

void Server::workers_said_something() {
  publication_.collect();
  if (!stopping_ || finished_) return;
  for (const auto& worker : workers_)
    if (!worker->ended()) return;
  for (const auto& worker : workers_) worker->join();
  log_counters();
  generation_.reset();
  publication_.clear();
  finish();
}

// Lets go of every handle, so that the loop ends.
void Server::finish() {
  finished_ = true;
  services_->state().flush();
  for (uv_signal_t& s : signals_) close_handle(&s);
  // That restored the default actions, by which one more SIGTERM would end the process badly.
  for (const int number : kSignals) signal(number, SIG_IGN);
  close_handle(&publish_timer_);
  close_handle(&stop_timer_);
  close_handle(&worker_signal_);
  services_->close([this] { uv_stop(&loop_); });
}

int Server::run() {
  uv_run(&loop_, UV_RUN_DEFAULT);
  for (int turns = 0; turns < 3; ++turns) uv_run(&loop_, UV_RUN_NOWAIT);  // handles that close
  held_up_ = uv_loop_alive(&loop_) != 0;
  held_up_ |= !log_->flush(std::chrono::seconds(2));
  return 0;
}

}  // namespace signpost
