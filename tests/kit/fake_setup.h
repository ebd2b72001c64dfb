// A Setup for unit tests of plugins: hands over the directives it was made from and remembers what
// the plugin declared. One thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "signpost/control.h"
#include "signpost/setup.h"

namespace signpost::kit {

// Directives from text in Corefile form, without imports, variables and comments: words apart by
// white space, "quoted words" with \" inside, `{` at the end of a line, `}` on a line of its own.
// Lines count from 1; `file` names the text. Throws std::invalid_argument on unbalanced braces.
std::vector<Directive> directives(std::string_view text, std::string_view file = "Corefile");

// Takes formatters, and no records.
class FakeFormatters final : public LineFormatters {
 private:
  uint16_t adopt(std::unique_ptr<LineFormatter> formatter) override {
    kept_.push_back(std::move(formatter));
    return uint16_t(kept_.size() - 1);
  }
  void retire(uint16_t) noexcept override {}
  std::vector<std::unique_ptr<LineFormatter>> kept_;
};

class FakeSetup final : public Setup {
 public:
  explicit FakeSetup(std::vector<Directive> lines,
                     std::vector<std::string> zones = {"example.com."});
  explicit FakeSetup(std::string_view text, std::vector<std::string> zones = {"example.com."})
      : FakeSetup(directives(text), std::move(zones)) {}

  std::span<const Directive> lines() const override { return lines_; }
  Location where() const override;
  std::span<const Name> zones() const override { return zones_; }
  Problems& problems() override { return problems_; }
  void add_zone(ZoneFile file) override { zone_files.push_back(std::move(file)); }
  void add_zones(std::shared_ptr<const ZoneSource> source,
                 std::chrono::milliseconds every) override {
    zone_sources.emplace_back(std::move(source), every);
  }
  void add_set(const Name& origin, SetSpec set) override {
    sets.emplace_back(origin, std::move(set));
  }
  uint32_t declare_check(const Token& name) override;
  LineFormatters& formatters() override { return formatters_; }
  void wants(std::string_view name) override { wanted.emplace_back(name); }
  void listens(const Endpoint& address, Location) override { http.push_back(address); }

  // Every problem so far as the operator reads it, one a line, in the order reported.
  std::string problem_text() const;

  // What the plugin handed in.
  std::vector<ZoneFile> zone_files;
  std::vector<std::pair<std::shared_ptr<const ZoneSource>, std::chrono::milliseconds>> zone_sources;
  std::vector<std::pair<Name, SetSpec>> sets;
  std::vector<std::string> checks;  // by row
  std::vector<std::string> wanted;
  std::vector<Endpoint> http;
  std::map<uint16_t, std::shared_ptr<const void>> tables;  // of set(), by slot
  struct Slot {
    std::string name;
    const std::type_info* type;
    bool offered;
  };
  std::vector<Slot> slots;

 protected:
  uint16_t slot(std::string_view name, const std::type_info& type,
                std::shared_ptr<const void> empty, bool offered) override;
  void set_table(uint16_t slot, std::shared_ptr<const void> table) override;

 private:
  std::vector<Directive> lines_;
  std::vector<Name> zones_;
  Problems problems_;
  FakeFormatters formatters_;
};

// A Draft that keeps what publish() puts into it.
class FakeDraft final : public Draft {
 public:
  // The table under `key`, or nullptr.
  template <class T>
  const T* get(Key<T> key) const {
    const auto found = tables_.find(key.slot);
    return found == tables_.end() ? nullptr : static_cast<const T*>(found->second.get());
  }

 protected:
  void set_table(uint16_t slot, std::shared_ptr<const void> table) override {
    tables_[slot] = std::move(table);
  }

 private:
  std::map<uint16_t, std::shared_ptr<const void>> tables_;
};

}  // namespace signpost::kit
