#include "corefile/overlap.h"

#include <gtest/gtest.h>

namespace signpost::corefile {
namespace {

struct Block {
  std::string key;
  std::vector<std::string> addresses = {};
  bool filtered = false;
};

// The problems of blocks that begin on lines 1, 2, 3 ...
std::string run(const std::vector<Block>& blocks) {
  Problems problems;
  std::vector<Served> all;
  for (size_t i = 0; i < blocks.size(); ++i) {
    const Token key{blocks[i].key, {"Corefile", uint32_t(i + 1)}};
    for (const Endpoint& e : parse_key(key, 53, problems))
      all.push_back({e, blocks[i].addresses, blocks[i].filtered});
  }
  report_overlaps(all, problems);
  std::string text;
  for (const Problem& p : problems.all()) text += (text.empty() ? "" : "\n") + p.text();
  return text;
}

TEST(Overlap, AcceptsWhatIsApart) {
  EXPECT_EQ(run({{"example.org"}, {"example.net"}, {"tls://example.org"}, {"example.org:54"}}), "");
  EXPECT_EQ(run({{".", {"127.0.0.1"}}, {".", {"127.0.0.2"}}}), "");
  EXPECT_EQ(run({{".:0"}, {".:0"}}), "") << "port 0 is a port of its own each time";
}

TEST(Overlap, NamesBothPlaces) {
  EXPECT_EQ(
      run({{"a"}, {"Example.org"}, {"dns://example.org.:53"}}),
      "Corefile:3 - cannot serve dns://example.org.:53 - it is already defined at Corefile:2");
  EXPECT_EQ(run({{".", {"::1", "127.0.0.1"}}, {".", {"127.0.0.1"}}}),
            "Corefile:2 - cannot serve dns://.:53 on 127.0.0.1 - it is already defined at "
            "Corefile:1");
}

TEST(Overlap, RefusesBoundBesideUnbound) {
  EXPECT_EQ(run({{".", {"127.0.0.1"}}, {"."}}),
            "Corefile:2 - cannot serve dns://.:53 - zone overlap listener capacity with "
            "dns://.:53 on 127.0.0.1 at Corefile:1");
  EXPECT_EQ(run({{"."}, {".", {"127.0.0.1"}}}),
            "Corefile:2 - cannot serve dns://.:53 on 127.0.0.1 - zone overlap listener capacity "
            "with dns://.:53 at Corefile:1");
}

TEST(Overlap, SeesExpandedReverseZones) {
  EXPECT_EQ(run({{"10.0.0.0/15"}, {"1.10.in-addr.arpa"}}),
            "Corefile:2 - cannot serve dns://1.10.in-addr.arpa.:53 - it is already defined at "
            "Corefile:1");
}

TEST(Overlap, ExemptsFilteredBlocks) {
  EXPECT_EQ(run({{".", {}, true}, {".", {}, true}, {"."}}), "");
  EXPECT_EQ(run({{"."}, {".", {}, true}}), "");
}

}  // namespace
}  // namespace signpost::corefile
