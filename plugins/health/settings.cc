#include "settings.h"

#include <algorithm>
#include <array>

#include "check_line.h"
#include "signpost/name.h"
#include "target.h"
#include "timing_words.h"

namespace signpost::health {
namespace {

constexpr const char* kDefaultAddress = ":8080";  // spec/corefile.md, section 16
constexpr std::array<std::string_view, 7> kProperties = {
    "check", "lameduck", "interval", "timeout", "threshold", "rise", "fall"};

// Reads the lines of a block one after the other; the checks are tied together at the end, because
// a calculated check may stand above those it counts.
class Reader {
 public:
  Reader(Setup& setup, Settings& out) : setup_(setup), out_(out) {}

  void read(const Directive& line) {
    TimingWords defaults;
    const size_t first = lines_.size();
    bool has_checks = false;
    for (const Directive& property : line.block) {
      has_checks |= property.name.text == "check";
      attempt([&] { read_property(property, defaults); });
    }
    attempt([&] { read_address(line, has_checks); });
    for (size_t i = first; i < lines_.size(); ++i) finish_timing(lines_[i], defaults, line);
  }

  void finish() {
    for (CheckLine& line : lines_) {
      for (const Token& child : line.children) attempt([&] { add_child(line, child); });
      warn_of_own_name(line);
      warn_of_too_many_wanted(line);
    }
    for (CheckLine& line : lines_) out_.checks.push_back(std::move(line.spec));
  }

 private:
  template <class F>
  void attempt(F&& read) {
    try {
      read();
    } catch (const ConfigError& error) {
      setup_.problems().add(error);
    }
  }

  void read_address(const Directive& line, bool has_checks) {
    expect_args(line, 0, 1, true);
    if (line.args.empty() && has_checks) return;
    const Token word = line.args.empty() ? Token{kDefaultAddress, line.where()} : line.args[0];
    const Endpoint address = read_listen_address(word);
    out_.endpoints.push_back(
        {address.address.family ? address.text() : ":" + std::to_string(address.port), word.where});
    setup_.listens(address, word.where);
  }

  void read_property(const Directive& property, TimingWords& defaults) {
    if (property.name.text == "check") return read_check(property);
    if (property.name.text == "lameduck") return read_lameduck(property);
    if (!defaults.take(property)) unknown_property(property, kProperties);
  }

  void read_lameduck(const Directive& property) {
    expect_args(property, 1, 1, false);
    const auto duration = read_duration(property.args[0]);
    out_.lameduck = std::max(duration, out_.lameduck.value_or(duration));
  }

  // The name is declared even if the rest is in error, so that members naming it are not blamed.
  void read_check(const Directive& line) {
    if (line.args.empty()) throw ConfigError(line.where(), "expected: check NAME KIND TARGET");
    const uint32_t row = setup_.declare_check(line.args[0]);
    out_.rows = std::max(out_.rows, row + 1);
    declared_.push_back(line.args[0].text);
    CheckLine check = read_check_line(line, setup_.problems());
    check.spec.row = row;
    lines_.push_back(std::move(check));
  }

  void finish_timing(CheckLine& check, const TimingWords& defaults, const Directive& directive) {
    if (check.spec.calculated) return;
    check.spec.timing = check.timing.over(defaults);
    check.spec.probe.timeout = check.spec.timing.timeout;
    if (check.spec.timing.timeout <= check.spec.timing.interval) return;
    const Location where = check.timing.any_time() ? check.name.where : directive.where();
    setup_.problems().warning(where, "check '" + check.spec.name +
                                         "' has a timeout longer than its interval; the next probe "
                                         "still waits for the end of the one before");
  }

  void add_child(CheckLine& line, const Token& child) {
    const auto known = std::ranges::find(lines_, child.text,
                                         [](const CheckLine& other) { return other.spec.name; });
    if (known == lines_.end()) {
      if (std::ranges::count(declared_, child.text)) return;  // its own line is in error
      const std::vector<std::string_view> names(declared_.begin(), declared_.end());
      throw ConfigError(child.where,
                        "no check is named '" + child.text + "'" + did_you_mean(child.text, names));
    }
    if (known->spec.calculated)
      throw ConfigError(child.where,
                        "check '" + child.text +
                            "' is itself calculated and cannot be counted (H-32); name the "
                            "checks that it counts");
    line.spec.children.push_back(size_t(known - lines_.begin()));
  }

  // H-15: a check of the very name it guards has no predictable result.
  void warn_of_own_name(const CheckLine& line) {
    const std::string& host = line.spec.probe.host;
    if (line.spec.calculated || Address::parse(host)) return;
    const auto name = Name::parse(host);
    for (const Name& zone : setup_.zones())
      if (name && !zone.view().is_root() && name->view().within(zone))
        return setup_.problems().warning(
            line.name.where,
            "check '" + line.spec.name + "' probes " + host +
                ", a name of this block itself; if it guards that name its result is "
                "unpredictable (H-15): probe the endpoint's address");
  }

  void warn_of_too_many_wanted(const CheckLine& line) {
    if (!line.spec.calculated || line.spec.wanted <= line.children.size()) return;
    setup_.problems().warning(line.name.where,
                              "check '" + line.spec.name + "' can never be healthy: it wants " +
                                  std::to_string(line.spec.wanted) + " of " +
                                  std::to_string(line.children.size()) + " checks (H-31)");
  }

  Setup& setup_;
  Settings& out_;
  std::vector<CheckLine> lines_;
  std::vector<std::string> declared_;
};

}  // namespace

Settings::Settings(Setup& setup) : table(setup.offers<HealthTable>()) {
  Reader reader(setup, *this);
  for (const Directive& line : setup.lines()) reader.read(line);
  reader.finish();
  for (const Name& zone : setup.zones()) zones.push_back(zone.text());
}

}  // namespace signpost::health
