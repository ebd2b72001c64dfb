#include "loop/descriptors.h"

#include <fcntl.h>
#include <sys/resource.h>

#include <stdexcept>
#include <string>

namespace signpost {

namespace {

constexpr int kLongestGap = 1024;  // between the numbers of two

uint64_t allowed() noexcept {
  rlimit limit{};
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : UINT64_MAX;
}

}  // namespace

uint64_t allow_descriptors() noexcept {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  return allowed();
}

uint64_t open_descriptors() noexcept {
  uint64_t open = 0;
  for (int fd = 0, last = 0; fd - last <= kLongestGap; ++fd) {
    if (fcntl(fd, F_GETFD) < 0) continue;
    ++open;
    last = fd;
  }
  return open;
}

void need_descriptors(uint64_t more) {
  const uint64_t open = open_descriptors();
  if (open + more <= allowed()) return;
  throw std::runtime_error("the limit of open files, " + std::to_string(allowed()) +
                           ", is too low: " + std::to_string(open) + " are open, and " +
                           std::to_string(more) + " more are needed; " + kMoreDescriptors);
}

}  // namespace signpost
