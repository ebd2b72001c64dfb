#include "zone/apex_guess.h"

#include <gtest/gtest.h>

namespace signpost::zone {
namespace {

TEST(ApexGuess, TakesTheFileThenItsName) {
  const struct {
    const char *text, *path, *apex;  // apex null: no guess
  } cases[] = {
      {"example. 1 IN SOA a b 1 2 3 4 5", "z", "example."},
      {"$TTL 1\n; x\nEXAMPLE.\tSOA a b (1 2 3 4 5)", "db.other", "example."},
      {"$ORIGIN example.\n@ IN 1 SOA a b 1 2 3 4 5", "db.other", "example."},
      {"$origin example.\nsub SOA a b 1 2 3 4 5", "z", "sub.example."},
      {"$ORIGIN example.\n$ORIGIN sub\n@ SOA a b 1 2 3 4 5", "z", "sub.example."},
      {"$ORIGIN example.\na A 192.0.2.1", "z", "example."},
      {"x.\tA 192.0.2.1\n 1 SOA a b 1 2 3 4 5", "z", "x."},
      {"a.b. TXT SOA\nexample. 1 SOA a b 1 2 3 4 5", "z", "example."},
      {"@ SOA a b 1 2 3 4 5", "/etc/zones/example.com", "example.com."},
      {"@ SOA a b 1 2 3 4 5", "db.example.com", "example.com."},
      {"@ SOA a b 1 2 3 4 5", "x/example.com.zone", "example.com."},
      {"@ SOA a b 1 2 3 4 5", "example.com.db", "example.com."},
      {"@ SOA a b 1 2 3 4 5", "example.com.zone.signed", "example.com."},
      {"@ SOA a b 1 2 3 4 5", "com.zone", "com."},
      {"sub SOA a b 1 2 3 4 5", "com.zone", "com."},
      {"$ORIGIN sub\n@ SOA a b 1 2 3 4 5", "zone", nullptr},
      {"@ SOA a b 1 2 3 4 5", "zone", nullptr},
      {"@ SOA a b 1 2 3 4 5", "a..b", nullptr},
      {"", "-", nullptr},
      {"\"x\n", "db.", "db."},
  };
  for (const auto& c : cases) {
    const auto apex = guess_apex(c.text, c.path);
    EXPECT_EQ(apex ? apex->text() : "none", c.apex != nullptr ? c.apex : "none")
        << c.text << " in " << c.path;
  }
}

}  // namespace
}  // namespace signpost::zone
