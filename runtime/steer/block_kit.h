// What tests of steering judge: zones whose record sets are written as in a Corefile, with policies
// that only hold attributes, and tables of health and addresses that the test sets. One thread.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kit/fake_setup.h"
#include "signpost/addresses.h"
#include "signpost/health.h"
#include "steer/judge.h"
#include "zone/zone.h"

namespace signpost::steer {

// `weighted`: keyword "weight", 1 where it is not given, a block line "table FILE" of its own.
const Policy& weighted();
// `failover`: leading word primary (0) or secondary (1).
const Policy& failover();
// `place`: leading number; a member serves clients whose address ends in it, 0 serves every client.
const Policy& place();
// `share`: keyword "share" that must be given.
const Policy& share();

// Reads lines `POLICY NAME [TYPE...] { … }` and `alias …` into `setup`; a ConfigError becomes a
// problem, as for a plugin.
void read_lines(kit::FakeSetup& setup);

class Block {
 public:
  // `lines` as for read_lines(). Every check that a member names exists and is healthy.
  explicit Block(std::string_view lines, std::vector<std::string> zone_names = {"example.com."});

  ZoneTable zones;
  HealthTable health;
  AddressTable addresses;
  std::vector<Name> outside;  // rows of `addresses`

  std::string problem_text() const;
  Problems& problems() { return problems_; }
  void down(std::initializer_list<const char*> checks);  // these, and no others
  // "name addresses": `known` tells whether an answer is at hand, `failed` that none could be got.
  void outside_is(std::string_view name, std::vector<std::string> addresses, bool known = true,
                  bool failed = false);
  const RecordSet& set(std::string_view name, uint16_t type = rr::a) const;
  // Members of the set that are healthy for `client` ("" for no client): "101", "?" if it depends
  // on the client.
  std::string healthy(std::string_view name, std::string_view client = "", uint16_t type = rr::a);

 private:
  kit::FakeSetup setup_;
  std::vector<std::string> checks_;
  Problems problems_;
};

}  // namespace signpost::steer
