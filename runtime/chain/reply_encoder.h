// Writes the reply of a query into a packet (RFC 1035 section 4.1, RFC 6891, RFC 7871 section 7.2):
// where owners stand, what belongs together, and what is left out when the client takes no more.
// How records become bytes is RecordWriter's. Worker; does not allocate.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "chain/record_writer.h"
#include "signpost/query.h"

namespace signpost {

class ReplyEncoder {
 public:
  // Writes the reply of at most out.size() bytes (the caller has cut `out` to what the client
  // takes) and returns its length; what does not fit leaves TC set. `payload` is what we announce
  // as our own UDP payload size. out.size() >= 512.
  static size_t encode(Query& query, std::span<uint8_t> out, uint16_t payload) noexcept;
  // A bare reply: header, question if it was readable, OPT if the query had one; with NOTAUTH, a
  // TSIG that refuses the query's.
  static size_t encode_error(Query& query, Rcode rcode, std::span<uint8_t> out,
                             uint16_t payload) noexcept;

 private:
  // Where names of one step stand in the packet; 0: nowhere yet, or out of the reach of pointers.
  struct Place {
    uint16_t owner, apex;
    uint8_t apex_size;  // 0: no zone
  };
  ReplyEncoder(Query& query, std::span<uint8_t> out) : q_(query), out_(out), writer_(out.data()) {}

  void header(Rcode rcode);
  bool records();
  void place_step(unsigned step);
  RecordWriter::Owner owner_of(const ReplyEntry& e) const;
  RecordWriter::Base base_of(const ReplyEntry& e, NameView owner) const;
  uint16_t place_in_qname(NameView name) const;
  bool entry(const ReplyEntry& e);
  bool related(const ReplyEntry& e);
  bool spelt_below(const ReplyEntry& e);
  bool signed_set(const ReplyEntry& e, RecordWriter::Owner owner, const RecordWriter::Base& base);
  bool set(const WireSet& records, Section section, RecordWriter::Owner owner,
           const RecordWriter::Base& base);
  void opt(Rcode rcode, uint16_t payload);

  Query& q_;
  std::span<uint8_t> out_;
  size_t at_ = 0;
  unsigned counts_[3] = {0, 0, 0};
  unsigned placed_ = 0;                         // steps whose place is known
  uint16_t cname_target_ = 0;                   // of the last CNAME of the answer
  std::array<Place, Query::max_steps> places_;  // the first `placed_`
  RecordWriter writer_;
};

}  // namespace signpost
