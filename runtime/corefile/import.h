// The words the parser reads: those of the main file, with snippets and files spliced in where
// "import" names them (spec/corefile.md, section 6, with divergences D8, D19 and D20). Control
// loop only. Errors go to the report; after one that makes going on useless the stream ends early
// and cut_short() is true.
//
// Extension (D20): "import NAME ARG..." puts the arguments in the place of {args[0]}, {args[1]} ...
// in the words of snippet NAME. The numbers of arguments given and used must agree. A word so made
// is never a brace or "import".
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "corefile/environment.h"
#include "corefile/files.h"
#include "corefile/lexer.h"

namespace signpost::corefile {

struct ImportSettings {
  std::string name = "Corefile";          // the main file as messages name it
  std::string path = "/Corefile";         // its absolute path; relative imports start beside it
  const FileTree* files = &disk_files();  // not null; outlives the stream
  VariableLookup variables = process_environment();
  size_t most_spliced = size_t{128} << 20;  // bytes that all imports together may add
};

class WordStream {
 public:
  // `settings` and `report` outlive the stream.
  WordStream(std::string_view text, const ImportSettings& settings, Report& report);

  // The next word, or null at the end of everything. Valid until the next call of any function.
  const Word* peek();
  // Takes the word that peek() shows; only after peek() gave one.
  Word take();
  // Where the last word taken stands; the main file's first line before that.
  const Word& last() const { return last_; }
  bool cut_short() const { return cut_short_; }
  // Nothing more will be given.
  void stop();

  // Reads the arguments of the "import" just taken and splices what it names in after it.
  void import();
  // Makes `body` importable as `name`, and says so if that name is taken.
  void define(const std::string& name, Location where, std::vector<Word> body);

 private:
  using Words = std::shared_ptr<const std::vector<Word>>;
  struct Snippet {
    Words body;
    Location where;
    size_t arguments = 0;  // one more than the highest {args[N]}
  };
  struct Frame {  // one source being read; the last is the innermost
    Words words;
    std::string snippet;  // empty for a file
    Location imported;    // the "import" that opened it
    size_t at = 0;
    bool complete = true;
  };

  std::vector<Word> arguments();
  void import_snippet(const std::string& name, const Snippet& snippet, std::vector<Word> given,
                      Location where);
  void import_files(const std::string& pattern, Location where);
  std::vector<std::string> find_files(const std::string& pattern, const std::string& absolute,
                                      Location where);
  bool append_file(const std::string& path, const std::string& pattern, Location where,
                   std::vector<Word>& out);
  void push(Frame frame);
  std::string absolute(const std::string& pattern, const Location& where) const;
  std::string_view path_of(const Frame& frame) const;
  // The chain of imports from frame `first` to `where`, for the message about a cycle.
  void report_cycle(size_t first, std::string_view what, Location where);

  const ImportSettings& settings_;
  Report& report_;
  std::vector<Frame> frames_;
  std::map<std::string, Snippet> snippets_;
  Word last_;
  bool cut_short_ = false;
  size_t snippet_imports_ = 0, file_imports_ = 0, spliced_ = 0;
};

}  // namespace signpost::corefile
