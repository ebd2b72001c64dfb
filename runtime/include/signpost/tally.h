// What a plugin counts per query. Each worker's instance joins with counters of its own and writes
// only those, so that no cache line is shared; the plugin's agent sums them up when somebody asks.
// Settings own the tally, which outlives the instances. join() and sums() belong to the control
// loop, Share::add() to the worker that joined. Nothing here fails.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace signpost {

// Counts `Events` kinds of event, numbered from 0.
template <size_t Events>
class Tally {
 public:
  class alignas(64) Share {
   public:
    void add(size_t event) noexcept {
      std::atomic<uint64_t>& count = counts_[event];
      count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }

   private:
    friend class Tally;
    std::array<std::atomic<uint64_t>, Events> counts_{};
  };

  // The counters of one more instance, for as long as the tally lives.
  Share& join() { return *shares_.emplace_back(std::make_unique<Share>()); }
  // How many instances joined: one for each worker. Workers may ask too, from their first query on:
  // all instances are made before any of them is put to work.
  size_t shares() const { return shares_.size(); }

  std::array<uint64_t, Events> sums() const {
    std::array<uint64_t, Events> sums{};
    for (const auto& share : shares_)
      for (size_t i = 0; i < Events; ++i)
        sums[i] += share->counts_[i].load(std::memory_order_relaxed);
    return sums;
  }

 private:
  std::vector<std::unique_ptr<Share>> shares_;
};

}  // namespace signpost
