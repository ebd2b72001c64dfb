#include "check_property.h"

#include <algorithm>
#include <array>

#include "signpost/setup.h"
#include "target.h"

namespace signpost::health {
namespace {

constexpr size_t kLongestExpectation = 255;  // spec section 3.2
constexpr uint32_t kLowestStatus = 100, kHighestStatus = 599;

// Kinds of checks that a property makes sense for.
constexpr uint8_t kHttp = 1, kHttps = 2, kTcp = 4, kCalculated = 8;
constexpr uint8_t kWeb = kHttp | kHttps, kProbed = kWeb | kTcp, kAll = kProbed | kCalculated;

const Token& only_word(const Directive& property) {
  expect_args(property, 1, 1, false);
  return property.args[0];
}

bool on_or_off(const Directive& property) {
  const Token& word = only_word(property);
  if (word.text == "on") return true;
  if (word.text == "off") return false;
  throw ConfigError(word.where, "expected 'on' or 'off' after '" + property.name.text +
                                    "', found '" + word.text + '\'');
}

void read_expect(const Directive& property, CheckLine& check) {
  const Token& text = only_word(property);
  if (text.text.empty() || text.text.size() > kLongestExpectation)
    throw ConfigError(text.where, "the text expected must have 1 to 255 characters; it has " +
                                      std::to_string(text.text.size()));
  check.spec.probe.expect_body = text.text;
}

void read_status(const Directive& property, CheckLine& check) {
  const Token& word = only_word(property);
  const size_t dash = word.text.find('-');
  Token low = word, high = word;
  if (dash != std::string::npos) {
    low.text = word.text.substr(0, dash);
    high.text = word.text.substr(dash + 1);
  }
  const uint32_t from = read_number(low, kLowestStatus, kHighestStatus);
  const uint32_t to = read_number(high, kLowestStatus, kHighestStatus);
  if (from > to)
    throw ConfigError(word.where, "status range '" + word.text + "' runs backwards; write " +
                                      high.text + '-' + low.text);
  check.spec.probe.statuses = {{int(from), int(to)}};
}

struct Property {
  std::string_view name;
  uint8_t kinds;
  void (*read)(const Directive&, CheckLine&);
};

void read_timing(const Directive& property, CheckLine& check) { check.timing.take(property); }

constexpr std::array<Property, 12> kProperties = {{
    {"expect", kWeb, read_expect},
    {"status", kWeb, read_status},
    {"host", kWeb,
     [](const Directive& p, CheckLine& c) {
       ProbeSpec& probe = c.spec.probe;
       probe.host_header = read_host_header(only_word(p), probe.kind, probe.port);
     }},
    {"verify", kHttps,
     [](const Directive& p, CheckLine& c) { c.spec.probe.verify_tls = on_or_off(p); }},
    {"sni", kHttps, [](const Directive& p, CheckLine& c) { c.spec.probe.sni = on_or_off(p); }},
    {"interval", kProbed, read_timing},
    {"timeout", kProbed, read_timing},
    {"threshold", kProbed, read_timing},
    {"rise", kProbed, read_timing},
    {"fall", kProbed, read_timing},
    {"invert", kAll,
     [](const Directive& p, CheckLine& c) {
       expect_args(p, 0, 0, false);
       c.spec.inverted = true;
     }},
    {"disabled", kAll,
     [](const Directive& p, CheckLine& c) {
       expect_args(p, 0, 0, false);
       c.spec.disabled = true;
     }},
}};

uint8_t kind_bit(const CheckSpec& spec) {
  if (spec.calculated) return kCalculated;
  return spec.probe.kind == ProbeSpec::http    ? kHttp
         : spec.probe.kind == ProbeSpec::https ? kHttps
                                               : kTcp;
}

// The names that make sense for a check of this kind, for suggestions.
std::vector<std::string_view> names_for(uint8_t kind) {
  std::vector<std::string_view> names;
  for (const Property& p : kProperties)
    if (p.kinds & kind) names.push_back(p.name);
  return names;
}

std::string misplaced(const Property& property, const CheckSpec& spec) {
  const std::string found = '\'' + std::string(property.name) + "' does not apply to ";
  if (spec.calculated) return found + "a calculated check; give it to the checks that are counted";
  if (property.kinds == kHttps)
    return found + "a " + spec.kind + " check; only https has certificates";
  return found + "a " + spec.kind + " check, which sends nothing; use http or https, or remove it";
}

void read_property(const Directive& property, CheckLine& check) {
  const uint8_t kind = kind_bit(check.spec);
  const auto known =
      std::ranges::find(kProperties, std::string_view(property.name.text), &Property::name);
  if (known == kProperties.end()) unknown_property(property, names_for(kind));
  if (!(known->kinds & kind)) throw ConfigError(property.where(), misplaced(*known, check.spec));
  known->read(property, check);
}

}  // namespace

void read_check_block(const Directive& line, CheckLine& check, Problems& problems) {
  for (auto property = line.block.begin(); property != line.block.end(); ++property) {
    const auto same = [&](const Directive& other) {
      return other.name.text == property->name.text;
    };
    try {
      if (std::any_of(line.block.begin(), property, same))
        throw ConfigError(property->where(),
                          '\'' + property->name.text + "' is given twice; keep one");
      read_property(*property, check);
    } catch (const ConfigError& error) {
      problems.add(error);
    }
  }
}

}  // namespace signpost::health
