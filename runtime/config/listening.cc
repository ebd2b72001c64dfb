#include "config/listening.h"

#include <algorithm>

namespace signpost {

namespace {

bool every_address_of_its_family(const Address& a) {
  return std::all_of(a.bytes.begin(), a.bytes.end(), [](uint8_t byte) { return byte == 0; });
}

// Without family: all addresses, of IPv6 and IPv4.
bool overlap(const Address& a, const Address& b) {
  if (a.family == 0 || b.family == 0) return true;
  return a.family == b.family &&
         (a == b || every_address_of_its_family(a) || every_address_of_its_family(b));
}

bool serves_at(const BlockConfiguration& block, const Address& address) {
  if (block.bind.empty()) return true;
  return std::any_of(block.bind.begin(), block.bind.end(), [&](const Token& word) {
    const auto bound = Address::parse(word.text);
    return bound ? overlap(*bound, address) : address.family == 0;
  });
}

// The first key of DNS that wants the address for itself.
const corefile::Endpoint* holder(std::span<const BlockConfiguration> blocks, const Endpoint& http) {
  for (const BlockConfiguration& block : blocks)
    for (const corefile::Endpoint& key : block.keys)
      if (key.port == http.port && serves_at(block, http.address)) return &key;
  return nullptr;
}

}  // namespace

void report_http_overlaps(std::span<const BlockConfiguration> blocks, Problems& problems) {
  for (const BlockConfiguration& block : blocks)
    for (const auto& [http, where] : block.http) {
      const corefile::Endpoint* dns = http.port == 0 ? nullptr : holder(blocks, http);
      if (dns == nullptr) continue;
      const std::string address =
          http.address.family ? http.text() : ":" + std::to_string(http.port);
      problems.error(where, "cannot serve HTTP on " + address + ": " + dns->text() + " at " +
                                dns->where.text() +
                                " is served there, over TCP as well; choose another port");
    }
}

}  // namespace signpost
