// Where something stands in a file the operator wrote, and what is wrong with it. Corefile, zone
// files and data files all report through these types, so that every message reads
// "FILE:LINE - message" (spec/corefile.md, section 11). Cold path only; any thread.
#pragma once

#include <cstdint>
#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "signpost/visibility.h"

namespace signpost {

// A line of a file. `file` points into a table of names that lives as long as the process, so a
// Location can be copied and kept freely. Line 0 means "the file as a whole"; so does the line
// `behind`, for what is to be told after all that stands in the file.
struct Location {
  static constexpr uint32_t behind = UINT32_MAX;
  std::string_view file;
  uint32_t line = 0;
  SIGNPOST_API std::string text() const;  // "FILE:LINE", or "FILE" as a whole
  bool operator==(const Location&) const = default;
};

// Keeps `name` for the life of the process and returns a view of the kept copy; the same name
// gives the same view. Thread safe.
SIGNPOST_API std::string_view keep_file_name(std::string_view name);

// Thrown by everything that reads configuration. what() is "FILE:LINE - message".
class SIGNPOST_API ConfigError : public std::exception {
 public:
  ConfigError(Location where, std::string message);
  const char* what() const noexcept override { return text_.c_str(); }
  const Location& where() const { return where_; }
  const std::string& message() const { return message_; }

 private:
  Location where_;
  std::string message_, text_;
};

struct Problem {
  enum Severity : uint8_t { warning, error };
  Severity severity = error;
  Location where;
  std::string message;
  SIGNPOST_API std::string text()
      const;  // "FILE:LINE - message"; warnings: "FILE:LINE - Warning: message"
  bool operator==(const Problem&) const = default;
};

// Collects problems so that a check reports all of them and not only the first.
class SIGNPOST_API Problems {
 public:
  void error(Location where, std::string message);
  void warning(Location where, std::string message);
  void add(const ConfigError& e) { error(e.where(), e.message()); }
  void add(const Problems& more);
  bool any_error() const { return errors_ > 0; }
  std::span<const Problem> all() const { return all_; }
  // By file (in order of first appearance) and line; stable. What was reported more than once, as
  // for both address types of one line, stays once.
  void sort();

 private:
  std::vector<Problem> all_;
  size_t errors_ = 0;
};

// `text` made fit for one line of a message: control characters become \xNN, and what is longer
// than 80 bytes is cut with "...". For words that come from files, packets or peers.
SIGNPOST_API std::string excerpt(std::string_view text);

// The candidate nearest to `word` by edit distance, or an empty view if none is near enough to be
// a likely slip (more than a third of the letters differ). Upper and lower case count as equal, two
// neighbours swapped as one difference.
SIGNPOST_API std::string_view nearest(std::string_view word,
                                      std::span<const std::string_view> candidates);
// "; did you mean 'X'?" or "".
SIGNPOST_API std::string did_you_mean(std::string_view word,
                                      std::span<const std::string_view> candidates);

}  // namespace signpost
