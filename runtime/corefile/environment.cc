#include "corefile/environment.h"

#include <cstdlib>

namespace signpost::corefile {
namespace {

constexpr int kMostReplacements = 1000;
constexpr size_t kMostGrowth = size_t{1} << 20;

struct Spelling {
  std::string_view open, close;
  bool defaults;
};
constexpr Spelling kSpellings[] = {{"{%", "%}", false}, {"{$", "}", true}};

void replace_all(std::string& text, const std::string& from, std::string_view to, size_t most) {
  std::string out;
  size_t at = 0;
  for (size_t hit; (hit = text.find(from, at)) != text.npos && out.size() <= most;) {
    out.append(text, at, hit - at).append(to);
    at = hit + from.size();
  }
  text = out.append(text, at);
}

class Expansion {
 public:
  Expansion(std::string_view text, Location where, const VariableLookup& lookup, Report& report)
      : text_(text),
        most_(text.size() + kMostGrowth),
        where_(where),
        lookup_(lookup),
        report_(report) {}

  // False if the text refers to itself without end.
  bool run(const Spelling& spelling) {
    for (int i = 0; i < kMostReplacements; ++i) {
      const size_t begin = text_.find(spelling.open);
      if (begin == text_.npos) return true;
      const size_t name = begin + spelling.open.size(), end = text_.find(spelling.close, name);
      if (end == text_.npos || end == name) return true;
      const std::string reference = text_.substr(begin, end + spelling.close.size() - begin);
      last_name_ = text_.substr(name, end - name);
      replace_all(text_, reference, value(spelling, last_name_), most_);
      if (text_.size() > most_) return false;
    }
    return false;
  }

  std::string& text() { return text_; }
  const std::string& last_name() const { return last_name_; }

 private:
  std::string value(const Spelling& spelling, std::string_view name) {
    const size_t colon = spelling.defaults ? name.find(':') : name.npos;
    const bool has_default = colon != name.npos && colon > 0;
    const std::string_view fallback = has_default ? name.substr(colon + 1) : std::string_view();
    if (has_default) {
      report_.extension(where_, "default value in {$" + excerpt(name) + "}");
      name = name.substr(0, colon);
    }
    if (auto found = lookup_(name)) return *std::move(found);
    if (!has_default)
      report_.warning(
          where_, "environment variable '" + excerpt(name) + "' is not set and stands for nothing");
    return std::string(fallback);
  }

  std::string text_;
  const size_t most_;
  const Location where_;
  const VariableLookup& lookup_;
  Report& report_;
  std::string last_name_;
};

}  // namespace

VariableLookup process_environment() {
  return [](std::string_view name) -> std::optional<std::string> {
    const char* value = std::getenv(std::string(name).c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

std::string expand(std::string_view text, Location where, const VariableLookup& lookup,
                   Report& report) {
  Expansion expansion(text, where, lookup, report);
  for (const Spelling& spelling : kSpellings) {
    if (expansion.run(spelling)) continue;
    report.error(where, "environment variable '" + excerpt(expansion.last_name()) +
                            "' refers to itself, or grows without end, when expanded");
    return std::string(text);
  }
  return std::move(expansion.text());
}

}  // namespace signpost::corefile
