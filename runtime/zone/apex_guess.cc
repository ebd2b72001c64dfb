#include "zone/apex_guess.h"

#include <algorithm>

#include "dns/types.h"
#include "zone/zone_lexer.h"

namespace signpost::zone {

namespace {

using Words = std::span<const TextToken>;

bool is_directive(Words words, std::string_view name) {
  return !words[0].quoted && std::ranges::equal(words[0].text, name, [](char a, char b) {
    return (a >= 'a' && a <= 'z' ? char(a - ('a' - 'A')) : a) == b;
  });
}

// Completes `text` by `origin`; without one only absolute names are known.
std::optional<Name> known_name(std::string_view text, const std::optional<Name>& origin) {
  if (origin) return Name::parse(text, *origin);
  auto name = Name::parse(text, NameView());
  static const Name other = Name::parse("x.").value();
  return name == Name::parse(text, other) ? name : std::nullopt;
}

// Whether the words behind the owner are those of an SOA: TTL and class come first, if at all.
bool is_soa(Words words) {
  for (const TextToken& word : words.first(std::min<size_t>(words.size(), 3))) {
    if (auto type = parse_type(word.text)) return type == rrtype::soa;
  }
  return false;
}

std::optional<Name> apex_from_text(std::string_view text) {
  std::optional<Name> origin, first_origin, owner;
  for (ZoneLexer lexer(text); lexer.next();) {
    if (!lexer.fault().empty()) continue;
    Words words = lexer.words();
    if (words[0].text.starts_with('$')) {
      if (!is_directive(words, "$ORIGIN") || words.size() < 2) continue;
      origin = known_name(words[1].text, origin);
      if (!first_origin) first_origin = origin;
      continue;
    }
    if (!lexer.starts_blank()) {
      owner = known_name(words[0].text, origin);
      words = words.subspan(1);
    }
    if (is_soa(words)) return owner;
  }
  return first_origin;
}

bool strip_end(std::string_view& text, std::string_view end) {
  const bool there = text.size() > end.size() && text.ends_with(end);
  if (there) text.remove_suffix(end.size());
  return there;
}

std::optional<Name> apex_from_path(std::string_view path) {
  path.remove_prefix(path.rfind('/') + 1);
  bool conventional = strip_end(path, ".signed");
  conventional |= strip_end(path, ".zone") || strip_end(path, ".db");
  if (path.starts_with("db.") && path.size() > 3) {
    conventional = true;
    path.remove_prefix(3);
  }
  if (!conventional && path.find('.') == path.npos) return std::nullopt;
  return Name::parse(path);
}

}  // namespace

std::optional<Name> guess_apex(std::string_view text, std::string_view path) {
  auto apex = apex_from_text(text);
  return apex ? apex : apex_from_path(path);
}

}  // namespace signpost::zone
