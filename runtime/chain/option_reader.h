// Reads the EDNS options of a query (RFC 6891, section 6.1.2): client subnet (RFC 7871), COOKIE
// (RFC 7873), NSID (RFC 5001), edns-tcp-keepalive (RFC 7828). All others, padding among them, are
// passed over. Of an option that comes twice the first counts, as RFC 7873, section 5.2 has it for
// cookies. Worker; every byte is bounds-checked.
#pragma once

#include <cstdint>
#include <span>

#include "signpost/query.h"

namespace signpost {

class OptionReader {
 public:
  static constexpr uint16_t nsid = 3, client_subnet = 8, cookie = 10, tcp_keepalive = 11;
  // More options than that are not read but refused: a query has a handful, and the cost of a
  // packet must not grow with its length.
  static constexpr unsigned most_options = 24;

  // `options` is the data of the OPT record; `query.transport` is set. False: FORMERR.
  static bool read(std::span<const uint8_t> options, Query& query) noexcept;

 private:
  static bool read_option(unsigned code, std::span<const uint8_t> data, Query& query) noexcept;
  static bool read_subnet(std::span<const uint8_t> data, Client& client) noexcept;
  static bool read_cookie(std::span<const uint8_t> data, Edns& edns) noexcept;
};

}  // namespace signpost
