// Which zone a file is about, when nobody says: names in it may be relative to the answer, so it
// has to be found before the records are read. Any thread; no file is opened.
#pragma once

#include <optional>
#include <string_view>

#include "signpost/name.h"

namespace signpost::zone {

// The owner of the first SOA record if the file alone tells it (it is absolute, or $ORIGIN before
// it is), else the first absolute $ORIGIN, else what the file is called: "example.com",
// "db.example.com", "example.com.zone", "example.com.db" (and ".signed" behind). Empty: neither.
std::optional<Name> guess_apex(std::string_view text, std::string_view path);

}  // namespace signpost::zone
