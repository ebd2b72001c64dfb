// Standard output of the sub commands. What did not get through (a full disk) must not look like
// success. One thread.
#pragma once

#include <string_view>

namespace signpost {

// Writes `text` to standard output; failures are remembered for written().
void print(std::string_view text);

// Whether all that was printed got through: `status` if so, else `trouble`, with the reason on
// standard error. Called once, at the end.
int written(int status, int trouble);

}  // namespace signpost
