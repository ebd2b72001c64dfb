#include "signpost/diagnostic.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "signpost/file_names.h"

namespace signpost {
namespace {

constexpr size_t kExcerpt = 80;      // bytes of a foreign word that a message repeats
constexpr size_t kLongestSlip = 64;  // longer words are not typing errors of a known one

char lower(char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; }

// Edits (insert, delete, replace, swap of neighbours) that turn a into b, ignoring case.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const char x = lower(a[i - 1]), y = lower(b[j - 1]);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (x != y)});
      if (i > 1 && j > 1 && x == lower(b[j - 2]) && lower(a[i - 2]) == y)
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

std::string located(const Location& where, std::string_view message) {
  std::string text = where.text();
  if (!text.empty()) text += " - ";
  return text.append(message);
}

struct FileNames {
  std::mutex mutex;
  std::set<std::string, std::less<>> names;
};

FileNames& file_names() {
  static auto& kept = *new FileNames;  // outlives every static Location
  return kept;
}

}  // namespace

std::string_view keep_file_name(std::string_view name) {
  FileNames& kept = file_names();
  const std::lock_guard lock(kept.mutex);
  const auto found = kept.names.find(name);
  return found != kept.names.end() ? *found : *kept.names.emplace(name).first;
}

size_t kept_file_names() {
  FileNames& kept = file_names();
  const std::lock_guard lock(kept.mutex);
  return kept.names.size();
}

std::string Location::text() const {
  std::string text(file);
  if (line != 0 && line != behind) text += ':' + std::to_string(line);
  return text;
}

ConfigError::ConfigError(Location where, std::string message)
    : where_(where), message_(std::move(message)), text_(located(where_, message_)) {}

std::string Problem::text() const {
  return located(where, severity == warning ? "Warning: " + message : message);
}

void Problems::error(Location where, std::string message) {
  all_.push_back({Problem::error, where, std::move(message)});
  ++errors_;
}

void Problems::warning(Location where, std::string message) {
  all_.push_back({Problem::warning, where, std::move(message)});
}

void Problems::add(const Problems& more) {
  const std::vector<Problem> copy = more.all_;  // `more` may be this object
  all_.insert(all_.end(), copy.begin(), copy.end());
  errors_ += more.errors_;
}

void Problems::sort() {
  std::map<std::string_view, size_t> ranks;
  for (const Problem& p : all_) ranks.try_emplace(p.where.file, ranks.size());
  const auto rank = [&](const Problem& p) {
    return std::pair(ranks.find(p.where.file)->second, p.where.line);
  };
  std::stable_sort(all_.begin(), all_.end(),
                   [&](const Problem& a, const Problem& b) { return rank(a) < rank(b); });
  std::set<std::pair<Problem::Severity, std::string_view>> told;  // of one place
  std::vector<size_t> again;
  for (size_t i = 0; i < all_.size(); ++i) {
    if (i > 0 && !(all_[i].where == all_[i - 1].where)) told.clear();
    if (!told.emplace(all_[i].severity, all_[i].message).second) again.push_back(i);
  }
  if (again.empty()) return;
  size_t kept = again[0], skip = 0;
  for (size_t i = kept; i < all_.size(); ++i) {
    if (skip < again.size() && again[skip] == i)
      ++skip;
    else
      all_[kept++] = std::move(all_[i]);
  }
  all_.resize(kept);
}

std::string excerpt(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (const char c : text.substr(0, kExcerpt)) {
    const auto byte = uint8_t(c);
    if (byte >= 0x20 && byte != 0x7f) {
      out += c;
    } else {
      out += "\\x";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  if (text.size() > kExcerpt) out += "...";
  return out;
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
  std::string_view best;
  size_t best_distance = SIZE_MAX;
  if (word.empty() || word.size() > kLongestSlip) return best;
  for (const std::string_view candidate : candidates) {
    if (candidate.size() > kLongestSlip) continue;
    const size_t distance = edit_distance(word, candidate);
    if (distance * 3 > std::max(word.size(), candidate.size()) || distance >= best_distance)
      continue;
    best = candidate;
    best_distance = distance;
  }
  return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
  const std::string_view best = nearest(word, candidates);
  return best.empty() ? std::string() : "; did you mean '" + std::string(best) + "'?";
}

}  // namespace signpost
