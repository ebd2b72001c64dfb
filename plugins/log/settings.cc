#include "settings.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <string>

#include "format.h"

namespace signpost::log {

namespace {

constexpr std::string_view kProperties[] = {"class"};
constexpr std::string_view kClasses[] = {"success", "denial", "error", "all"};
constexpr uint8_t kClassBits[] = {success, denial, error, all};

// Writes the lines of one rule.
class Formatter final : public LineFormatter {
 public:
  explicit Formatter(Format format) : format_(std::move(format)) {}

  void format(std::span<const uint8_t> record, std::string& out) override {
    const auto entry = read_record(record);
    if (!entry) return;
    out += "[INFO] ";
    format_.append(*entry, out);
  }

 private:
  const Format format_;
};

uint8_t read_classes(const Directive& property) {
  uint8_t classes = 0;
  expect_args(property, 1, SIZE_MAX, false);
  for (const Token& word : property.args) {
    uint8_t bits = 0;
    for (size_t i = 0; i < std::size(kClasses); ++i)
      if (word.text == kClasses[i]) bits = kClassBits[i];
    if (bits == 0)
      throw ConfigError(word.where, "invalid Class: " + word.text +
                                        did_you_mean(word.text, kClasses) +
                                        " (success, denial, error, all)");
    classes |= bits;
  }
  return classes;
}

// version.bind, id.server and their kind.
bool is_chaos(const Token& word) {
  const auto name = Name::parse(word.text);
  static const Name tops[] = {Name::parse("bind").value(), Name::parse("server").value()};
  return name && std::any_of(std::begin(tops), std::end(tops),
                             [&](const Name& top) { return name->view().within(top); });
}

void read_line(Setup& setup, const Directive& line, std::vector<Rule>& rules) {
  std::span<const Token> names = line.args;
  std::string_view text = common_format;
  const bool looks_like_format = names.size() == 1 && names[0].text.find('{') != std::string::npos;
  if (names.size() > 1 && names.back().text.find('{') != std::string::npos) {
    text = names.back().text;
    names = names.first(names.size() - 1);
  } else if (looks_like_format) {
    setup.problems().warning(names[0].where, "'" + names[0].text +
                                                 "' looks like a format, but a single argument is "
                                                 "a name: write log . " +
                                                 names[0].text);
  }
  uint8_t classes = 0;
  for (const Directive& property : line.block) {
    if (!property.name.is("class")) unknown_property(property, kProperties);
    classes |= read_classes(property);
  }
  const Format format(text);
  const auto add = [&](const Name& scope) {
    rules.push_back({scope, classes == 0 ? uint8_t(all) : classes, format.tells_route(),
                     setup.formatters().add(std::make_unique<Formatter>(format))});
  };
  if (names.empty()) add(Name());
  // Questions of class CH come to blocks of any zone.
  const bool chaos = std::any_of(names.begin(), names.end(), &is_chaos);
  for (const Name& scope :
       looks_like_format || chaos ? read_zones(names) : read_zones(names, setup))
    add(scope);
}

}  // namespace

Settings::Settings(Setup& setup) : health(setup.uses<HealthTable>()) {
  for (const Directive& line : setup.lines()) {
    try {
      read_line(setup, line, rules);
    } catch (const ConfigError& e) {
      setup.problems().add(e);
    }
  }
}

}  // namespace signpost::log
