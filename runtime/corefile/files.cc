#include "corefile/files.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <filesystem>
#include <set>
#include <system_error>

namespace signpost::corefile {
namespace {

[[noreturn]] void fail(int error, const std::string& path) {
  throw std::system_error(error, std::generic_category(), path);
}

class Descriptor {
 public:
  Descriptor(const std::string& path, int flags)
      : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags)) {
    if (fd_ < 0) fail(errno, path);
  }
  ~Descriptor() { ::close(fd_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

std::string read_all(int descriptor, const std::string& path, size_t most) {
  std::string text;
  char buffer[65536];
  for (;;) {
    const ssize_t got = ::read(descriptor, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(errno, path);
    if (got == 0) return text;
    if (size_t(got) > most - text.size()) fail(EFBIG, path);
    text.append(buffer, size_t(got));
  }
}

bool is_backup(std::string_view name, std::string_view pattern) {
  for (const std::string_view end : {"~", ".bak", ".orig", ".swp"})
    if (name.ends_with(end)) return !pattern.ends_with(end);
  return false;
}

class Globbing {
 public:
  Globbing(const FileTree& files, Matches& out) : files_(files), out_(out) {}

  // Follows `rest`, components separated by "/", from `path`, which ends in "/".
  void walk(const std::string& path, std::string_view rest) {
    const size_t slash = rest.find('/');
    const std::string component(rest.substr(0, slash));
    const bool leaf = slash == rest.npos;
    if (component.find_first_of("*?[") == component.npos) {
      found(path + component, component, rest, leaf);
      return;
    }
    for (const std::string& name : files_.names(path)) {
      if (::fnmatch(component.c_str(), name.c_str(), FNM_PERIOD | FNM_NOESCAPE) != 0) continue;
      if (leaf && is_backup(name, component)) {
        out_.skipped.push_back(path + name);
      } else {
        found(path + name, name, rest, leaf);
      }
    }
  }

 private:
  void found(const std::string& path, const std::string& name, std::string_view rest, bool leaf) {
    if (!leaf) return walk(path + "/", rest.substr(rest.find('/') + 1));
    const std::string directory = path.substr(0, path.size() - name.size());
    const auto names = files_.names(directory);
    if (std::find(names.begin(), names.end(), name) != names.end()) out_.paths.push_back(path);
  }

  const FileTree& files_;
  Matches& out_;
};

}  // namespace

std::string read_file(const std::string& path, size_t most) {
  const Descriptor file(path, O_NONBLOCK);
  struct stat status;
  if (::fstat(file.get(), &status) != 0) fail(errno, path);
  if (S_ISDIR(status.st_mode)) fail(EISDIR, path);
  if (!S_ISREG(status.st_mode)) fail(EINVAL, path);
  return read_all(file.get(), path, most);
}

std::string read_stream(const std::string& path, size_t most) {
  return read_all(Descriptor(path, 0).get(), path, most);
}

std::string read_stream(int descriptor, size_t most) { return read_all(descriptor, "", most); }

std::string reason_of(const std::system_error& error) {
  if (error.code() == std::errc::is_a_directory) return "is a directory";
  if (error.code() == std::errc::invalid_argument) return "not a regular file";
  return error.code().message();
}

std::string DiskFiles::read(const std::string& path) const {
  return read_file(path, kLargestCorefile);
}

std::vector<std::string> DiskFiles::names(const std::string& directory) const {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator at(directory, error), end;
  for (; !error && at != end; at.increment(error)) names.push_back(at->path().filename().string());
  return names;
}

const FileTree& disk_files() {
  static const DiskFiles files;
  return files;
}

std::string MemoryFiles::read(const std::string& path) const {
  if (const auto found = files_.find(path); found != files_.end()) return found->second;
  const auto below = files_.lower_bound(path + "/");
  const bool directory = below != files_.end() && below->first.starts_with(path + "/");
  fail(directory ? EISDIR : ENOENT, path);
}

std::vector<std::string> MemoryFiles::names(const std::string& directory) const {
  const std::string prefix = directory.ends_with('/') ? directory : directory + "/";
  std::set<std::string> names;
  for (auto at = files_.lower_bound(prefix); at != files_.end() && at->first.starts_with(prefix);
       ++at)
    names.insert(
        at->first.substr(prefix.size(), at->first.find('/', prefix.size()) - prefix.size()));
  return {names.begin(), names.end()};
}

Matches glob(const FileTree& files, const std::string& pattern) {
  Matches matches;
  if (pattern.starts_with('/') && pattern.size() < PATH_MAX)
    Globbing(files, matches).walk("/", pattern.substr(1));
  std::sort(matches.paths.begin(), matches.paths.end());
  std::sort(matches.skipped.begin(), matches.skipped.end());
  return matches;
}

}  // namespace signpost::corefile
