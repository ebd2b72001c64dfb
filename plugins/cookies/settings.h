// The lines of `cookies`: secrets and what is required of clients.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "server_cookie.h"
#include "signpost/setup.h"
#include "signpost/tally.h"

namespace signpost::cookies {

// What is counted. A query has one of the first three, and may have one of the last two.
enum class Event : uint8_t {
  valid,        // a server cookie of ours, in its time
  client_only,  // a client that has none yet
  invalid,      // a server cookie of somebody else's, or too old
  refused,      // answered BADCOOKIE
  to_tcp        // sent to TCP by `require all`
};
inline constexpr size_t kEvents = 5;

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
  const std::string& block() const { return block_; }  // its first zone, for people
  Tally<kEvents>& seen() const { return *seen_; }

 private:
  void read_line(Setup& setup, const Directive& line);
  void read_property(Setup& setup, const Directive& property);
  void read_secrets(Setup& setup, const Token& path);
  void add_secret(std::string_view hex, Location where);

  std::vector<Secret> secrets_;
  Require require_ = Require::nothing;
  std::string block_;
  std::unique_ptr<Tally<kEvents>> seen_;
};

}  // namespace signpost::cookies
