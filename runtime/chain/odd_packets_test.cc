// Every packet of tests/packets/odd.txt, and what is left of them after random damage.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "chain/serving_kit.h"
#include "kit/packet_table.h"
#include "kit/reply_rules.h"

namespace signpost::chain {
namespace {

using kit::OddPacket;
using Bytes = std::vector<uint8_t>;

constexpr const char* kZone =
    "$TTL 60\n@ SOA ns1 h 1 2 3 4 5\n@ NS ns1\nns1 A 192.0.2.53\nhost A 192.0.2.80\n"
    "@ MX 1 host\nc CNAME host\n*.w TXT wild\nsub NS ns.sub\nns.sub A 192.0.2.54\n"
    "$GENERATE 1-90 many A 10.0.0.$\n";

const std::vector<OddPacket>& table() {
  static const std::vector<OddPacket> read = kit::read_packet_table(SIGNPOST_ODD_PACKETS);
  return read;
}

constexpr uint32_t kIdleMs = 10'000;

RunnerOptions with_keepalive() {
  RunnerOptions options;
  options.tcp_idle_ms = &kIdleMs;
  return options;
}

struct Server {
  std::unique_ptr<Fake> zone = zone_plugin();
  Serving serving{{zone.get()}, {zone_of("example.com.", kZone)}, with_keepalive()};
};

TEST(OddPackets, AreAnsweredAsTheTableSays) {
  EXPECT_GE(table().size(), 120u);
  Server server;
  for (const OddPacket& odd : table())
    for (const bool tcp : {false, true}) {
      SCOPED_TRACE(odd.title + (tcp ? " over TCP" : " over UDP"));
      EXPECT_FALSE(odd.reason.empty());
      const Bytes reply = server.serving.send(odd.packet, tcp ? Transport::tcp : Transport::udp);
      EXPECT_EQ(kit::fault_of(odd.packet, reply, tcp), "");
      EXPECT_EQ(kit::text_of(kit::features_of(reply)), kit::text_of(tcp ? odd.tcp : odd.udp))
          << odd.reason;
    }
}

// Damages packets of the table: bytes changed, taken out, doubled, put in, and ends cut off.
class Damage {
 public:
  explicit Damage(uint32_t seed) : chance_(seed) {}

  Bytes next() {
    Bytes packet = pick().packet;
    for (unsigned n = 1 + below(2) * below(4); n > 0; --n) damage(packet);
    if (packet.size() > 2 && below(8) != 0) packet[2] &= 0x7f;  // mostly queries
    packet.resize(std::min<size_t>(packet.size(), 4096));
    return packet;
  }
  uint32_t below(uint32_t n) { return chance_() % n; }

 private:
  // Every other one is a packet that is answered with NOERROR.
  const OddPacket& pick() {
    const bool good = below(2) == 0;
    for (;;) {
      const OddPacket& odd = table()[below(uint32_t(table().size()))];
      if (!good || odd.udp.contains("NOERROR")) return odd;
    }
  }

  void damage(Bytes& packet) {
    static constexpr uint8_t kTelling[] = {0, 1, 2, 41, 63, 64, 0x7f, 0x80, 0xc0, 250, 255};
    const auto at = [&] { return ptrdiff_t(below(uint32_t(packet.size() + 1))); };
    const ptrdiff_t here = at();
    switch (packet.empty() ? 4 : below(6)) {
      case 0:
        packet[size_t(here) % packet.size()] = uint8_t(chance_());
        break;
      case 1:
        packet[size_t(here) % packet.size()] = kTelling[below(std::size(kTelling))];
        break;
      case 2:
        packet.erase(packet.begin() + here,
                     packet.begin() +
                         std::min<ptrdiff_t>(here + ptrdiff_t(below(9)), ptrdiff_t(packet.size())));
        break;
      case 3:
        packet.resize(size_t(here));
        break;
      case 4: {
        const Bytes& other = pick().packet;
        packet.insert(packet.begin() + here, other.begin() + ptrdiff_t(other.size() / 2),
                      other.end());
        break;
      }
      default:
        packet.insert(packet.begin() + here, 1 + below(8), uint8_t(chance_()));
    }
  }

  std::mt19937 chance_;
};

std::string hex(const Bytes& bytes) {
  std::string text;
  for (const uint8_t b : bytes) {
    text += "0123456789abcdef"[b >> 4];
    text += "0123456789abcdef"[b & 15];
  }
  return text;
}

TEST(OddPackets, DamageNeverMakesABadReply) {
  Server server;
  Damage damage(9619);
  unsigned answered = 0, refused = 0;
  for (unsigned i = 0; i < 200'000; ++i) {
    const Bytes packet = damage.next();
    const bool tcp = damage.below(4) == 0;
    const Bytes reply = server.serving.send(packet, tcp ? Transport::tcp : Transport::udp);
    const std::string fault = kit::fault_of(packet, reply, tcp);
    ASSERT_EQ(fault, "") << hex(packet);
    if (reply.size() > 3) ++((reply[3] & 15) == 0 ? answered : refused);
  }
  EXPECT_GT(answered, 10'000u) << "some of it still is a query";
  EXPECT_GT(refused, 50'000u);
}

}  // namespace
}  // namespace signpost::chain
