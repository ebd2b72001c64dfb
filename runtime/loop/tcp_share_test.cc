#include "loop/tcp_share.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace signpost {
namespace {

constexpr uint64_t kPlenty = 1'000'000;

TEST(TcpShare, EachWorkerHasItsPart) {
  const struct {
    uint32_t connections, per_client;
    unsigned workers;
    uint32_t part, client_part;
  } rows[] = {{8192, 64, 1, 8192, 64}, {8192, 64, 2, 4096, 32}, {8192, 64, 3, 2731, 22},
              {100, 64, 64, 2, 8},     {100, 4, 64, 2, 4},      {1, 1, 8, 1, 1}};
  for (const auto& row : rows) {
    const TcpLimits share = share_of_worker(
        {.connections = row.connections, .per_client = row.per_client, .idle_ms = 1234},
        row.workers, kPlenty);
    EXPECT_EQ(share.connections, row.part) << row.connections << "/" << row.workers;
    EXPECT_EQ(share.per_client, row.client_part) << row.per_client << "/" << row.workers;
    EXPECT_EQ(share.idle_ms, 1234u);
  }
}

TEST(TcpShare, FewDescriptorsMeanFewConnections) {
  const TcpLimits process{.connections = 8192};
  EXPECT_EQ(descriptors_for(process), 8192u + 1024u);
  EXPECT_EQ(share_of_worker(process, 1, 9216).connections, 8192u);
  EXPECT_EQ(share_of_worker(process, 1, 9215).connections, 8191u);
  EXPECT_EQ(share_of_worker(process, 2, 4096).connections, 1536u);
  EXPECT_EQ(share_of_worker(process, 1, 1024).connections, 512u) << "half of it for the rest";
  EXPECT_EQ(share_of_worker(process, 1, 0).connections, 1u);
}

TEST(TcpShare, TheSoftLimitIsRaisedAsFarAsItMay) {
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const rlimit low{std::min<rlim_t>(256, before.rlim_max), before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
  EXPECT_EQ(allow_descriptors(200), low.rlim_cur) << "never lowered";
  EXPECT_EQ(allow_descriptors(300), std::min<rlim_t>(300, before.rlim_max));
  EXPECT_EQ(allow_descriptors(UINT64_MAX), before.rlim_max);
  setrlimit(RLIMIT_NOFILE, &before);
}

}  // namespace
}  // namespace signpost
