#include "corefile/report.h"

#include <algorithm>

namespace signpost::corefile {

namespace {

constexpr size_t kSecret = 32;  // digits: 128 bits

}  // namespace

std::string shown(std::string_view word) {
  size_t run = 0, longest = 0;  // digits with nothing but separators between them
  for (const char c : word) {
    const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (digit)
      longest = std::max(longest, ++run);
    else if (std::string_view(":-_. ").find(c) == std::string_view::npos)
      run = 0;
  }
  return longest < kSecret ? excerpt(word) : "(" + std::to_string(longest) + " digits, hidden)";
}

bool Report::first_time(const Location& where, std::string_view message) {
  return said_.emplace(where.file, where.line, message).second;
}

void Report::error(Location where, std::string_view message) {
  if (first_time(where, message))
    problems_.error(where, "Error during parsing: " + std::string(message));
}

void Report::syntax(Location where, std::string_view message) {
  if (first_time(where, message)) problems_.error(where, "Syntax error: " + std::string(message));
}

void Report::warning(Location where, std::string_view message) {
  if (first_time(where, message)) problems_.warning(where, std::string(message));
}

void Report::extension(Location where, std::string_view what) {
  if (first_time(where, what)) extensions_.push_back({where, std::string(what)});
}

}  // namespace signpost::corefile
