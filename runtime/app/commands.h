// The sub commands. Each prints to stdout (app/output.h; zone_command() looks itself whether it got
// through), what is wrong to stderr, and returns the exit status. None opens a socket but serve().
#pragma once

#include "app/command_line.h"

namespace signpost {

int serve(const CommandLine& line);
int check(const CommandLine& line);  // 1 if there is an error
int list_plugins(const CommandLine& line);
int explain(const CommandLine& line);
// dump, check: 1 if there is an error; diff: 0 same, 1 different, 2 trouble.
int zone_command(const CommandLine& line);
int show_manual(const CommandLine& line);

}  // namespace signpost
