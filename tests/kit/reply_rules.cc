#include "kit/reply_rules.h"

#include <algorithm>

#include "kit/message.h"

namespace signpost::kit {

namespace {

// The question section of a decoded message, as it stands in the packet.
std::span<const uint8_t> question_of(std::span<const uint8_t> reply) {
  size_t at = 12;
  while (reply[at] != 0) at += reply[at] + 1u;
  return reply.subspan(12, at + 5 - 12);
}

}  // namespace

std::string fault_of(std::span<const uint8_t> packet, std::span<const uint8_t> reply, bool tcp) {
  if (packet.size() < 12 || packet[2] & 0x80)
    return reply.empty() ? "" : "a reply to what is no query";
  if (reply.empty()) return "no reply";
  Message message;
  try {
    message = decode(reply);
  } catch (const Malformed& e) {
    return std::string("malformed: ") + e.what();
  }
  if (!std::equal(packet.begin(), packet.begin() + 2, reply.begin())) return "another ID";
  if ((packet[2] & 0x79) != (reply[2] & 0x79)) return "another opcode or RD";
  if ((reply[3] & 0xe0) != 0) return "RA, Z or AD is set";
  if (!tcp && reply.size() > (message.edns ? 1232u : 512u)) return "too long";
  if (message.edns_version != 0) return "EDNS of another version";
  if (message.questions.size() > 1) return "several questions";
  if (message.questions.empty())
    return message.answer.empty() && message.authority.empty() ? "" : "records without a question";
  const auto question = question_of(reply);
  if (packet.size() < 12 + question.size() ||
      !std::equal(question.begin(), question.end(), packet.begin() + 12))
    return "another question";
  return "";
}

}  // namespace signpost::kit
