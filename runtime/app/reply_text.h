// A DNS reply in words, for explain. Bounds-checked: malformed bytes give what was readable.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace signpost {

struct ReplyText {
  std::string rcode;                                       // "NOERROR"
  std::vector<std::string> flags;                          // "aa", "tc" …
  std::vector<std::string> answer, authority, additional;  // "www.example.com. 60 IN A 192.0.2.1"
};

ReplyText read_reply(std::span<const uint8_t> packet);

}  // namespace signpost
