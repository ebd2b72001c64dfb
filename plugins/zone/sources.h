// Where the zones of a line come from if it names more than one file: the files of a folder that
// match a pattern, a list, or a folder as CoreDNS' `auto` walks it. Made when the Corefile is read;
// asked again and again on libuv's pool, see ZoneSource.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "signpost/setup.h"

namespace signpost::zone {

// What the zones of one line have in common.
struct SourceLine {
  ZoneFile model;              // options of each zone; `where` is the line
  std::vector<Name> accepted;  // only zones at or below these
  bool tell = false;           // warn of those that are not
  std::vector<Name> fall_through =
      {};  // model.passes_on holds for zones with names at or below these
};

// Whether `zone` and one of `zones` have names in common.
bool overlap(std::span<const Name> zones, NameView zone);

// FOLDER/BEFORE*AFTER: a zone for each file, its origin what the `*` stands for. Files that begin
// with a dot or end in "~" are left out. Throws ConfigError if `pattern` has not one `*`, in its
// last part.
std::shared_ptr<const ZoneSource> matching_files(SourceLine line, const Token& pattern);

// Lines "ORIGIN FILE", FILE relative to the list's folder; comments after `#` or `;`. A list with
// an error in it tells nothing.
std::shared_ptr<const ZoneSource> listed_files(SourceLine line, std::string list);

// Every file in and below `folder` whose name has a match of `expression` in it, but those that the
// other leaves out; `origin` is a text with {1} and so on for the groups of the match. Subfolders
// that cannot be read are warned of and left out. Throws ConfigError.
std::shared_ptr<const ZoneSource> files_in_folder(SourceLine line, std::string folder,
                                                  const Token& expression, const Token& origin);

}  // namespace signpost::zone
