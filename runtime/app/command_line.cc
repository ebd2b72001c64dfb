#include "app/command_line.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <functional>
#include <string_view>

#include "signpost/diagnostic.h"
#include "signpost/setup.h"

namespace signpost {

namespace {

// What flags belong to; zone's tasks are commands of their own here. What says how to serve may be
// said to all that read a Corefile: it stands in scripts and units once, for all of them.
enum Task : unsigned {
  kServe = 1,
  kCheck = 2,
  kPlugins = 4,
  kExplain = 8,
  kMan = 16,
  kZoneDump = 32,
  kZoneCheck = 64,
  kZoneDiff = 128,
  kOfCorefiles = kServe | kCheck | kPlugins | kExplain,
  kEverywhere = 255
};

constexpr std::pair<Task, std::string_view> kTaskNames[] = {{kServe, "signpost"},
                                                            {kCheck, "signpost check"},
                                                            {kPlugins, "signpost plugins"},
                                                            {kExplain, "signpost explain"},
                                                            {kMan, "signpost man"},
                                                            {kZoneDump, "signpost zone dump"},
                                                            {kZoneCheck, "signpost zone check"},
                                                            {kZoneDiff, "signpost zone diff"}};

struct Flag {
  std::string_view name, value, help;  // `value` empty: a switch
  unsigned tasks;                      // that have it
  std::function<void(CommandLine&, const std::string&)> set;
};

uint32_t number(const std::string& text, uint32_t low, uint32_t high, std::string_view flag) {
  uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < low || value > high)
    throw UsageError("-" + std::string(flag) + ": '" + text + "' is no number from " +
                     std::to_string(low) + " to " + std::to_string(high));
  return value;
}

uint32_t milliseconds(const std::string& text, uint32_t low, uint32_t high, std::string_view flag) {
  const std::string name = "-" + std::string(flag);
  using std::chrono::milliseconds;
  try {
    return uint32_t(read_duration({text, {}}, milliseconds(low), milliseconds(high)).count());
  } catch (const ConfigError& e) {
    throw UsageError(name + ": " + e.message());
  }
}

const std::vector<Flag>& flags() {
  static const std::vector<Flag> table{
      {"conf", "FILE",
       "Corefile to load, or stdin; without it Corefile in the working directory, or a default",
       kOfCorefiles, [](CommandLine& c, const std::string& v) { c.conf = v; }},
      {"dns.port", "N", "port of zones that name none (default 53)", kOfCorefiles,
       [](CommandLine& c, const std::string& v) {
         c.port = uint16_t(number(v, 0, 65535, "dns.port"));
       }},
      {"p", "N", "the same", kOfCorefiles,
       [](CommandLine& c, const std::string& v) { c.port = uint16_t(number(v, 0, 65535, "p")); }},
      {"pidfile", "FILE", "write the process id to FILE", kOfCorefiles,
       [](CommandLine& c, const std::string& v) { c.pidfile = v; }},
      {"plugins", "", "list the plugins there are", kEverywhere,
       [](CommandLine& c, const std::string&) { c.command = CommandLine::plugins; }},
      {"quiet", "", "do not list zones at start; check, zone check: print no verdict", kEverywhere,
       [](CommandLine& c, const std::string&) { c.quiet = true; }},
      {"version", "", "print the version", kEverywhere,
       [](CommandLine& c, const std::string&) { c.command = CommandLine::version; }},
      {"help", "", "print this", kEverywhere,
       [](CommandLine& c, const std::string&) { c.command = CommandLine::help; }},
      {"h", "", "print this", kEverywhere,
       [](CommandLine& c, const std::string&) { c.command = CommandLine::help; }},
      {"workers", "N", "serving threads (default: one per core)", kOfCorefiles,
       [](CommandLine& c, const std::string& v) { c.workers = number(v, 1, 256, "workers"); }},
      {"plugin-dir", "DIR", "where modules lie (also SIGNPOST_PLUGIN_DIR)", kOfCorefiles | kMan,
       [](CommandLine& c, const std::string& v) { c.plugin_dir = v; }},
      {"state-dir", "DIR", "where health state is kept across restarts; 'none' keeps nothing",
       kOfCorefiles, [](CommandLine& c, const std::string& v) { c.state_dir = v; }},
      {"udp-payload", "BYTES", "largest UDP answer (default 1232)", kOfCorefiles,
       [](CommandLine& c, const std::string& v) {
         c.udp_payload = uint16_t(number(v, 512, 4096, "udp-payload"));
       }},
      {"tcp-connections", "N", "TCP connections of all clients together (default 8192)",
       kOfCorefiles,
       [](CommandLine& c, const std::string& v) {
         c.tcp.connections = number(v, 1, 1'000'000, "tcp-connections");
       }},
      {"tcp-per-client", "N", "of these, from one IPv4 address or IPv6 /56 (default 64)",
       kOfCorefiles,
       [](CommandLine& c, const std::string& v) {
         c.tcp.per_client = number(v, 1, 1'000'000, "tcp-per-client");
       }},
      {"tcp-idle", "TIME", "how long TCP clients may keep an idle connection (default 10s)",
       kOfCorefiles,
       [](CommandLine& c, const std::string& v) {
         c.tcp.idle_ms = milliseconds(v, 1'000, 3'600'000, "tcp-idle");
       }},
      {"portable", "", "check: report what CoreDNS would not accept", kCheck,
       [](CommandLine& c, const std::string&) { c.portable = true; }},
      {"allow-broken-zones", "",
       "check: tell of zones of folders and lists that are in error, but let them pass", kCheck,
       [](CommandLine& c, const std::string&) { c.broken_zones = true; }},
      {"json", "", "explain, zone diff: print JSON", kExplain | kZoneDiff,
       [](CommandLine& c, const std::string&) { c.json = true; }},
      {"client", "ADDR", "explain: who asks (default 127.0.0.1)", kExplain,
       [](CommandLine& c, const std::string& v) { c.client = v; }},
      {"ecs", "PREFIX", "explain: the EDNS Client Subnet sent along", kExplain,
       [](CommandLine& c, const std::string& v) { c.ecs = v; }},
      {"do", "", "explain: the client sets DO, so signatures and proofs are sent", kExplain,
       [](CommandLine& c, const std::string&) { c.dnssec_ok = true; }},
      {"down", "CHECK", "explain: take this check for unhealthy; repeatable", kExplain,
       [](CommandLine& c, const std::string& v) { c.down.push_back(v); }},
  };
  return table;
}

constexpr std::pair<std::string_view, CommandLine::Command> kCommands[] = {
    {"check", CommandLine::check},     {"plugins", CommandLine::plugins},
    {"explain", CommandLine::explain}, {"zone", CommandLine::zone},
    {"man", CommandLine::man},         {"help", CommandLine::help}};

// Takes the flag at `i`, and its value if that is the next word.
const Flag& set_flag(CommandLine& line, const std::vector<std::string>& arguments, size_t& i) {
  std::string name = arguments[i].substr(arguments[i].starts_with("--") ? 2 : 1), value;
  const size_t equals = name.find('=');
  const bool given = equals != std::string::npos;
  if (given) {
    value = name.substr(equals + 1);
    name.resize(equals);
  }
  const auto flag =
      std::find_if(flags().begin(), flags().end(), [&](const Flag& f) { return f.name == name; });
  if (flag == flags().end()) {
    std::vector<std::string_view> names;
    for (const Flag& f : flags()) names.push_back(f.name);
    throw UsageError("flag provided but not defined: -" + name + did_you_mean(name, names));
  }
  if (flag->value.empty()) {
    if (given && value != "true" && value != "false")
      throw UsageError("-" + name + " takes no value");
    if (given && value == "false") return *flag;
  } else if (!given) {
    if (++i == arguments.size()) throw UsageError("flag needs an argument: -" + name);
    value = arguments[i];
  }
  flag->set(line, value);
  return *flag;
}

// Of a command line whose words are known to be good. `named`: the command is a word of it.
unsigned task_of(const CommandLine& line, bool named) {
  switch (line.command) {
    case CommandLine::serve:
      return kServe;
    case CommandLine::check:
      return kCheck;
    case CommandLine::plugins:  // -plugins stands among the flags of a start, as with CoreDNS
      return named ? kPlugins : kPlugins | kServe;
    case CommandLine::explain:
      return kExplain;
    case CommandLine::man:
      return kMan;
    case CommandLine::zone:
      return line.words[0] == "dump"    ? kZoneDump
             : line.words[0] == "check" ? kZoneCheck
                                        : kZoneDiff;
    case CommandLine::help:
    case CommandLine::version:
      break;
  }
  return kEverywhere;
}

// A flag without effect is not what was meant.
void refuse_flags_of_others(unsigned task, const std::vector<const Flag*>& given) {
  for (const Flag* flag : given) {
    if (flag->tasks & task) continue;
    std::string others, ours;
    for (const auto& [of, name] : kTaskNames) {
      if (of & task) ours = name;
      if (of & flag->tasks)
        others += (others.empty() ? "" : ", ") + ("'" + std::string(name) + "'");
    }
    std::vector<std::string_view> known;
    for (const Flag& f : flags())
      if (f.tasks & task) known.push_back(f.name);
    throw UsageError("'" + ours + "' has no flag -" + std::string(flag->name) + ", which is of " +
                     others + did_you_mean(flag->name, known));
  }
}

struct ZoneTask {
  std::string_view name, form;
  size_t files;
};

constexpr ZoneTask kZoneTasks[] = {{"dump", "signpost zone dump FILE [ORIGIN]", 1},
                                   {"check", "signpost zone check FILE [ORIGIN] [-quiet]", 1},
                                   {"diff", "signpost zone diff OLD NEW [ORIGIN] [-json]", 2}};

void check_zone_words(const std::vector<std::string>& words) {
  if (words.empty()) throw UsageError("expected: signpost zone dump|check|diff FILE...");
  std::vector<std::string_view> names;
  for (const ZoneTask& task : kZoneTasks) {
    names.push_back(task.name);
    if (task.name != words[0]) continue;
    const size_t behind = words.size() - 1;
    if (behind < task.files || behind > task.files + 1)
      throw UsageError("expected: " + std::string(task.form));
    if (task.files == 2 && words[1] == "-" && words[2] == "-")
      throw UsageError("'-' stands for both files, but standard input can be read only once");
    return;
  }
  throw UsageError("signpost zone: found '" + words[0] + "', expected dump, check or diff" +
                   did_you_mean(words[0], names));
}

void check_words(const CommandLine& line) {
  const bool takes_words = line.command == CommandLine::explain ||
                           line.command == CommandLine::man || line.command == CommandLine::zone ||
                           line.command == CommandLine::help;
  if (!takes_words && !line.words.empty()) {
    std::string all;
    for (const std::string& word : line.words) all += (all.empty() ? "" : " ") + word;
    std::vector<std::string_view> names;
    for (const auto& [name, command] : kCommands) names.push_back(name);
    throw UsageError("extra command line arguments: [" + all + "]" +
                     did_you_mean(line.words[0], names));
  }
  if (line.command == CommandLine::man && line.words.size() != 1)
    throw UsageError("expected: signpost man PLUGIN");
  if (line.command == CommandLine::explain && (line.words.empty() || line.words.size() > 2))
    throw UsageError(
        "expected: signpost explain NAME [TYPE] [-client ADDR] [-ecs PREFIX] [-do] "
        "[-down CHECK]...");
  if (line.command == CommandLine::zone) check_zone_words(line.words);
}

CommandLine parse(const std::vector<std::string>& arguments) {
  CommandLine line;
  std::vector<const Flag*> given;
  bool named = false;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (word.size() > 1 && word[0] == '-') {
      given.push_back(&set_flag(line, arguments, i));
      continue;
    }
    const auto command = std::find_if(std::begin(kCommands), std::end(kCommands),
                                      [&](const auto& c) { return c.first == word; });
    if (!named && line.words.empty() && command != std::end(kCommands)) {
      line.command = command->second;
      named = true;
    } else {
      line.words.push_back(word);
    }
  }
  check_words(line);
  refuse_flags_of_others(task_of(line, named), given);
  return line;
}

}  // namespace

CommandLine parse_command_line(const std::vector<std::string>& arguments) {
  try {
    return parse(arguments);
  } catch (const UsageError& e) {
    // As with diff(1), where 1 says that there is a difference. Flags may stand in between.
    const auto zone = std::find(arguments.begin(), arguments.end(), "zone");
    const bool diff = std::find(zone, arguments.end(), "diff") != arguments.end();
    throw UsageError(e.what(), diff ? 2 : 1);
  }
}

std::string usage_text() {
  std::string text =
      "Usage: signpost [flags]                serve a Corefile\n"
      "       signpost check [flags]          judge a Corefile and all it names; opens no socket\n"
      "       signpost plugins [flags]        the modules there are; with -conf the chain of each "
      "block\n"
      "       signpost explain NAME [TYPE] [flags]   why a question gets the answer it gets\n"
      "       signpost zone dump FILE [ORIGIN]       the records of a zone file as canonical text\n"
      "       signpost zone check FILE [ORIGIN]      judge a zone file\n"
      "       signpost zone diff OLD NEW [ORIGIN]    records removed (-) and added (+); 0 same, 1 "
      "different, 2 trouble\n"
      "       signpost man PLUGIN             a plugin's manual\n\nFlags:\n";
  for (const Flag& f : flags()) {
    std::string left =
        "  -" + std::string(f.name) + (f.value.empty() ? "" : " " + std::string(f.value));
    left.resize(std::max<size_t>(left.size() + 1, 22), ' ');
    text += left + std::string(f.help) + "\n";
  }
  return text;
}

}  // namespace signpost
