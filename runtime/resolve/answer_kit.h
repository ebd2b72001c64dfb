// For tests: writes DNS responses byte by byte, also ones that no sound server would send.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "signpost/name.h"

namespace signpost::resolve {

class ResponseWriter {
 public:
  // A response header with one question; `flags` is added to QR, RD and RA.
  ResponseWriter(const std::string& name, uint16_t type, uint16_t flags = 0, uint16_t id = 0) {
    for (uint16_t word :
         {id, uint16_t(0x8180 | flags), uint16_t(1), uint16_t(0), uint16_t(0), uint16_t(0)}) {
      put(word);
    }
    put_name(name);
    put(type);
    put(1);
  }

  ResponseWriter& answer(const std::string& owner, uint16_t type, uint32_t ttl,
                         const std::vector<uint8_t>& data) {
    ++bytes_[7];
    return record(owner, type, ttl, data);
  }
  ResponseWriter& authority(const std::string& owner, uint16_t type, uint32_t ttl,
                            const std::vector<uint8_t>& data) {
    ++bytes_[9];
    return record(owner, type, ttl, data);
  }
  ResponseWriter& cname(const std::string& owner, uint32_t ttl, const std::string& target) {
    return answer(owner, 5, ttl, wire(target));
  }
  ResponseWriter& soa(const std::string& owner, uint32_t ttl, uint8_t minimum) {
    auto data = wire("ns." + owner);
    const auto mailbox = wire("hostmaster." + owner);
    data.insert(data.end(), mailbox.begin(), mailbox.end());
    data.insert(data.end(), 19, 0);
    data.push_back(minimum);
    return authority(owner, 6, ttl, data);
  }

  std::vector<uint8_t> bytes() const { return bytes_; }
  static std::vector<uint8_t> wire(const std::string& name) {
    const Name parsed = Name::parse(name).value();
    return {parsed.data(), parsed.data() + parsed.size()};
  }

 private:
  ResponseWriter& record(const std::string& owner, uint16_t type, uint32_t ttl,
                         const std::vector<uint8_t>& data) {
    put_name(owner);
    put(type);
    put(1);
    put(uint16_t(ttl >> 16));
    put(uint16_t(ttl));
    put(uint16_t(data.size()));
    bytes_.insert(bytes_.end(), data.begin(), data.end());
    return *this;
  }
  void put(uint16_t word) {
    bytes_.push_back(uint8_t(word >> 8));
    bytes_.push_back(uint8_t(word));
  }
  void put_name(const std::string& name) {
    const auto encoded = wire(name);
    bytes_.insert(bytes_.end(), encoded.begin(), encoded.end());
  }

  std::vector<uint8_t> bytes_;
};

}  // namespace signpost::resolve
