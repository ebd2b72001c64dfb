// What each packet of the table of odd packets costs the server, and some that are made to be dear,
// in nanoseconds between datagram and reply and as a multiple of a plain query: the least of many
// rounds, so that other load on the machine matters little.
//
//   packet_cost TABLE [TITLE]
//
// Prints a line each, the dearest first, and the worst ratio at the end. With a title, that packet
// alone beside the plain query, for a profiler.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "kit/packet_server.h"
#include "kit/packet_table.h"

namespace {

using namespace signpost;
using Bytes = std::vector<uint8_t>;

constexpr unsigned kRounds = 60, kPerRound = 200;
constexpr std::string_view kPlain = "a plain query";

struct Cost {
  std::string title;
  Bytes packet;
  double ns = 1e9;
};

double round_of(kit::PacketServer& server, const Bytes& packet) {
  const auto start = std::chrono::steady_clock::now();
  for (unsigned i = 0; i < kPerRound; ++i) server.ask(packet, false);
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
  return took.count() / kPerRound;
}

Bytes question(const std::string& wire_name, uint16_t type) {
  std::string text("\x12\x34\0\0\0\1\0\0\0\0\0\0", 12);
  text += wire_name + std::string("\7example\3com\0", 13);
  text += {char(type >> 8), char(type), 0, 1};
  return {text.begin(), text.end()};
}

std::string labels(unsigned count, unsigned length) {
  std::string wire;
  for (unsigned i = 0; i < count; ++i)
    wire += char(length) + std::string(length, char('a' + i % 26));
  return wire;
}

// Names that make a lookup long.
std::vector<Cost> dear() {
  return {{"120 labels below the apex", question(labels(120, 1), 1)},
          {"118 labels below a name", question(labels(118, 1) + "\4host", 1)},
          {"119 labels below a wildcard", question(labels(119, 1) + "\1w", 16)},
          {"118 labels below a delegation", question(labels(118, 1) + "\3sub", 1)},
          {"117 labels below a delegation", question(labels(117, 1) + "\3sub", 1)},
          {"a plain referral", question("\1x\3sub", 1)},
          {"three labels of 63", question(labels(3, 63), 1)},
          {"a set of 90 addresses, cut off", question("\4many", 1)},
          {"a chain of CNAMEs", question("\2c1", 1)},
          {"a circle of CNAMEs", question("\2l1", 1)},
          {"ANY at the apex", question("", 255)}};
}

constexpr const char* kZone =
    "$TTL 60\n@ SOA ns1 h 1 2 3 4 5\n@ NS ns1\nns1 A 192.0.2.53\nhost A 192.0.2.80\n"
    "*.w TXT wild\nsub NS ns.sub\nns.sub A 192.0.2.54\n$GENERATE 1-90 many A 10.0.0.$\n"
    "c1 CNAME c2\nc2 CNAME c3\nc3 CNAME c4\nc4 CNAME c5\nc5 CNAME c6\nc6 CNAME c7\nc7 CNAME host\n"
    "l1 CNAME l2\nl2 CNAME l1\n$GENERATE 1-500 n$ A 192.0.2.1\n";

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && argc != 3) {
    std::fprintf(stderr, "usage: packet_cost TABLE [TITLE]\n");
    return 2;
  }
  kit::PacketServer server(std::vector<kit::ServedZone>{{"example.com.", kZone}});
  std::vector<Cost> costs = dear();
  for (kit::OddPacket& odd : kit::read_packet_table(argv[1]))
    costs.push_back({odd.title, std::move(odd.packet)});
  if (argc == 3)
    std::erase_if(costs, [&](const Cost& c) { return c.title != argv[2] && c.title != kPlain; });
  for (unsigned round = 0; round < kRounds; ++round)
    for (Cost& cost : costs) cost.ns = std::min(cost.ns, round_of(server, cost.packet));
  double plain = 0;
  for (const Cost& cost : costs)
    if (cost.title == kPlain) plain = cost.ns;
  std::sort(costs.begin(), costs.end(), [](const Cost& a, const Cost& b) { return a.ns > b.ns; });
  for (const Cost& cost : costs)
    std::printf("%8.0f ns %6.2f  %s\n", cost.ns, cost.ns / plain, cost.title.c_str());
  std::printf("a plain query takes %.0f ns; the dearest packet %.2f times that: %s\n", plain,
              costs[0].ns / plain, costs[0].title.c_str());
  return 0;
}
