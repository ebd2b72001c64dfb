#include "corefile/import.h"

#include <algorithm>
#include <climits>
#include <filesystem>
#include <system_error>

#include "corefile/snippet_arguments.h"

namespace signpost::corefile {
namespace {

constexpr size_t kMostSnippetImports = 10'000, kMostFileImports = 100'000;

size_t memory_of(const std::vector<Word>& words) {
  size_t size = 0;
  for (const Word& word : words) size += sizeof(Word) + word.text.size();
  return size;
}

// Upstream's limit (D22): portable files use one "*", and no class.
bool too_many_wildcards(std::string_view pattern) {
  return std::count(pattern.begin(), pattern.end(), '*') > 1 ||
         std::count(pattern.begin(), pattern.end(), '?') > 1 ||
         (pattern.find('[') != pattern.npos && pattern.find(']') != pattern.npos);
}

bool is_wild(std::string_view pattern) { return pattern.find_first_of("*?[") != pattern.npos; }

}  // namespace

WordStream::WordStream(std::string_view text, const ImportSettings& settings, Report& report)
    : settings_(settings), report_(report) {
  Lexed main = lex(text, settings.name, report);
  last_.where = {keep_file_name(settings.name), 1};
  frames_.push_back({.words = std::make_shared<std::vector<Word>>(std::move(main.words)),
                     .imported = {},
                     .complete = main.complete});
}

const Word* WordStream::peek() {
  if (report_.full()) stop();
  while (!frames_.empty()) {
    const Frame& top = frames_.back();
    if (top.at < top.words->size()) return &(*top.words)[top.at];
    if (!top.complete) {
      stop();
    } else {
      frames_.pop_back();
    }
  }
  return nullptr;
}

Word WordStream::take() {
  Frame& top = frames_.back();
  return last_ = (*top.words)[top.at++];
}

void WordStream::stop() {
  frames_.clear();
  cut_short_ = true;
}

void WordStream::define(const std::string& name, Location where, std::vector<Word> body) {
  if (!body.empty()) body.front().starts_line = true;
  const size_t used = arguments_used(body);
  const auto [entry, added] = snippets_.try_emplace(
      name, Snippet{std::make_shared<std::vector<Word>>(std::move(body)), where, used});
  if (!added)
    report_.error(where, "redeclaration of previously declared snippet " + excerpt(name) +
                             "; the first is at " + entry->second.where.text());
}

// The frame is not left, even if it is finished: it must still be seen as being read when what it
// imports last is checked for a cycle.
std::vector<Word> WordStream::arguments() {
  Frame& top = frames_.back();
  std::vector<Word> found;
  while (top.at < top.words->size() && !(*top.words)[top.at].starts_line) {
    found.push_back((*top.words)[top.at++]);
    last_ = found.back();
  }
  return found;
}

void WordStream::import() {
  const Location where = last_.where;
  std::vector<Word> given = arguments();
  if (given.empty())
    return report_.error(where, "Wrong argument count or unexpected line ending after 'import'");
  const std::string name = expand(given[0].text, given[0].where, settings_.variables, report_);
  if (name.empty()) return report_.error(where, "Import requires a non-empty filepath");
  given.erase(given.begin());
  if (const auto snippet = snippets_.find(name); snippet != snippets_.end())
    return import_snippet(name, snippet->second, std::move(given), where);
  if (!given.empty())
    return report_.error(where, "Import takes only one argument (glob pattern or file)");
  import_files(name, where);
}

void WordStream::import_snippet(const std::string& name, const Snippet& snippet,
                                std::vector<Word> given, Location where) {
  const auto brace = [](const Word& t) { return t.is("{") || t.is("}"); };
  if (snippet.arguments == 0 ? !given.empty() : std::any_of(given.begin(), given.end(), brace))
    return report_.error(where, "Import takes only one argument (glob pattern or file)");
  if (given.size() != snippet.arguments)
    return report_.error(where, "snippet '" + excerpt(name) + "' at " + snippet.where.text() +
                                    " uses {args[0]} to {args[" +
                                    std::to_string(snippet.arguments - 1) + "]}; found " +
                                    std::to_string(given.size()) + " arguments, expected " +
                                    std::to_string(snippet.arguments));
  for (size_t i = 0; i < frames_.size(); ++i)
    if (frames_[i].snippet == name)
      return report_cycle(i, "snippet '" + excerpt(name) + "'", where);
  if (++snippet_imports_ > kMostSnippetImports) {
    report_.error(where, "maximum snippet import depth (" + std::to_string(kMostSnippetImports) +
                             ") exceeded");
    return stop();
  }
  Words body = snippet.body;
  if (!given.empty()) {
    report_.extension(where, "arguments for a snippet");
    body = std::make_shared<std::vector<Word>>(
        fill_in(*body, given, settings_.most_spliced - spliced_));
  }
  push({.words = std::move(body), .snippet = name, .imported = where});
}

void WordStream::import_files(const std::string& pattern, Location where) {
  const std::string path = absolute(pattern, where);
  Frame frame{.words = nullptr, .imported = where};
  std::vector<Word> words;
  for (const std::string& match : find_files(pattern, path, where)) {
    for (size_t i = 0; i < frames_.size(); ++i)
      if (frames_[i].snippet.empty() && path_of(frames_[i]) == match)
        return report_cycle(i, "file '" + excerpt(match) + "'", where);
    if (++file_imports_ > kMostFileImports) {
      report_.error(
          where, "maximum file import depth (" + std::to_string(kMostFileImports) + ") exceeded");
      return stop();
    }
    frame.complete = append_file(match, pattern, where, words);
    if (!frame.complete || spliced_ + memory_of(words) > settings_.most_spliced) break;
  }
  frame.words = std::make_shared<std::vector<Word>>(std::move(words));
  push(std::move(frame));
}

std::vector<std::string> WordStream::find_files(const std::string& pattern,
                                                const std::string& absolute, Location where) {
  if (too_many_wildcards(absolute)) {
    report_.error(where, "Glob pattern may only contain one wildcard (*), but has others: " +
                             excerpt(absolute));
    return {};
  }
  if (!is_wild(absolute)) return {absolute};
  const Matches matches = glob(*settings_.files, absolute);
  for (const std::string& path : matches.skipped)
    report_.warning(where, "'" + excerpt(path) + "' matches but looks like an editor's backup; " +
                               "it is not imported");
  if (matches.paths.empty())
    report_.warning(where, "No files matching import glob pattern: " + excerpt(pattern));
  return matches.paths;
}

// False if the file could be read in part only.
bool WordStream::append_file(const std::string& path, const std::string& pattern, Location where,
                             std::vector<Word>& out) {
  try {
    Lexed file = lex(settings_.files->read(path), path, report_);
    out.insert(out.end(), std::make_move_iterator(file.words.begin()),
               std::make_move_iterator(file.words.end()));
    return file.complete;
  } catch (const std::system_error& e) {
    if (e.code() == std::errc::no_such_file_or_directory && !is_wild(pattern)) {
      report_.error(where, "File to import not found: " + excerpt(pattern));
    } else {
      report_.error(where, "Could not import " + excerpt(path) + ": " + reason_of(e));
    }
    return true;
  }
}

void WordStream::push(Frame frame) {
  spliced_ += memory_of(*frame.words);
  if (spliced_ > settings_.most_spliced) {
    report_.error(frame.imported, "imports add more than " +
                                      std::to_string(settings_.most_spliced >> 20) + " MiB in all");
    return stop();
  }
  frames_.push_back(std::move(frame));
}

std::string WordStream::absolute(const std::string& pattern, const Location& where) const {
  if (pattern.starts_with('/')) return std::filesystem::path(pattern).lexically_normal();
  const std::string_view from = where.file == settings_.name ? settings_.path : where.file;
  return (std::filesystem::path(from).parent_path() / pattern).lexically_normal();
}

// The file that the last word taken from the frame stands in; the frame of a glob holds several.
std::string_view WordStream::path_of(const Frame& frame) const {
  const std::string_view file = frame.at == 0 ? "" : (*frame.words)[frame.at - 1].where.file;
  return file == settings_.name ? std::string_view(settings_.path) : file;
}

void WordStream::report_cycle(size_t first, std::string_view what, Location where) {
  std::string message = "import cycle: " + std::string(what) + " imports itself";
  for (size_t i = first + 1; i < frames_.size(); ++i)
    message += (i == first + 1 ? " by way of " : ", ") + frames_[i].imported.text();
  if (frames_[first].imported.line != 0)
    message += "; it was first imported at " + frames_[first].imported.text();
  report_.error(where, message);
}

}  // namespace signpost::corefile
