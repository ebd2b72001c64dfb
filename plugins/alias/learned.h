// What is known of the addresses of one name of one family, and when to ask for them again. Has no
// clock: times are milliseconds of Control::now_ms(). Control loop only.
#pragma once

#include <cstdint>
#include <vector>

#include "signpost/address.h"
#include "signpost/resolution.h"

namespace signpost::alias {

class Learned {
 public:
  // How an outcome compares with what was known before.
  enum class News : uint8_t {
    none,
    failing,  // the first failure after an answer, or of all
    back,     // an answer after failures or after `gone`
    gone      // there were addresses, and there are none any more
  };

  // Takes the outcome of a question, received at `now_ms`.
  //
  // Addresses count at once. That there are none counts at once too, unless addresses are known:
  // then it takes two such answers in a row, because it is a common slip of a zone under repair.
  // A failure changes nothing that is known.
  News take(const Resolution& outcome, uint64_t now_ms);

  bool attempted() const { return attempted_; }
  bool known() const { return known_; }           // an answer is at hand, be it "no addresses"
  bool failed() const { return failures_ != 0; }  // the last attempt failed
  bool stale() const { return stale_; }  // an attempt failed when the answer had outlived its TTL
  const std::vector<Address>& addresses() const { return addresses_; }  // sorted
  // Seconds that clients may keep the addresses: what the upstream said, at most 60.
  uint32_t ttl() const { return ttl_; }
  // When to ask next: after 80 % of ttl(), at least a second; 5 to 48 seconds after "no addresses",
  // two if that has yet to be confirmed; after failures 1, 2, 4 … 60 seconds.
  uint64_t due_ms() const { return due_ms_; }
  // Changes whenever what is answered does.
  uint64_t version() const { return version_; }

 private:
  News fail(uint64_t now_ms);
  void set(std::vector<Address> addresses, uint32_t ttl);

  bool attempted_ = false, known_ = false, doubted_ = false, gone_ = false, stale_ = false;
  unsigned failures_ = 0;  // in a row
  std::vector<Address> addresses_;
  uint32_t ttl_ = 0;
  uint64_t due_ms_ = 0, expires_ms_ = 0, version_ = 0;
};

}  // namespace signpost::alias
