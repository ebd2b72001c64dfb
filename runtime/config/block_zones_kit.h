// Blocks with zones from files, for the tests of this folder.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "config/block_zones.h"
#include "kit/temporary_folder.h"

namespace signpost {

inline constexpr const char* kText = "$TTL 60\n@ SOA ns1 h 5 1 2 3 4\n@ NS ns1\nns1 A 192.0.2.53\n";

// One zone for each name, from a file called like it.
struct Names final : ZoneSource {
  Names(std::string of, std::vector<std::string> all) : folder(std::move(of)), names(all) {}
  bool find(std::vector<ZoneFile>& zones, Problems& problems) const override {
    for (const std::string& name : names)
      zones.push_back({Name::parse(name).value(), folder + "/" + name, {"Corefile", 2}});
    if (names.empty()) problems.error({"Corefile", 2}, "no folder");
    return !names.empty();
  }
  std::string folder;
  std::vector<std::string> names;
};

class BlockZones : public testing::Test {
 protected:
  BlockConfiguration block(std::vector<std::string> names) {
    return block_of(folder_.path(), std::move(names));
  }
  static BlockConfiguration block_of(const std::string& folder, std::vector<std::string> names) {
    BlockConfiguration block;
    block.sources.push_back({std::make_shared<Names>(folder, std::move(names)), {}});
    set_key(block, 5300);
    return block;
  }
  // Reads the zones of `block`; what was said, fatal problems first.
  std::string load(BlockConfiguration& block, const PresentZones* present = nullptr) {
    Problems problems, broken;
    load_zones(block, present, problems, broken);
    std::string text = text_of(problems) + "--\n" + text_of(broken);
    for (size_t at; (at = text.find(folder_.path() + "/")) != std::string::npos;)
      text.erase(at, folder_.path().size() + 1);
    return text;
  }
  static std::shared_ptr<const Zone> zone(const BlockConfiguration& block, size_t position) {
    return std::static_pointer_cast<const ZoneTable>(block.tables.get(zones_slot))->zones[position];
  }
  static PresentZones present(const BlockConfiguration& block) {
    PresentZones present;
    add_to(present, block);
    return present;
  }
  static void add_to(PresentZones& present, const BlockConfiguration& block) {
    present.begin(block);
    for (size_t i = 0; i < block.served.size(); ++i) {
      ServedZone served = block.served[i];
      served.read = settled(*served.read);
      present.add(served, zone(block, i));
    }
  }
  static void set_key(BlockConfiguration& block, uint16_t port) {
    block.keys = {{corefile::Transport::dns, Name::parse("a.test").value(), port, {}}};
  }
  // Its line in a Corefile where other lines stand above it, and with other options.
  static void move_line(BlockConfiguration& block, uint32_t tag) {
    struct Moved final : ZoneSource {
      std::shared_ptr<const ZoneSource> from;
      uint32_t tag;
      bool find(std::vector<ZoneFile>& zones, Problems& problems) const override {
        const bool told = from->find(zones, problems);
        for (ZoneFile& file : zones) {
          file.tag = tag;
          file.minimal = true;
        }
        return told;
      }
    };
    auto moved = std::make_shared<Moved>();
    moved->from = block.sources[0].source;
    moved->tag = tag;
    block.sources[0].source = moved;
  }
  // As when some time went by since the files were written.
  static std::shared_ptr<const FilesRead> settled(FilesRead files) {
    settle(files, FilesRead(files));
    return std::make_shared<const FilesRead>(std::move(files));
  }

  kit::TemporaryFolder folder_;
};

}  // namespace signpost
