// signpost explain: the walk of one question through the chain that serves, with a recorder
// attached.
#include <algorithm>
#include <cstdio>
#include <cstring>

#include "app/commands.h"
#include "app/explain_recorder.h"
#include "app/offline_control.h"
#include "app/output.h"
#include "app/places.h"
#include "app/reply_text.h"
#include "chain/runner.h"
#include "config/table_draft.h"
#include "dns/types.h"
#include "observe/log_writer.h"
#include "signpost/health.h"
#include "steer/judge.h"

namespace signpost {

namespace {

struct Question {
  Name name;
  uint16_t type = rr::a;
  Address client;
  std::optional<Prefix> ecs;
  bool dnssec_ok = false;
};

Question read_question(const CommandLine& line) {
  Question q;
  std::string why;
  const auto name = Name::parse(line.words[0], NameView(), &why);
  if (!name) throw UsageError("'" + line.words[0] + "' is no domain name: " + why);
  q.name = *name;
  if (line.words.size() > 1) {
    const auto type = parse_type(line.words[1]);
    if (!type)
      throw UsageError("'" + line.words[1] + "' is no record type" +
                       did_you_mean(line.words[1], type_mnemonics()));
    q.type = *type;
  }
  const auto client = Address::parse(line.client.empty() ? "127.0.0.1" : line.client);
  if (!client) throw UsageError("-client: '" + line.client + "' is no IP address");
  q.client = *client;
  q.dnssec_ok = line.dnssec_ok;
  if (!line.ecs.empty()) {
    q.ecs = Prefix::parse(line.ecs);
    if (!q.ecs) throw UsageError("-ecs: '" + line.ecs + "' is no prefix such as 198.51.100.0/24");
  }
  return q;
}

std::vector<uint8_t> packet_of(const Question& q) {
  std::vector<uint8_t> p;
  const auto put = [&](std::initializer_list<unsigned> bytes) {
    for (unsigned byte : bytes) p.push_back(uint8_t(byte));
  };
  put({0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1});  // id 1, one question, one additional record
  for (size_t i = 0; i < q.name.size(); ++i) p.push_back(q.name.data()[i]);
  put({unsigned(q.type) >> 8, q.type, 0, rr::class_in});
  put({0, 0, rr::opt, 0x10, 0, 0, 0, q.dnssec_ok ? 0x80u : 0u, 0, 0});  // OPT, payload 4096
  if (!q.ecs) {
    p.push_back(0);
    return p;
  }
  const unsigned bytes = (q.ecs->length + 7u) / 8;
  put({8 + bytes, 0, 8, 0, 4 + bytes, 0, q.ecs->address.family == 4 ? 1u : 2u, q.ecs->length, 0});
  for (unsigned i = 0; i < bytes; ++i) p.push_back(q.ecs->address.bytes[i]);
  return p;
}

// The tables of a block as its agents know them without a running server, with checks forced down.
BlockTables tables_of(const BlockConfiguration& block, const std::string& state,
                      const std::vector<std::string>& down, std::vector<std::string>& unused) {
  BlockTables tables = block.tables;
  OfflineControl control(block, state);
  for (const PluginUse& use : block.plugins) {
    if (!use.info->make_agent) continue;
    void* agent = use.info->make_agent(use.settings.get(), control);
    TableDraft draft(tables);
    if (use.info->publish) use.info->publish(agent, draft);
    use.info->unmake_agent(agent);
  }
  auto health = std::make_shared<HealthTable>(
      *std::static_pointer_cast<const HealthTable>(tables.get(health_slot)));
  for (const std::string& name : down)
    for (CheckState& check : health->checks)
      if (check.name == name) {
        check.healthy = false;
        check.why = "taken for unhealthy by -down";
        std::erase(unused, name);
      }
  tables.set(health_slot, health);
  tables.set(verdicts_slot,
             std::make_shared<VerdictTable>(verdicts(
                 *std::static_pointer_cast<const ZoneTable>(tables.get(zones_slot)), *health,
                 *std::static_pointer_cast<const AddressTable>(tables.get(addresses_slot)))));
  return tables;
}

std::shared_ptr<Snapshot> snapshot_of(const Configuration& configuration, const CommandLine& line) {
  auto service = std::make_shared<Service>();
  service->listeners.resize(1);
  service->chains.resize(1);
  auto snapshot = std::make_shared<Snapshot>();
  std::vector<std::string> unused = line.down;
  std::vector<Name> served;
  for (uint32_t b = 0; b < configuration.blocks.size(); ++b) {
    const BlockConfiguration& block = configuration.blocks[b];
    for (const Name& zone : block.zones)
      if (std::find(served.begin(), served.end(), zone) == served.end()) {
        served.push_back(zone);
        service->listeners[0].add(zone, b);
      }
    service->chains[0].push_back(std::make_unique<Chain>(block.plugins));
    snapshot->tables.push_back(tables_of(block, state_folder(line.state_dir), line.down, unused));
  }
  if (!unused.empty()) throw UsageError("-down: there is no check '" + unused[0] + "'");
  snapshot->service = std::move(service);
  return snapshot;
}

json::Array array_of(const std::vector<std::string>& lines) {
  json::Array array;
  for (const std::string& l : lines) array.emplace_back(l);
  return array;
}

void print_text(const std::string& question, const std::string& block,
                const ExplainRecorder& recorder, const ReplyText& reply, unsigned scope,
                bool has_ecs) {
  std::string text = "question: " + question + "\nblock: " + block + "\n" + recorder.text() +
                     "answer: " + reply.rcode;
  for (const std::string& flag : reply.flags) text += " " + flag;
  if (has_ecs)
    text += ", holds for the client's first " + std::to_string(scope) + " bits (ECS scope)";
  text += "\n";
  for (const auto* section : {&reply.answer, &reply.authority, &reply.additional})
    for (const std::string& record : *section)
      text += (section == &reply.answer      ? "    "
               : section == &reply.authority ? "    authority: "
                                             : "    additional: ") +
              record + "\n";
  print(text);
}

}  // namespace

int explain(const CommandLine& line) {
  const Question question = read_question(line);
  Modules modules(plugin_folders(line.plugin_dir));
  observe::LogWriter log(observe::stdout_output());
  Problems problems;
  const std::shared_ptr<const Configuration> configuration =
      load_configuration(line.conf, line.port, modules, log, problems);
  for (const Problem& p : problems.all())
    if (p.severity == Problem::error) std::fprintf(stderr, "%s\n", p.text().c_str());
  if (!configuration) return 1;

  const std::shared_ptr<Snapshot> snapshot = snapshot_of(*configuration, line);
  RunnerOptions options;
  options.seed = 1;
  Runner runner(options);
  runner.adopt(snapshot.get());
  ExplainRecorder recorder;
  const std::vector<uint8_t> packet = packet_of(question);
  std::vector<uint8_t> out(4096);
  Arrival arrival;
  arrival.packet = packet;
  arrival.client = {question.client, 0};
  const LabelStarts labels(question.name);
  const uint32_t b =
      snapshot->service->listeners[0].find(SplitName(question.name, labels), question.type);
  const std::string block =
      b == Dispatch::none ? "none has a zone for this name" : configuration->blocks[b].where.text();
  const size_t size = runner.respond(arrival, out, &recorder);
  ReplyText reply = read_reply({out.data(), size});
  if (size == 0) {
    reply.rcode =
        runner.suspended() ? "waits for an address that a running server looks up" : "none";
  }
  const bool has_ecs = question.ecs.has_value();
  const unsigned scope = has_ecs && size > 0 ? runner.last_scope() : 0;
  const std::string asked = question.name.text() + " " + type_text(question.type) + " from " +
                            (has_ecs ? question.ecs->text() + " (ECS)" : question.client.text());
  if (line.json) {
    json::Value value = json::Object{{"question", asked},
                                     {"block", block},
                                     {"steps", recorder.take_steps()},
                                     {"rcode", reply.rcode},
                                     {"answer", array_of(reply.answer)},
                                     {"authority", array_of(reply.authority)},
                                     {"additional", array_of(reply.additional)}};
    if (has_ecs) value.set("scope", scope);
    print(json::write(value, json::Layout::pretty) + "\n");
  } else {
    print_text(asked, block, recorder, reply, scope, has_ecs);
  }
  runner.adopt(nullptr);
  return 0;
}

}  // namespace signpost
