#include "table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "regions.h"
#include "signpost/setup.h"

namespace signpost::latency {

namespace {

constexpr unsigned kMostErrors = 100;
constexpr double kMostMilliseconds = 1'000'000;

std::string_view trim(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '"'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

class TableReader {
 public:
  TableReader(std::string_view file, Problems& problems)
      : file_(keep_file_name(file)), problems_(problems) {}

  ReadTable read(std::string_view text) {
    while (!text.empty() && errors_ < kMostErrors) {
      const size_t end = std::min(text.find('\n'), text.size());
      ++line_;
      const std::string_view line = trim(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
      if (line.empty() || line.front() == '#') continue;
      read_line(line);
    }
    if (errors_ == kMostErrors) error("too many errors; the rest of the file was not read");
    return finish();
  }

 private:
  struct Pending {
    Row row;
    std::string country;
    std::map<uint32_t, uint32_t> lines;  // by Region: where it was given
  };
  struct Less {
    bool operator()(const Prefix& a, const Prefix& b) const {
      return std::tie(a.address.family, a.address.bytes, a.length) <
             std::tie(b.address.family, b.address.bytes, b.length);
    }
  };

  void error(std::string message) {
    ++errors_;
    problems_.error({file_, line_}, std::move(message));
  }

  void read_line(std::string_view line) {
    std::array<std::string_view, 5> fields;
    size_t count = 0;
    for (size_t from = 0; from <= line.size() && count < fields.size(); ++count) {
      const size_t comma = std::min(line.find(',', from), line.size());
      fields[count] = trim(line.substr(from, comma - from));
      from = comma + 1;
    }
    const bool first = std::exchange(first_, false);
    if (first && fields[0] == "prefix") return;
    if (count < 3 || count > 4)
      return error("'" + excerpt(line) + "' has " + std::to_string(count) +
                   " fields: expected prefix,region,milliseconds[,country]");
    bool host_bits = false;
    const auto prefix = Prefix::parse(fields[0], &host_bits);
    if (!prefix)
      return error("'" + excerpt(fields[0]) +
                   "' is no prefix: expected for example 198.51.100.0/24");
    if (host_bits)
      return error("'" + excerpt(fields[0]) + "' has bits set behind its length; the prefix is " +
                   prefix->text());
    const auto microseconds = read_time(fields[2]);
    const auto region = read_region(fields[1]);
    if (!microseconds || !region) return;
    add(*prefix, *region, *microseconds, count == 4 ? fields[3] : std::string_view());
  }

  std::optional<uint32_t> read_time(std::string_view field) {
    double milliseconds = 0;
    const auto [at, failed] = std::from_chars(field.data(), field.data() + field.size(),
                                              milliseconds, std::chars_format::fixed);
    if (failed == std::errc() && at == field.data() + field.size() && milliseconds >= 0 &&
        milliseconds <= kMostMilliseconds)
      return uint32_t(std::lround(milliseconds * 1000));
    error("'" + excerpt(field) + "' is no latency: expected milliseconds from 0 to 1000000");
    return std::nullopt;
  }

  std::optional<uint32_t> read_region(std::string_view field) {
    if (field.empty() || field.size() > 64) {
      error("a Region has 1 to 64 characters, found '" + excerpt(field) + "'");
      return std::nullopt;
    }
    const uint32_t number = region_number(field);
    if (number == no_region) {
      error("Region '" + excerpt(field) + "' is one too many: " + std::to_string(kMostRegions) +
            " can be told apart");
      return std::nullopt;
    }
    regions_.emplace(field);
    return number;
  }

  void add(const Prefix& prefix, uint32_t region, uint32_t microseconds, std::string_view country) {
    Pending& pending = pending_[prefix];
    const auto [at, fresh] = pending.lines.emplace(region, line_);
    if (!fresh)
      return error(prefix.text() + " has a latency to " + region_code(region) +
                   " already, at line " + std::to_string(at->second));
    pending.row.set(region, microseconds);
    if (country.empty()) return;
    if (country.size() != 2 ||
        !std::all_of(country.begin(), country.end(), [](char c) { return c >= 'A' && c <= 'Z'; }))
      return error("'" + excerpt(country) +
                   "' is no country: expected two capital letters (ISO 3166-1)");
    if (!pending.country.empty() && pending.country != country)
      return error(prefix.text() + " lies in " + pending.country + " by an earlier line, not in " +
                   std::string(country));
    pending.country = country;
    if (country == "CN") pending.row.set_in_china();
  }

  // Prefixes that know the same share a row, so that the scope of an answer is no longer than it
  // has to be.
  ReadTable finish() {
    std::vector<Row> rows;
    std::vector<PrefixMap::Entry> entries;
    std::map<std::string, uint32_t> seen;
    for (auto& [prefix, pending] : pending_) {
      const auto [at, fresh] = seen.emplace(pending.row.key(), uint32_t(rows.size()));
      entries.push_back({prefix, at->second});
      if (fresh) rows.push_back(std::move(pending.row));
    }
    return {std::make_shared<Table>(PrefixMap(entries), std::move(rows)),
            {regions_.begin(), regions_.end()}};
  }

  const std::string_view file_;
  Problems& problems_;
  uint32_t line_ = 0;
  unsigned errors_ = 0;
  bool first_ = true;
  std::map<Prefix, Pending, Less> pending_;
  std::set<std::string> regions_;
};

}  // namespace

void Row::set(uint32_t region, uint32_t microseconds) {
  if (region >= by_region_.size()) by_region_.resize(region + 1u, unknown);
  by_region_[region] = microseconds;
}

std::string Row::key() const {
  std::string key(1, in_china_ ? 'C' : '-');
  for (uint32_t microseconds : by_region_)
    key.append(reinterpret_cast<const char*>(&microseconds), sizeof microseconds);
  return key;
}

ReadTable parse_table(std::string_view text, std::string_view file, Problems& problems) {
  return TableReader(file, problems).read(text);
}

ReadTable read_table(const std::string& path, const Location& where, Problems& problems) {
  try {
    return parse_table(read_file({path, where}, "the latency table"), path, problems);
  } catch (const ConfigError& e) {
    problems.add(e);
    return {std::make_shared<Table>(), {}};
  }
}

}  // namespace signpost::latency
