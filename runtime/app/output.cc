#include "app/output.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace signpost {

namespace {

int first_error = 0;  // 0: everything got through so far

void remember(bool good) {
  if (!good && first_error == 0) first_error = errno != 0 ? errno : EIO;
}

}  // namespace

void print(std::string_view text) {
  errno = 0;
  remember(std::fwrite(text.data(), 1, text.size(), stdout) == text.size());
}

int written(int status, int trouble) {
  errno = 0;
  remember(std::fflush(stdout) == 0);
  if (first_error == 0) return status;
  std::fprintf(stderr, "cannot write: %s\n", std::strerror(first_error));
  return trouble;
}

}  // namespace signpost
