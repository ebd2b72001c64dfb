// Decodes replies for tests, independently of the server's own code: every read is bounds-checked,
// compression pointers are followed, and what RFC 1035 section 4.1 or RFC 6891 do not allow throws.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace signpost::kit {

// A message that is not well formed; what() says where and why.
struct Malformed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Record {
  std::string owner;  // presentation form, as sent
  uint16_t type = 0, klass = 0;
  uint32_t ttl = 0;
  std::vector<uint8_t> data;  // names in it uncompressed
  std::string data_text() const;
  std::string text() const;  // "www.example.com. 60 A 192.0.2.1"
};

struct Subnet {  // EDNS Client Subnet of the reply (RFC 7871)
  uint16_t family = 0;
  uint8_t source = 0, scope = 0;
  std::vector<uint8_t> address;
};

struct Option {  // of EDNS (RFC 6891, section 6.1.2)
  uint16_t code = 0;
  std::vector<uint8_t> data;
};

struct Message {
  uint16_t id = 0, flags = 0;
  uint16_t rcode = 0;  // with the upper bits of EDNS
  bool aa() const { return flags & 0x0400; }
  bool tc() const { return flags & 0x0200; }
  struct Question {
    std::string name;
    uint16_t type = 0, klass = 0;
  };
  std::vector<Question> questions;
  std::vector<Record> answer, authority, additional;  // OPT left out
  bool edns = false;
  uint16_t edns_payload = 0;
  bool dnssec_ok = false;
  uint8_t edns_version = 0;
  std::optional<Subnet> subnet;
  std::vector<Option> options;  // all of them, in the order sent
  // The data of the first option of this code, as text; empty if there is none.
  std::optional<std::string> option(uint16_t code) const;
};

// Throws Malformed. Bytes behind the last record are malformed too.
Message decode(std::span<const uint8_t> packet);

}  // namespace signpost::kit
