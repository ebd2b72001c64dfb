// Reads a received packet into a Query: header, question, EDNS (RFC 1035 section 4.1, RFC 6891, RFC
// 7871, RFC 9619). Worker; every byte is bounds-checked.
#pragma once

#include <cstdint>
#include <span>

#include "signpost/query.h"

namespace signpost {

struct Reading {
  enum Action : uint8_t {
    serve,   // a query for the chain
    reply,   // answer with `rcode` at once
    discard  // not a query: no answer (short packets, responses)
  };
  Action action = discard;
  Rcode rcode = Rcode::noerror;
};

class QueryReader {
 public:
  // `packet` must outlive the query's stay in the batch. What was understood before an error is
  // kept, so that the error reply can repeat it: id, flags, the question if it was readable.
  static Reading read(std::span<const uint8_t> packet, Query& query) noexcept;

 private:
  static bool read_question(std::span<const uint8_t> packet, Query& query) noexcept;
  static Reading read_rest(std::span<const uint8_t> packet, size_t at, unsigned skip,
                           unsigned additional, Query& query) noexcept;
  static bool read_options(std::span<const uint8_t> options, Query& query) noexcept;
  static bool read_subnet(std::span<const uint8_t> data, Client& client) noexcept;
};

}  // namespace signpost
