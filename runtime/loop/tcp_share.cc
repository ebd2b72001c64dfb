#include "loop/tcp_share.h"

#include <sys/resource.h>

#include <algorithm>
#include <string>

#include "signpost/log.h"

namespace signpost {

namespace {

// Listeners, probes, resolvers, HTTP clients, files.
constexpr uint64_t kOthers = 1024;
constexpr uint32_t kLeastPerClient = 8;

uint32_t part_of(uint32_t whole, unsigned parts) { return (whole + parts - 1) / parts; }

}  // namespace

uint64_t descriptors_for(const TcpLimits& process) noexcept {
  return uint64_t(process.connections) + kOthers;
}

uint64_t allow_descriptors(uint64_t wanted) noexcept {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  if (limit.rlim_cur >= wanted) return limit.rlim_cur;
  limit.rlim_cur = std::min<rlim_t>(wanted, limit.rlim_max);
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

TcpLimits share_of_worker(const TcpLimits& process, unsigned workers, uint64_t descriptors) {
  TcpLimits share = process;
  if (descriptors < descriptors_for(process)) {
    const uint64_t others = std::min(kOthers, descriptors / 2);
    share.connections = uint32_t(std::max<uint64_t>(descriptors - others, 1));
    log_warning("", "the limit of open files leaves room for " + std::to_string(share.connections) +
                        " TCP connections, not " + std::to_string(process.connections) +
                        ": raise it ('ulimit -n', LimitNOFILE= of a systemd unit), or lower "
                        "-tcp-connections");
  }
  share.connections = part_of(share.connections, workers);
  share.per_client =
      std::max(part_of(process.per_client, workers), std::min(process.per_client, kLeastPerClient));
  return share;
}

}  // namespace signpost
