#include "settings.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "report.h"

namespace signpost::ratelimit {

namespace {

constexpr double kMostPerSecond = 1'000'000;
constexpr uint32_t kLongestWindow = 3600, kMostSlip = 10;
constexpr uint32_t kLeastAccounts = 8, kMostAccounts = uint32_t{1} << 24;

constexpr std::string_view kProperties[] = {"responses-per-second", "nodata-per-second",
                                            "nxdomains-per-second", "referrals-per-second",
                                            "errors-per-second",    "requests-per-second",
                                            "all-per-second",       "window",
                                            "slip-ratio",           "slip",
                                            "ipv4-prefix-length",   "ipv6-prefix-length",
                                            "max-table-size",       "exempt",
                                            "report-only",          "log-only"};

// BIND's words for the same.
constexpr std::pair<std::string_view, std::string_view> kOtherWords[] = {
    {"all-per-second", "requests-per-second"}, {"slip", "slip-ratio"}, {"log-only", "report-only"}};

// In the order of Category.
constexpr std::string_view kRates[] = {"responses-per-second", "nodata-per-second",
                                       "nxdomains-per-second", "referrals-per-second",
                                       "errors-per-second",    "requests-per-second"};

double read_rate(const Token& word) {
  double rate = 0;
  const char* end = word.text.data() + word.text.size();
  const auto [at, error] = std::from_chars(word.text.data(), end, rate, std::chars_format::fixed);
  // What is paid off in longer than a window would never be forgiven.
  if (error != std::errc() || at != end || !(rate == 0 || (rate >= 0.01 && rate <= kMostPerSecond)))
    throw ConfigError(word.where, "'" + excerpt(word.text) +
                                      "' is no rate: expected answers per second from 0.01 to "
                                      "1000000, or 0 for no limit");
  return rate;
}

class Reader {
 public:
  Reader(Settings& settings, Problems& problems) : s_(settings), problems_(problems) {}

  void read(const Directive& line) {
    for (const Directive& property : line.block) {
      try {
        read_property(property);
      } catch (const ConfigError& e) {
        problems_.add(e);
      }
    }
    finish(line);
  }

 private:
  void read_property(const Directive& line) {
    std::string_view word = line.name.quoted ? std::string_view() : line.name.text;
    for (const auto& [other, ours] : kOtherWords)
      if (word == other) word = ours;
    const auto rate = std::find(std::begin(kRates), std::end(kRates), word);
    if (std::find(std::begin(kProperties), std::end(kProperties), word) == std::end(kProperties))
      unknown_property(line, kProperties);
    if (word == "exempt") return read_exempt(line);
    const auto [first, fresh] = given_.emplace(word, line.where());
    if (!fresh)
      throw ConfigError(line.where(),
                        line.name.text + " is given already, at " + first->second.text());
    if (word == "report-only") {
      expect_args(line, 0, 0, false);
      s_.report_only = true;
      return;
    }
    expect_args(line, 1, 1, false);
    if (rate != std::end(kRates))
      s_.rates[size_t(rate - std::begin(kRates))] = read_rate(line.args[0]);
    else
      read_value(word, line.args[0]);
  }

  void read_value(std::string_view word, const Token& value) {
    if (word == "window")
      s_.window = std::chrono::seconds(read_number(value, 1, kLongestWindow));
    else if (word == "slip-ratio")
      s_.slip = read_number(value, 0, kMostSlip);
    else if (word == "ipv4-prefix-length")
      s_.ipv4_length = uint8_t(read_number(value, 1, 32));
    else if (word == "ipv6-prefix-length")
      s_.ipv6_length = uint8_t(read_number(value, 1, 128));
    else
      s_.table_size = read_number(value, kLeastAccounts, kMostAccounts);
  }

  void read_exempt(const Directive& line) {
    expect_args(line, 1, SIZE_MAX, false);
    for (const Token& word : line.args) exempt_.push_back({read_prefix(word, problems_), 0});
  }

  void finish(const Directive& line) {
    for (size_t i = size_t(Category::nodata); i <= size_t(Category::error); ++i)
      if (!given_.contains(kRates[i])) s_.rates[i] = s_.rates[size_t(Category::response)];
    if (std::all_of(s_.rates.begin(), s_.rates.end(), [](double rate) { return rate == 0; }))
      problems_.warning(line.where(), line.name.text +
                                          " limits nothing without a rate; add for example: "
                                          "responses-per-second 20");
    s_.any_exempt = !exempt_.empty();
    s_.exempt = PrefixMap(exempt_);
  }

  Settings& s_;
  Problems& problems_;
  std::map<std::string_view, Location> given_;
  std::vector<PrefixMap::Entry> exempt_;
};

}  // namespace

Settings::Settings(Setup& setup) : tally(std::make_unique<Tally<events>>()) {
  if (!setup.zones().empty()) block = setup.zones()[0].text();
  expect_one_line(setup);
  if (const auto lines = setup.lines(); !lines.empty()) {
    zones = read_zones(lines[0].args, setup);
    Reader(*this, setup.problems()).read(lines[0]);
  }
  formatter = setup.formatters().add(std::make_unique<Report>(rates, report_only));
}

}  // namespace signpost::ratelimit
