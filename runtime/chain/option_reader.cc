#include "chain/option_reader.h"

#include <cstring>

namespace signpost {

namespace {

unsigned get16(const uint8_t* p) { return unsigned(p[0]) << 8 | p[1]; }

}  // namespace

bool OptionReader::read(std::span<const uint8_t> options, Query& q) noexcept {
  for (unsigned count = 0; !options.empty(); ++count) {
    if (options.size() < 4 || count == most_options) return false;
    const unsigned code = get16(options.data()), length = get16(options.data() + 2);
    if (options.size() < 4 + length) return false;
    if (!read_option(code, options.subspan(4, length), q)) return false;
    options = options.subspan(4 + length);
  }
  return true;
}

bool OptionReader::read_option(unsigned code, std::span<const uint8_t> data, Query& q) noexcept {
  switch (code) {
    case nsid:  // what data it has means nothing (RFC 5001, section 2.1)
      q.edns.nsid = true;
      return true;
    case client_subnet:
      return q.client.subnet.address.family != 0 || read_subnet(data, q.client);
    case cookie:
      return q.edns.cookie_size != 0 || read_cookie(data, q.edns);
    case tcp_keepalive:
      // Not for UDP (RFC 7828, section 3.2.1), and without a time in queries (section 3.2.1).
      if (q.transport == Transport::udp) return true;
      q.edns.keepalive = true;
      return data.empty();
    default:
      return true;
  }
}

// RFC 7871, sections 6 and 7.1.2: scope 0 in queries, no more address bytes than the source prefix
// needs, no bits set behind it (C-05).
bool OptionReader::read_subnet(std::span<const uint8_t> data, Client& client) noexcept {
  if (data.size() < 4) return false;
  const unsigned family = get16(data.data()), source = data[2], scope = data[3];
  const unsigned bits = family == 1 ? 32 : family == 2 ? 128 : 0;
  const std::span<const uint8_t> address = data.subspan(4);
  if (bits == 0 || source > bits || scope != 0 || address.size() != (source + 7) / 8) return false;
  if (source % 8 != 0 && (address.back() & (0xff >> source % 8)) != 0) return false;
  client.subnet.address.family = family == 1 ? 4 : 6;
  client.subnet.address.bytes = {};
  if (!address.empty())
    std::memcpy(client.subnet.address.bytes.data(), address.data(), address.size());
  client.subnet.length = uint8_t(source);
  return true;
}

// A client cookie of 8 bytes, alone or with a server cookie of 8 to 32 (RFC 7873, section 5.2.2).
bool OptionReader::read_cookie(std::span<const uint8_t> data, Edns& edns) noexcept {
  if (data.size() != 8 && (data.size() < 16 || data.size() > edns.cookie.size())) return false;
  std::memcpy(edns.cookie.data(), data.data(), data.size());
  edns.cookie_size = uint8_t(data.size());
  return true;
}

}  // namespace signpost
