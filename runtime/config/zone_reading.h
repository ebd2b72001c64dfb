// Reads one zone of a block from its file, and tells later whether what was read has changed since:
// the file itself and the files it includes. Any thread; blocks on file access.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "signpost/setup.h"
#include "zone/zone.h"

namespace signpost {

struct BlockConfiguration;

// What tells one state of a file from another. Times are wall clock, in nanoseconds.
struct FileStamp {
  bool exists = false;
  int error = 0;  // why it cannot be looked at: ENOENT if there is no such file
  uint64_t device = 0, inode = 0, size = 0;
  int64_t modified = 0, changed = 0;

  static FileStamp of(const std::string& path);
  bool operator==(const FileStamp&) const = default;
};

// A file as it was when it was read. Not settled: it had changed so shortly before that one more
// change may have left the stamp as it is. Without a stamp: it was there, and not closed to this
// process, but could not be read, which another try may.
struct FileRead {
  std::string path;
  FileStamp stamp;
  bool settled = false;
};

// The files a zone was made of, the zone file first, each path once; also those that could not be
// read.
using FilesRead = std::vector<FileRead>;

// Whether one of `files` may not be as it was read.
bool differs(const FilesRead& files);
// What has the same stamp as when it was read `before` is settled: a clock that is wrong must not
// make a file look new for ever.
void settle(FilesRead& files, const FilesRead& before);

struct ZoneRead {
  std::shared_ptr<const Zone> zone;   // null: an error was reported
  std::shared_ptr<const Zone> wrong;  // what could be made in spite of errors, of a file that is
                                      // good by itself: for judging what refers to it
  std::shared_ptr<const FilesRead> files;
};

// Reads `file` and puts in the record sets that the block has for the zone.
ZoneRead read_zone(const BlockConfiguration& block, const ZoneFile& file, unsigned position,
                   Problems& problems);

}  // namespace signpost
