// The plugin `zone`: answers from zone files in the standard format. CoreDNS' `file` is the same
// plugin by another name.
#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "signpost/plugin.h"
#include "signpost/zones.h"

namespace signpost::zone {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kProperties[] = {"chase",       "minimal",  "reload",
                                            "fallthrough", "transfer", "upstream"};
constexpr milliseconds kReload{30'000}, kMostOften{100}, kLeastOften{86'400'000};

// What one line says of the zones it serves.
struct Options {
  bool chase = true, minimal = false;
  milliseconds reload = kReload;   // 0: never
  std::vector<Name> fall_through;  // names below these that do not exist go to the next source
};

struct Served {
  Name origin;
  std::string path;
  Options options;
};

bool read_switch(const Directive& property) {
  expect_args(property, 1, 1, false);
  const Token& word = property.args[0];
  if (!word.is("on") && !word.is("off"))
    throw ConfigError(word.where, "'" + word.text + "' is neither on nor off");
  return word.is("on");
}

milliseconds read_reload(const Directive& property) {
  expect_args(property, 1, 1, false);
  const milliseconds every = read_duration(property.args[0]);
  if (every.count() != 0 && (every < kMostOften || every > kLeastOften))
    throw ConfigError(
        property.args[0].where,
        "'" + property.args[0].text + "' is out of range: expected 100ms to 24h, or 0 for never");
  return every;
}

std::vector<Name> read_zones(std::span<const Token> words) {
  std::vector<Name> zones;
  for (const Token& word : words) {
    std::string why;
    const auto zone = Name::parse(word.text, {}, &why);
    if (!zone) throw ConfigError(word.where, "'" + word.text + "' is no domain name: " + why);
    zones.push_back(*zone);
  }
  return zones;
}

void read_property(const Directive& property, Options& options) {
  if (property.name.is("chase")) {
    options.chase = read_switch(property);
  } else if (property.name.is("minimal")) {
    expect_args(property, 0, 0, false);
    options.minimal = true;
  } else if (property.name.is("reload")) {
    options.reload = read_reload(property);
  } else if (property.name.is("fallthrough")) {
    options.fall_through = read_zones(property.args);
    if (options.fall_through.empty()) options.fall_through.emplace_back();
  } else if (property.name.is("transfer")) {
    throw ConfigError(property.where(),
                      "zone transfers are not served: remove the line, and copy the zone file to "
                      "the other servers");
  } else if (!property.name.is("upstream")) {  // without effect in CoreDNS as well
    unknown_property(property, kProperties);
  }
}

class Settings {
 public:
  explicit Settings(Setup& setup) {
    for (const Directive& line : setup.lines()) {
      try {
        read_line(setup, line);
      } catch (const ConfigError& e) {
        setup.problems().add(e);
      }
    }
  }

  const std::vector<Served>& all() const { return all_; }
  bool any_falls() const { return any_falls_; }

  // True if `name`, which does not exist in its zone, is for the next source to answer.
  bool falls(NameView name) const {
    const Served* served = nullptr;
    for (const Served& s : all_)
      if (name.within(s.origin) && (!served || s.origin.size() > served->origin.size()))
        served = &s;
    return served &&
           std::any_of(served->options.fall_through.begin(), served->options.fall_through.end(),
                       [&](const Name& below) { return name.within(below); });
  }

 private:
  void read_line(Setup& setup, const Directive& line) {
    if (line.args.empty())
      throw ConfigError(line.where(), "expected: " + line.name.text + " FILE [ZONES...]");
    Options options;
    for (const Directive& property : line.block) {
      try {
        read_property(property, options);
      } catch (const ConfigError& e) {
        setup.problems().add(e);
      }
    }
    std::vector<Name> origins = read_zones(std::span(line.args).subspan(1));
    for (size_t i = 0; i < origins.size(); ++i) warn_unasked(setup, origins[i], line.args[i + 1]);
    if (origins.empty()) origins.assign(setup.zones().begin(), setup.zones().end());
    for (const Name& origin : origins) {
      setup.add_zone({origin, line.args[0].text, line.where(), options.chase, options.minimal});
      all_.push_back({origin, line.args[0].text, options});
    }
    any_falls_ |= !options.fall_through.empty();
  }

  static void warn_unasked(Setup& setup, const Name& origin, const Token& word) {
    for (const Name& zone : setup.zones())
      if (origin.view().within(zone) || zone.view().within(origin)) return;
    setup.problems().warning(
        word.where, "no question for " + origin.text() + " comes to this block; its zones are " +
                        (setup.zones().empty() ? "none" : setup.zones()[0].text()) +
                        (setup.zones().size() > 1 ? " and others" : ""));
  }

  std::vector<Served> all_;
  bool any_falls_ = false;
};

class Worker {
 public:
  explicit Worker(const Settings& settings) : settings_(settings) {}

  Down down(Query& query) noexcept {
    const NameView name = query.looked_for();
    const Zone* zone = find_zone(query, name);
    if (!zone) return Down::next;
    if (settings_.any_falls() && denies(*zone, name) && settings_.falls(name)) {
      if (query.recorder)
        query.recorder->note("zone",
                             name.text() + " does not exist here: the next source is asked");
      return Down::next;
    }
    answer_from(*zone, query);
    return Down::answered;
  }

 private:
  const Settings& settings_;
};

class Agent {
 public:
  Agent(const Settings& settings, Control& control) {
    for (const Served& served : settings.all()) {
      if (served.options.reload.count() == 0) continue;
      watches_.push_back(
          control.watch(served.path, served.options.reload,
                        [&control, origin = served.origin] { control.reload_zone(origin); }));
    }
  }

 private:
  std::vector<Handle> watches_;
};

}  // namespace
}  // namespace signpost::zone

// CoreDNS has the same order: `whoami` answers anything that comes to it.
SIGNPOST_EXPORT(
    zone,
    signpost::placed(signpost::describe<signpost::zone::Settings, signpost::zone::Worker,
                                        signpost::zone::Agent>("zone", signpost::Stage::source),
                     "whoami", nullptr))
