// The table of odd packets in tests/packets/odd.txt, which explains its own notation.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace signpost::kit {

using Features = std::set<std::string>;  // what a reply has, in the words of the table

struct OddPacket {
  std::string title, reason;
  std::vector<uint8_t> packet;
  Features udp, tcp;  // expected
};

// Reads the table. Throws std::runtime_error "FILE:LINE - what is wrong".
std::vector<OddPacket> read_packet_table(const std::string& path);

// What `reply` has; "none" if it is empty. Throws Malformed.
Features features_of(std::span<const uint8_t> reply);

// Features in one line, to compare and to print.
std::string text_of(const Features& features);

}  // namespace signpost::kit
