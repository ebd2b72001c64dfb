#include "check_line.h"

#include <algorithm>
#include <array>

#include "check_property.h"
#include "signpost/setup.h"
#include "target.h"

namespace signpost::health {
namespace {

constexpr uint32_t kMostChildren = 256;  // H-31, spec section 3.2
constexpr std::array<std::string_view, 6> kKinds = {"http", "https", "tcp",
                                                    "any",  "all",   "at-least"};

void read_probed(const Directive& line, CheckLine& check) {
  CheckSpec& spec = check.spec;
  spec.probe.kind = spec.kind == "http"    ? ProbeSpec::http
                    : spec.kind == "https" ? ProbeSpec::https
                                           : ProbeSpec::tcp;
  if (line.args.size() < 3)
    throw ConfigError(line.where(), "check '" + spec.name + "' needs a target: check " + spec.name +
                                        ' ' + spec.kind + " HOST:PORT");
  expect_args(line, 3, 3, true);
  const Target target = read_target(line.args[2], spec.probe.kind);
  spec.target = target_text(target);
  spec.probe.host = target.host;
  spec.probe.port = target.port;
  spec.probe.path = target.path;
  spec.probe.id = spec.name;
}

void refuse_repeated(const std::vector<Token>& children) {
  for (size_t i = 0; i < children.size(); ++i)
    for (size_t j = 0; j < i; ++j)
      if (children[i].text == children[j].text)
        throw ConfigError(children[i].where,
                          "check '" + children[i].text + "' is named twice; name it once");
}

void read_calculated(const Directive& line, CheckLine& check) {
  CheckSpec& spec = check.spec;
  spec.calculated = true;
  size_t first = 2;
  if (spec.kind == "at-least") {
    if (line.args.size() < 3)
      throw ConfigError(line.where(), "expected: check " + spec.name + " at-least N CHECK...");
    spec.wanted = read_number(line.args[first++], 0, kMostChildren);
  }
  check.children.assign(line.args.begin() + long(first), line.args.end());
  if (check.children.empty())
    throw ConfigError(line.where(),
                      "check '" + spec.name + "' counts no checks; name at least one");
  if (check.children.size() > kMostChildren)
    throw ConfigError(line.where(), "check '" + spec.name + "' counts " +
                                        std::to_string(check.children.size()) +
                                        " checks; at most 256 are allowed");
  refuse_repeated(check.children);
  if (spec.kind == "any") spec.wanted = 1;
  if (spec.kind == "all") spec.wanted = uint32_t(check.children.size());
  spec.target = std::to_string(spec.wanted) + " of";
  for (const Token& child : check.children) spec.target += ' ' + child.text;
}

}  // namespace

CheckLine read_check_line(const Directive& line, Problems& problems) {
  CheckLine check;
  check.name = line.args[0];
  check.spec.name = check.name.text;
  if (check.name.text.empty()) throw ConfigError(line.where(), "a check needs a name");
  if (line.args.size() < 2)
    throw ConfigError(line.where(), "check '" + check.spec.name +
                                        "' needs a kind: http, https, tcp, any, all or at-least");
  const Token& kind = line.args[1];
  if (!std::ranges::count(kKinds, kind.text))
    throw ConfigError(kind.where, "unknown kind of check '" + kind.text + '\'' +
                                      did_you_mean(kind.text, kKinds) +
                                      "; expected http, https, tcp, any, all or at-least");
  check.spec.kind = kind.text;
  if (kind.text == "http" || kind.text == "https" || kind.text == "tcp")
    read_probed(line, check);
  else
    read_calculated(line, check);
  read_check_block(line, check, problems);
  return check;
}

}  // namespace signpost::health
