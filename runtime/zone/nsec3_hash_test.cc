#include "zone/nsec3_hash.h"

#include <gtest/gtest.h>

#include <string>

namespace signpost {
namespace {

Name name(const std::string& text) { return Name::parse(text).value(); }

TEST(Nsec3Hash, OfTheRfc) {  // RFC 5155, appendix A
  const uint8_t salt[] = {0xaa, 0xbb, 0xcc, 0xdd};
  const Nsec3Parameters parameters{1, 12, salt};
  const struct {
    const char *name, *hash;
  } rows[] = {
      {"example.", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom"},
      {"a.example.", "35mthgpgcu1qg68fab165klnsnk3dpvl"},
      {"ai.example.", "gjeqe526plbf1g8mklp59enfd789njgi"},
      {"ns1.example.", "2t7b4g4vsa5smi47k61mv5bv1a22bojr"},
      {"ns2.example.", "q04jkcevqvmu85r014c7dkba38o0ji5r"},
      {"w.example.", "k8udemvp1j2f7eg6jebps17vp3n8i58h"},
      {"*.w.example.", "r53bq7cc2uvmubfu5ocmm6pers9tk9en"},
      {"x.w.example.", "b4um86eghhds6nea196smvmlo4ors995"},
      {"y.w.example.", "ji6neoaepv8b5o6k4ev33abha8ht9fgc"},
      {"x.y.w.example.", "2vptu5timamqttgl4luu9kg21e0aor3s"},
      {"xx.example.", "t644ebqk9bibcna874givr6joj62mlhv"},
  };
  for (const auto& row : rows) {
    const auto expected =
        hash_in_owner(name(std::string(row.hash) + ".example."), name("example."));
    ASSERT_TRUE(expected.has_value()) << row.name;
    EXPECT_TRUE(hash_name(name(row.name), parameters) == *expected) << row.name;
  }
}

TEST(Nsec3Hash, WithoutSaltAndMoreRounds) {  // RFC 9276, section 3.1
  EXPECT_TRUE(hash_name(name("example."), {1, 0, {}}) ==
              *hash_in_owner(name("3MSEV9USMD4BR9S97V51R2TDVMR9IQO1."), name(".")))
      << "nsec3hash - 1 0 example.";
}

TEST(Nsec3Hash, OwnersThatAreNone) {
  const Name apex = name("example.");
  const std::string good = "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom";
  EXPECT_TRUE(hash_in_owner(name(good + ".example."), apex));
  const std::string tail = good.substr(1);
  const std::string owners[] = {tail + ".example.",
                                "w" + tail + ".example.",
                                "/" + tail + ".example.",
                                "0" + good + ".example.",
                                "example.",
                                "0p9mhaveqvm6t7v.bl5lop2u3t2rp3to.example."};
  for (const std::string& owner : owners) EXPECT_FALSE(hash_in_owner(name(owner), apex)) << owner;
}

TEST(Nsec3Data, IsReadWithinItsBounds) {
  const std::vector<uint8_t> whole{1, 1, 0, 12, 2, 0xaa, 0xbb, 3, 7, 8, 9, 0, 1, 0x40};
  const auto data = read_nsec3(whole);
  ASSERT_TRUE(data);
  EXPECT_EQ(data->flags, 1);
  EXPECT_EQ(data->parameters.iterations, 12);
  EXPECT_EQ(data->parameters.salt.size(), 2u);
  EXPECT_EQ(data->next.size(), 3u);
  EXPECT_EQ(data->next[0], 7);
  for (size_t size = 0; size < 11; ++size)
    EXPECT_FALSE(read_nsec3(std::span(whole).first(size))) << size;
  EXPECT_FALSE(read_nsec3param(whole)) << "flags are not 0: RFC 5155, section 4.1.2";
  const uint8_t plain[] = {1, 0, 0, 5, 1, 0xcc};
  EXPECT_EQ(read_nsec3param(plain)->iterations, 5);
  EXPECT_FALSE(read_nsec3param(std::span(plain).first(5)));
}

}  // namespace
}  // namespace signpost
