// Words of a directive's line (signpost/setup.h).
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <optional>
#include <system_error>

#include "corefile/files.h"
#include "corefile/reverse_zones.h"
#include "dns/types.h"
#include "signpost/setup.h"

namespace signpost {

namespace {

double nanoseconds_of(std::string_view unit) {
  if (unit == "ns") return 1;
  if (unit == "us" || unit == "µs") return 1e3;
  if (unit == "ms") return 1e6;
  if (unit == "s") return 1e9;
  if (unit == "m") return 60e9;
  if (unit == "h") return 3600e9;
  return 0;
}

std::chrono::nanoseconds read_nanoseconds(const Token& word) {
  const auto wrong = [&](const char* why) {
    return ConfigError(word.where, "'" + excerpt(word.text) + "' is no duration (" + why +
                                       "): expected for example 500ms, 10s or 1h30m");
  };
  std::string_view text = word.text;
  if (text == "0") return {};
  if (text.empty()) throw wrong("empty");
  double total = 0;
  while (!text.empty()) {
    const size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + digits, value);
    if (error != std::errc() || end != text.data() + digits) throw wrong("a number is missing");
    text.remove_prefix(digits);
    const size_t letters = std::min(text.find_first_of("0123456789."), text.size());
    const double unit = nanoseconds_of(text.substr(0, letters));
    if (unit == 0) throw wrong(letters == 0 ? "a unit is missing" : "unknown unit");
    total += value * unit;
    text.remove_prefix(letters);
  }
  if (!(total < 9e18)) throw wrong("too long");
  return std::chrono::nanoseconds(int64_t(std::llround(total)));
}

std::chrono::milliseconds rounded(std::chrono::nanoseconds exact) {
  const auto near = std::chrono::round<std::chrono::milliseconds>(exact);
  return exact.count() > 0 ? std::max(near, std::chrono::milliseconds(1)) : near;
}

// In the longest unit that makes it a whole number: "100ms", "24h".
std::string duration_text(std::chrono::milliseconds time) {
  static constexpr std::pair<int64_t, const char*> kUnits[] = {
      {3'600'000, "h"}, {60'000, "m"}, {1000, "s"}};
  for (const auto& [length, name] : kUnits)
    if (time.count() != 0 && time.count() % length == 0)
      return std::to_string(time.count() / length) + name;
  return std::to_string(time.count()) + "ms";
}

// Appends the zone that `word` names, or the reverse zones of a prefix.
void read_zone(const Token& word, std::vector<Name>& zones) {
  std::vector<std::string> names{word.text};
  if (auto reverse = corefile::reverse_zones(word.text)) {
    if (!reverse->valid) throw ConfigError(word.where, "invalid CIDR " + excerpt(word.text));
    names = std::move(reverse->names);
  }
  for (const std::string& name : names) {
    std::string why;
    const auto zone = Name::parse(name, {}, &why);
    if (!zone)
      throw ConfigError(word.where, "'" + excerpt(word.text) + "' is no domain name: " + why);
    zones.push_back(*zone);
  }
}

}  // namespace

std::string host_name() {
  char name[256];
  if (gethostname(name, sizeof name) != 0) return "localhost";
  name[sizeof name - 1] = 0;
  return name[0] ? name : "localhost";
}

std::chrono::milliseconds read_duration(const Token& word) {
  return rounded(read_nanoseconds(word));
}

std::chrono::milliseconds read_duration(const Token& word, std::chrono::milliseconds low,
                                        std::chrono::milliseconds high) {
  const std::chrono::nanoseconds exact = read_nanoseconds(word);
  if (exact < low || exact > high)
    throw ConfigError(word.where, "'" + excerpt(word.text) + "' is out of range: expected " +
                                      duration_text(low) + " to " + duration_text(high));
  return rounded(exact);
}

uint32_t read_number(const Token& word, uint32_t low, uint32_t high) {
  uint32_t value = 0;
  const char* end = word.text.data() + word.text.size();
  const auto [at, error] = std::from_chars(word.text.data(), end, value);
  if (error != std::errc() || at != end || value < low || value > high)
    throw ConfigError(word.where, "'" + excerpt(word.text) + "' is no whole number from " +
                                      std::to_string(low) + " to " + std::to_string(high));
  return value;
}

Endpoint read_listen_address(const Token& word) {
  const size_t colon = word.text.rfind(':');
  const bool all = colon == 0;
  const std::string host = word.text.substr(0, std::min(colon, word.text.size()));
  const std::string port = word.text.substr(host.size());
  std::optional<Endpoint> found;
  if (port.size() > 1 && port.find_first_not_of("0123456789", 1) == std::string::npos) {
    const std::string full = (all ? "0.0.0.0" : host == "localhost" ? "127.0.0.1" : host) + port;
    found = Endpoint::parse(full, 0);
    if (found != Endpoint::parse(full, 1)) found.reset();  // "2001:db8::1" has no port
  }
  if (!found)
    throw ConfigError(word.where,
                      "'" + excerpt(word.text) +
                          "' is no address to listen on: expected ADDRESS:PORT, [ADDRESS]:PORT or "
                          ":PORT, such as :8080");
  if (all) found->address = Address();
  return *found;
}

std::string read_file(const Token& path, std::string_view what) {
  constexpr size_t kLargest = 256 << 20;  // bytes
  std::error_code unknown;
  try {
    if (std::filesystem::is_character_file(path.text, unknown))  // such as /dev/null: an empty list
      return corefile::read_stream(path.text, kLargest);
    return corefile::read_file(path.text, kLargest);
  } catch (const std::system_error& e) {
    throw ConfigError(path.where, "cannot read " + std::string(what) + " " + excerpt(path.text) +
                                      ": " + corefile::reason_of(e));
  }
}

uint16_t read_qtype(const Token& word) {
  if (const auto type = parse_type(word.text)) return *type;
  throw ConfigError(word.where, "'" + excerpt(word.text) + "' is no record type" +
                                    did_you_mean(word.text, type_mnemonics()));
}

Prefix read_prefix(const Token& word, Problems& problems) {
  bool host_bits = false;
  std::optional<Prefix> prefix = Prefix::parse(word.text, &host_bits);
  if (const auto address = Address::parse(word.text); address && !prefix)
    prefix = Prefix{*address, uint8_t(address->bits())};
  if (!prefix)
    throw ConfigError(word.where,
                      "'" + excerpt(word.text) +
                          "' is no prefix and no address: expected for example 198.51.100.0/24");
  if (host_bits)
    problems.warning(
        word.where,
        "'" + excerpt(word.text) + "' has bits set behind its length; taken for " + prefix->text());
  return *prefix;
}

std::vector<Name> read_zones(std::span<const Token> words) {
  std::vector<Name> zones;
  for (const Token& word : words) read_zone(word, zones);
  return zones;
}

std::vector<Name> read_zones(std::span<const Token> words, Setup& setup) {
  std::vector<Name> zones;
  for (const Token& word : words) {
    const size_t first = zones.size();
    read_zone(word, zones);
    const auto asked = [&](const Name& zone) {
      return std::any_of(setup.zones().begin(), setup.zones().end(), [&](const Name& ours) {
        return zone.view().within(ours) || ours.view().within(zone);
      });
    };
    if (setup.zones().empty() || std::any_of(zones.begin() + ptrdiff_t(first), zones.end(), asked))
      continue;
    const std::string what = zones.size() == first + 1 ? zones[first].text() : excerpt(word.text);
    setup.problems().warning(
        word.where, "no question for " + what + " comes to this server block, which is for " +
                        setup.zones()[0].text() + (setup.zones().size() > 1 ? " and others" : ""));
  }
  return zones;
}

void expect_one_line(Setup& setup) {
  for (size_t i = 1; i < setup.lines().size(); ++i)
    setup.problems().error(setup.lines()[i].where(),
                           "this plugin can only be used once per Server Block");
}

void expect_args(const Directive& line, size_t least, size_t most, bool block) {
  if (line.args.size() < least)
    throw ConfigError(line.where(),
                      "Wrong argument count or unexpected line ending after '" +
                          excerpt((line.args.empty() ? line.name : line.args.back()).text) + "'");
  if (line.args.size() > most)
    throw ConfigError(line.args[most].where, "unexpected argument '" +
                                                 excerpt(line.args[most].text) + "' behind " +
                                                 excerpt(line.name.text));
  if (line.has_block && !block)
    throw ConfigError(line.where(), excerpt(line.name.text) + " takes no block");
}

void unknown_property(const Directive& property, std::span<const std::string_view> known) {
  throw ConfigError(property.where(), "unknown property '" + excerpt(property.name.text) + "'" +
                                          did_you_mean(property.name.text, known));
}

}  // namespace signpost
