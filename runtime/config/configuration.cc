#include "config/configuration.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <set>
#include <system_error>

#include "config/block_setup.h"
#include "config/block_zones.h"
#include "config/listening.h"
#include "corefile/files.h"
#include "corefile/parser.h"
#include "signpost/addresses.h"
#include "signpost/health.h"

namespace signpost {

namespace {

// Directives of CoreDNS that Signpost has under another plugin's name, with their own arguments.
constexpr std::pair<std::string_view, std::string_view> kOtherNames[] = {
    {"file", "zone"}, {"auto", "zone"}, {"rrl", "ratelimit"}};

// What the runtime itself understands.
constexpr std::string_view kOwnDirectives[] = {"bind"};

// Plugins of CoreDNS that Signpost has nothing of that name for: people bring such lines along.
constexpr std::string_view kElsewhere[] = {
    "any",        "autopath",   "azure",    "bufsize",  "cache",        "cancel",     "clouddns",
    "debug",      "dns64",      "dnssec",   "dnstap",   "erratic",      "etcd",       "forward",
    "geoip",      "grpc",       "header",   "hosts",    "k8s_external", "kubernetes", "loadbalance",
    "local",      "loop",       "metadata", "minimal",  "multisocket",  "nomad",      "pprof",
    "prometheus", "proxyproto", "quic",     "reload",   "rewrite",      "root",       "route53",
    "secondary",  "shed",       "sign",     "template", "tls",          "trace",      "transfer",
    "tsig",       "view"};

std::string elsewhere(std::string_view name) {
  std::string text = "no action found for directive '" + std::string(name) +
                     "' with server type 'dns' (missing a plugin?): it is a plugin of CoreDNS that "
                     "Signpost does not have; remove the line";
  if (name == "reload") text += " and send SIGHUP to reload";
  if (name == "minimal") text += ", or write zone FILE { minimal }";
  return text;
}

// Signpost's own plugins, so that a missing module is told from a misspelt word.
constexpr std::string_view kShipped[] = {
    "acl",     "alias", "chaos", "cookies",   "errors", "example",  "failover", "health",
    "latency", "log",   "nsid",  "ratelimit", "ready",  "weighted", "whoami",   "zone"};

std::string_view plugin_of(std::string_view directive) {
  for (const auto& [other, plugin] : kOtherNames)
    if (directive == other) return plugin;
  return directive;
}

class BlockBuilder {
 public:
  BlockBuilder(BlockConfiguration& block, Modules& modules, LineFormatters& formatters,
               Problems& problems)
      : block_(block),
        modules_(modules),
        problems_(problems),
        setup_(block, formatters, problems) {}

  void build(const corefile::ServerBlock& from, uint16_t default_port, const PresentZones* present,
             Problems& broken) {
    block_.where = from.where();
    block_.read_since_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                               std::chrono::system_clock::now().time_since_epoch())
                               .count();
    read_keys(from, default_port);
    fixed_tables();
    for (const Directive& d : from.directives)
      d.name.text == "bind" ? read_bind(d)
                            : lines_[std::string(plugin_of(d.name.text))].push_back(d);
    make_plugins();
    load_zones(block_, present, problems_, broken);
  }

 private:
  void read_keys(const corefile::ServerBlock& from, uint16_t default_port) {
    for (const Token& key : from.keys)
      for (corefile::Endpoint& e : corefile::parse_key(key, default_port, problems_)) {
        if (e.transport != corefile::Transport::dns)
          problems_.error(e.where, "transport " +
                                       std::string(corefile::transport_name(e.transport)) +
                                       ":// is not served: Signpost answers plain DNS over UDP and "
                                       "TCP, and does not run an encrypted "
                                       "transport in clear (write the zone without prefix)");
        if (std::find(block_.zones.begin(), block_.zones.end(), e.zone) == block_.zones.end())
          block_.zones.push_back(e.zone);
        block_.keys.push_back(std::move(e));
      }
  }

  void read_bind(const Directive& line) {
    if (line.args.empty() || line.has_block)
      problems_.error(line.where(), "expected: bind ADDRESS|INTERFACE...");
    for (const Token& word : line.args)
      if (word.text.find_first_not_of("0123456789.") == std::string::npos &&
          !Address::parse(word.text))
        problems_.error(word.where, "bind: '" + word.text + "' is no IP address");
    block_.bind.insert(block_.bind.end(), line.args.begin(), line.args.end());
  }

  void fixed_tables() {
    setup_.offers<ZoneTable>();
    setup_.offers<VerdictTable>();
    setup_.uses<HealthTable>();
    setup_.uses<AddressTable>();
  }

  // Makes the settings of every plugin that a line names, then of those that they want.
  void make_plugins() {
    std::vector<const PluginInfo*> infos;
    std::map<std::string, std::shared_ptr<void>> settings;
    std::set<std::string> tried;
    std::vector<std::string> names;
    for (const auto& [name, lines] : lines_) names.push_back(name);
    while (!names.empty()) {
      std::vector<const PluginInfo*> fresh;
      for (const std::string& name : names)
        if (tried.insert(name).second)
          if (const PluginInfo* info = load(name)) fresh.push_back(info);
      order_plugins(fresh);
      for (const PluginInfo* info : fresh) settings[info->name] = make_settings(*info);
      infos.insert(infos.end(), fresh.begin(), fresh.end());
      names = std::move(setup_.wanted());
      setup_.wanted().clear();
    }
    order_plugins(infos);
    for (const PluginInfo* info : infos) {
      block_.plugins.push_back({info, settings[info->name]});
      if (lines_.find(info->name) == lines_.end()) block_.implied.push_back(info->name);
    }
  }

  const PluginInfo* load(const std::string& name) {
    try {
      return modules_.load(name);
    } catch (const ModuleError& e) {
      const auto it = lines_.find(name);
      const bool known =
          std::find(std::begin(kElsewhere), std::end(kElsewhere), name) != std::end(kElsewhere);
      problems_.error(it == lines_.end() ? block_.where : it->second[0].where(),
                      known ? elsewhere(name) : e.what());
      return nullptr;
    }
  }

  std::shared_ptr<void> make_settings(const PluginInfo& info) {
    const auto it = lines_.find(info.name);
    setup_.turn_to(info.name, it == lines_.end() ? std::span<const Directive>() : it->second);
    try {
      return {info.make_settings(setup_), info.unmake_settings};
    } catch (const ConfigError& e) {
      problems_.add(e);
      return nullptr;
    }
  }

  BlockConfiguration& block_;
  Modules& modules_;
  Problems& problems_;
  BlockSetup setup_;
  std::map<std::string, std::vector<Directive>> lines_;
};

std::string why_unread(const std::system_error& error) {
  if (error.code() == std::errc::no_such_file_or_directory) return "no such file";
  if (error.code() == std::errc::is_a_directory) return corefile::reason_of(error);
  if (error.code() == std::errc::file_too_large) return "is larger than 16 MiB";
  return "cannot be read: " + corefile::reason_of(error);
}

void report_block_overlaps(const Configuration& configuration, Problems& problems) {
  std::vector<corefile::Served> served;
  for (const BlockConfiguration& block : configuration.blocks)
    for (const corefile::Endpoint& key : block.keys) {
      corefile::Served s{key, {}, false};
      for (const Token& address : block.bind) s.addresses.push_back(address.text);
      served.push_back(std::move(s));
    }
  corefile::report_overlaps(served, problems);
}

}  // namespace

std::shared_ptr<Configuration> build_configuration(const ConfigurationSource& source,
                                                   Modules& modules, LineFormatters& formatters,
                                                   Problems& problems) {
  const std::vector<std::string> found = modules.names();
  std::set<std::string_view> known(found.begin(), found.end());
  known.insert(std::begin(kShipped), std::end(kShipped));
  known.insert(std::begin(kOwnDirectives), std::end(kOwnDirectives));
  known.insert(std::begin(kElsewhere), std::end(kElsewhere));
  for (const auto& [other, plugin] : kOtherNames)
    if (known.contains(plugin)) known.insert(other);
  const std::vector<std::string_view> directives(known.begin(), known.end());

  corefile::ParseSettings settings;
  settings.name = source.name;
  settings.path = source.path;
  settings.directives = directives;
  Problems own;
  corefile::Document document = corefile::parse(source.text, settings, own);
  if (document.blocks.empty() && source.reload)
    own.error({keep_file_name(source.name), 0}, "there is no server block");
  if (document.blocks.empty() && !own.any_error())
    document = corefile::parse(corefile::kDefaultCorefile, settings, own);

  auto configuration = std::make_shared<Configuration>();
  configuration->extensions = std::move(document.extensions);
  configuration->blocks.resize(document.blocks.size());
  for (size_t i = 0; i < document.blocks.size(); ++i)
    BlockBuilder(configuration->blocks[i], modules, formatters, own)
        .build(document.blocks[i], source.default_port, source.present, configuration->broken);
  report_block_overlaps(*configuration, own);
  report_http_overlaps(configuration->blocks, own);
  problems.add(own);
  if (!own.any_error()) return configuration;
  problems.add(configuration->broken);
  return nullptr;
}

std::shared_ptr<Configuration> load_configuration(const std::string& corefile,
                                                  uint16_t default_port, Modules& modules,
                                                  LineFormatters& formatters, Problems& problems,
                                                  bool reload, const PresentZones* present) {
  try {
    ConfigurationSource source = find_corefile(corefile, reload);
    source.default_port = default_port;
    source.present = present;
    return build_configuration(source, modules, formatters, problems);
  } catch (const ConfigError& e) {
    problems.add(e);
  } catch (const std::exception& e) {  // a plugin's, or out of memory: a reload must survive it
    problems.error({keep_file_name(corefile.empty() ? "Corefile" : corefile), 0}, e.what());
  }
  return nullptr;
}

ConfigurationSource find_corefile(const std::string& name, bool reload) {
  ConfigurationSource source;
  source.reload = reload;
  const bool from_stdin = name == "stdin";
  source.name = from_stdin ? "/dev/stdin" : name.empty() ? "Corefile" : name;
  const Location where{keep_file_name(source.name), 0};
  if (from_stdin && reload) throw ConfigError(where, "standard input cannot be read twice");
  std::error_code error;
  source.path = std::filesystem::absolute(from_stdin ? "stdin" : source.name, error).string();
  if (reload && std::filesystem::is_other(source.name, error))
    throw ConfigError(where, "is no regular file and cannot be read twice");
  try {
    source.text = from_stdin ? corefile::read_stream(STDIN_FILENO, corefile::kLargestCorefile)
                             : corefile::read_stream(source.name, corefile::kLargestCorefile);
  } catch (const std::system_error& e) {
    if (e.code() == std::errc::no_such_file_or_directory && name.empty() && !reload)
      return source;  // the built-in default
    throw ConfigError(where, why_unread(e));
  }
  return source;
}

}  // namespace signpost
