// Where the corefile folder's own steps (lexer, expansion, imports, parser) put what they find, in
// the words and with the prefixes of spec/corefile.md, section 11. Control loop only. Says each
// thing once: a snippet imported a hundred times has one warning, not a hundred.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "signpost/diagnostic.h"

namespace signpost::corefile {

// A use of something that upstream CoreDNS does not have, or reads otherwise; "check -portable"
// lists them.
struct Extension {
  Location where;
  std::string what;  // "default value in {$NAME:default}"
};

class Report {
 public:
  // Both outlive the report.
  Report(Problems& problems, std::vector<Extension>& extensions)
      : problems_(problems), extensions_(extensions) {}

  void error(Location where, std::string_view message);   // "Error during parsing: MESSAGE"
  void syntax(Location where, std::string_view message);  // "Syntax error: MESSAGE"
  void warning(Location where, std::string_view message);
  void extension(Location where, std::string_view what);
  bool full() const { return said_.size() >= kMost; }

 private:
  static constexpr size_t kMost = 1000;  // nobody reads further; keeps hostile input cheap
  bool first_time(const Location& where, std::string_view message);

  Problems& problems_;
  std::vector<Extension>& extensions_;
  std::set<std::tuple<std::string_view, uint32_t, std::string>> said_;
};

// A word of the file as messages repeat it. What may be a secret, 32 hexadecimal digits or more, is
// not repeated: messages go to logs.
std::string shown(std::string_view word);

}  // namespace signpost::corefile
