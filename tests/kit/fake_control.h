// The control loop as agents see it, for unit tests: time passes when the test says so, probes and
// lookups end when and how the test says, files are in memory. One thread.
//
// Each agent of a process gets a FakeControl of its own; those made from a sibling share its
// process: clock, kept objects, state files, HTTP endpoints.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "signpost/control.h"

namespace signpost::kit {

class FakeControl final : public Control {
 public:
  explicit FakeControl(std::string agent = "agent");
  FakeControl(FakeControl& sibling, std::string agent);
  ~FakeControl() override;
  FakeControl(const FakeControl&) = delete;
  FakeControl& operator=(const FakeControl&) = delete;

  // --- time. Monotonic from 0, wall clock from 2026-01-01T00:00:00Z, seeded random numbers.
  // Runs what falls due until `duration` has passed, in order, the clock standing at each one's
  // time.
  void advance(Milliseconds duration);
  void set_wall_ms(int64_t now);  // it runs on from there

  // --- probes
  struct Probe {
    ProbeSpec spec;
    uint64_t started_ms;
  };
  std::vector<Probe> running_probes() const;  // oldest first
  const std::vector<Probe>& probes() const;   // all that were ever started
  // Ends the oldest running probe of `host`; false if there is none.
  bool finish_probe(std::string_view host, const ProbeResult& result);
  struct ScriptedProbe {
    Milliseconds takes;
    ProbeResult result;
  };
  // From now on probes end by themselves, as `script` says for each; empty: no more.
  void script_probes(std::function<ScriptedProbe(const ProbeSpec&)> script);

  // --- resolution
  struct Lookup {
    std::string name;  // presentation form
    uint16_t type;
    std::vector<Endpoint> servers;
  };
  std::vector<Lookup> running_lookups() const;
  // Ends the oldest running lookup of name and type; false if there is none.
  bool finish_lookup(std::string_view name, uint16_t type, const Resolution& result);
  // From now on lookups of name and type end with `result` when the clock next moves.
  void script_lookup(std::string_view name, uint16_t type, Resolution result);

  // --- HTTP
  // Asks as a client would; 404 where nothing answers. The newest of several routes answers.
  HttpReply get(std::string_view address, std::string_view path) const;
  bool listens(std::string_view address) const;
  void refuse_listening(std::string_view address, std::errc why);  // http() throws
  void stop() { stopping_ = true; }                                // as SIGTERM does

  // --- files
  void touch(std::string_view path);  // calls the watches of `path`
  std::map<std::string, std::string>& state_files();
  void fail_state(bool fails);  // nothing is read or written
  unsigned state_writes() const;

  // What the agents of this process tell at SIGUSR2, oldest first.
  std::vector<std::string> counter_texts() const;

  // --- what the agent did
  unsigned changes() const { return changes_; }
  bool is_ready() const { return ready_; }
  Milliseconds lameduck_wish() const { return lameduck_; }
  unsigned live_handles() const { return *live_handles_; }  // made here and not dropped
  void set_outside_names(std::vector<Name> names) { outside_ = std::move(names); }

  // --- Control
  uint64_t now_ms() const override;
  int64_t wall_ms() const override;
  uint32_t random_below(uint32_t n) override;
  Handle after(Milliseconds delay, std::function<void()> then) override;
  Handle probe(ProbeSpec spec, std::function<void(const ProbeResult&)> done) override;
  Handle resolve(NameView name, uint16_t type, std::span<const Endpoint> servers,
                 std::function<void(const Resolution&)> done) override;
  Handle http(std::string_view address, std::string path, HttpHandler handler) override;
  Handle watch(std::string path, Milliseconds interval, std::function<void()> changed) override;
  void changed() override { ++changes_; }
  void ready(bool is) override { ready_ = is; }
  std::vector<std::string> not_ready() const override;
  bool stopping() const override { return stopping_; }
  void lameduck(Milliseconds duration) override { lameduck_ = std::max(lameduck_, duration); }
  Handle counters(std::function<std::string()> text) override;
  std::span<const Name> outside_names() const override { return outside_; }
  std::string load_state(std::string_view name) override;
  void save_state(std::string_view name, std::string text) override;

 protected:
  std::shared_ptr<void> keep_any(const std::string& key,
                                 const std::function<std::shared_ptr<void>()>& make) override;

 private:
  struct Process;
  class Registration;
  template <class T>
  Handle hold(std::map<uint64_t, T> Process::*entries, T entry);

  std::shared_ptr<Process> process_;
  const std::string agent_;
  std::shared_ptr<unsigned> live_handles_ = std::make_shared<unsigned>(0);
  unsigned changes_ = 0;
  bool ready_ = true, stopping_ = false;
  Milliseconds lameduck_{0};
  std::vector<Name> outside_;
};

}  // namespace signpost::kit
