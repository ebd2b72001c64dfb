// One worker's runner over zones made of text, for programs that send it packets by the million and
// have no test framework: fuzz targets and the measurement of costs. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "chain/runner.h"
#include "signpost/policy.h"

namespace signpost::kit {

struct ServedZone {
  std::string origin, text;  // text in the standard format
};

class PacketServer {
 public:
  // `sets` are put into the zones they lie in; `plugins` stand above the zones in the chain. What
  // cannot be served leaves good() false.
  explicit PacketServer(const std::vector<ServedZone>& zones, std::vector<SetSpec> sets = {},
                        std::vector<PluginUse> plugins = {});
  ~PacketServer();
  PacketServer(const PacketServer&) = delete;
  PacketServer& operator=(const PacketServer&) = delete;

  bool good() const { return good_; }
  // Every record of the zones' texts: "www.example.com. 60 A 192.0.2.1".
  const std::vector<std::string>& records() const { return records_; }
  // The reply, valid until the next call; empty: none.
  std::span<const uint8_t> ask(std::span<const uint8_t> packet, bool tcp);

 private:
  std::shared_ptr<const Zone> build(unsigned position, const std::string& text);

  std::vector<Name> names_;
  std::vector<SetSpec> sets_;
  std::vector<std::string> records_;
  bool good_ = true;
  uint32_t idle_ms_ = 10'000;
  Snapshot snapshot_;
  std::unique_ptr<Runner> runner_;
  std::vector<uint8_t> out_;
};

}  // namespace signpost::kit
