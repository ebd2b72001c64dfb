#include "loop/tcp_share.h"

#include <gtest/gtest.h>

namespace signpost {
namespace {

TEST(TcpShare, EachWorkerHasItsPart) {
  const struct {
    uint32_t connections, per_client;
    unsigned workers;
    uint32_t part, client_part;
  } rows[] = {{8192, 64, 1, 8192, 64}, {8192, 64, 2, 4096, 32}, {8192, 64, 3, 2731, 22},
              {100, 64, 64, 2, 8},     {100, 4, 64, 2, 4},      {1, 1, 8, 1, 1}};
  for (const auto& row : rows) {
    const TcpLimits process{
        .connections = row.connections, .per_client = row.per_client, .idle_ms = 1234};
    const TcpLimits share = share_of_worker(process, row.workers);
    EXPECT_EQ(share.connections, row.part) << row.connections << "/" << row.workers;
    EXPECT_EQ(connections_of_worker(process, row.workers, 1'000'000), row.part);
    EXPECT_EQ(share.per_client, row.client_part) << row.per_client << "/" << row.workers;
    EXPECT_EQ(share.idle_ms, 1234u);
  }
}

TEST(TcpShare, FewDescriptorsMeanFewConnections) {
  const struct {
    unsigned workers;
    uint64_t free;
    uint32_t each;
  } rows[] = {{1, 8192 + 512, 8192},
              {1, 8192 + 511, 8191},
              {2, 4096, 1792},
              {1, 1024, 512},
              {1, 100, 50},
              {1, 16, 8},
              {1, 12, 4},
              {3, 12, 1},
              {1, 9, 1},
              {1, 8, 1},
              {1, 0, 1},
              {2, 8703, 4095}};
  for (const auto& row : rows) {
    EXPECT_EQ(connections_of_worker({.connections = 8192}, row.workers, row.free), row.each)
        << row.free;
    if (row.free >= row.workers + kLeastKeptDescriptors) {
      EXPECT_LE(uint64_t(row.workers) * row.each + kLeastKeptDescriptors, row.free);
    }
  }
}

}  // namespace
}  // namespace signpost
