#include "settings.h"

#include <algorithm>

#include "regions.h"

namespace signpost::latency {

namespace {

// `latency { table FILE }`: no group, but the table of all groups that name none.
bool is_default(const Directive& line) { return line.args.empty() && line.has_block; }

const Token* table_word(const Directive& line) {
  const Token* word = nullptr;
  for (const Directive& property : line.block) {
    if (!property.name.is("table")) continue;
    expect_args(property, 1, 1, false);
    if (word)
      throw ConfigError(property.where(),
                        "a second table; the first is named at " + word->where.text());
    word = &property.args[0];
  }
  return word;
}

}  // namespace

Settings::Settings(Setup& setup) : key(setup.offers<LatencyTable>()) {
  sources.push_back({"", setup.where(), &without_table, {}});
  reading_.tables.push_back(std::make_shared<Table>());
  size_t fallback = 0;
  for (const Directive& line : setup.lines()) {
    if (!is_default(line)) continue;
    if (fallback != 0)
      throw ConfigError(line.where(), "a second table for all groups; the first is named at " +
                                          sources[fallback].where.text());
    for (const Directive& property : line.block)
      if (!property.name.is("table")) {
        constexpr std::string_view known[] = {"table"};
        unknown_property(property, known);
      }
    const Token* word = table_word(line);
    if (!word)
      throw ConfigError(line.where(),
                        "expected: latency NAME [TYPE...] { members }, or latency { table FILE }");
    fallback = add_source(*word, setup.problems());
  }
  for (const Directive& line : setup.lines()) {
    if (is_default(line)) continue;
    try {
      read_line(setup, line, fallback);
    } catch (const ConfigError& e) {
      setup.problems().add(e);
    }
  }
  first = std::make_shared<const LatencyTable>(std::move(reading_));
  setup.set(key, first);
}

void Settings::read_line(Setup& setup, const Directive& line, size_t fallback) {
  const Token* word = table_word(line);
  const Source& source = sources[word ? add_source(*word, setup.problems()) : fallback];
  check_regions(line, source, setup.problems());
  read_group(setup, line, *source.policy);
  if (!word && fallback == 0)
    setup.problems().warning(line.where(),
                             "there is no table, so all Regions are equally near to every "
                             "client (L-08); add to the block: table FILE");
}

size_t Settings::add_source(const Token& path, Problems& problems) {
  for (size_t i = 1; i < sources.size(); ++i)
    if (sources[i].path == path.text) return i;
  ReadTable read = read_table(path.text, path.where, problems);
  sources.push_back({path.text, path.where, &policy_for(path.text), std::move(read.regions)});
  reading_.tables.push_back(std::move(read.table));
  return sources.size() - 1;
}

// L-07: a Region is one of Route 53's, or one the table knows.
void Settings::check_regions(const Directive& line, const Source& source,
                             Problems& problems) const {
  std::vector<std::string_view> known(known_regions().begin(), known_regions().end());
  known.insert(known.end(), source.regions.begin(), source.regions.end());
  for (const Directive& member : line.block) {
    if (member.name.is("ttl") || member.name.is("table")) continue;
    if (std::find(known.begin(), known.end(), member.name.text) != known.end()) continue;
    problems.error(
        member.where(),
        "'" + member.name.text + "' is no Region" + did_you_mean(member.name.text, known) +
            (source.path.empty() ? " (L-07)"
                                 : " (L-07); table " + source.path + " does not name it either"));
  }
}

}  // namespace signpost::latency
