// A zone keeper under test: on a real loop and its pool, in a folder of the test. Every wait ends
// with what it waits for, or fails after a bounded number of loop turns. For tests of this folder.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>

#include "kit/log_capture.h"
#include "kit/temporary_folder.h"
#include "loop/zone_keeper.h"

namespace signpost::loop {

namespace fs = std::filesystem;

inline std::string zone_text(unsigned serial, const std::string& more = "") {
  return "$TTL 60\n@ SOA ns1 h " + std::to_string(serial) +
         " 1 2 3 4\n@ NS ns1\nns1 A 192.0.2.53\n" + more;
}

inline Name name(const std::string& text) { return Name::parse(text).value(); }

// A zone for each file of a folder.
struct Files final : ZoneSource {
  explicit Files(std::string of) : folder(std::move(of)) {}
  bool find(std::vector<ZoneFile>& zones, Problems& problems) const override {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error))
      zones.push_back({name(entry.path().filename().string()), entry.path().string(), where});
    if (error) problems.error(where, "no folder");
    return !error;
  }
  const std::string folder;
  const Location where{"Corefile", 2};
};

class Keeper : public testing::Test {
 protected:
  Keeper() { uv_loop_init(&loop_); }
  ~Keeper() override {
    keeper_.reset();
    uv_run(&loop_, UV_RUN_DEFAULT);
    EXPECT_EQ(uv_loop_close(&loop_), 0) << "nothing is left on the loop";
  }

  // One step, as editors replace files.
  void write(const std::string& file, const std::string& text) {
    folder_.write("fresh", text);
    fs::create_directories(path("zones"));
    fs::rename(path("fresh"), path("zones/" + file));
  }
  void remove(const std::string& file) { fs::remove(path("zones/" + file)); }
  std::string path(const std::string& file) const { return folder_.path() + "/" + file; }

  static std::vector<corefile::Endpoint> keys() {
    return {{corefile::Transport::dns, Name(), 5301, {}}};
  }

  void start(std::function<void(BlockConfiguration&)> more = {}) {
    auto configuration = std::make_shared<Configuration>();
    BlockConfiguration& block = configuration->blocks.emplace_back();
    block.keys = keys();
    block.sources.push_back({std::make_shared<Files>(path("zones")), std::chrono::milliseconds(1)});
    if (more) more(block);
    Problems problems;
    load_zones(block, nullptr, problems, configuration->broken);
    ASSERT_FALSE(problems.any_error()) << text_of(problems);
    auto served = std::move(block.served);
    auto table = std::static_pointer_cast<const ZoneTable>(block.tables.get(zones_slot));
    block.tables.set(zones_slot, nullptr);
    keeper_ = std::make_unique<ZoneKeeper>(&loop_, configuration, 0, std::move(served),
                                           std::move(table), [this] {
                                             const uint64_t now = uv_now(&loop_);
                                             if (changes_++ > 0)
                                               shortest_ms_ = std::min(shortest_ms_, now - told_);
                                             told_ = now;
                                             log_ += capture_.take_lines();
                                           });
  }

  // Turns the loop until `state` holds.
  bool comes(const std::function<bool()>& state) {
    for (int turns = 0; turns < 100'000; ++turns) {
      if (state()) return true;
      uv_run(&loop_, UV_RUN_ONCE);
      log_ += capture_.take_lines();
    }
    return false;
  }
  bool logged(const std::string& words) const { return log_.find(words) != std::string::npos; }
  const Zone* zone(const std::string& apex) {
    const Zone* found = keeper_->table()->find(name(apex));
    return found && found->apex() == name(apex).view() ? found : nullptr;
  }
  uint32_t serial(const std::string& apex) {
    const Zone* found = zone(apex);
    return found && found->loaded() ? found->serial() : 0;
  }

  uv_loop_t loop_;
  kit::TemporaryFolder folder_;
  kit::LogCapture capture_;
  std::string log_;
  unsigned changes_ = 0;
  uint64_t told_ = 0;                  // of the last change, by the loop's clock
  uint64_t shortest_ms_ = UINT64_MAX;  // between two changes
  std::unique_ptr<ZoneKeeper> keeper_;
};

}  // namespace signpost::loop
