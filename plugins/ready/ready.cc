// The plugin `ready`: an HTTP endpoint that says whether the server is ready for queries. As in
// CoreDNS: port 8181, path /ready.
#include <algorithm>
#include <array>

#include "signpost/plugin.h"

namespace signpost::ready {
namespace {

constexpr std::string_view kMonitors[] = {"until-ready", "continuously"};

struct Settings {
  explicit Settings(Setup& setup) {
    expect_one_line(setup);
    const auto lines = setup.lines();
    if (lines.empty()) return;
    expect_args(lines[0], 0, 1, true);
    const Token word = lines[0].args.empty() ? Token{address, lines[0].where()} : lines[0].args[0];
    const Endpoint where = read_listen_address(word);
    setup.listens(where, word.where);
    address = where.address.family ? where.text() : ":" + std::to_string(where.port);
    for (const Directive& property : lines[0].block) read_property(property);
  }

  std::string address = ":8181";
  bool continuously = false;

 private:
  void read_property(const Directive& property) {
    if (!property.name.is("monitor"))
      unknown_property(property, std::array{std::string_view("monitor")});
    expect_args(property, 1, 1, false);
    const Token& how = property.args[0];
    if (std::find(std::begin(kMonitors), std::end(kMonitors), how.text) == std::end(kMonitors))
      throw ConfigError(how.where, "monitor takes until-ready or continuously, found '" + how.text +
                                       "'" + did_you_mean(how.text, kMonitors));
    continuously = how.text == kMonitors[1];
  }
};

struct Worker {
  explicit Worker(const Settings&) {}
};

class Agent {
 public:
  Agent(const Settings& settings, Control& control)
      : control_(control), continuously_(settings.continuously) {
    route_ =
        control.http(settings.address, "/ready", [this](const HttpRequest&) { return reply(); });
  }

 private:
  HttpReply reply() {
    if (control_.stopping()) return {503, kText, "Shutting down"};
    if (was_ready_ && !continuously_) return {200, kText, "OK"};
    std::string names;
    for (const std::string& name : control_.not_ready()) names += (names.empty() ? "" : ",") + name;
    was_ready_ = names.empty();
    return was_ready_ ? HttpReply{200, kText, "OK"} : HttpReply{503, kText, names};
  }

  static constexpr auto kText = "text/plain; charset=utf-8";
  Control& control_;
  const bool continuously_;
  bool was_ready_ = false;
  Handle route_;
};

}  // namespace
}  // namespace signpost::ready

SIGNPOST_PLUGIN(ready, signpost::Stage::observe, signpost::ready::Settings, signpost::ready::Worker,
                signpost::ready::Agent)
