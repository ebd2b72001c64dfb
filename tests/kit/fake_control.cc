#include "fake_control.h"

#include <algorithm>
#include <random>
#include <stdexcept>
#include <system_error>

namespace signpost::kit {
namespace {

constexpr int64_t kFirstDay = 1'767'225'600'000;  // 2026-01-01T00:00:00Z

}  // namespace

// What the agents of one process share. Entries are held by number, so that dropping a handle from
// within a callback is harmless; the lowest number is the oldest.
struct FakeControl::Process {
  struct Timer {
    uint64_t due_ms;
    std::function<void()> then;
  };
  struct RunningProbe {
    Probe probe;
    std::function<void(const ProbeResult&)> done;
  };
  struct RunningLookup {
    Lookup lookup;
    std::function<void(const Resolution&)> done;
  };
  struct Route {
    std::string address, path;
    HttpHandler handler;
  };
  struct Watch {
    std::string path;
    std::function<void()> changed;
  };

  uint64_t now_ms = 0;
  int64_t wall_offset = kFirstDay;
  std::minstd_rand random{1};
  uint64_t next_number = 1;
  std::map<uint64_t, Timer> timers;
  std::map<uint64_t, RunningProbe> probes;
  std::map<uint64_t, RunningLookup> lookups;
  std::map<uint64_t, Route> routes;
  std::map<uint64_t, Watch> watches;
  std::map<uint64_t, std::function<std::string()>> tellers;
  std::vector<Probe> started;
  std::function<ScriptedProbe(const ProbeSpec&)> script;
  std::map<std::pair<std::string, uint16_t>, Resolution> answers;
  std::map<std::string, std::errc, std::less<>> refused;
  std::map<std::string, std::weak_ptr<void>> kept;
  std::map<std::string, std::string> files;
  bool files_fail = false;
  unsigned writes = 0;
  std::vector<const FakeControl*> agents;

  // Takes an entry out and returns it; empty if it is gone.
  template <class T>
  static std::optional<T> take(std::map<uint64_t, T>& entries, uint64_t number) {
    auto node = entries.extract(number);
    if (node.empty()) return std::nullopt;
    return std::move(node.mapped());
  }
  void at(uint64_t due_ms, std::function<void()> then) {
    timers.emplace(next_number++, Timer{due_ms, std::move(then)});
  }
};

// Takes its entry away when it is dropped.
class FakeControl::Registration final : public Handle::Held {
 public:
  Registration(std::function<void()> remove, std::shared_ptr<unsigned> live)
      : remove_(std::move(remove)), live_(std::move(live)) {
    ++*live_;
  }
  ~Registration() override {
    remove_();
    --*live_;
  }

 private:
  std::function<void()> remove_;
  std::shared_ptr<unsigned> live_;
};

template <class T>
Handle FakeControl::hold(std::map<uint64_t, T> Process::*entries, T entry) {
  const uint64_t number = process_->next_number++;
  ((*process_).*entries).emplace(number, std::move(entry));
  return Handle(std::make_unique<Registration>(
      [process = process_, entries, number] { ((*process).*entries).erase(number); },
      live_handles_));
}

FakeControl::FakeControl(std::string agent)
    : process_(std::make_shared<Process>()), agent_(std::move(agent)) {
  process_->agents.push_back(this);
}

FakeControl::FakeControl(FakeControl& sibling, std::string agent)
    : process_(sibling.process_), agent_(std::move(agent)) {
  process_->agents.push_back(this);
}

FakeControl::~FakeControl() { std::erase(process_->agents, this); }

// --- time

uint64_t FakeControl::now_ms() const { return process_->now_ms; }
int64_t FakeControl::wall_ms() const { return process_->wall_offset + int64_t(process_->now_ms); }
void FakeControl::set_wall_ms(int64_t now) {
  process_->wall_offset = now - int64_t(process_->now_ms);
}
uint32_t FakeControl::random_below(uint32_t n) { return uint32_t(process_->random()) % n; }

Handle FakeControl::after(Milliseconds delay, std::function<void()> then) {
  return hold(&Process::timers,
              Process::Timer{now_ms() + uint64_t(delay.count()), std::move(then)});
}

void FakeControl::advance(Milliseconds duration) {
  Process& process = *process_;
  const uint64_t end = process.now_ms + uint64_t(duration.count());
  const auto earlier = [](const auto& a, const auto& b) {
    return a.second.due_ms < b.second.due_ms;
  };
  for (;;) {
    const auto next = std::min_element(process.timers.begin(), process.timers.end(), earlier);
    if (next == process.timers.end() || next->second.due_ms > end) break;
    process.now_ms = std::max(process.now_ms, next->second.due_ms);
    Process::take(process.timers, next->first)->then();
  }
  process.now_ms = end;
}

// --- probes

Handle FakeControl::probe(ProbeSpec spec, std::function<void(const ProbeResult&)> done) {
  const Probe probe{std::move(spec), now_ms()};
  process_->started.push_back(probe);
  const uint64_t number = process_->next_number;
  Handle handle = hold(&Process::probes, Process::RunningProbe{probe, std::move(done)});
  if (!process_->script) return handle;
  const ScriptedProbe scripted = process_->script(probe.spec);
  process_->at(now_ms() + uint64_t(scripted.takes.count()),
               [process = process_.get(), number, result = scripted.result] {
                 if (auto running = Process::take(process->probes, number)) running->done(result);
               });
  return handle;
}

std::vector<FakeControl::Probe> FakeControl::running_probes() const {
  std::vector<Probe> running;
  for (const auto& [number, entry] : process_->probes) running.push_back(entry.probe);
  return running;
}

const std::vector<FakeControl::Probe>& FakeControl::probes() const { return process_->started; }

bool FakeControl::finish_probe(std::string_view host, const ProbeResult& result) {
  for (const auto& [number, entry] : process_->probes) {
    if (entry.probe.spec.host != host) continue;
    Process::take(process_->probes, number)->done(result);
    return true;
  }
  return false;
}

void FakeControl::script_probes(std::function<ScriptedProbe(const ProbeSpec&)> script) {
  process_->script = std::move(script);
}

// --- resolution

Handle FakeControl::resolve(NameView name, uint16_t type, std::span<const Endpoint> servers,
                            std::function<void(const Resolution&)> done) {
  const Lookup lookup{name.text(), type, {servers.begin(), servers.end()}};
  const uint64_t number = process_->next_number;
  Handle handle = hold(&Process::lookups, Process::RunningLookup{lookup, std::move(done)});
  const auto answer = process_->answers.find({lookup.name, type});
  if (answer == process_->answers.end()) return handle;
  process_->at(now_ms(), [process = process_.get(), number, result = answer->second] {
    if (auto running = Process::take(process->lookups, number)) running->done(result);
  });
  return handle;
}

std::vector<FakeControl::Lookup> FakeControl::running_lookups() const {
  std::vector<Lookup> running;
  for (const auto& [number, entry] : process_->lookups) running.push_back(entry.lookup);
  return running;
}

bool FakeControl::finish_lookup(std::string_view name, uint16_t type, const Resolution& result) {
  for (const auto& [number, entry] : process_->lookups) {
    if (entry.lookup.name != name || entry.lookup.type != type) continue;
    Process::take(process_->lookups, number)->done(result);
    return true;
  }
  return false;
}

void FakeControl::script_lookup(std::string_view name, uint16_t type, Resolution result) {
  process_->answers[{std::string(name), type}] = std::move(result);
}

// --- HTTP

Handle FakeControl::http(std::string_view address, std::string path, HttpHandler handler) {
  if (const auto refused = process_->refused.find(address); refused != process_->refused.end())
    throw std::system_error(std::make_error_code(refused->second), "listen on " + refused->first);
  return hold(&Process::routes,
              Process::Route{std::string(address), std::move(path), std::move(handler)});
}

HttpReply FakeControl::get(std::string_view address, std::string_view path) const {
  for (auto entry = process_->routes.rbegin(); entry != process_->routes.rend(); ++entry) {
    const Process::Route& route = entry->second;
    if (route.address != address || route.path != path) continue;
    HttpRequest request;
    request.path = path;
    return HttpHandler(route.handler)(request);
  }
  return {.status = 404, .body = ""};
}

bool FakeControl::listens(std::string_view address) const {
  return std::ranges::any_of(process_->routes,
                             [&](const auto& entry) { return entry.second.address == address; });
}

void FakeControl::refuse_listening(std::string_view address, std::errc why) {
  process_->refused[std::string(address)] = why;
}

// --- files

Handle FakeControl::watch(std::string path, Milliseconds, std::function<void()> changed) {
  return hold(&Process::watches, Process::Watch{std::move(path), std::move(changed)});
}

void FakeControl::touch(std::string_view path) {
  std::vector<uint64_t> numbers;
  for (const auto& [number, watch] : process_->watches)
    if (watch.path == path) numbers.push_back(number);
  for (const uint64_t number : numbers)
    if (const auto watch = process_->watches.find(number); watch != process_->watches.end())
      std::function<void()>(watch->second.changed)();
}

std::map<std::string, std::string>& FakeControl::state_files() { return process_->files; }
void FakeControl::fail_state(bool fails) { process_->files_fail = fails; }
unsigned FakeControl::state_writes() const { return process_->writes; }

std::string FakeControl::load_state(std::string_view name) {
  const auto file = process_->files.find(std::string(name));
  return process_->files_fail || file == process_->files.end() ? "" : file->second;
}

void FakeControl::save_state(std::string_view name, std::string text) {
  if (process_->files_fail) return;
  ++process_->writes;
  process_->files[std::string(name)] = std::move(text);
}

// --- the process

std::vector<std::string> FakeControl::not_ready() const {
  std::vector<std::string> names;
  for (const FakeControl* agent : process_->agents)
    if (!agent->ready_ && !std::ranges::count(names, agent->agent_)) names.push_back(agent->agent_);
  return names;
}

std::shared_ptr<void> FakeControl::keep_any(const std::string& key,
                                            const std::function<std::shared_ptr<void>()>& make) {
  if (auto kept = process_->kept[key].lock()) return kept;
  auto made = make();
  process_->kept[key] = made;
  return made;
}

// --- counters

Handle FakeControl::counters(std::function<std::string()> text) {
  return hold(&Process::tellers, std::move(text));
}

std::vector<std::string> FakeControl::counter_texts() const {
  std::vector<std::string> texts;
  for (const auto& [number, text] : process_->tellers) texts.push_back(text());
  return texts;
}

}  // namespace signpost::kit
