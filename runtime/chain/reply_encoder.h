// Writes the reply of a query into a packet (RFC 1035 section 4.1, RFC 6891, RFC 7871 section 7.2).
// Answering is copying prepared records: owners and names below a zone's apex become compression
// pointers into the question or into a CNAME written before. Worker; does not allocate.
#pragma once

#include <array>
#include <cstdint>
#include <span>

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
  // Where names of one step stand in the packet; 0: nowhere yet.
  struct Place {
    uint16_t owner = 0, apex = 0;
    uint8_t apex_size = 0;
    const uint8_t* apex_name = nullptr;
  };
  ReplyEncoder(Query& query, std::span<uint8_t> out) : q_(query), out_(out) {}

  void header(Rcode rcode);
  void place_step(unsigned step);
  bool signed_entry(const ReplyEntry& e);
  bool entry(const ReplyEntry& e);
  bool spelt_entry(const ReplyEntry& e, const Place& place);
  void copy_all(const WireSet& set, uint16_t owner, const Place& place);
  void copy_shuffled(const WireSet& set, uint16_t owner, const Place& place);
  void note_data(size_t at, bool whole);
  size_t owner_size(const ReplyEntry& e, const Place& place) const;
  void put_owner(const ReplyEntry& e, const Place& place, uint16_t& first);
  void put_record(const WireSet& set, unsigned index, const Place& place);
  void put_name(NameView name, const Place& place);
  void opt(Rcode rcode, uint16_t payload);
  static void store16(uint8_t* to, unsigned value) {
    to[0] = uint8_t(value >> 8);
    to[1] = uint8_t(value);
  }
  void put16(unsigned value) {
    store16(out_.data() + at_, value);
    at_ += 2;
  }

  Query& q_;
  std::span<uint8_t> out_;
  size_t at_ = 0, limit_ = 0;
  unsigned counts_[3] = {0, 0, 0};
  bool truncated_ = false;
  uint16_t last_data_ = 0;   // offset of the data of the record written last
  bool last_whole_ = false;  // that data was written without a pointer
  std::array<Place, Query::max_steps> places_;
};

}  // namespace signpost
