// Reads steering blocks and alias lines of the Corefile (signpost/policy.h).
#include <algorithm>
#include <map>

#include "dns/rdata.h"
#include "dns/ttl.h"
#include "dns/types.h"
#include "signpost/setup.h"
#include "steer/endpoint_advice.h"
#include "steer/value_words.h"

namespace signpost {

namespace {

constexpr size_t kMostMembers = 100;  // V-28

// "www.example.com" in example.com is taken for relative, and seldom meant so.
void warn_of_zone_twice(Setup& setup, const Token& word, const Name& name, const Name& origin) {
  const auto absolute = Name::parse(word.text);
  if (!absolute || *absolute == name || !absolute->view().within(origin)) return;
  setup.problems().warning(
      word.where, "'" + excerpt(word.text) + "' has no dot at its end, so it stands for " +
                      name.text() + "; if " + absolute->text() + " is meant, write the final dot");
}

// The name of a set, relative to `origin` unless it ends in a dot. Empty: the name is absolute and
// lies in another zone, or it is no name, which is reported.
std::optional<Name> owner_in(Setup& setup, const Token& word, const Name& origin) {
  std::string why;
  auto name = Name::parse(word.text, origin, &why);
  if (!name) throw ConfigError(word.where, "'" + word.text + "' is no domain name: " + why);
  const Name* home = nullptr;
  for (const Name& zone : setup.zones())
    if (name->view().within(zone) && (!home || zone.size() > home->size())) home = &zone;
  if (!home)
    throw ConfigError(word.where, "RRSet with DNS name " + name->text() +
                                      " is not permitted in zone " + origin.text());
  if (!(*home == origin)) return std::nullopt;
  warn_of_zone_twice(setup, word, *name, origin);
  return name;
}

uint16_t read_type(const Token& word) {
  const auto type = parse_type(word.text);
  if (!type)
    throw ConfigError(word.where, "'" + word.text + "' is no record type" +
                                      did_you_mean(word.text, type_mnemonics()));
  if (*type == rr::ns || *type == rr::soa || *type == rr::ds || !is_data_type(*type))
    throw ConfigError(
        word.where, "records of type " + type_text(*type) +
                        " can be neither steered nor aliased (V-07); write them in the zone file");
  return *type;
}

uint32_t read_ttl(const Token& word) {
  const auto ttl = parse_ttl(word.text);
  if (!ttl)
    throw ConfigError(word.where,
                      "'" + word.text + "' is no TTL: expected seconds or a time such as 5m");
  return *ttl;
}

// An alias target is absolute if it has a dot inside or at its end, as Route 53 has it; "@" and
// single labels are names of the zone.
AliasSpec read_target(const Token& word, const Name& origin) {
  const bool dotted = word.text.find('.') != std::string::npos;
  std::string why;
  const auto name = Name::parse(word.text, dotted ? NameView() : origin.view(), &why);
  if (!name) throw ConfigError(word.where, "'" + word.text + "' is no domain name: " + why);
  return {*name, false, dotted && word.text.back() != '.'};
}

// The words of one member line, before they are sorted by type.
struct MemberLine {
  MemberSpec member;
  std::vector<Token> values;
};

class Group {
 public:
  Group(Setup& setup, const Directive& line, const Policy& policy, const Name& origin,
        Problems& problems)
      : setup_(setup), line_(line), policy_(policy), origin_(origin), problems_(problems) {}

  void read() {
    if (line_.args.empty())
      throw ConfigError(line_.where(),
                        "expected: " + line_.name.text + " NAME [TYPE...] { members }");
    const auto owner = owner_in(setup_, line_.args[0], origin_);
    if (!owner) return;
    std::vector<uint16_t> types;
    for (size_t i = 1; i < line_.args.size(); ++i) types.push_back(read_type(line_.args[i]));
    implied_ = types.empty();
    if (implied_) types = {rr::a, rr::aaaa};
    if (line_.block.empty())
      throw ConfigError(line_.where(),
                        line_.name.text + " " + line_.args[0].text +
                            " has no members: expected a block with one line for each");
    std::vector<MemberLine> members;
    for (const Directive& property : line_.block) {
      try {
        read_line(property, members);
      } catch (const ConfigError& e) {
        problems_.add(e);
      }
    }
    for (uint16_t type : types) add(*owner, type, types, members);
  }

 private:
  void read_line(const Directive& property, std::vector<MemberLine>& members) {
    if (property.name.is("ttl")) {
      expect_args(property, 1, 1, false);
      ttl_ = read_ttl(property.args[0]);
      return;
    }
    if (!property.name.quoted && policy_.option(property.name.text)) return;
    if (property.has_block)
      throw ConfigError(property.where(),
                        "a member line has no block" + missing_brace(property.name));
    std::vector<Token> words{property.name};
    words.insert(words.end(), property.args.begin(), property.args.end());
    members.push_back(read_member(words));
  }

  MemberLine read_member(const std::vector<Token>& words) {
    MemberLine line;
    MemberSpec& m = line.member;
    m.where = words[0].where;
    size_t i = 0;
    bool attribute = false;
    if (policy_.leads()) {
      m.attribute = policy_.read_lead(words[i++]);
      m.id = words[0].text;
    }
    std::vector<std::string_view> given;
    const auto value_of = [&](std::string_view keyword) -> const Token& {
      if (std::find(given.begin(), given.end(), keyword) != given.end())
        throw ConfigError(words[i].where, "'" + std::string(keyword) + "' is given twice");
      if (keyword != "alias") given.push_back(keyword);  // of aliases there is more to say
      if (i + 1 >= words.size())
        throw ConfigError(words[i].where, "'" + std::string(keyword) + "' needs a value");
      if (words[++i].text.empty())
        throw ConfigError(words[i].where,
                          "found nothing but quotes, or a variable that is not "
                          "set, behind '" +
                              std::string(keyword) + "'; expected a value");
      return words[i];
    };
    for (; i < words.size(); ++i) {
      const Token& word = words[i];
      if (word.is("check")) {
        const Token& check = value_of("check");
        m.check = check.text;
        m.check_where = check.where;
      } else if (word.is("alias")) {
        const Token& target = value_of("alias");
        if (m.alias)
          throw ConfigError(target.where,
                            "a member has one alias: '" + target.text + "' is a second one (V-01)");
        m.alias = read_target(target, origin_);
      } else if (word.is("evaluate")) {
        if (!m.alias)
          throw ConfigError(word.where,
                            "'evaluate' belongs behind an alias: alias TARGET evaluate");
        m.alias->evaluate = true;
      } else if (word.is("id")) {
        m.id = value_of("id").text;
        const auto [first, fresh] = ids_.emplace(m.id, m.where);
        if (!fresh)
          throw ConfigError(m.where, "set identifier '" + m.id + "' stands already at " +
                                         first->second.text() + "; each member has its own");
      } else if (word.is("ttl")) {
        m.ttl = read_ttl(value_of("ttl"));
      } else if (!policy_.keyword().empty() && word.is(policy_.keyword())) {
        m.attribute = policy_.read_value(value_of(policy_.keyword()));
        attribute = true;
      } else {
        line.values.push_back(word);
      }
    }
    if (!policy_.keyword().empty() && !attribute) m.attribute = policy_.fallback(m.where);
    finish(line, words[0]);
    return line;
  }

  void finish(MemberLine& line, const Token& first) {
    MemberSpec& m = line.member;
    if (m.alias && !line.values.empty())
      throw ConfigError(line.values[0].where, "a member is an alias or has values, not both: '" +
                                                  line.values[0].text +
                                                  "' stands beside an alias (V-01)");
    if (m.alias && m.ttl) throw ConfigError(first.where, "an alias has no TTL of its own (A-03)");
    if (!m.alias && line.values.empty())
      throw ConfigError(first.where, "the member has neither a value nor an alias");
    if (m.id.empty()) m.id = m.alias ? "alias " + m.alias->target.text() : line.values[0].text;
    if (m.id.size() > 128)
      throw ConfigError(first.where, "the set identifier is longer than 128 characters");
  }

  // Makes the set of one type out of the lines that concern it.
  void add(const Name& owner, uint16_t type, std::span<const uint16_t> types,
           std::vector<MemberLine>& lines) {
    SetSpec set;
    set.where = line_.where();
    set.owner = owner;
    set.type = type;
    set.type_implied = implied_;
    set.ttl = ttl_;
    set.policy = &policy_;
    for (const MemberLine& line : lines) {
      MemberSpec member = line.member;
      try {
        if (!member.alias) member.values = values_of(type, types, line);
      } catch (const ConfigError& e) {
        problems_.error(e.where(), e.message() + misspelt_keyword(line));
        continue;
      }
      if (member.alias || !member.values.empty()) set.members.push_back(std::move(member));
    }
    if (set.members.empty() || !concerns(set, lines)) return;
    judge(set);
    if (set.members.size() <= kMostMembers) setup_.add_set(origin_, std::move(set));
  }

  // For a line that looks like a directive: it stands in the block of another.
  std::string missing_brace(const Token& name) const {
    if (name.text.find_first_of(".:") != std::string::npos) return {};
    return "; is the '}' of '" + line_.name.text + "' at " + line_.where().text() +
           " missing before '" + excerpt(name.text) + "'?";
  }

  // With implied types, a group has the families that its values have: where all values are IPv4,
  // an alias beside them does not make an IPv6 group of its own.
  bool concerns(const SetSpec& set, const std::vector<MemberLine>& lines) const {
    const auto aliased = [](const auto& member) { return member.alias.has_value(); };
    return !implied_ || !std::all_of(set.members.begin(), set.members.end(), aliased) ||
           std::all_of(lines.begin(), lines.end(),
                       [&](const MemberLine& l) { return aliased(l.member); });
  }

  // A word taken for a value that looks like a keyword: "; did you mean 'weight'?".
  std::string misspelt_keyword(const MemberLine& line) const {
    const std::string_view keywords[] = {"check", "alias", "evaluate",
                                         "id",    "ttl",   policy_.keyword()};
    for (const Token& word : line.values)
      if (!word.quoted)
        if (std::string hint = did_you_mean(word.text, keywords); !hint.empty()) return hint;
    return {};
  }

  // The line's values of `type`: all of them, or where several address types are meant those of its
  // family.
  std::vector<std::vector<uint8_t>> values_of(uint16_t type, std::span<const uint16_t> types,
                                              const MemberLine& line) {
    std::vector<std::vector<uint8_t>> values;
    if (types.size() == 1) {
      values = read_values(type, line.values, origin_);
    } else {
      for (const Token& word : line.values) {
        const auto address = Address::parse(word.text);
        const uint16_t of = !address ? 0 : address->family == 4 ? rr::a : rr::aaaa;
        if (std::find(types.begin(), types.end(), of) == types.end())
          throw ConfigError(
              word.where,
              "'" + word.text +
                  "' is neither an IPv4 nor an IPv6 address; if another type is meant, name it: " +
                  line_.name.text + " " + line_.args[0].text + " TYPE {");
        if (of == type)
          values.emplace_back(address->bytes.begin(), address->bytes.begin() + address->bits() / 8);
      }
    }
    for (size_t i = 1; i < values.size(); ++i)
      if (std::find(values.begin(), values.begin() + ptrdiff_t(i), values[i]) !=
          values.begin() + ptrdiff_t(i))
        throw ConfigError(line.member.where, "Duplicate Resource Record: '" +
                                                 print_rdata(type, values[i]) + "' (V-13)");
    if (type == rr::cname && values.size() > 1)
      throw ConfigError(line.member.where, "a CNAME has exactly one value (V-10)");
    return values;
  }

  void judge(SetSpec& set) {
    if (set.members.size() > kMostMembers)
      problems_.error(set.members[kMostMembers].where,
                      "a group has at most 100 members (V-28); this is the 101st");
    for (size_t i = 0; i < set.members.size(); ++i) {
      for (size_t k = 0; k < i; ++k)
        if (set.members[k].id == set.members[i].id && !policy_.leads()) {
          set.members[i].id += " (line " + std::to_string(set.members[i].where.line) + ")";
          break;
        }
      want_plugins(set.members[i]);
    }
    policy_.check(set, problems_);
    advise_endpoints(set, problems_);
  }

  void want_plugins(const MemberSpec& member) {
    if (!member.alias) return;
    setup_.wants("alias");
    if (member.alias->evaluate) setup_.wants("health");
  }

  Setup& setup_;
  const Directive& line_;
  const Policy& policy_;
  const Name& origin_;
  Problems& problems_;
  bool implied_ = false;
  std::map<std::string, Location> ids_;  // those that were written
  uint32_t ttl_ = 60;
};

void read_alias_in(Setup& setup, const Directive& line, const Name& origin) {
  std::vector<Token> words = line.args;
  bool evaluate = false;
  if (words.size() > 2 && words.back().is("evaluate")) {
    evaluate = true;
    words.pop_back();
  }
  if (words.size() < 2)
    throw ConfigError(line.where(), "expected: alias NAME [TYPE...] TARGET [evaluate]");
  const auto owner = owner_in(setup, words[0], origin);
  if (!owner) return;
  SetSpec set;
  set.where = line.where();
  set.owner = *owner;
  MemberSpec member;
  member.where = line.where();
  member.alias = read_target(words.back(), origin);
  member.alias->evaluate = evaluate;
  member.id = "alias " + member.alias->target.text();
  set.members.push_back(std::move(member));
  std::vector<uint16_t> types;
  // "alias www api evalute": not a type api and a target evalute.
  constexpr std::string_view kLast[] = {"evaluate"};
  if (const std::string hint = did_you_mean(words.back().text, kLast);
      words.size() > 2 && !hint.empty() && !words.back().quoted && !parse_type(words[1].text))
    throw ConfigError(words.back().where,
                      "unknown word '" + words.back().text + "' behind the target" + hint);
  for (size_t i = 1; i + 1 < words.size(); ++i) types.push_back(read_type(words[i]));
  set.type_implied = types.empty();
  if (types.empty()) types = {rr::a, rr::aaaa};
  if (evaluate) setup.wants("health");
  for (uint16_t type : types) {
    set.type = type;
    if (type == rr::cname && *owner == origin)
      throw ConfigError(words[0].where, "RRSet of type CNAME with DNS name " + owner->text() +
                                            " is not permitted at apex in zone " + origin.text());
    advise_endpoints(set, setup.problems());
    setup.add_set(origin, set);
  }
}

}  // namespace

void read_group(Setup& setup, const Directive& line, const Policy& policy) {
  // A line means a set for each zone and type; what is wrong with all of them is said once.
  Problems found;
  const auto report = [&] {
    const auto all = found.all();
    for (auto p = all.begin(); p != all.end(); ++p)
      if (std::find(all.begin(), p, *p) == p)
        p->severity == Problem::error ? setup.problems().error(p->where, p->message)
                                      : setup.problems().warning(p->where, p->message);
  };
  try {
    for (const Name& origin : setup.zones()) Group(setup, line, policy, origin, found).read();
  } catch (const ConfigError&) {
    report();
    throw;
  }
  report();
}

void read_groups(Setup& setup, const Policy& policy) {
  for (const Directive& line : setup.lines()) {
    try {
      read_group(setup, line, policy);
    } catch (const ConfigError& e) {
      setup.problems().add(e);
    }
  }
}

void read_alias(Setup& setup, const Directive& line) {
  for (const Name& origin : setup.zones()) read_alias_in(setup, line, origin);
}

}  // namespace signpost
