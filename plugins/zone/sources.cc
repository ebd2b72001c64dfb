#include "sources.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <regex>
#include <system_error>

#include "signpost/findings.h"

namespace signpost::zone {

namespace {

namespace fs = std::filesystem;

constexpr size_t kLongestListLine = 4096;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const size_t first = std::min(text.find_first_not_of(kBlanks), text.size());
  const size_t last = text.find_last_not_of(kBlanks);
  return last == std::string_view::npos ? "" : text.substr(first, last + 1 - first);
}

// The files of a folder, in an order that every look gives again: by name, and links to nothing
// behind the others, so that none takes the place of a file that is there. What is no regular file
// is left out: a pipe would never come to an end.
class Files {
 public:
  const std::vector<fs::path>& all() const { return all_; }

  // Adds the files of `folder`, and its subfolders to `below`. On an error, which is returned, what
  // was found before counts.
  std::error_code add(const fs::path& folder, std::vector<fs::path>& below) {
    std::error_code error;
    fs::directory_iterator at(folder.empty() ? "." : folder, error);
    for (; !error && at != fs::directory_iterator(); at.increment(error)) {
      std::error_code unknown;
      const fs::path path = folder.empty() ? at->path().filename() : at->path();
      switch (at->status(unknown).type()) {
        case fs::file_type::directory:
          if (!at->is_symlink(unknown)) below.push_back(path);
          break;
        case fs::file_type::regular:
          all_.push_back(path);
          break;
        case fs::file_type::not_found:
        case fs::file_type::none:
        case fs::file_type::unknown:
          dangling_.push_back(path);
          break;
        default:
          break;
      }
    }
    return error;
  }

  void sort() {
    std::sort(all_.begin(), all_.end());
    std::sort(dangling_.begin(), dangling_.end());
    all_.insert(all_.end(), dangling_.begin(), dangling_.end());
  }

 private:
  std::vector<fs::path> all_, dangling_;
};

// As editors leave them behind.
bool spare(std::string_view file_name) {
  return file_name.starts_with('.') || file_name.ends_with('~');
}

std::string shown(const fs::path& folder) {
  return "folder '" + excerpt(folder.empty() ? "." : folder.string()) + "'";
}

std::string cannot_read(const fs::path& folder, const std::error_code& error) {
  return shown(folder) + " cannot be read: " + error.message();
}

class Source : public ZoneSource {
 protected:
  explicit Source(SourceLine line) : line_(std::move(line)) {}

  const Location& where() const { return line_.model.where; }
  // Adds the zone `origin` of the file at `path`; `place` is where it is complained about, without
  // a file that at `path`. Its name is kept for life then, so not for files that nobody asks for.
  void add(std::string_view origin, std::string path, Location place, std::vector<ZoneFile>& zones,
           Findings& findings) const {
    const auto at = [&] { return place.file.empty() ? Location{keep_file_name(path), 0} : place; };
    const auto complain = [&](bool as_error, std::string message) {
      findings.add(as_error, findings.tells(as_error) ? at() : Location(), std::move(message));
    };
    std::string why;
    const auto name = Name::parse(origin, {}, &why);
    if (!name || origin.empty()) {
      complain(true, "'" + excerpt(origin) + "' is no domain name" +
                         (why.empty() ? "" : ": " + why) + "; " + excerpt(path) + " is not read");
      return;
    }
    const bool accepted = std::any_of(line_.accepted.begin(), line_.accepted.end(),
                                      [&](const Name& z) { return name->view().within(z); });
    if (!accepted) {
      if (line_.tell)
        complain(false, "no question for " + name->text() + " comes to this block; it is not read");
      return;
    }
    ZoneFile& zone = zones.emplace_back(line_.model);
    zone.origin = *name;
    zone.where = at();
    zone.path = std::move(path);
    if (!overlap(line_.fall_through, *name)) zone.passes_on = {};
  }

 private:
  const SourceLine line_;
};

class MatchingFiles final : public Source {
 public:
  MatchingFiles(SourceLine line, const Token& pattern) : Source(std::move(line)) {
    const size_t slash = pattern.text.rfind('/');
    const size_t name = slash == std::string::npos ? 0 : slash + 1;
    const size_t star = pattern.text.find('*');
    if (star < name || pattern.text.find('*', star + 1) != std::string::npos)
      throw ConfigError(pattern.where, "'" + excerpt(pattern.text) +
                                           "' has to have one '*', in the name of the file, which "
                                           "stands for the name of the zone: zones/*.zone");
    folder_ = pattern.text.substr(0, name);
    before_ = pattern.text.substr(name, star - name);
    after_ = pattern.text.substr(star + 1);
  }

  bool find(std::vector<ZoneFile>& zones, Problems& problems) const override {
    Files files;
    std::vector<fs::path> below;
    if (const std::error_code error = files.add(folder_, below)) {
      problems.error(where(), cannot_read(folder_, error));
      return false;
    }
    files.sort();
    Findings findings(problems);
    for (const fs::path& file : files.all()) {
      const std::string name = file.filename().string();
      if (name.size() <= before_.size() + after_.size() || !name.starts_with(before_) ||
          !name.ends_with(after_) || spare(name))
        continue;
      const std::string path = folder_ + name;
      add(std::string_view(name).substr(before_.size(),
                                        name.size() - before_.size() - after_.size()),
          path, {}, zones, findings);
    }
    findings.tell_rest(where(), shown(folder_));
    return true;
  }

 private:
  std::string folder_, before_, after_;  // the folder with its slash, or empty
};

class ListedFiles final : public Source {
 public:
  ListedFiles(SourceLine line, std::string list)
      : Source(std::move(line)), list_(std::move(list)) {}

  bool find(std::vector<ZoneFile>& zones, Problems& problems) const override {
    std::error_code error;
    if (!fs::is_regular_file(list_, error))
      return refuse(error ? ": " + error.message() : " is no regular file", problems);
    errno = 0;
    std::ifstream in(list_, std::ios::binary);
    std::string line;
    Location at{keep_file_name(list_), 0};
    Findings findings(problems);
    while (std::getline(in, line)) {
      ++at.line;
      read_line(line, at, zones, findings);
    }
    const int reason = errno;
    findings.tell_rest({at.file, Location::behind}, "this list");
    if (in.bad() || !in.eof())
      return refuse(": " + std::generic_category().message(reason != 0 ? reason : EIO), problems);
    return !findings.any_error();
  }

 private:
  bool refuse(const std::string& why, Problems& problems) const {
    problems.error(where(), "list of zones " + excerpt(list_) + why);
    return false;
  }

  void read_line(std::string_view line, Location at, std::vector<ZoneFile>& zones,
                 Findings& findings) const {
    for (size_t i = 0; i < line.size(); ++i)
      if ((line[i] == '#' || line[i] == ';') &&
          (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t')) {
        line = line.substr(0, i);
        break;
      }
    line = trimmed(line);
    if (line.empty()) return;
    const size_t blank = line.find_first_of(" \t");
    if (blank == std::string_view::npos || line.size() > kLongestListLine)
      return findings.add(true, at, "found '" + excerpt(line) + "', expected: ORIGIN FILE");
    const fs::path written(trimmed(line.substr(blank)));
    add(line.substr(0, blank), (fs::path(list_).parent_path() / written).string(), at, zones,
        findings);
  }

  const std::string list_;
};

class FilesInFolder final : public Source {
 public:
  FilesInFolder(SourceLine line, std::string folder, const Token& expression, const Token& origin)
      : Source(std::move(line)), folder_(std::move(folder)), origin_(origin.text) {
    try {
      expression_ = std::regex(expression.text);
    } catch (const std::regex_error&) {
      throw ConfigError(expression.where,
                        "'" + excerpt(expression.text) + "' is no regular expression");
    }
    for (size_t i = origin_.find('{'); i != std::string::npos; i = origin_.find('{', i + 1))
      if (i + 2 >= origin_.size() || origin_[i + 2] != '}' || origin_[i + 1] < '0' ||
          origin_[i + 1] > '9' || unsigned(origin_[i + 1] - '0') > expression_.mark_count())
        throw ConfigError(origin.where, "'" + excerpt(origin_) +
                                            "': expected the name of a zone with {1} for the "
                                            "first group of the expression, which has " +
                                            std::to_string(expression_.mark_count()));
  }

  bool find(std::vector<ZoneFile>& zones, Problems& problems) const override {
    Files files;
    Findings findings(problems);
    if (!walk(files, findings)) return false;
    for (const fs::path& file : files.all()) {
      const std::string name = file.filename().string();
      std::smatch match;
      if (spare(name) || !std::regex_search(name, match, expression_)) continue;
      add(origin_of(match), file.string(), {}, zones, findings);
    }
    findings.tell_rest(where(), shown(folder_));
    return true;
  }

 private:
  // As in CoreDNS, a folder that is not there yet and subfolders that cannot be read are warned of.
  bool walk(Files& files, Findings& findings) const {
    std::vector<fs::path> folders;
    if (const std::error_code error = files.add(folder_, folders)) {
      findings.add(error != std::errc::no_such_file_or_directory, where(),
                   cannot_read(folder_, error));
      return false;
    }
    while (!folders.empty()) {
      const fs::path folder = std::move(folders.back());
      folders.pop_back();
      if (const std::error_code error = files.add(folder, folders))
        findings.add(false, where(), cannot_read(folder, error) + "; its zones are left out");
    }
    files.sort();
    return true;
  }

  std::string origin_of(const std::smatch& match) const {
    std::string text;
    for (size_t i = 0; i < origin_.size(); ++i)
      if (origin_[i] == '{') {
        text += match[size_t(origin_[i + 1] - '0')].str();
        i += 2;
      } else {
        text += origin_[i];
      }
    return text;
  }

  const std::string folder_, origin_;
  std::regex expression_;
};

}  // namespace

bool overlap(std::span<const Name> zones, NameView zone) {
  return std::any_of(zones.begin(), zones.end(), [&](const Name& other) {
    return zone.within(other) || other.view().within(zone);
  });
}

std::shared_ptr<const ZoneSource> matching_files(SourceLine line, const Token& pattern) {
  return std::make_shared<MatchingFiles>(std::move(line), pattern);
}

std::shared_ptr<const ZoneSource> listed_files(SourceLine line, std::string list) {
  return std::make_shared<ListedFiles>(std::move(line), std::move(list));
}

std::shared_ptr<const ZoneSource> files_in_folder(SourceLine line, std::string folder,
                                                  const Token& expression, const Token& origin) {
  return std::make_shared<FilesInFolder>(std::move(line), std::move(folder), expression, origin);
}

}  // namespace signpost::zone
