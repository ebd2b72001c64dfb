// Encode and decode: a zone made of the input is asked for every name and type in it, and what the
// decoder of the tests reads from each reply must be records of that zone, whole sets of them. So
// every way in which names are shortened by pointers, and every place where a reply is cut, comes
// about. Two bytes make a record; the first byte is the size that clients take.
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <string>

#include "kit/message.h"
#include "kit/packet_server.h"

namespace {

using namespace signpost;

// Owners and targets: short, long, deep, below one another, outside.
const char* const kNames[] = {
    "@",
    "a",
    "b.a",
    "c.b.a",
    "long-label-that-goes-on-and-on-for-quite-some-time.a",
    "mx",
    "ns.mx",
    "ent.x",
    "x.example.net.",
    "example.",
    "very.deep.name.of.many.labels.one.after.the.other.until.there.is.no.end.to.it",
    "w.example.com."};
constexpr size_t kOwners = 8;  // of them: those below the zone
const char* const kTypes[] = {"A", "AAAA", "MX", "TXT", "SRV", "PTR", "CNAME", "NAPTR"};
constexpr uint16_t kTypeNumbers[] = {1, 28, 15, 16, 33, 12, 5, 35};

// A line of the zone. CNAMEs have owners of their own, as they stand alone.
std::string record(uint8_t first, uint8_t second) {
  const unsigned type = first % 8;
  const std::string target = kNames[second % std::size(kNames)], n = std::to_string(second);
  const std::string owner =
      (type == 6 ? "c" : "") +
      std::string(type == 6 ? std::to_string(first / 8) : kNames[first / 8 % kOwners]);
  const std::string data[] = {"192.0.2." + n,
                              "2001:db8::" + n,
                              n + " " + target,
                              '"' + std::string(second, 't') + '"',
                              "1 2 " + n + " " + target,
                              target,
                              target,
                              n + " 1 \"u\" \"e2u\" \"\" " + target};
  return owner + " " + kTypes[type] + " " + data[type] + "\n";
}

std::string question(const std::string& owner, uint16_t type, uint16_t payload) {
  std::string packet("\x12\x34\0\0\0\1\0\0\0\0\0\1", 12);
  const Name name = Name::parse(owner, Name::parse("example.com.").value().view()).value();
  packet.append(reinterpret_cast<const char*>(name.data()), name.size());
  packet += {char(type >> 8), char(type), 0, 1, 0, 0, 41, char(payload >> 8), char(payload)};
  return packet + std::string(6, '\0');
}

[[noreturn]] void fail(const std::string& why, const std::string& what) {
  std::fprintf(stderr, "%s: %s\n", why.c_str(), what.c_str());
  std::abort();
}

// Records by owner and type.
using Sets = std::map<std::string, std::set<std::string>>;

void put(Sets& sets, const std::string& owner, const std::string& type, const std::string& text) {
  if (!sets[owner + " " + type].insert(text).second) fail("a record comes twice", text);
}

void check(std::span<const uint8_t> reply, const Sets& zone, bool tcp, size_t limit) {
  if (!tcp && reply.size() > limit) fail("too long", std::to_string(reply.size()));
  const kit::Message message = kit::decode(reply);
  for (const auto* section : {&message.answer, &message.authority, &message.additional}) {
    Sets seen;
    for (const kit::Record& r : *section) put(seen, r.owner, std::to_string(r.type), r.text());
    for (const auto& [key, records] : seen) {
      const auto whole = zone.find(key);
      if (whole == zone.end()) fail("a set that is not in the zone", *records.begin());
      if (whole->second != records) fail("not the set of the zone", *records.begin());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 3 || size > 121) return 0;
  std::string text = "$TTL 60\n@ SOA ns.mx h 1 2 3 4 60\n@ NS ns.mx\n@ NS mx\n";
  for (size_t i = 1; i + 1 < size; i += 2) text += record(data[i], data[i + 1]);
  kit::PacketServer server(std::vector<kit::ServedZone>{{"example.com.", text}});
  if (!server.good()) return 0;  // several CNAMEs of one name
  Sets zone;
  for (const std::string& line : server.records()) {
    const size_t owner = line.find(' '), type = line.find(' ', owner + 1) + 1;
    const std::string word = line.substr(type, line.find(' ', type) - type);
    uint16_t number = word == "SOA" ? 6 : word == "NS" ? 2 : 0;
    for (size_t t = 0; t < std::size(kTypes); ++t)
      if (word == kTypes[t]) number = kTypeNumbers[t];
    zone[line.substr(0, owner) + " " + std::to_string(number)].insert(line);
  }
  const auto payload = uint16_t(512 + data[0] * 4);
  for (const auto& [key, records] : zone)
    for (const bool tcp : {false, true}) {
      const std::string packet = question(key.substr(0, key.find(' ')),
                                          uint16_t(std::stoi(key.substr(key.find(' ')))), payload);
      const std::span bytes(reinterpret_cast<const uint8_t*>(packet.data()), packet.size());
      check(server.ask(bytes, tcp), zone, tcp, std::min<size_t>(payload, 1232));
    }
  return 0;
}
