// What a worker writes down of one query, and what the writer thread reads again. Plain bytes:
// Facts, then the texts whose lengths it tells. Nothing here allocates.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "signpost/health.h"
#include "signpost/log.h"
#include "signpost/query.h"

namespace signpost::log {

enum class HealthState : uint8_t { unknown, healthy, unhealthy };

struct Facts {
  uint64_t took_ns;
  Address client, local;
  uint16_t client_port, id, type, klass, size, payload;
  uint16_t reply_bytes, reply_flags;  // 0 bytes: no reply
  uint8_t rcode, opcode;
  Transport transport;
  bool dnssec_ok;
  RouteReason reason;
  HealthState health;
  uint8_t name_size;    // QNAME in wire form
  uint8_t target_size;  // of the member chosen, in wire form; 0: none
  uint8_t policy_size, member_size;
};

// A record as read. The texts point into the record.
struct Entry {
  Facts facts;
  NameView name, target;  // target: the root if there is none; facts.target_size tells
  std::string_view policy, member;
};

// Writes a record for `formatter`; without room it counts as dropped. With `health`, the states of
// the block's checks, the choice of a policy is written too.
void write_record(QueryLog& log, uint16_t formatter, const Query& query, const Outcome& outcome,
                  const HealthTable* health) noexcept;

// Empty if the bytes are not what write_record() makes.
std::optional<Entry> read_record(std::span<const uint8_t> record);

}  // namespace signpost::log
