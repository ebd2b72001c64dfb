// The lines of `cookies`: secrets and what is required of clients.
#pragma once

#include <string>
#include <vector>

#include "server_cookie.h"
#include "signpost/setup.h"

namespace signpost::cookies {

class Settings {
 public:
  static constexpr size_t most_secrets = 4;  // each costs a hash per forged cookie

  // What clients over UDP have to show before they are answered.
  enum class Require : uint8_t {
    nothing,
    of_cookies,  // who sends a cookie: a server cookie of ours
    of_all       // everybody; without a COOKIE option they are sent to TCP
  };

  // Reads the lines and the files they name. A secret that is none is reported.
  explicit Settings(Setup& setup);

  const std::vector<Secret>& secrets() const { return secrets_; }  // the first one signs
  Require require() const { return require_; }

 private:
  void read_line(Setup& setup, const Directive& line);
  void read_file(const Token& path);
  void add_secret(std::string_view hex, Location where);

  std::vector<Secret> secrets_;
  Require require_ = Require::nothing;
};

}  // namespace signpost::cookies
