// The plugin `zone`: answers from zone files in the standard format. CoreDNS' `file` is the same
// plugin by another name, and `auto` another form of its line.
#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "signpost/plugin.h"
#include "signpost/zones.h"
#include "sources.h"

namespace signpost::zone {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kProperties[] = {"chase",       "minimal",  "reload",
                                            "fallthrough", "transfer", "upstream"};
constexpr std::string_view kAutoProperties[] = {"chase",       "minimal",  "reload",  "directory",
                                                "fallthrough", "transfer", "upstream"};
constexpr milliseconds kReload{30'000}, kMostOften{100}, kLeastOften{86'400'000};

// What one line says of the zones it serves; ZoneFile::tag is the number of the line.
struct Options {
  bool chase = true, minimal = false;
  milliseconds reload = kReload;         // 0: never
  std::vector<Name> fall_through;        // names below these that do not exist go on
  Location passes_on;                    // the line that says so
  const Directive* directory = nullptr;  // of `auto`
};

bool read_switch(const Directive& property) {
  expect_args(property, 1, 1, false);
  const Token& word = property.args[0];
  if (!word.is("on") && !word.is("off"))
    throw ConfigError(word.where, "'" + excerpt(word.text) + "' is neither on nor off");
  return word.is("on");
}

milliseconds read_reload(const Directive& property) {
  expect_args(property, 1, 1, false);
  if (read_duration(property.args[0]).count() == 0) return milliseconds(0);
  try {
    return read_duration(property.args[0], kMostOften, kLeastOften);
  } catch (const ConfigError& e) {
    throw ConfigError(e.where(), e.message() + ", or 0 for never");
  }
}

void read_property(const Directive& property, bool of_auto, Options& options) {
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
    options.passes_on = property.where();
  } else if (property.name.is("transfer")) {
    throw ConfigError(property.where(),
                      "zone transfers are not served: remove the line, and copy the zone file to "
                      "the other servers");
  } else if (of_auto && property.name.is("directory")) {
    options.directory = &property;
  } else if (!property.name.is("upstream")) {  // without effect in CoreDNS as well
    unknown_property(property, of_auto ? std::span<const std::string_view>(kAutoProperties)
                                       : std::span<const std::string_view>(kProperties));
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

  bool any_falls() const { return any_falls_; }
  // True if `name`, which does not exist in a zone of line `tag`, is for the next source to answer.
  bool falls(uint32_t tag, NameView name) const {
    const std::vector<Name>& below = fall_through_[tag];
    return std::any_of(below.begin(), below.end(),
                       [&](const Name& zone) { return name.within(zone); });
  }

 private:
  void read_line(Setup& setup, const Directive& line) {
    const bool of_auto = line.name.is("auto");
    if (line.args.empty() && !of_auto)
      throw ConfigError(line.where(),
                        "expected: " + line.name.text + " FILE|FOLDER/*.zone|@LIST [ZONES...]");
    Options options;
    for (const Directive& property : line.block) {
      try {
        read_property(property, of_auto, options);
      } catch (const ConfigError& e) {
        setup.problems().add(e);
      }
    }
    ZoneFile model;
    model.where = line.where();
    model.chase = options.chase;
    model.minimal = options.minimal;
    model.reload = options.reload;
    model.tag = uint32_t(fall_through_.size());
    model.passes_on = options.passes_on;
    any_falls_ |= !options.fall_through.empty();
    fall_through_.push_back(std::move(options.fall_through));

    const std::span words = std::span(line.args).subspan(of_auto ? 0 : 1);
    const std::vector<Name> zones = read_zones(words, setup);
    if (of_auto) return read_auto(setup, line, source_line(setup, model, zones), options.directory);
    const Token& file = line.args[0];
    if (file.text.starts_with('@'))
      return setup.add_zones(listed_files(source_line(setup, model, zones), file.text.substr(1)),
                             model.reload);
    if (file.text.find('*') != std::string::npos)
      return setup.add_zones(matching_files(source_line(setup, model, zones), file), model.reload);
    model.path = file.text;
    for (const Name& origin : zones.empty() ? setup.zones() : std::span<const Name>(zones)) {
      model.origin = origin;
      model.passes_on = overlap(fall_through_.back(), origin) ? options.passes_on : Location{};
      setup.add_zone(model);
    }
  }

  SourceLine source_line(Setup& setup, const ZoneFile& model, std::vector<Name> zones) const {
    const std::vector<Name>& falls = fall_through_[model.tag];
    if (!zones.empty()) return {model, std::move(zones), false, falls};
    return {model, {setup.zones().begin(), setup.zones().end()}, true, falls};
  }

  // CoreDNS: directory DIR [REGEXP ORIGIN_TEMPLATE]
  static void read_auto(Setup& setup, const Directive& line, SourceLine source,
                        const Directive* directory) {
    if (!directory)
      throw ConfigError(line.where(), "expected: auto [ZONES...] { directory FOLDER }");
    expect_args(*directory, 1, 3, false);
    const std::vector<Token>& args = directory->args;
    if (args.size() == 2)
      throw ConfigError(args[1].where, "expected: directory FOLDER [EXPRESSION ORIGIN]");
    const Token expression{"db\\.(.*)", line.where()}, origin{"{1}", line.where()};
    const milliseconds every = source.model.reload;
    setup.add_zones(
        files_in_folder(std::move(source), args[0].text, args.size() == 3 ? args[1] : expression,
                        args.size() == 3 ? args[2] : origin),
        every);
  }

  std::vector<std::vector<Name>> fall_through_;  // by line
  bool any_falls_ = false;
};

class Worker {
 public:
  explicit Worker(const Settings& settings) : settings_(settings) {}

  Down down(Query& query) noexcept {
    const SplitName name = query.looked_for();
    const Zone* zone = find_zone(query, name);
    if (!zone) return Down::next;
    if (settings_.any_falls() && denies(*zone, name) && settings_.falls(tag_of(*zone), name)) {
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

}  // namespace
}  // namespace signpost::zone

// CoreDNS has the same order: `whoami` answers anything that comes to it.
SIGNPOST_EXPORT(
    zone, signpost::placed(signpost::describe<signpost::zone::Settings, signpost::zone::Worker>(
                               "zone", signpost::Stage::source),
                           "whoami", nullptr))
