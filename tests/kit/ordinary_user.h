// While it lives, this process is an ordinary user, whom the modes of files bind: tests may run as
// root. One thread.
#pragma once

#include <unistd.h>

#include <cstdlib>

namespace signpost::kit {

class OrdinaryUser {
 public:
  OrdinaryUser() : was_root_(geteuid() == 0) {
    if (was_root_ && seteuid(kNobody) != 0) std::abort();
  }
  ~OrdinaryUser() {
    if (was_root_ && seteuid(0) != 0) std::abort();
  }
  OrdinaryUser(const OrdinaryUser&) = delete;
  OrdinaryUser& operator=(const OrdinaryUser&) = delete;

 private:
  static constexpr uid_t kNobody = 65534;
  const bool was_root_;
};

}  // namespace signpost::kit
