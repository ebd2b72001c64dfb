// Reads a received packet into a Query: header, question, the records behind it, EDNS (RFC 1035
// section 4.1, RFC 6891, RFC 8945, RFC 9619). Worker; every byte is bounds-checked, and the work
// per packet is bounded as well, whatever its length and its counts claim.
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
  // Records behind the question. An RFC puts four at most into a query: OPT, a TSIG or SIG(0), and
  // the SOA of an IXFR.
  static constexpr unsigned most_records = 4;

  // `packet` must outlive the query's stay in the batch; `query.transport` is set already. What was
  // understood before an error is kept, so that the error reply can repeat it: id, flags, the
  // question if it was readable, EDNS, the place of a TSIG.
  //
  // A query without a question is served if it has a cookie (RFC 7873, section 5.4): then the name
  // is the root, type and class are 0.
  static Reading read(std::span<const uint8_t> packet, Query& query) noexcept;

 private:
  static void clear(Query& query) noexcept;
  static Reading read_query(std::span<const uint8_t> packet, Query& query) noexcept;
  static Reading read_other(std::span<const uint8_t> packet, Query& query) noexcept;
  static bool read_question(std::span<const uint8_t> packet, Query& query) noexcept;
  static Reading read_records(std::span<const uint8_t> packet, size_t at, Query& query) noexcept;
  static bool read_opt(std::span<const uint8_t> packet, size_t owner, size_t at,
                       Query& query) noexcept;
};

}  // namespace signpost
