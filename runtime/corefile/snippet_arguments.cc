#include "corefile/snippet_arguments.h"

#include <algorithm>
#include <optional>

namespace signpost::corefile {
namespace {

constexpr std::string_view kOpen = "{args[", kClose = "]}";

struct Reference {
  size_t begin, end;  // bytes of the word
  size_t index;
};

std::optional<Reference> next_reference(std::string_view text, size_t from) {
  for (size_t at; (at = text.find(kOpen, from)) != text.npos; from = at + 1) {
    size_t end = at + kOpen.size(), index = 0, digits = 0;
    for (; end < text.size() && text[end] >= '0' && text[end] <= '9' && digits < 3; ++digits)
      index = index * 10 + size_t(text[end++] - '0');
    if (digits > 0 && digits < 3 && text.substr(end).starts_with(kClose))
      return Reference{at, end + kClose.size(), index};
  }
  return std::nullopt;
}

}  // namespace

size_t arguments_used(const std::vector<Word>& body) {
  size_t used = 0;
  for (const Word& word : body)
    for (auto r = next_reference(word.text, 0); r; r = next_reference(word.text, r->end))
      used = std::max(used, r->index + 1);
  return used;
}

std::vector<Word> fill_in(const std::vector<Word>& body, const std::vector<Word>& given,
                          size_t most) {
  std::vector<Word> out;
  size_t size = 0;
  for (const Word& word : body) {
    Word filled = word;
    filled.text.clear();
    size_t copied = 0;
    for (auto r = next_reference(word.text, 0); r && filled.text.size() <= most;
         r = next_reference(word.text, r->end)) {
      filled.text.append(word.text, copied, r->begin - copied);
      if (r->index < given.size()) filled.text += given[r->index].text;
      filled.quoted = true;
      copied = r->end;
    }
    filled.text.append(word.text, copied);
    size += sizeof(Word) + filled.text.size();
    out.push_back(std::move(filled));
    if (size > most) break;
  }
  return out;
}

}  // namespace signpost::corefile
