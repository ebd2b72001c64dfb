// Queries that are for no zone of the block: which plugins see them (signpost/plugin.h, Beyond).
#include <gtest/gtest.h>

#include "chain/serving_kit.h"

namespace signpost::chain {
namespace {

// All hooks that ran, in turn.
TEST(Beyond, OnlyWhoAnswersThemAndThoseAboveRewriteSeeThem) {
  std::string seen;
  const auto watch = [&seen](Fake& fake, const char* name, Down verdict) {
    fake.down = [&seen, name, verdict](Query&) {
      seen += std::string(name) + " ";
      return verdict;
    };
    fake.up = [&seen, name](Query&) {
      seen += "/" + std::string(name) + " ";
      return Up::next;
    };
  };
  Fake guard("guard", Stage::guard), rewrite("rewrite", Stage::rewrite),
      cache("cache", Stage::cache);
  Fake chaos("chaos"), zone("zone");
  watch(guard, "guard", Down::next);
  watch(rewrite, "rewrite", Down::next);
  watch(cache, "cache", Down::next);
  watch(chaos, "chaos", Down::next);
  watch(zone, "zone", Down::answered);
  chaos.beyond = beyond_class_in;
  Serving serving({&guard, &rewrite, &cache, &chaos, &zone});

  std::vector<uint8_t> packet = kit::query_packet({"version.bind. TXT"}, Name());
  EXPECT_FALSE(serving.send(packet).empty());
  EXPECT_EQ(std::exchange(seen, {}),
            "guard rewrite cache chaos zone /chaos /cache /rewrite /guard ");
  packet[packet.size() - 1] = rr::class_ch;
  EXPECT_EQ(kit::decode(serving.send(packet)).rcode, 5) << "nobody answered";
  EXPECT_EQ(std::exchange(seen, {}), "guard chaos /chaos /guard ");
}

}  // namespace
}  // namespace signpost::chain
