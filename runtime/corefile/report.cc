#include "corefile/report.h"

namespace signpost::corefile {

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
