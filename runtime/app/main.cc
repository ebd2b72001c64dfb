// signpost: see usage_text().
#include <cstdio>
#include <exception>

#include "app/commands.h"
#include "signpost/abi.h"

namespace {

int run(const signpost::CommandLine& line) {
  using signpost::CommandLine;
  switch (line.command) {
    case CommandLine::serve:
      return signpost::serve(line);
    case CommandLine::check:
      return signpost::check(line);
    case CommandLine::plugins:
      return signpost::list_plugins(line);
    case CommandLine::explain:
      return signpost::explain(line);
    case CommandLine::zone:
      return signpost::zone_command(line);
    case CommandLine::man:
      return signpost::show_manual(line);
    case CommandLine::help:
      std::fputs(signpost::usage_text().c_str(), stdout);
      return 0;
    case CommandLine::version:
      std::printf("Signpost-%s\nlinux, module API %s\n", SIGNPOST_VERSION, SIGNPOST_API_HASH);
      return 0;
  }
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(signpost::parse_command_line({argv + 1, argv + argc}));
  } catch (const signpost::UsageError& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return e.status;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "signpost: %s\n", e.what());
  }
  return 1;
}
