#include "app/commands.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <thread>

#include "app/output.h"
#include "app/places.h"
#include "chain/modules.h"
#include "config/configuration.h"
#include "config/zone_judging.h"
#include "corefile/files.h"
#include "loop/server.h"
#include "observe/log_writer.h"

namespace signpost {

namespace {

bool write_pidfile(const std::string& path) {
  std::ofstream file(path);
  file << getpid() << '\n';
  file.close();
  if (!file)
    std::fprintf(stderr, "pidfile %s cannot be written: %s\n", path.c_str(), std::strerror(errno));
  return bool(file);
}

std::string chain_text(const BlockConfiguration& block) {
  std::string text = block.where.text() + ":";
  for (const corefile::Endpoint& key : block.keys)
    text += " " + key.zone.text() + ":" + std::to_string(key.port);
  text += "\n";
  for (const PluginUse& use : block.plugins) {
    std::string name = "  " + std::string(use.info->name);
    name.resize(std::max<size_t>(name.size() + 1, 14), ' ');
    text += name + std::string(stage_name(use.info->stage));
    if (std::find(block.implied.begin(), block.implied.end(), use.info->name) !=
        block.implied.end())
      text += "  (implied: another plugin of the block needs it)";
    text += "\n";
  }
  return text;
}

std::string why_no_module(const Modules& modules) {
  std::string text = "there is no module";
  for (const std::string& folder : modules.folders()) {
    std::error_code error;
    const std::filesystem::directory_iterator at(folder, error);
    text += (&folder == &modules.folders().front() ? " in " : ", nor in ") + folder;
    if (error) text += " (" + error.message() + ")";
  }
  return text;
}

// Why there is no manual of `name`.
std::string why_no_manual(const Modules& modules, const std::string& name) {
  if (const std::string module = modules.path_of(name); !module.empty())
    return "there is no manual " + name + ".md beside the module " + module;
  const std::vector<std::string> names = modules.names();
  const std::vector<std::string_view> known(names.begin(), names.end());
  return "there is no manual of '" + name + "'" + did_you_mean(name, known);
}

}  // namespace

int serve(const CommandLine& line) {
  Modules modules(plugin_folders(line.plugin_dir));
  ServerOptions options;
  options.corefile = line.conf;
  options.default_port = line.port;
  options.workers =
      line.workers != 0 ? line.workers : std::max(1u, std::thread::hardware_concurrency());
  options.state_directory = state_folder(line.state_dir);
  options.quiet = line.quiet;
  options.udp_payload = line.udp_payload;
  options.tcp = line.tcp;
  Server server(options, modules);
  if (!line.pidfile.empty() && !write_pidfile(line.pidfile)) return 1;
  const int status = server.start() ? server.run() : 1;
  if (!line.pidfile.empty()) std::remove(line.pidfile.c_str());
  if (server.held_up()) _exit(status);
  return status;
}

int check(const CommandLine& line) {
  Modules modules(plugin_folders(line.plugin_dir));
  observe::LogWriter log(observe::stdout_output());
  Problems problems;
  const std::shared_ptr<const Configuration> configuration =
      load_configuration(line.conf, line.port, modules, log, problems);
  if (configuration && line.portable)
    for (const corefile::Extension& e : configuration->extensions)
      problems.error(e.where, "not portable to CoreDNS: " + e.what);
  // A server starts and reloads in spite of these: it serves the other zones, and goes on with what
  // it has of these.
  const bool refused = problems.any_error() ||
                       (!line.broken_zones && configuration && configuration->broken.any_error());
  if (configuration) {
    problems.add(configuration->broken);
    judge_zones(*configuration, problems);
  }
  problems.sort();
  for (const Problem& p : problems.all()) std::fprintf(stderr, "%s\n", p.text().c_str());
  if (refused) return 1;
  size_t zones = 0;
  for (const BlockConfiguration& block : configuration->blocks) zones += block.served.size();
  const auto count = [](size_t n, const char* what) {
    return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
  };
  if (!line.quiet)
    print((line.conf.empty() ? "Corefile" : line.conf) + " is good: " +
          count(configuration->blocks.size(), "server block") + ", " + count(zones, "zone") + "\n");
  return 0;
}

int list_plugins(const CommandLine& line) {
  Modules modules(plugin_folders(line.plugin_dir));
  if (line.conf.empty()) {
    const std::vector<std::string> names = modules.names();
    int status = names.empty() ? 1 : 0;
    if (names.empty()) std::fprintf(stderr, "%s\n", why_no_module(modules).c_str());
    for (const std::string& name : names) {
      try {
        const PluginInfo* info = modules.load(name);
        std::string text = name;
        text.resize(std::max<size_t>(text.size() + 1, 12), ' ');
        text += std::string(stage_name(info->stage));
        text.resize(std::max<size_t>(text.size() + 1, 22), ' ');
        print(text + modules.path_of(name) + "\n");
      } catch (const ModuleError& e) {
        std::fprintf(stderr, "%s\n", e.what());
        status = 1;
      }
    }
    return status;
  }
  observe::LogWriter log(observe::stdout_output());
  Problems problems;
  const std::shared_ptr<const Configuration> configuration =
      load_configuration(line.conf, line.port, modules, log, problems);
  for (const Problem& p : problems.all()) std::fprintf(stderr, "%s\n", p.text().c_str());
  if (!configuration) return 1;
  for (const BlockConfiguration& block : configuration->blocks) print(chain_text(block));
  return 0;
}

int show_manual(const CommandLine& line) {
  const Modules modules(plugin_folders(line.plugin_dir));
  const std::string path = modules.manual_of(line.words[0]);
  try {
    if (!path.empty()) {
      print(corefile::read_file(path));
      return 0;
    }
    std::fprintf(stderr, "%s\n", why_no_manual(modules, line.words[0]).c_str());
  } catch (const std::system_error& e) {
    std::fprintf(stderr, "manual %s cannot be read: %s\n", path.c_str(),
                 corefile::reason_of(e).c_str());
  }
  return 1;
}

}  // namespace signpost
