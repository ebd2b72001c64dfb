// The first two bytes are a type, the rest is tried both as wire form and as presentation text.
// Whatever is accepted must come back unchanged through the other form, and have one canonical
// form, which is again data of the type.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "dns/name_text.h"
#include "dns/rdata.h"
#include "dns/testing_tokens.h"
#include "dns/types.h"

namespace {

using namespace signpost;

void require(bool holds) {
  if (!holds) std::abort();
}

void check_names(uint16_t type, std::span<const uint8_t> wire, bool valid) {
  size_t end = 0, hosts = 0, names = 0;
  const bool whole = for_each_name(type, wire, [&](size_t offset, NameView name, bool) {
    require(offset >= end && offset + name.size() <= wire.size());
    end = offset + name.size();
    ++names;
  });
  require(whole == valid);
  require(for_each_host(type, wire, [&](NameView) { ++hosts; }) == valid);
  require(hosts <= names);
}

void check_canonical(uint16_t type, std::span<const uint8_t> wire, bool valid) {
  std::vector<uint8_t> once, twice;
  require(canonical_rdata(type, wire, once) == valid);
  require(once.size() == wire.size());
  require(valid || std::equal(once.begin(), once.end(), wire.begin()));
  require(canonical_rdata(type, once, twice) == valid && once == twice);
}

void round_trip(uint16_t type, std::span<const uint8_t> wire) {
  const std::string text = print_rdata(type, wire);
  const bool valid = valid_rdata(type, wire);
  check_names(type, wire, valid);
  check_canonical(type, wire, valid);
  const char* doubt = rdata_doubt(type, wire);
  if (!valid) return require(doubt == nullptr);
  std::string why;
  auto again = parse_rdata(type, dns::split_tokens(text), NameView(), why);
  require(again && print_rdata(type, *again) == text);
  require(std::equal(again->begin(), again->end(), wire.begin(), wire.end()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2 || size > kMaxRdata) return 0;
  const uint16_t type = uint16_t(data[0] << 8 | data[1]);
  std::span<const uint8_t> rest(data + 2, size - 2);
  round_trip(type, rest);
  std::string why;
  std::string_view text(reinterpret_cast<const char*>(rest.data()), rest.size());
  auto wire = parse_rdata(type, dns::split_tokens(text), NameView(), why);
  require(wire.has_value() || !why.empty());
  if (wire) {
    require(valid_rdata(type, *wire));
    round_trip(type, *wire);
  }
  return 0;
}
