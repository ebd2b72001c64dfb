#include "loop/tcp_share.h"

#include <algorithm>

namespace signpost {

namespace {

constexpr uint32_t kLeastPerClient = 8;

uint32_t part_of(uint32_t whole, unsigned parts) { return (whole + parts - 1) / parts; }

}  // namespace

uint32_t connections_of_worker(const TcpLimits& process, unsigned workers, uint64_t free) noexcept {
  const uint64_t kept = std::min(kKeptDescriptors, std::max(free / 2, kLeastKeptDescriptors));
  const uint64_t fit = (free - std::min(free, kept)) / workers;
  return uint32_t(std::clamp<uint64_t>(fit, 1, part_of(process.connections, workers)));
}

TcpLimits share_of_worker(const TcpLimits& process, unsigned workers) noexcept {
  TcpLimits share = process;
  share.connections = part_of(process.connections, workers);
  share.per_client =
      std::max(part_of(process.per_client, workers), std::min(process.per_client, kLeastPerClient));
  return share;
}

}  // namespace signpost
