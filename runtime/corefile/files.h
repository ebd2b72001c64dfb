// The files that "import" can reach, behind an interface so that tests and the fuzz target use a
// tree in memory. Control loop or the thread pool; one instance is used by one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace signpost::corefile {

// The largest Corefile, and the largest file that one imports.
inline constexpr size_t kLargestCorefile = size_t{16} << 20;

// The whole of a file, up to `most` bytes. read_file() refuses what is no regular file: a pipe or
// device could block for ever, or never end. read_stream() takes those as well, and waits for what
// a pipe brings. Both throw std::system_error: no_such_file_or_directory, is_a_directory,
// invalid_argument (no regular file), file_too_large ...
std::string read_file(const std::string& path, size_t most = SIZE_MAX);
std::string read_stream(const std::string& path, size_t most);
std::string read_stream(int descriptor, size_t most);
// What to tell the operator of such an error: "Permission denied".
std::string reason_of(const std::system_error& error);

class FileTree {
 public:
  virtual ~FileTree() = default;
  // The whole of a file. Throws std::system_error: is_a_directory, no_such_file_or_directory,
  // file_too_large (over 16 MiB), permission_denied ... `path` is absolute.
  virtual std::string read(const std::string& path) const = 0;
  // Names in a directory, in any order, without "." and ".."; empty if it cannot be listed.
  virtual std::vector<std::string> names(const std::string& directory) const = 0;
};

// The real one. Refuses what is no regular file: a pipe or device could block for ever.
class DiskFiles : public FileTree {
 public:
  std::string read(const std::string& path) const override;
  std::vector<std::string> names(const std::string& directory) const override;
};

const FileTree& disk_files();

// Absolute path to contents. Directories are there by having files.
class MemoryFiles : public FileTree {
 public:
  explicit MemoryFiles(std::map<std::string, std::string> files = {}) : files_(std::move(files)) {}
  std::string read(const std::string& path) const override;
  std::vector<std::string> names(const std::string& directory) const override;

 private:
  std::map<std::string, std::string> files_;
};

struct Matches {
  std::vector<std::string> paths;    // sorted
  std::vector<std::string> skipped;  // editor backups that the pattern would have matched (D19)
};

// Paths that match `pattern`, an absolute path in which "*", "?" or "[" may stand in any component.
// Names with a leading dot match only a component that begins with one; names ending in "~",
// ".bak",
// ".orig" or ".swp" only one that ends so (D19).
Matches glob(const FileTree& files, const std::string& pattern);

}  // namespace signpost::corefile
