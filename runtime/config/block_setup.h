// The Setup that plugins see, over one block under construction. Control thread or pool.
#pragma once

#include <map>

#include "config/configuration.h"
#include "signpost/setup.h"

namespace signpost {

class BlockSetup : public Setup {
 public:
  BlockSetup(BlockConfiguration& block, LineFormatters& formatters, Problems& problems)
      : block_(block), formatters_(formatters), problems_(problems) {}

  // Whose constructor runs now: the plugin's name and its lines.
  void turn_to(std::string_view plugin, std::span<const Directive> lines) {
    plugin_ = plugin;
    lines_ = lines;
  }
  std::vector<std::string>& wanted() { return wanted_; }

  std::span<const Directive> lines() const override { return lines_; }
  Location where() const override { return lines_.empty() ? block_.where : lines_[0].where(); }
  std::span<const Name> zones() const override { return block_.zones; }
  Problems& problems() override { return problems_; }
  void add_zone(ZoneFile file) override;
  void add_zones(std::shared_ptr<const ZoneSource> source,
                 std::chrono::milliseconds every) override {
    block_.sources.push_back({std::move(source), every});
  }
  void add_set(const Name& origin, SetSpec set) override;
  uint32_t declare_check(const Token& name) override;
  LineFormatters& formatters() override { return formatters_; }
  void wants(std::string_view name) override { wanted_.emplace_back(name); }
  void listens(const Endpoint& address, Location where) override {
    block_.http.push_back({address, where});
  }

 protected:
  uint16_t slot(std::string_view name, const std::type_info& type,
                std::shared_ptr<const void> empty, bool offered) override;
  void set_table(uint16_t slot, std::shared_ptr<const void> table) override {
    block_.tables.set(slot, std::move(table));
  }

 private:
  BlockConfiguration& block_;
  LineFormatters& formatters_;
  Problems& problems_;
  std::string_view plugin_;
  std::span<const Directive> lines_;
  std::vector<std::string> wanted_;
  std::map<std::string, Location> checks_;
};

}  // namespace signpost
