#include "kit/bench.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "chain/runner.h"
#include "config/configuration.h"
#include "dns/types.h"
#include "kit/answer.h"
#include "kit/packet.h"
#include "kit/temporary_folder.h"
#include "observe/log_writer.h"
#include "signpost/addresses.h"
#include "signpost/health.h"
#include "steer/judge.h"

namespace signpost::kit {

namespace {

constexpr uint32_t kStart = 1'767'225'600;  // 2026-01-01, where the wall clock starts

class KeptLines final : public observe::LogOutput {
 public:
  explicit KeptLines(std::string& text) : text_(text) {}
  bool write(std::string_view text) noexcept override {
    text_ += text;
    return true;
  }

 private:
  std::string& text_;
};

class KeptReplies final : public LateReplies {
 public:
  void send(const ReplyPath&, Transport, std::span<const uint8_t> reply) noexcept override {
    if (!reply.empty()) replies.emplace_back(reply.begin(), reply.end());
  }
  std::vector<std::vector<uint8_t>> replies;
};

bool blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }

// `text` with every word `word` replaced by `by`.
std::string replace_word(std::string_view text, std::string_view word, const std::string& by) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const bool begins = at == 0 || blank(text[at - 1]);
    const size_t end = at + word.size();
    if (begins && text.substr(at, word.size()) == word &&
        (end == text.size() || blank(text[end]))) {
      out += by;
      at = end;
    } else {
      out += text[at++];
    }
  }
  return out;
}

}  // namespace

struct Bench::Parts {
  TemporaryFolder folder;
  std::set<std::string> files;
  std::string log_text;
  observe::LogWriter logs{std::make_unique<KeptLines>(log_text)};
  Modules modules;
  std::vector<std::string> problems;
  bool good = false;
  std::shared_ptr<const Configuration> configuration;
  std::shared_ptr<Service> service;
  std::vector<uint16_t> ports;  // of the listeners, by id
  std::vector<BlockTables> tables;
  std::vector<std::shared_ptr<const Snapshot>> snapshots;  // not yet released; the last is served
  std::set<std::string> unhealthy;
  std::map<Name, OutsideName> outside;
  KeptReplies late;
  uint64_t now_ns = 1'000'000'000;
  std::unique_ptr<Runner> runner;

  Parts() {
    for (const PluginInfo* info : linked_plugins()) modules.add(info);
    RunnerOptions options;
    options.seed = 20260101;
    options.late = &late;
    options.log = &logs.add_worker();
    runner = std::make_unique<Runner>(options);
  }
  ~Parts() {                 // handles of formatters before the registry, chains before settings
    runner->adopt(nullptr);  // chains let go of their tickets
    runner.reset();
    snapshots.clear();
    service.reset();
    configuration.reset();
  }

  void serve();
  void publish();
  HealthTable health_of(const BlockConfiguration& block) const;
  AddressTable addresses_of(const BlockConfiguration& block) const;
  const Name& origin() const { return configuration->blocks[0].zones[0]; }
};

// Chains and listeners of the configuration, one listener for each port.
void Bench::Parts::serve() {
  service = std::make_shared<Service>();
  service->chains.resize(1);
  tables.clear();
  ports.clear();
  for (uint32_t b = 0; b < configuration->blocks.size(); ++b) {
    const BlockConfiguration& block = configuration->blocks[b];
    service->chains[0].push_back(std::make_unique<Chain>(block.plugins));
    tables.push_back(block.tables);
    for (const corefile::Endpoint& key : block.keys) {
      const auto at = size_t(std::find(ports.begin(), ports.end(), key.port) - ports.begin());
      if (at == ports.size()) {
        ports.push_back(key.port);
        service->listeners.emplace_back();
      }
      service->listeners[at].add(key.zone, b);
      service->listeners[at].add_beyond(beyond_of(block.plugins), b);
    }
  }
}

HealthTable Bench::Parts::health_of(const BlockConfiguration& block) const {
  HealthTable table;
  for (const std::string& check : block.checks)
    table.checks.push_back({check, !unhealthy.contains(check), "set by the test"});
  return table;
}

AddressTable Bench::Parts::addresses_of(const BlockConfiguration& block) const {
  AddressTable table;
  for (const Name& name : block.outside) {
    OutsideName& row = table.names.emplace_back();
    const auto found = outside.find(name);
    if (found == outside.end()) continue;
    for (const auto& [from, to, type] : {std::tuple{&found->second.a, &row.a, rr::a},
                                         std::tuple{&found->second.aaaa, &row.aaaa, rr::aaaa}}) {
      to->known = from->known;
      to->failed = from->failed;
      to->stale = from->stale;
      const WireSet& wire = from->records.wire();
      std::vector<Address> addresses;
      for (unsigned i = 0; i < wire.count; ++i) {
        Address& address = addresses.emplace_back();
        address.family = type == rr::a ? 4 : 6;
        std::copy(wire.bytes + wire.starts[i] + 12, wire.bytes + wire.starts[i + 1],
                  address.bytes.begin());
      }
      to->records = AddressRecords(addresses, type, wire.ttl);
    }
  }
  return table;
}

void Bench::Parts::publish() {
  for (size_t b = 0; b < tables.size(); ++b) {
    const BlockConfiguration& block = configuration->blocks[b];
    auto health = std::make_shared<HealthTable>(health_of(block));
    auto addresses = std::make_shared<AddressTable>(addresses_of(block));
    const auto zones = std::static_pointer_cast<const ZoneTable>(tables[b].get(zones_slot));
    tables[b].set(verdicts_slot,
                  std::make_shared<VerdictTable>(verdicts(*zones, *health, *addresses)));
    tables[b].set(health_slot, std::move(health));
    tables[b].set(addresses_slot, std::move(addresses));
  }
  auto next = std::make_shared<Snapshot>();
  next->number = snapshots.empty() ? 1 : snapshots.back()->number + 1;
  next->service = service;
  next->tables = tables;
  runner->end_batch(now_ns);
  snapshots.push_back(next);
  runner->adopt(next.get());
  for (const Snapshot* gone : runner->take_released())
    std::erase_if(snapshots, [&](const auto& s) { return s.get() == gone; });
}

Bench::Bench(std::string_view corefile, const Files& files,
             const std::vector<const PluginInfo*>& more)
    : parts_(std::make_unique<Parts>()) {
  for (const PluginInfo* info : more) parts_->modules.add(info);
  reload(corefile, files);
}

Bench::~Bench() = default;

const std::vector<std::string>& Bench::problems() const { return parts_->problems; }
bool Bench::good() const { return parts_->good; }
std::string Bench::path(std::string_view file) const {
  return parts_->folder.path() + "/" + std::string(file);
}

bool Bench::reload(std::string_view corefile, const Files& files) {
  Parts& p = *parts_;
  for (const auto& [name, text] : files) {
    p.folder.write(name, text);
    p.files.insert(name);
  }
  ConfigurationSource source;
  source.text = corefile;
  source.path = path("Corefile");
  for (const std::string& name : p.files) source.text = replace_word(source.text, name, path(name));
  const std::string folder_path = path("");
  for (size_t at = 0; (at = source.text.find("FOLDER/", at)) != std::string::npos;
       at += folder_path.size())
    source.text.replace(at, 7, folder_path);
  Problems problems;
  auto built = build_configuration(source, p.modules, p.logs, problems);
  if (built) problems.add(built->broken);
  p.problems.clear();
  problems.sort();
  for (const Problem& problem : problems.all()) {
    std::string text = problem.text();
    const std::string folder = p.folder.path() + "/";
    for (size_t at; (at = text.find(folder)) != std::string::npos;) text.erase(at, folder.size());
    p.problems.push_back(std::move(text));
  }
  p.good = built != nullptr;
  if (!built) return false;
  auto before = std::exchange(p.configuration, std::move(built));
  p.serve();
  p.publish();
  return true;
}

void Bench::health(std::string_view check, bool healthy) {
  Parts& p = *parts_;
  bool known = false;
  for (const BlockConfiguration& block : p.configuration->blocks)
    known |= std::find(block.checks.begin(), block.checks.end(), check) != block.checks.end();
  if (!known) ADD_FAILURE() << "no block has a check " << check;
  if (healthy)
    p.unhealthy.erase(std::string(check));
  else
    p.unhealthy.emplace(check);
  p.publish();
}

void Bench::health(const std::vector<std::string>& unhealthy) {
  parts_->unhealthy.clear();
  for (const std::string& check : unhealthy) health(check, false);
  parts_->publish();
}

void Bench::address(std::string_view name, const std::vector<std::string>& addresses, uint32_t ttl,
                    bool stale) {
  std::vector<Address> parsed;
  for (const std::string& text : addresses) parsed.push_back(Address::parse(text).value());
  OutsideName& row = parts_->outside[Name::parse(name).value()];
  row.a = {true, false, AddressRecords(parsed, rr::a, ttl), stale};
  row.aaaa = {true, false, AddressRecords(parsed, rr::aaaa, ttl), stale};
  parts_->publish();
}

void Bench::unresolvable(std::string_view name) {
  OutsideName& row = parts_->outside[Name::parse(name).value()];
  row = {};
  row.a.failed = row.aaaa.failed = true;
  parts_->publish();
}

void Bench::cold(std::string_view name) {
  parts_->outside.erase(Name::parse(name).value());
  parts_->publish();
}

void Bench::publish_table(std::string_view name, std::shared_ptr<const void> table) {
  Parts& p = *parts_;
  for (size_t b = 0; b < p.tables.size(); ++b) {
    const auto& slots = p.configuration->blocks[b].slots;
    for (size_t i = 0; i < slots.size(); ++i)
      if (slots[i].name == name) p.tables[b].set(uint16_t(i), table);
  }
  p.publish();
}

std::string Bench::ask(std::string_view question, std::string_view client) {
  Ask a;
  a.question = question;
  a.client = client;
  return ask(a);
}

Answer Bench::query(const Ask& ask, Recorder* recorder) {
  Parts& p = *parts_;
  if (!p.configuration) {
    ADD_FAILURE() << "nothing is served:";
    for (const std::string& problem : p.problems) ADD_FAILURE() << problem;
    return {};
  }
  const std::vector<uint8_t> packet =
      ask.packet.empty() ? query_packet(ask, p.origin()) : ask.packet;
  Arrival arrival;
  arrival.packet = packet;
  arrival.client = {Address::parse(ask.client).value(), 40212};
  arrival.local = {Address::parse("192.0.2.53").value(), p.ports[0]};
  arrival.transport = ask.tcp ? Transport::tcp : Transport::udp;
  arrival.now_ns = p.now_ns;
  arrival.wall_s = ask.wall_s ? ask.wall_s : kStart + uint32_t(p.now_ns / 1'000'000'000);
  const ReplyPath path;
  arrival.path = path.bytes;
  if (ask.port != 0)
    arrival.listener =
        uint32_t(std::find(p.ports.begin(), p.ports.end(), ask.port) - p.ports.begin());
  std::vector<uint8_t> out(65535);
  const size_t waited = p.runner->suspended();
  const size_t size = p.runner->respond(arrival, out, recorder);
  p.runner->end_batch(p.now_ns);
  Answer answer;
  answer.waiting = size == 0 && p.runner->suspended() > waited;
  return size == 0 ? answer : read_answer({out.data(), size});
}

std::map<std::string, double> Bench::shares(std::string_view question, unsigned n,
                                            std::string_view client) {
  Ask a;
  a.question = question;
  a.client = client;
  std::map<std::string, unsigned> counts;
  for (unsigned i = 0; i < n; ++i) {
    const Answer answer = query(a);
    std::vector<std::string> data;
    for (const std::string& record : answer.answers) {  // OWNER TTL TYPE DATA
      size_t at = 0;
      for (unsigned word = 0; word < 3; ++word) at = record.find(' ', at) + 1;
      data.push_back(record.substr(at));
    }
    std::sort(data.begin(), data.end());
    std::string key;
    for (const std::string& d : data) key += (key.empty() ? "" : " ") + d;
    ++counts[key.empty() ? answer.text() : key];
  }
  std::map<std::string, double> parts;
  for (const auto& [key, count] : counts) parts[key] = double(count) / n;
  return parts;
}

std::vector<Answer> Bench::late() {
  std::vector<Answer> answers;
  for (const auto& reply : std::exchange(parts_->late.replies, {}))
    answers.push_back(read_answer(reply));
  return answers;
}

size_t Bench::waiting() const { return parts_->runner->suspended(); }

void Bench::advance(uint64_t ms) {
  parts_->now_ns += ms * 1'000'000;
  parts_->runner->run_suspended(parts_->now_ns);
}

std::vector<std::string> Bench::log() {
  parts_->logs.drain_once(parts_->now_ns / 1'000'000);
  std::istringstream text(std::exchange(parts_->log_text, {}));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

}  // namespace signpost::kit
