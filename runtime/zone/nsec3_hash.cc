#include "zone/nsec3_hash.h"

#include <nettle/sha1.h>

#include <algorithm>

namespace signpost {

namespace {

constexpr unsigned kHashLabel = 32;  // characters: 160 bits by five

// The value of a base32hex character in lower case (RFC 4648, section 7); 32: none.
unsigned base32hex_value(uint8_t c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'v') return c - 'a' + 10u;
  return 32;
}

// Algorithm, flags, iterations and salt, which NSEC3 and NSEC3PARAM begin with.
std::optional<Nsec3Data> read_head(std::span<const uint8_t> rdata) {
  if (rdata.size() < 5 || rdata.size() < 5u + rdata[4]) return {};
  Nsec3Data data;
  data.parameters = {rdata[0], uint16_t(rdata[2] << 8 | rdata[3]), rdata.subspan(5, rdata[4])};
  data.flags = rdata[1];
  return data;
}

}  // namespace

bool Nsec3Parameters::operator==(const Nsec3Parameters& o) const {
  return algorithm == o.algorithm && iterations == o.iterations &&
         std::equal(salt.begin(), salt.end(), o.salt.begin(), o.salt.end());
}

std::optional<Nsec3Data> read_nsec3(std::span<const uint8_t> rdata) {
  std::optional<Nsec3Data> data = read_head(rdata);
  if (!data) return {};
  rdata = rdata.subspan(5 + data->parameters.salt.size());
  if (rdata.empty() || rdata.size() < 1u + rdata[0]) return {};
  data->next = rdata.subspan(1, rdata[0]);
  return data;
}

std::optional<Nsec3Parameters> read_nsec3param(std::span<const uint8_t> rdata) {
  const std::optional<Nsec3Data> data = read_head(rdata);
  if (!data || data->flags != 0) return {};
  return data->parameters;
}

Nsec3Hash hash_name(NameView name, const Nsec3Parameters& parameters) noexcept {
  Nsec3Hash hash;
  sha1_ctx context;
  sha1_init(&context);
  sha1_update(&context, name.size(), name.data());
  for (unsigned round = 0;; ++round) {
    sha1_update(&context, parameters.salt.size(), parameters.salt.data());
    sha1_digest(&context, hash.bytes.size(), hash.bytes.data());  // and begins anew
    if (round == parameters.iterations) return hash;
    sha1_update(&context, hash.bytes.size(), hash.bytes.data());
  }
}

std::optional<Nsec3Hash> hash_in_owner(NameView owner, NameView apex) {
  if (owner.size() != apex.size() + 1 + kHashLabel || owner.data()[0] != kHashLabel) return {};
  Nsec3Hash hash;
  unsigned bits = 0, held = 0;
  size_t at = 0;
  for (unsigned i = 1; i <= kHashLabel; ++i) {
    const unsigned value = base32hex_value(owner.data()[i]);
    if (value == 32) return {};
    held = (held << 5 | value) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    hash.bytes[at++] = uint8_t(held >> bits);
  }
  return hash;
}

}  // namespace signpost
