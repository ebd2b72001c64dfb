#include "steer/value_words.h"

#include <algorithm>

#include "dns/rdata.h"
#include "dns/types.h"
#include "signpost/record.h"

namespace signpost {

namespace {

constexpr uint16_t kSpf = 99;

// Cuts a quoted word into the words of presentation form, which may be quoted themselves.
std::vector<TextToken> split(std::string_view text) {
  std::vector<TextToken> words;
  for (size_t at = 0; at < text.size();) {
    if (text[at] == ' ' || text[at] == '\t' || text[at] == '\n') {
      ++at;
      continue;
    }
    const bool quoted = text[at] == '"';
    size_t end = at + (quoted ? 1 : 0);
    while (end < text.size() &&
           (quoted ? text[end] != '"' : text[end] != ' ' && text[end] != '\t' && text[end] != '\n'))
      end += text[end] == '\\' && end + 1 < text.size() ? 2 : 1;
    words.push_back({text.substr(at + (quoted ? 1 : 0), end - at - (quoted ? 1 : 0)), quoted});
    at = std::min(text.size(), end + (quoted ? 1 : 0));
  }
  return words;
}

std::vector<uint8_t> read_value(uint16_t type, std::span<const TextToken> words, const Token& first,
                                const Name& origin) {
  std::string why;
  auto data = parse_rdata(type, words, origin, why);
  if (!data) {
    std::string text;
    for (const TextToken& w : words) text += (text.empty() ? "" : " ") + std::string(w.text);
    throw ConfigError(first.where,
                      "'" + text + "' is no valid data for " + type_text(type) + ": " + why);
  }
  return std::move(*data);
}

}  // namespace

std::vector<std::vector<uint8_t>> read_values(uint16_t type, std::span<const Token> words,
                                              const Name& origin) {
  std::vector<std::vector<uint8_t>> values;
  const size_t arity = std::max<size_t>(1, fixed_tokens(type));
  for (size_t i = 0; i < words.size();) {
    const Token& word = words[i];
    std::vector<TextToken> value;
    if ((type == rr::txt || type == kSpf) && word.text.find('"') == std::string::npos) {
      value.push_back({word.text, true});
      ++i;
    } else if (word.quoted) {
      value = split(word.text);
      ++i;
    } else {
      const size_t take = std::min(arity, words.size() - i);
      for (size_t k = 0; k < take; ++k) value.push_back({words[i + k].text, words[i + k].quoted});
      i += take;
    }
    values.push_back(read_value(type, value, word, origin));
  }
  return values;
}

}  // namespace signpost
