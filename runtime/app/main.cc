// signpost: see usage_text().
#include <cstdio>
#include <exception>

#include "app/commands.h"
#include "app/output.h"
#include "signpost/abi.h"

namespace {

int run(const signpost::CommandLine& line) {
  using signpost::CommandLine, signpost::print, signpost::written;
  switch (line.command) {
    case CommandLine::serve:
      return signpost::serve(line);
    case CommandLine::check:
      return written(signpost::check(line), 1);
    case CommandLine::plugins:
      return written(signpost::list_plugins(line), 1);
    case CommandLine::explain:
      return written(signpost::explain(line), 1);
    case CommandLine::zone:
      return signpost::zone_command(line);
    case CommandLine::man:
      return written(signpost::show_manual(line), 1);
    case CommandLine::help:
      print(signpost::usage_text());
      return written(0, 1);
    case CommandLine::version:
      print("Signpost-" SIGNPOST_VERSION "\nlinux, module API " SIGNPOST_API_HASH "\n");
      return written(0, 1);
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
