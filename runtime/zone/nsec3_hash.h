// Hashed owner names of NSEC3 (RFC 5155, section 5). Any thread; nothing allocates.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>

#include "signpost/name.h"

namespace signpost {

// SHA-1, the only algorithm there is (RFC 5155, section 11). In the order of the chain.
struct Nsec3Hash {
  std::array<uint8_t, 20> bytes{};
  auto operator<=>(const Nsec3Hash&) const = default;
};

// What names are hashed with; `salt` lives elsewhere, in record data of the zone.
struct Nsec3Parameters {
  uint8_t algorithm = 0;
  uint16_t iterations = 0;  // additional ones: the first round is not counted
  std::span<const uint8_t> salt;

  bool usable() const { return algorithm == 1; }
  bool operator==(const Nsec3Parameters& o) const;
};

// The front of NSEC3 data (RFC 5155, section 3.2); `parameters.salt` and `next` point into it.
struct Nsec3Data {
  Nsec3Parameters parameters;
  uint8_t flags = 0;  // 1: opt-out
  std::span<const uint8_t> next;
};
std::optional<Nsec3Data> read_nsec3(std::span<const uint8_t> rdata);
// NSEC3PARAM data; empty too if a flag is set: RFC 5155, section 4.1.2 has such records ignored.
std::optional<Nsec3Parameters> read_nsec3param(std::span<const uint8_t> rdata);

// The hash of a lower-case name. Costs `iterations` + 1 rounds of SHA-1.
Nsec3Hash hash_name(NameView name, const Nsec3Parameters& parameters) noexcept;

// The hash that an NSEC3 owner right below `apex` stands for; empty if it is no such name.
std::optional<Nsec3Hash> hash_in_owner(NameView owner, NameView apex);

}  // namespace signpost
